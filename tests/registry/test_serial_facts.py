"""What serials say besides their numbers, held against the columns of their row: another project, another time."""

from __future__ import annotations

import pytest

from exchange.core.serials import SerialRange
from exchange.core.values import Day, ParticipantId
from exchange.registry.row_faults import BadRow, RowFault
from exchange.registry.serial_facts import SerialFacts, facts_of, plain_number
from exchange.registry.serial_shapes import ACR, CAR, GOLD_STANDARD, VERRA, SerialBlock, Shape, read_serials
from exchange.registry.unit_files import Given, UnitFile, read_units
from exchange.registry.unit_forms import Mapping, UnitForm
from tests.registry.unit_samples import SAMPLES

GIVEN = Given(ParticipantId(5), "LOCK-{line}", Day(20260901), {"2498": "VCS-A", "5555": "VCS-B"}, verified=100_000)
PROJECT, PERIOD = RowFault.SERIALS_OF_ANOTHER_PROJECT, RowFault.SERIALS_OF_ANOTHER_PERIOD


@pytest.mark.parametrize(
    ("shape", "text", "facts"),
    [
        (
            VERRA,
            "12629-421604735-421689507-VCS-VCU-576-VER-PY-14-2498-01012020-19112020-0",
            SerialFacts("PY", "2498", "01012020", "19112020"),
        ),
        (
            VERRA,
            "8040-449402275-449402275-VCU-042-MER-PE-14-1360-01072013-30062014-1",
            SerialFacts("PE", "1360", "01072013", "30062014"),
        ),
        (
            VERRA,
            "0001-000001-000100-VCS-VCU-003-VER-US-0003-01012020-31122020-1",
            SerialFacts("US", "0003", "01012020", "31122020"),
        ),
        (VERRA, "12629-1-9-VCS-VCU-576-VER-2498-01012020-19112020-0", SerialFacts("", "2498", "01012020", "19112020")),
        (VERRA, "12629-1-9-VCS-VCU-576-VER-PY-14-2498-0", SerialFacts()),
        (GOLD_STANDARD, "GS1-1-KE-GS7495-16-2025-30645-608-30350", SerialFacts("KE", "GS7495", year="2025")),
        (GOLD_STANDARD, "GS1-1-KE-608-30350", SerialFacts()),
        (CAR, "CAR-1-US-1480-46-1156-FL-2026-10272-852724 to 860723", SerialFacts("US", "1480", year="2026")),
        (CAR, "CAR-1-MX-1480-46-1156-2026-1027-1 to 5", SerialFacts("MX", "1480", year="2026")),
        (ACR, "ACR-US-192-2010-203-1-5000", SerialFacts("US", "192", year="2010")),
        (ACR, "ACR-US-934-2024-2891-58384 to 58673", SerialFacts("US", "934", year="2024")),
    ],
)
def test_what_a_serial_text_says(shape: Shape, text: str, facts: SerialFacts) -> None:
    block = read_serials(shape, text)
    assert block is not None
    assert facts_of(block) == facts


@pytest.mark.parametrize("template", ["acr us 0192 2010 203 {lo} to {hi}", "ＡＣＲ-US-192-2010-203-{lo}-{hi}"])
def test_it_says_so_in_whatever_spelling(template: str) -> None:
    facts = facts_of(SerialBlock("ANY", template, SerialRange(1, 101)))
    assert facts.is_of_project("ACR192") and facts.year == "2010"


def test_a_text_of_no_known_registry_says_nothing_and_agrees_with_everything() -> None:
    facts = facts_of(SerialBlock("CCER-15", "CCER-15-2023-{lo:8}-{hi:8}", SerialRange(1, 101)))
    assert facts == SerialFacts()
    assert facts.is_of_project("2498") and facts.is_of_period(Day(20200101), Day(20201231))
    assert facts.is_of_country("CN") and facts.is_of_vintage("2020")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ACR0934", "934", True),
        ("GS7495", "7495", True),
        ("VCS 2498", "2498", True),
        ("car1480", "CAR1480", True),
        ("0", "000", True),
        ("VCS", "", False),
        ("2498", "24980", False),
        ("2498", "12498", False),
    ],
)
def test_numbers_of_a_project_are_compared_without_what_only_some_pages_write(one: str, other: str, same: bool) -> None:
    assert (plain_number(one) == plain_number(other)) is same


# --- rows of files ---------------------------------------------------------------------------------------------------


def read(form: UnitForm | Mapping, heading: str, row: str) -> UnitFile:
    """A file with one row."""
    return read_units(f"{heading}\n{row}\n".encode(), form, GIVEN)


@pytest.mark.parametrize("form", UnitForm)
def test_a_row_whose_serials_say_what_its_columns_say_is_taken(form: UnitForm) -> None:
    found = read(form, *SAMPLES[form])
    assert ([(row.monitoring_start, row.monitoring_end) for row in found.rows], found.bad) == (
        [(20220101, 20221231)],
        (),
    )


