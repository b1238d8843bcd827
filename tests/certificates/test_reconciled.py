"""A registry whose lists say of used units what we do not: the certificate is in dispute until it is clear."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.certificates.checking import Verdict, fits_its_number, judge
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind, LiftEncumbrance
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.values import ClaimId, PersonId, ProjectId
from tests.certificates.examples import reconciled_document
from tests.certificates.test_disputes import agrees_everywhere, sink_market
from tests.certificates.test_page import Reader
from tests.certificates.told import ToldMarket, ccer_market
from tests.certificates.venue import asking, services_of
from tests.sequencer.test_committed_view import restored


@pytest.mark.parametrize("by_hand", [True, False])
async def test_it_is_disputed_until_the_registry_and_we_agree(by_hand: bool) -> None:
    market, claim = ccer_market()
    valid = market.certificate(claim)
    number = market.reconcile(claim, market.operator if by_hand else 0)
    await agrees_everywhere(market, claim, "DISPUTED")
    disputed = market.certificate(claim)
    assert fits_its_number(disputed)
    (dispute,) = disputed["disputes"]
    assert (dispute["about"], dispute["outcome"]) == ("RECONCILIATION", "DIFFERENT")
    assert dispute["message"] == "registry reconciliation: OTHER_STATE"
    assert (dispute["reference"][:4], dispute["log"]["seq"]) == ("enc-", len(market.journal))
    assert judge(valid, market.register) is Verdict.DISPUTED_SINCE
    market.agree(LiftEncumbrance(market.operator, number), market.regulator)
    await agrees_everywhere(market, claim, "VALID")
    assert market.certificate(claim) == valid
    assert judge(disputed, market.register) is Verdict.SETTLED_SINCE


async def test_another_use_is_not_touched() -> None:
    market, claim = ccer_market()
    lot, held = next(iter(market.state.credits.lots.items()))
    other = market.use(next(iter(market.traders)), lot, held.serials.lo + 20, held.serials.lo + 30)
    market.reconcile(other)
    await agrees_everywhere(market, claim, "VALID")
    await agrees_everywhere(market, other, "DISPUTED")


async def test_quota_stands_on_the_ccer_that_are_alive_again() -> None:
    market, conversion, claim = sink_market()
    market.reconcile(conversion)
    await agrees_everywhere(market, claim, "DISPUTED")
    market.revoke(conversion, "never cancelled")
    await agrees_everywhere(market, claim, "DISPUTED")
    about = [one["about"] for one in market.certificate(claim)["disputes"]]
    assert about == ["RECONCILIATION", "CONVERSION"]


async def test_both_kinds_of_doubt_are_told_each_once() -> None:
    market, claim = ccer_market()
    market.contradict(claim)
    market.reconcile(claim)
    await agrees_everywhere(market, claim, "DISPUTED")
    assert [one["about"] for one in market.certificate(claim)["disputes"]] == ["CANCEL", "RECONCILIATION"]
    market.settle(claim)
    assert [one["about"] for one in market.certificate(claim)["disputes"]] == ["RECONCILIATION"]


def held_otherwise(market: ToldMarket, claim: ClaimId) -> None:
    """An operator holds serials of a use for reasons that are none of the registry's."""
    lot = market.state.claims.claims[claim].units[0].lot
    scope = (ProjectId(0), 0, lot, 0, 0)
    market.done(Encumber(PersonId(market.operator), EncumbranceKind.SUSPENSION, *scope, "a doubt"))
    freeze = EncumbranceKind.FREEZE
    market.done(Encumber(PersonId(market.operator), freeze, *scope, f"{RECONCILIATION}OTHER_STATE"))


async def test_what_persons_hold_for_other_reasons_disputes_nothing() -> None:
    market, claim = ccer_market()
    held_otherwise(market, claim)
    await agrees_everywhere(market, claim, "VALID")


async def test_a_view_that_was_restored_knows_of_it() -> None:
    market, claim = ccer_market()
    number = market.reconcile(claim)
    services = services_of(market)
    view = restored(services.view, market.state.orders.by_id)
    assert [list(rows) for rows in view.encumbrances.reconciled.values()] == [[number]]


async def test_the_page_says_what_was_found() -> None:
    market, claim = ccer_market()
    market.reconcile(claim)
    async with asking(services_of(market)) as client:
        page = await client.get(f"/certificates/{market.certificate(claim)['number']}")
    text = Reader(page.text).text
    assert "登记机构名册" in text and "are not what this venue has" in text
    assert "双方所载状态互相矛盾" in text and "cannot both be true" in text and "存在争议" in text


def test_the_example_is_of_this_kind() -> None:
    assert [one["about"] for one in reconciled_document()["disputes"]] == ["RECONCILIATION"]


async def test_a_contradiction_that_is_numbered_like_a_finding_is_told_once() -> None:
    market, claim = ccer_market()
    statement = replace(market.answer(market.request_of(claim), RegistryOutcome.REFUSED), message=f"{RECONCILIATION}7")
    market.done(statement)
    await agrees_everywhere(market, claim, "DISPUTED")
    assert [one["about"] for one in market.certificate(claim)["disputes"]] == ["CANCEL"]
