"""Quota of a sink: its certificate names the CCER that were cancelled for it, with the registry's own receipts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from exchange.api.certificates import certificate_of, of_claim
from exchange.certificates.checking import NotACertificateError, Verdict, judge, read_certificate
from exchange.certificates.document import Document, canonical_bytes
from exchange.cli import main
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import Activity
from exchange.core.commands.uses import Pick, Purpose, UseUnits
from exchange.core.values import ClaimId, InstrumentId, IssuanceId, LotId, ParticipantId, Tonnes
from tests.certificates.examples import CONVERSION, SINK_QUOTA, document, sink_document
from tests.certificates.told import ToldMarket, details
from tests.certificates.venue import ORIGIN, services_of


class Woods:
    """A forest firm's two cancellations, and the quota that was issued against each."""

    def __init__(self) -> None:
        """The first conversion is of two ranges, and of the second only a part was issued as quota."""
        self.market = ToldMarket()
        self.market.terms = {"league": League.HULUNBUIR}
        self.firm = self.market.firm("WOOD")
        self.lot = self.market.lot(self.firm, 100)
        self.lo = self.market.state.credits.lots[self.lot].serials.lo
        self.first = self.convert((0, 10), (20, 25))
        self.second = self.convert((40, 60))
        sink = {"source_category": SourceCategory.ECOSYSTEM_SINK, "source_facility": ""}
        self.market.terms |= {"activity": Activity.AFFORESTATION, "site_parcels": ("INM/ELSEWHERE/1",), **sink}
        self.quota = self.issue(self.first, 7_001, 7_016), self.issue(self.second, 8_001, 8_009)

    def convert(self, *ranges: tuple[int, int]) -> ClaimId:
        """Have serials cancelled, counted from the lot's first."""
        picks = tuple(Pick(self.lot, self.lo + lo, self.lo + hi) for lo, hi in ranges)
        return self._use(Purpose.CONVERSION, picks, League.NONE)

    def issue(self, conversion: ClaimId, lo: int, hi: int) -> LotId:
        """Issue quota against a cancellation, and have it come in."""
        action = self.market.issuance(lo, hi, Family.REDUCTION_QUOTA, "SINK")
        issuance = self.market.agree(replace(action, converted=conversion), self.market.regulator)
        return self.market.admit(IssuanceId(issuance), self.firm, lo, hi)

    def use(self, *picks: tuple[LotId, int, int]) -> ClaimId:
        """Use quota."""
        return self._use(Purpose.VOLUNTARY, tuple(Pick(*pick) for pick in picks), League.HULUNBUIR)

    def _use(self, purpose: Purpose, picks: tuple[Pick, ...], league: League) -> ClaimId:
        quantity = Tonnes(sum(pick.hi - pick.lo for pick in picks))
        firm, nobody = ParticipantId(self.firm), InstrumentId(0)
        action = UseUnits(self.market.traders[firm], firm, nobody, picks, quantity, purpose, details(league=league))
        claim = ClaimId(self.market.agree(action, self.market.second))
        self.market.registry_confirms()
        return claim


@pytest.fixture(scope="module")
def woods() -> Woods:
    """One for all tests that change nothing."""
    return Woods()


@pytest.fixture(scope="module")
def used(woods: Woods) -> ClaimId:
    """A use of quota that stands on both cancellations, in two ranges of one and one of the other."""
    first, second = woods.quota
    return woods.use((second, 8_001, 8_003), (first, 7_001, 7_004), (first, 7_010, 7_012))


def ranges_in(one: Document) -> list[tuple[int, int]]:
    """First and last serials of what is told."""
    return [(unit["serial_first"], unit["serial_last"]) for unit in one["units"]]