@pytest.mark.parametrize(
    ("form", "old", "new", "fault", "said"),
    [
        (UnitForm.VERRA, "2498,100", "5555,100", PROJECT, "2498"),
        (UnitForm.VERRA, "01/01/2022,31/12/2022", "01/01/2021,31/12/2021", PERIOD, "2022-01-01 / 2022-12-31"),
        (UnitForm.VERRA, "01/01/2022,", "02/01/2022,", PERIOD, "2022-01-01 / 2022-12-31"),
        (UnitForm.VERRA, ",31/12/2022", ",30/12/2022", PERIOD, "2022-01-01 / 2022-12-31"),
        (UnitForm.VERRA, "-31122022-", "-31132022-", PERIOD, "2022-01-01 / 2022-13-31"),
        (UnitForm.GOLD_STANDARD, "GS7495,100", "GS7496,100", PROJECT, "GS7495"),
        (UnitForm.GOLD_STANDARD, "100,2022", "100,2021", PERIOD, "2022"),
        (UnitForm.CAR, "CAR1480", "CAR148", PROJECT, "1480"),
        (UnitForm.CAR, "100,2022", "100,2023", PERIOD, "2022"),
        (UnitForm.CAR, "2022,CN", "2022,US", RowFault.SERIALS_OF_ANOTHER_COUNTRY, "CN"),
        (UnitForm.ACR, "ACR0934", "ACR0935", PROJECT, "934"),
        (UnitForm.ACR, "100,2022", "100,2023", PERIOD, "2022"),
        (UnitForm.ACR, "2022,CN", "2022,US", RowFault.SERIALS_OF_ANOTHER_COUNTRY, "CN"),
    ],
)
def test_a_row_whose_serials_say_something_else_is_told(
    form: UnitForm, old: str, new: str, fault: RowFault, said: str
) -> None:
    heading, row = SAMPLES[form]
    assert row.count(old) == 1
    found = read(form, heading, row.replace(old, new))
    assert found.rows == ()
    assert [(bad.line, bad.fault, bad.instead) for bad in found.bad] == [(2, fault, said)]


def test_the_cells_that_differ_are_shown() -> None:
    heading, row = SAMPLES[UnitForm.ACR]
    serials = "Credit Serial Numbers: ACR-CN-934-2022-2891-1 to 100"
    found = read(UnitForm.ACR, heading, row.replace("100,2022", "100,2023"))
    assert found.bad == (BadRow(2, PERIOD, f"Vintage: 2023, {serials}", "2022"),)


def test_a_number_that_is_translated_is_compared_before_that() -> None:
    """``projects=`` says which project of ours a number is, and not that two numbers are one project."""
    heading, row = SAMPLES[UnitForm.VERRA]
    (good,) = read(UnitForm.VERRA, heading, row).rows
    assert good.project == "VCS-A"
    given = Given(ParticipantId(5), "LOCK-{line}", Day(20260901), {"2498": "VCS-A", "5555": "VCS-A"})
    text = f"{heading}\n{row.replace('2498,100', '5555,100')}\n"
    assert [bad.fault for bad in read_units(text.encode(), UnitForm.VERRA, given).bad] == [PROJECT]
    own = read(UnitForm.VERRA, heading + ",project", row.replace("2498,100", "5555,100") + ",VCS-A")
    assert [bad.fault for bad in own.bad] == [PROJECT]


def test_a_country_that_is_written_out_is_compared_with_nothing() -> None:
    heading, row = SAMPLES[UnitForm.ACR]
    assert read(UnitForm.ACR, heading, row.replace("2022,CN", "2022,China")).bad == ()


@pytest.mark.parametrize(
    ("days", "vintage", "fault"),
    [
        ("2022-03-01,2022-09-30", "2022", None),
        ("2021-07-01,2022-06-30", "2022", None),
        ("2022-03-01,2022-09-30", "", None),
        ("2022-03-01,2022-09-30", "2021", PERIOD),
        ("2021-03-01,2021-09-30", "2022", PERIOD),
    ],
)
def test_days_and_a_vintage_are_both_held_against_the_year(days: str, vintage: str, fault: RowFault | None) -> None:
    """A period over New Year is the core's to refuse; that it is of another year is not said by this text."""
    heading = "GSID,Quantity,Monitoring Period Start Date,Monitoring Period End Date,Vintage,Status,Serial Number"
    row = f"GS7495,100,{days},{vintage},Issued,GS1-1-CN-GS7495-16-2022-30645-1-100"
    assert [bad.fault for bad in read(UnitForm.GOLD_STANDARD, heading, row).bad] == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("template", "year", "number", "fault"),
    [
        ("ACR-CN-934-2022-2891-{lo}-{hi}", "2022", "934", None),
        ("ACR-CN-934-2022-2891-{lo}-{hi}", "2023", "934", PERIOD),
        ("ACR-CN-934-2022-2891-{lo}-{hi}", "2022", "935", PROJECT),
        ("12629-{lo}-{hi}-VCS-VCU-576-VER-CN-14-934-01012022-31122022-0", "2021", "934", PERIOD),
        ("OWN-934-2022-{lo}-{hi}", "2021", "935", None),
        ("{lo}-{hi}", "2021", "935", None),
    ],
)
def test_the_words_of_a_registry_count_in_an_operators_own_form_too(
    template: str, year: str, number: str, fault: RowFault | None
) -> None:
    names = {name: name for name in ("serial_lo", "serial_hi", "project", "quantity", "year")}
    found = read(Mapping(names, template, "OWN"), ",".join(names), f"1,100,{number},100,{year}")
    assert [bad.fault for bad in found.bad] == ([fault] if fault else [])
