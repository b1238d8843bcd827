"""A use that came to nothing says why: rejected here, or refused by the registry."""

from __future__ import annotations

import pytest

from exchange.client import Pick
from tests.api.stack import World
from tests.api.unit_steps import BAOTOU, approve, as_

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_use_that_a_second_person_rejected_says_so(bought: World) -> None:
    operator = bought.doors.client(bought.doors.staff["OPERATOR"])
    async with as_(bought, bought.buyer) as buyer, operator:
        made = await buyer.uses.propose("VOLUNTARY", BAOTOU, picks=[Pick(bought.lot, 101, 111)])
        assert (await buyer.uses.get(made.id)).ended_as is None
        await operator.proposals.reject(await operator.proposals.get(made.proposal), "another beneficiary")
        shown = await buyer.uses.get(made.id)
    assert (shown.status, shown.ended_as) == ("ENDED", "REJECTED")


async def test_a_use_of_which_the_registry_refused_all_says_so(bought: World) -> None:
    async with as_(bought, bought.buyer) as buyer:
        made = await buyer.uses.propose("VOLUNTARY", BAOTOU, picks=[Pick(bought.lot, 101, 111)])
        await approve(bought, made.proposal, made.action_hash)
        assert (await buyer.uses.get(made.id)).ended_as is None
        await bought.registry.answer_all("REFUSED")
        shown = await buyer.uses.get(made.id)
    assert (shown.status, shown.ended_as, shown.reason) == ("ENDED", "REFUSED", None)
