"""The document: one spelling, nothing but facts of the log, and nothing about persons."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from exchange.certificates.document import (
    canonical_bytes,
    conversions_in,
    digest_of,
    document_of,
    stated_in,
    time_text,
)
from exchange.certificates.facts import LogEntry
from exchange.certificates.numbers import check_code
from exchange.core.commands.instruments import SourceCategory
from exchange.core.commands.uses import Purpose
from exchange.core.serials import SerialRange
from exchange.core.values import Day, Micros, Seq, Tonnes, day_start
from tests.certificates.examples import (
    CCER,
    CONVERSION,
    DISPUTED_BY,
    MILL,
    PAPER,
    QUOTA,
    RECEIPT,
    REVOKED_BY,
    SATURDAY,
    disputed_document,
    document,
    facts,
    revoked_document,
    sink_document,
    surrender_document,
)
from tests.certificates.told import ORGANISATION, PERSON


def test_the_same_facts_are_the_same_bytes_for_ever() -> None:
    """Pinned: whoever kept a certificate's hash must find it again with any later release."""
    assert document()["number"] == "GC-2026-1027-1-W8NE5BWZ6Y0Y"
    assert digest_of(document()) == "55ab1916172f0add39703dc1dd3c399ad86a9ca5f89a4d098c9852ff4403b72d"
    assert digest_of(revoked_document()) == "9cbec7a4938bf74ee189b7c0d166d7bba9c311428d9adb637ef3dbcb0c3b1532"


