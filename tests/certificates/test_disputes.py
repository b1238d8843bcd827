"""A registry that contradicts a cancellation: the certificate says so until persons have decided."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exchange.api.certificates import certificate_of, of_claim
from exchange.api.resources.uses import use_document
from exchange.certificates.checking import Verdict, fits_its_number, judge, read_certificate
from exchange.certificates.document import canonical_bytes
from exchange.cli import main
from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import Pick, Purpose, ReleaseUnits, UseUnits
from exchange.core.values import ClaimId, InstrumentId, LotId, Tonnes
from tests.certificates.examples import disputed_document, document
from tests.certificates.test_conversions import Woods
from tests.certificates.test_page import Reader
from tests.certificates.told import ToldMarket, ccer_market, details
from tests.certificates.venue import ORIGIN, asking, catch_up, services_of, view_of
from tests.sequencer.test_committed_view import restored


def disputed_market() -> tuple[ToldMarket, ClaimId]:
    """A market in which the registry has contradicted the cancellation of a use."""
    market, claim = ccer_market()
    market.contradict(claim)
    return market, claim


def test_it_is_valid_no_longer_and_keeps_its_number() -> None:
    market, claim = ccer_market()
    valid = market.certificate(claim)
    market.contradict(claim)
    disputed = market.certificate(claim)
    assert (valid["status"], disputed["status"]) == ("VALID", "DISPUTED")
    assert disputed["number"] == valid["number"]
    assert fits_its_number(disputed)
    (dispute,) = disputed["disputes"]
    assert dispute["outcome"] == "REFUSED"
    assert dispute["reference"] == disputed["units"][0]["receipt"]["reference"]
    assert dispute["log"]["seq"] == len(market.journal)


def test_another_receipt_for_the_same_cancellation_is_a_contradiction_too() -> None:
    market, claim = ccer_market()
    market.contradict(claim, RegistryOutcome.CONFIRMED)
    assert market.certificate(claim)["disputes"][0]["outcome"] == "CONFIRMED"


def test_persons_decide_that_it_is_valid() -> None:
    market, claim = ccer_market()
    valid = market.certificate(claim)
    market.contradict(claim)
    market.settle(claim)
    assert market.certificate(claim) == valid
    market.contradict(claim, RegistryOutcome.CONFIRMED)
    assert market.certificate(claim)["status"] == "DISPUTED"


def test_persons_decide_that_it_is_revoked() -> None:
    market, claim = disputed_market()
    market.revoke(claim, "never cancelled")
    told = market.certificate(claim)
    assert (told["status"], told["disputes"]) == ("REVOKED", [])
    market.settle(claim)
    assert market.certificate(claim)["status"] == "REVOKED"


def test_another_use_is_not_touched() -> None:
    market, claim = ccer_market()
    firm = next(iter(market.traders))
    lot, held = next(iter(market.state.credits.lots.items()))
    other = market.use(firm, lot, held.serials.lo + 20, held.serials.lo + 30)
    market.contradict(other)
    assert market.certificate(claim)["status"] == "VALID"
    assert market.certificate(other)["status"] == "DISPUTED"


def sink_market() -> tuple[ToldMarket, ClaimId, ClaimId]:
    """A market in which CCER were cancelled, issued again as quota of an ecosystem sink, and that quota used; the two
    claims.
    """
    woods = Woods()
    return woods.market, woods.second, woods.use((woods.quota[1], 8_001, 8_006))


async def test_quota_stands_on_the_ccer_that_were_cancelled_for_it() -> None:
    market, conversion, claim = sink_market()
    assert market.certificate(claim)["status"] == "VALID"
    market.contradict(conversion)
    told = market.certificate(claim)
    assert told["status"] == "DISPUTED"
    found = await certificate_of(services_of(market), claim)
    assert found is not None
    assert canonical_bytes(found) == canonical_bytes(told)


async def test_quota_counts_no_more_for_certain_when_the_cancellation_behind_it_is_revoked() -> None:
    """With or without a contradiction before; a page, a PDF and the log say why."""
    for contradicted in (False, True):
        market, conversion, claim = sink_market()
        if contradicted:
            market.contradict(conversion)
        market.revoke(conversion, "never cancelled")
        told = market.certificate(claim)
        assert told["status"] == "DISPUTED"
        assert [(one["about"], one["outcome"]) for one in told["disputes"]] == [
            *([("CANCEL", "REFUSED")] if contradicted else []),
            ("CONVERSION", "REVOKED"),
        ]
        assert (told["disputes"][-1]["reference"], told["disputes"][-1]["message"]) == (
            told["units"][0]["issued_against"],
            "never cancelled",
        )
        services = services_of(market)
        found = await certificate_of(services, claim)
        assert found is not None
        assert canonical_bytes(found) == canonical_bytes(told)
        assert judge(told, market.register) is Verdict.CONFIRMED
        async with asking(services) as client:
            page = await client.get(f"/certificates/{told['number']}")
            pdf = await client.get(f"/certificates/{told['number']}.pdf")
        text = Reader(page.text).text
        assert ("所据的 CCER 注销已撤销" in text, "never cancelled" in text, pdf.status_code) == (True, True, 200)
        assert use_document(services.view.uses.by_id[claim], services.view)["disputed"]


# --- serials that the registry had spoken of before -------------------------------------------------------------------


def picked(market: ToldMarket, lot: LotId, lo: int, hi: int) -> UseUnits:
    """A voluntary use of just these serials by their firm."""
    (firm,) = market.traders
    nobody, picks = InstrumentId(0), (Pick(lot, lo, hi),)
    return UseUnits(market.traders[firm], firm, nobody, picks, Tonnes(hi - lo), Purpose.VOLUNTARY, details())


async def agrees_everywhere(market: ToldMarket, claim: ClaimId, status: str) -> None:
    """The log alone, the service and its list of uses say the same of a certificate."""
    told, services = market.certificate(claim), services_of(market)
    found = await certificate_of(services, claim)
    assert found is not None
    assert canonical_bytes(found) == canonical_bytes(told)
    assert told["status"] == status
    view = services.view
    assert use_document(view.uses.by_id[claim], view)["disputed"] is (status == "DISPUTED")


async def test_a_cancellation_that_was_refused_and_is_confirmed_after_the_serials_served_another_use() -> None:
    market = ToldMarket()
    firm = market.firm("WOOD")
    lot = market.lot(firm, 100)
    lo = market.state.credits.lots[lot].serials.lo
    first = ClaimId(market.agree(picked(market, lot, lo, lo + 20), market.second))
    refused = market.request_of(first)
    market.done(market.answer(refused, RegistryOutcome.REFUSED))
    part, beside = market.use(firm, lot, lo + 5, lo + 10), market.use(firm, lot, lo + 30, lo + 40)
    await agrees_everywhere(market, part, "VALID")
    market.done(market.answer(refused, RegistryOutcome.CONFIRMED, "spent for somebody else"))
    await agrees_everywhere(market, part, "DISPUTED")
    await agrees_everywhere(market, beside, "VALID")
    (dispute,) = market.certificate(part)["disputes"]
    assert (dispute["about"], dispute["outcome"], dispute["reference"]) == (
        "CANCEL",
        "CONFIRMED",
        refused.reference,
    )
    market.agree(LiftEncumbrance(market.operator, refused.disputed), market.regulator)
    await agrees_everywhere(market, part, "VALID")


@pytest.mark.parametrize("then", [RegistryOutcome.CONFIRMED, RegistryOutcome.REFUSED])
async def test_a_release_of_which_the_registry_says_something_else_afterwards(then: RegistryOutcome) -> None:
    """Said not to have left, and used here; or to have left and come back, and used here."""
    market = ToldMarket()
    firm = market.firm("WOOD")
    lot = market.lot(firm, 100)
    lo = market.state.credits.lots[lot].serials.lo
    release = ReleaseUnits(market.traders[firm], firm, (Pick(lot, lo, lo + 20),), "N-1")
    number = market.agree(release, market.second)
    market.cool_down()
    (asked,) = market.state.requests.of_subject[number]
    request = market.state.requests.by_id[asked]
    if then is RegistryOutcome.CONFIRMED:
        market.done(market.answer(request, RegistryOutcome.REFUSED))
    else:
        market.done(market.answer(request))
        market.agree(ReturnUnits(market.operator, lot, firm, lo, lo + 20, "back"), market.second, "back")
        market.registry_confirms()
    claim = market.use(firm, lot, lo, lo + 10)
    await agrees_everywhere(market, claim, "VALID")
    market.done(market.answer(request, then, "another" if then is RegistryOutcome.CONFIRMED else ""))
    await agrees_everywhere(market, claim, "DISPUTED")
    assert market.certificate(claim)["disputes"][0]["about"] == "RELEASE"


async def test_a_range_that_was_never_on_it_disputes_nothing() -> None:
    """The registry refuses one of two ranges, and says later that it has cancelled that one too."""
    market = ToldMarket()
    firm = market.firm("WOOD")
    lot = market.lot(firm, 100)
    lo = market.state.credits.lots[lot].serials.lo
    picks = (Pick(lot, lo, lo + 5), Pick(lot, lo + 10, lo + 20))
    nobody = InstrumentId(0)
    action = UseUnits(market.traders[firm], firm, nobody, picks, Tonnes(15), Purpose.VOLUNTARY, details())
    claim = ClaimId(market.agree(action, market.second))
    first, second = [market.state.requests.by_id[one] for one in market.state.requests.of_subject[claim]]
    market.done(market.answer(first, RegistryOutcome.REFUSED))
    market.done(market.answer(second))
    market.done(market.answer(first))
    assert market.certificate(claim)["status"] == "VALID"
    found = await certificate_of(services_of(market), claim)
    assert found is not None
    assert canonical_bytes(found) == canonical_bytes(market.certificate(claim))


@pytest.mark.parametrize("settled", [False, True])
async def test_the_service_finds_the_same_bytes_as_a_replay(settled: bool) -> None:
    market, claim = disputed_market()
    if settled:
        market.settle(claim)
    found = await certificate_of(services_of(market), claim)
    assert found is not None
    assert canonical_bytes(found) == canonical_bytes(market.certificate(claim))
    view = view_of(market)
    assert use_document(view.uses.by_id[claim], view)["disputed"] is not settled


async def test_a_view_that_was_restored_knows_of_it() -> None:
    market, claim = disputed_market()
    services = services_of(market)
    services.view = restored(services.view, market.state.orders.by_id)
    found = await certificate_of(services, claim)
    assert found is not None
    assert canonical_bytes(found) == canonical_bytes(market.certificate(claim))
    (said,) = services.view.requests.by_id[market.request_of(claim).request].contradictions
    assert said.encumbrance == market.request_of(claim).disputed


async def test_what_was_kept_does_not_hide_it() -> None:
    market, claim = ccer_market()
    services = services_of(market)
    statuses = []
    for act in (None, market.contradict, market.settle):
        if act is not None:
            act(claim)
        catch_up(services.view, market)
        shown = await of_claim(services, claim, ORIGIN, lambda _weight: None)
        assert shown is not None
        statuses.append(shown.document["status"])
    assert statuses == ["VALID", "DISPUTED", "VALID"]


async def test_it_says_so_everywhere() -> None:
    market, claim = disputed_market()
    number = market.certificate(claim)["number"]
    async with asking(services_of(market)) as client:
        page = await client.get(f"/certificates/{number}")
        told = (await client.get(f"/certificates/{number}.json")).json()
        pdf = await client.get(f"/certificates/{number}.pdf")
    text = Reader(page.text).text
    assert text.index("存在争议") < text.index("证书编号")
    assert "DISPUTED" in text
    assert "Valid" not in text
    assert "未注销" in text
    assert told["status"] == "DISPUTED"
    assert pdf.status_code == 200


def test_the_log_tells_an_older_copy_from_a_forgery() -> None:
    market, claim = ccer_market()
    valid = market.certificate(claim)
    market.contradict(claim)
    disputed = market.certificate(claim)
    assert judge(disputed, market.register) is Verdict.CONFIRMED
    assert judge(valid, market.register) is Verdict.DISPUTED_SINCE
    assert judge({**disputed, "status": "VALID"}, market.register) is Verdict.DIFFERENT
    assert judge({**valid, "status": "DISPUTED"}, market.register) is Verdict.DIFFERENT
    assert judge({**valid, "covers": 11}, market.register) is Verdict.DIFFERENT
    market.settle(claim)
    assert judge(disputed, market.register) is Verdict.SETTLED_SINCE
    market.revoke(claim)
    assert judge(disputed, market.register) is Verdict.REVOKED_SINCE
    assert judge(valid, market.register) is Verdict.REVOKED_SINCE


def test_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market, claim = ccer_market()
    old, new, export = tmp_path / "old.json", tmp_path / "new.json", tmp_path / "journal"
    old.write_bytes(canonical_bytes(market.certificate(claim)))
    market.contradict(claim)
    new.write_bytes(canonical_bytes(market.certificate(claim)))
    market.export(export)
    assert main(["verify-certificate", str(new), "--export", str(export)]) == 0
    said = capsys.readouterr().out
    assert "DISPUTED: the registry has contradicted" in said
    assert "存在争议" in said
    assert main(["verify-certificate", str(old), "--export", str(export)]) == 1
    said = capsys.readouterr().err
    assert "it is disputed since" in said
    assert "其后存在争议" in said


def test_it_is_read_and_printed_as_any_other() -> None:
    made = disputed_document()
    assert read_certificate(json.dumps(made).encode()) == made
    assert made["number"] == document()["number"]
