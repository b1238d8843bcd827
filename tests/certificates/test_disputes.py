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
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.values import ClaimId
from tests.certificates.examples import disputed_document, document
from tests.certificates.test_page import Reader
from tests.certificates.told import ToldMarket, ccer_market
from tests.certificates.venue import ORIGIN, asking, services_of, view_of


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


async def test_what_was_kept_does_not_hide_it() -> None:
    market, claim = ccer_market()
    services = services_of(market)
    statuses = []
    for act in (None, market.contradict, market.settle):
        known = services.view.seq
        if act is not None:
            act(claim)
        for stored, (at, events) in list(zip(market.journal, market.events, strict=True))[known:]:
            services.view.apply(stored.seq, at, stored.head, events)
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
    assert "has contradicted its cancellation since" in said
    assert "相反声明" in said


def test_it_is_read_and_printed_as_any_other() -> None:
    made = disputed_document()
    assert read_certificate(json.dumps(made).encode()) == made
    assert made["number"] == document()["number"]
