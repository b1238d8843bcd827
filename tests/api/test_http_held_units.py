"""Units that are held fast, and losses that are made good, over HTTP: who sees how much, and who makes good."""

from __future__ import annotations

import pytest

from exchange.client import ExchangeProblem, Pick
from tests.api.stack import World, agreed
from tests.api.unit_steps import as_, used

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_is_spent_already_is_told_as_beyond_reach(bought: World) -> None:
    await used(bought, Pick(bought.lot, 231, 234))
    async with bought.doors.client(bought.doors.staff["OPERATOR"]) as operator, as_(bought, bought.buyer) as buyer:
        made = await operator.encumbrances.set("FREEZE", "order 7", lot=bought.lot, serial_lo=231, serial_hi=236)
        assert (made.quantity, made.beyond_reach) == (2, 3)
        shown = await operator.encumbrances.get(made.id)
        assert (shown.quantity, shown.beyond_reach) == (2, 3)
        assert (await buyer.encumbrances.get(made.id)).beyond_reach is None
        assert [each.beyond_reach async for each in buyer.encumbrances.every()] == [None]
        of_all = await operator.encumbrances.set("SUSPENSION", "order 8", project=bought.project)
        assert of_all.quantity + of_all.beyond_reach == 10_000
        listed = {each.id: each.beyond_reach async for each in operator.encumbrances.every()}
        assert (listed[made.id], listed[of_all.id]) == (3, of_all.beyond_reach)
        # A firm learns how much is held of its own, and nothing of what others have.
        own = sum([each.encumbered async for each in buyer.units.holdings() if each.lot == bought.lot])
        assert 0 < own < of_all.quantity
        assert (await buyer.encumbrances.get(of_all.id)).quantity == own
        assert {each.id: each.quantity async for each in buyer.encumbrances.every()} == {made.id: 2, of_all.id: own}
        async with bought.doors.client(bought.doors.staff["SECOND"]) as second:
            for number in (made.id, of_all.id):
                await agreed(operator, second, "LIFT", {"encumbrance": number})


async def test_a_reversal_that_was_a_mistake_is_taken_back_by_two(grown: World) -> None:
    staff = grown.doors.staff
    lost: dict[str, object] = {"project": grown.project, "responsible": grown.buyer.id, "cause": "fire", "quantity": 7}
    operator, second = grown.doors.client(staff["OPERATOR"]), grown.doors.client(staff["SECOND"])
    async with operator, second, grown.doors.client(staff["REGULATOR"]) as regulator, as_(grown, grown.buyer) as buyer:
        reversal = await agreed(operator, second, "REVERSAL", lost)
        mistake: dict[str, object] = {"reversal": reversal, "reason": "another project"}
        with pytest.raises(ExchangeProblem, match="APPROVER_NOT_ENTITLED"):
            await agreed(operator, second, "REVERSAL_WITHDRAWAL", mistake)
        await agreed(operator, regulator, "REVERSAL_WITHDRAWAL", mistake)
        shown = await buyer.encumbrances.reversal(reversal)
        assert (shown.shortfall, shown.pending, shown.withdrawal_reason) == (0, 0, "another project")
        assert shown.withdrawn_at is not None
        with pytest.raises(ExchangeProblem, match="REVERSAL_NOT_FOUND"):
            await agreed(operator, regulator, "REVERSAL_WITHDRAWAL", mistake)
        told = [event.fields async for event in buyer.feed.every() if event.type == "ReversalWithdrawn"]
    assert [fields["reversal"] for fields in told] == [reversal]


async def test_a_firm_replaces_of_its_own_accord_what_it_owes(grown: World) -> None:
    bought = grown
    staff = bought.doors.staff
    lost: dict[str, object] = {"project": bought.project, "responsible": bought.buyer.id, "cause": "fire"}
    operator, second = bought.doors.client(staff["OPERATOR"]), bought.doors.client(staff["SECOND"])
    async with operator, second, as_(bought, bought.buyer) as buyer:
        reversal = await agreed(operator, second, "REVERSAL", {**lost, "quantity": 15})
        pick = Pick(bought.lot, 201, 211)
        others = await agreed(operator, second, "REVERSAL", {**lost, "responsible": bought.seller.id, "quantity": 15})
        with pytest.raises(ExchangeProblem, match="REVERSAL_NOT_FOUND"):
            await buyer.uses.replace(others, picks=[pick])
        with pytest.raises(ExchangeProblem, match="MORE_THAN_OWED"):
            await buyer.uses.replace(reversal, picks=[Pick(bought.lot, 201, 217)])
        made = await buyer.uses.replace(reversal, picks=[pick])
        proposal = await second.proposals.get(made.proposal)
        assert (proposal.action["purpose"], proposal.action["reversal"]) == ("VOLUNTARY", reversal)
        await second.proposals.approve(proposal)
        shown = await buyer.encumbrances.reversal(reversal)
        assert (shown.pending, shown.replaced, shown.shortfall, shown.uses) == (10, 0, 15, (made.id,))
        await bought.registry.answer_all()
        shown, use = await buyer.encumbrances.reversal(reversal), await buyer.uses.get(made.id)
        project = await buyer.projects.get(bought.project)
        with pytest.raises(ExchangeProblem, match="NEVER_CERTIFIED") as problem:
            await buyer.uses.certificate(made.id)
        assert problem.value.facts == {"status": "FULFILLED"}
    assert (shown.pending, shown.replaced, shown.shortfall) == (0, 10, 5)
    assert (use.status, use.reversal, use.purpose) == ("FULFILLED", reversal, "VOLUNTARY")
    assert (use.beneficiary_code, use.beneficiary_en) == (project.code, project.name_en)


async def test_what_was_never_cancelled_replaces_nothing(grown: World) -> None:
    """The registry takes its word back: first there is doubt, and then the regulator revokes, and as much is owed."""
    bought = grown
    staff = bought.doors.staff
    lost: dict[str, object] = {"project": bought.project, "responsible": bought.buyer.id, "cause": "fire"}
    operator, second = bought.doors.client(staff["OPERATOR"]), bought.doors.client(staff["SECOND"])
    async with (
        operator,
        second,
        bought.doors.client(staff["REGULATOR"]) as regulator,
        as_(bought, bought.buyer) as buyer,
    ):
        reversal = await agreed(operator, second, "REVERSAL", {**lost, "quantity": 15})
        await agreed(operator, regulator, "FORCED_CANCELLATION", {"reversal": reversal})
        await bought.registry.answer_all()
        shown = await buyer.encumbrances.reversal(reversal)
        assert (shown.replaced, shown.replaced_in_doubt, shown.shortfall) == (15, 0, 0)
        (forced,) = shown.uses
        number, *_ = (await buyer.uses.get(forced)).requests
        await bought.registry.answer(await operator.requests.get(number), "REFUSED")
        shown = await buyer.encumbrances.reversal(reversal)
        assert (shown.replaced, shown.replaced_in_doubt, shown.shortfall) == (15, 15, 0)
        await agreed(operator, regulator, "USE_REVOCATION", {"use": forced, "reason": "never cancelled"})
        shown = await buyer.encumbrances.reversal(reversal)
        assert (shown.replaced, shown.replaced_in_doubt, shown.shortfall, shown.uses) == (0, 0, 15, (forced,))
        assert (await buyer.uses.get(forced)).status == "REVOKED"
        told = [event.fields async for event in buyer.feed.every() if event.type == "ReversalOwedAgain"]
    assert told == [{"reversal": reversal, "use": forced, "quantity": 15, "shortfall": 15}]