def test_every_cancellation_behind_it_is_named_once_with_all_its_ranges(woods: Woods, used: ClaimId) -> None:
    made, lo = woods.market.certificate(used), woods.lo
    assert [len(made["units"]), len(made["conversions"])] == [3, 2]
    first, second = made["conversions"]
    assert {unit["issued_against"] for unit in made["units"]} == {first["claim"], second["claim"]}
    assert ranges_in(first) == [(lo, lo + 9), (lo + 20, lo + 24)]
    assert ranges_in(second) == [(lo + 40, lo + 59)]
    assert (first["quantity"], second["quantity"]) == (15, 20)
    for conversion in (first, second):
        for unit in conversion["units"]:
            assert (unit["project"]["code"], unit["project"]["family"]) == ("P1", "FORESTRY_CCER")
            assert unit["issued_against"] is None
            assert unit["receipt"]["number"]


def test_only_what_it_stands_on_is_named(woods: Woods) -> None:
    only_second = woods.market.certificate(woods.use((woods.quota[1], 8_003, 8_004)))
    (named,) = only_second["conversions"]
    assert ranges_in(named) == [(woods.lo + 40, woods.lo + 59)]
    beside = woods.market.certificate(woods.market.use(woods.firm, woods.lot, woods.lo + 90, woods.lo + 91))
    assert "conversions" not in beside


async def test_the_service_finds_the_same_bytes_as_the_log(woods: Woods, used: ClaimId) -> None:
    found = await certificate_of(services_of(woods.market), used)
    assert found is not None
    told = woods.market.certificate(used)
    assert canonical_bytes(found) == canonical_bytes(told)
    assert judge(told, woods.market.register) is Verdict.CONFIRMED


async def test_what_stands_behind_it_is_drawn_for_as_well(
    woods: Woods, used: ClaimId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three ranges of quota, and three of CCER."""
    monkeypatch.setattr("exchange.api.certificates.RANGES_A_WEIGHT", 1)
    drawn: list[int] = []
    assert await of_claim(services_of(woods.market), used, ORIGIN, drawn.append) is not None
    assert drawn == [6]


def test_another_receipt_behind_the_quota_is_another_certificate() -> None:
    other = replace(CONVERSION, units=CONVERSION.units[:1])
    assert sink_document(conversions=(other,))["number"] != sink_document()["number"]


def test_a_revoked_conversion_is_still_named_and_the_number_stays() -> None:
    woods = Woods()
    claim = woods.use((woods.quota[0], 7_001, 7_004))
    before = woods.market.certificate(claim)
    woods.market.revoke(woods.first, "never cancelled")
    after = woods.market.certificate(claim)
    assert (before["status"], after["status"]) == ("VALID", "DISPUTED")
    assert (after["number"], after["conversions"]) == (before["number"], before["conversions"])


WRONG = {
    "none is named": sink_document(conversions=()),
    "another one is named": sink_document(conversions=(replace(CONVERSION, claim=ClaimId(7)),)),
    "one is named twice": sink_document(conversions=(CONVERSION, CONVERSION)),
    "one is named for nothing": document(conversions=(CONVERSION,)),
    "they are no list": {**sink_document(), "conversions": None},
    "one lacks its units": {**sink_document(), "conversions": [{"claim": "use-950-1", "cancelled_on": "2026-11-18"}]},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_does_not_name_just_what_its_quota_stands_on_is_no_certificate(name: str) -> None:
    assert read_certificate(canonical_bytes(sink_document())) == sink_document()
    with pytest.raises(NotACertificateError):
        read_certificate(canonical_bytes(WRONG[name]))


def test_two_ranges_of_quota_may_stand_on_one_cancellation() -> None:
    made = sink_document(units=(SINK_QUOTA, replace(SINK_QUOTA, vintage=2022)))
    assert read_certificate(canonical_bytes(made)) == made


def test_the_command_confirms_it_word_for_word(
    woods: Woods, used: ClaimId, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, export = tmp_path / "certificate.json", tmp_path / "journal"
    path.write_bytes(canonical_bytes(woods.market.certificate(used)))
    woods.market.export(export)
    assert main(["verify-certificate", str(path), "--export", str(export)]) == 0
    assert "word for word" in capsys.readouterr().out