def test_the_bytes_are_canonical_json() -> None:
    data = canonical_bytes(document())
    again = json.dumps(json.loads(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert data == again.encode()
    assert "包钢集团".encode() in data


def test_a_number_is_made_of_everything_that_is_stated() -> None:
    made = document()
    assert made["number"].endswith(check_code(stated_in(made)))


CHANGES: dict[str, Any] = {
    "venue": "Another exchange",
    "is_sandbox": True,
    "purpose": Purpose.VOLUNTARY,
    "quantity": Tonnes(101),
    "covers": Tonnes(99),
    "units": (CCER,),
    "fulfilled": LogEntry(Seq(1030), facts().fulfilled.at, bytes(32), facts().fulfilled.head),
    "details": replace(facts().details, beneficiary_zh="别人"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_fact_is_another_number(name: str) -> None:
    assert document(**{name: CHANGES[name]})["number"] != document()["number"]


def test_a_status_has_the_time_since_which_it_is_so() -> None:
    """That of the use, of the oldest dispute that stands, or of the revocation, whatever was said before it."""
    valid, disputed, revoked = document(), disputed_document(), revoked_document()
    assert valid["status_since"] == valid["log"]["at"]
    assert disputed["status_since"] == disputed["disputes"][0]["log"]["at"]
    assert revoked["status_since"] == revoked["revocation"]["log"]["at"]
    assert valid["status_since"] < disputed["status_since"] < revoked["status_since"]
    (dispute,) = DISPUTED_BY["disputes"]
    later = replace(dispute, entry=replace(dispute.entry, at=Micros(dispute.entry.at + 1)))
    assert document(disputes=(later, dispute))["status_since"] == disputed["status_since"]
    assert document(**DISPUTED_BY, **REVOKED_BY)["status_since"] == revoked["status_since"]
    assert len({made["number"] for made in (valid, disputed, revoked)}) == 1


def test_a_revoked_certificate_keeps_its_number_and_says_so() -> None:
    valid, revoked = document(), revoked_document()
    assert revoked["number"] == valid["number"]
    assert (valid["status"], revoked["status"]) == ("VALID", "REVOKED")
    assert revoked["revocation"]["reason"] == "the monitoring report was false"
    assert revoked["revocation"]["log"]["seq"] == 2040
    assert stated_in(revoked) == stated_in(valid)


def test_the_day_of_cancellation_is_the_last_receipts() -> None:
    """Which is not the trading day, if the registry works on Saturdays."""
    made = surrender_document()
    assert (made["cancelled_on"], made["trading_day"]) == ("2026-11-21", "2026-11-23")
    early = replace(CCER, serials=SerialRange(201, 211), receipt=replace(RECEIPT, number="ZX-2"))
    assert surrender_document(units=(early,))["cancelled_on"] == "2026-11-18"
    late = replace(CCER, receipt=replace(RECEIPT, stated_at=Micros(facts().fulfilled.at + 10**12)))
    assert surrender_document(units=(early, late))["cancelled_on"] == "2026-11-30"


def test_the_year_of_a_number_is_that_of_the_cancellation() -> None:
    """The last receipt of a year may belong to a trading day of the next."""
    assert surrender_document(day=Day(20270104))["number"].startswith("GC-2026-")


def test_a_paper_bears_a_day_and_no_hour() -> None:
    """Verra's paper of 30 December is of the old year, however late two persons enter it."""
    paper = replace(RECEIPT, signature=b"", message="", stated_at=day_start(Day(20261230)))
    made = surrender_document(units=(replace(CCER, receipt=paper),), day=Day(20270111))
    receipt = made["units"][0]["receipt"]
    assert (receipt["stated_at"], made["cancelled_on"]) == ("2026-12-30", "2026-12-30")
    assert made["number"].startswith("GC-2026-")
    assert surrender_document()["units"][0]["receipt"]["stated_at"] == time_text(SATURDAY)


def test_serials_are_as_their_registry_writes_them() -> None:
    ccer, quota = document()["units"]
    assert ccer["serials"] == "CCER-15-000000101-000000150-2023"
    assert (ccer["serial_first"], ccer["serial_last"], ccer["quantity"]) == (101, 150, 50)
    assert quota["serials"] == "1-50"


def test_a_receipt_stands_beside_the_range_that_it_cancels() -> None:
    ccer, quota = document()["units"]
    assert ccer["receipt"]["number"] == "ZX-2026-000311"
    assert ccer["receipt"]["signature"]
    assert quota["receipt"] is None


@pytest.mark.parametrize(
    ("units", "kind"),
    [
        ((CCER,), "SINK"),
        ((QUOTA,), "REDUCTION"),
        ((CCER, QUOTA), "REDUCTION"),
        ((replace(QUOTA, project=replace(MILL, source_category=SourceCategory.ECOSYSTEM_SINK)),), "SINK"),
    ],
)
def test_only_sinks_are_called_sinks(units: Any, kind: str) -> None:
    assert document(units=units)["kind"] == kind


def test_quota_of_a_sink_names_the_ccer_that_was_cancelled_for_it() -> None:
    made = sink_document()
    (unit,), (conversion,) = made["units"], made["conversions"]
    assert unit["issued_against"] == conversion["claim"] == "use-950-1"
    assert conversion["quantity"] == 50
    assert [one["serials"] for one in conversion["units"]] == [
        "CCER-15-000000501-000000540-2023",
        "CCER-15-000000601-000000610-2023",
    ]
    assert {one["project"]["code"] for one in conversion["units"]} == {"CCER-15-2024-0017"}
    assert [one["receipt"]["stated_at"] for one in conversion["units"]] == ["2026-11-18T11:06:39.000000Z", "2026-09-02"]


def test_the_ccer_behind_quota_are_told_as_those_that_are_used_themselves() -> None:
    """So whoever can read the one can read the other, and check its receipt."""
    own, behind = surrender_document()["units"][0], sink_document()["conversions"][0]["units"][0]
    assert own.keys() == behind.keys()
    assert own["project"] == behind["project"]
    assert own["receipt"].keys() == behind["receipt"].keys()


def test_a_conversion_has_the_day_of_its_own_last_receipt() -> None:
    """The quota was used later than its CCER were cancelled."""
    late = replace(CONVERSION.units[1], receipt=replace(PAPER, stated_at=day_start(Day(20261119))))
    assert sink_document()["conversions"][0]["cancelled_on"] == "2026-11-18"
    made = sink_document(conversions=(replace(CONVERSION, units=(CONVERSION.units[0], late)),))
    assert (made["conversions"][0]["cancelled_on"], made["cancelled_on"]) == ("2026-11-19", "2026-11-18")


def test_without_quota_of_a_sink_nothing_is_said_of_conversions() -> None:
    """What was certified before there was such a word keeps its bytes and its number."""
    assert "conversions" not in document()
    assert conversions_in(document()) == []


def test_every_certificate_has_the_same_names() -> None:
    """Programs that read them need not ask what is there."""

    def names(value: Any) -> Any:
        return {key: names(each) for key, each in value.items()} if isinstance(value, dict) else None

    plain = document(purpose=Purpose.VOLUNTARY, units=(QUOTA,), details=replace(facts().details, event=""))
    assert names(plain) == names(document())
    assert names(plain["units"][0]["project"]) == names(document()["units"][0]["project"])


def test_an_identity_number_is_never_stated() -> None:
    made = document(details=replace(facts().details, beneficiary_code=PERSON))
    assert made["beneficiary"]["code"] is None
    assert PERSON.encode() not in canonical_bytes(made)


WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in ORGANISATION)


@pytest.mark.parametrize("typed", [ORGANISATION.lower(), f" {ORGANISATION} ", WIDE])
def test_a_firms_code_stands_there_however_it_was_typed(typed: str) -> None:
    made = document(details=replace(facts().details, beneficiary_code=typed))
    assert made["beneficiary"]["code"] == ORGANISATION


def test_a_range_of_one_tonne() -> None:
    (unit,) = document_of(facts(units=(replace(CCER, serials=SerialRange(7, 8)),)))["units"]
    assert (unit["serials"], unit["quantity"]) == ("CCER-15-000000007-000000007-2023", 1)
