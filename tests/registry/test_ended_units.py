"""Units that their registry's own file says are retired or cancelled are let in from no form, nor are doubtful ones."""

from __future__ import annotations

import pytest

from exchange.core.values import Day, ParticipantId
from exchange.registry.row_faults import BadRow, RowFault
from exchange.registry.unit_files import Given, read_units
from exchange.registry.unit_forms import FORMS, Mapping, UnitForm
from tests.registry.unit_samples import BARE, SAMPLES, TELLING

GIVEN = Given(owner=ParticipantId(7), lock_reference="paper-{line}", applied_on=Day(20260101), verified=100_000)
MAPPED = Mapping(
    {"serials": "号段", "project": "项目", "quantity": "数量", "year": "年份", "ended": "注销日期"},
    "CCER-{lo:9}-{hi:9}",
    "CCER",
)


def faults_of(form: UnitForm | Mapping, heading: str, row: str) -> list[RowFault]:
    """What is wrong with the only row of a file."""
    return [bad.fault for bad in read_units(f"{heading}\n{row}\n".encode(), form, GIVEN).bad]


AMERICAN_ENDS = (
    "Retirement Reason",
    "Cancellation Reason",
    "Cancellation Type",
    "Date Retired",
    "Retirement Date",
    "Cancellation Date",
)
ENDS = [
    (UnitForm.VERRA, "Retirement/Cancellation Date"),
    (UnitForm.GOLD_STANDARD, "Retirement Date"),
    (UnitForm.GOLD_STANDARD, "Cancellation Date"),
    *((form, column) for form in (UnitForm.CAR, UnitForm.ACR) for column in AMERICAN_ENDS),
]
"""The columns by which the registries' reports tell what is retired or cancelled, written out once more."""


def test_every_column_of_an_end_is_tried() -> None:
    assert sorted(ENDS) == sorted((form, column) for form in FORMS for column in FORMS[form].ended)


@pytest.mark.parametrize(("form", "column"), ENDS)
def test_a_cell_in_a_column_of_the_end_keeps_a_row_out(form: UnitForm, column: str) -> None:
    heading, row = BARE[form] if column in TELLING.get(form, ()) else SAMPLES[form]
    assert faults_of(form, f"{heading},{column}", f"{row},") == []
    assert faults_of(form, f"{heading},{column}", f"{row},2025-01-31") == [RowFault.RETIRED]


@pytest.mark.parametrize("form", TELLING)
def test_a_file_that_does_not_tell_what_is_retired_is_refused(form: UnitForm) -> None:
    """The registry's own files always do: whoever leaves the column out would bring in what is long used up."""
    assert faults_of(form, *BARE[form]) == [RowFault.COLUMN_MISSING]


def test_the_days_of_retirement_alone_do_not_tell_what_is_cancelled() -> None:
    heading, row = BARE[UnitForm.GOLD_STANDARD]
    dated = f"{heading},Retirement Date,Cancellation Date", f"{row},,"
    assert faults_of(UnitForm.GOLD_STANDARD, *dated) == [RowFault.COLUMN_MISSING]


def test_so_it_does_in_a_form_of_the_operators_own() -> None:
    heading, row = "号段,项目,数量,年份,注销日期", "CCER-000000001-000000100,P1,100,2022,"
    assert faults_of(MAPPED, heading, row) == []
    assert faults_of(MAPPED, heading, row + "2025-01-31") == [RowFault.RETIRED]


@pytest.mark.parametrize(
    ("status", "fault"),
    [("ISSUED", None), ("issued", None), ("Retired", RowFault.RETIRED), ("CANCELLED", RowFault.RETIRED)]
    + [
        (word, RowFault.STATUS) for word in ("", "Canceled", "Retired (CORSIA)", "Buffer", "Pending retirement", "注销")
    ],
)
def test_a_status_that_is_not_known_keeps_a_row_out(status: str, fault: RowFault | None) -> None:
    heading, row = BARE[UnitForm.GOLD_STANDARD]
    expected = [] if fault is None else [fault]
    assert faults_of(UnitForm.GOLD_STANDARD, f"{heading},Credit Status", f"{row},{status}") == expected


@pytest.mark.parametrize("column", ["Credit Status", "Status"])
def test_either_column_of_a_status_will_do(column: str) -> None:
    heading, row = BARE[UnitForm.GOLD_STANDARD]
    assert faults_of(UnitForm.GOLD_STANDARD, f"{heading},{column}", f"{row},Issued") == []


@pytest.mark.parametrize(
    ("first", "second", "fault"),
    [
        ("Issued", "", None),
        ("", "Issued", None),
        ("Issued", "ISSUED", None),
        ("", "", RowFault.STATUS),
        ("Issued", "Retired", RowFault.RETIRED),
        ("Retired", "Issued", RowFault.RETIRED),
        ("", "Cancelled", RowFault.RETIRED),
        ("Buffer", "Retired", RowFault.RETIRED),
        ("Issued", "Buffer", RowFault.STATUS),
        ("Buffer", "Issued", RowFault.STATUS),
    ],
)
def test_where_a_file_has_two_columns_of_a_status_both_count(first: str, second: str, fault: RowFault | None) -> None:
    heading, row = BARE[UnitForm.GOLD_STANDARD]
    found = faults_of(UnitForm.GOLD_STANDARD, f"{heading},Credit Status,Status", f"{row},{first},{second}")
    assert found == ([] if fault is None else [fault])


@pytest.mark.parametrize("form", UnitForm)
@pytest.mark.parametrize(
    "column",
    [
        *("Retired On Behalf Of", "DATE OF RETIREMENT", "Cancelled", "State of cancellation", "Redeemed"),
        *("Date of Redemption", "SURRENDERED FOR", "Surrender Date", "Revoked", "Buffer Pool", "Ｂuffer status"),
    ],
)
def test_so_does_a_cell_in_a_column_that_is_not_read_but_speaks_of_the_end(form: UnitForm, column: str) -> None:
    """Registries change their headings: what a form does not know may still say that the units are gone."""
    heading, row = SAMPLES[form]
    assert faults_of(form, f"{heading},{column}", f"{row},") == []
    assert faults_of(form, f"{heading},{column}", f"{row},Issued") == [RowFault.STATUS]


def test_the_column_that_leaves_a_doubt_is_named() -> None:
    heading, row = SAMPLES[UnitForm.VERRA]
    text = f"{heading},Retirement Beneficiary,Retirement Reason\n{row},Steelworks,\n"
    assert read_units(text.encode(), UnitForm.VERRA, GIVEN).bad == (
        BadRow(2, RowFault.STATUS, "Retirement Beneficiary: Steelworks"),
    )


@pytest.mark.parametrize("form", [UnitForm.VERRA, UnitForm.CAR, UnitForm.ACR])
@pytest.mark.parametrize(
    ("column", "cell", "is_taken"),
    [
        ("Status", "", True),
        ("Status", "Issued", True),
        ("Credit Status", "ACTIVE", True),
        ("Status", "Retired", False),
        ("CREDIT STATUS", "Cancelled", False),
        ("Status of the credits", "Buffer", False),
        ("Ｓtatus", "Retired", False),
        ("Retirement Status", "Active", False),
    ],
)
def test_a_status_of_which_the_form_knows_nothing_must_be_one_of_the_living(
    form: UnitForm, column: str, cell: str, is_taken: bool
) -> None:
    heading, row = SAMPLES[form]
    found = faults_of(form, f"{heading},{column}", f"{row},{cell}")
    assert found == ([] if is_taken else [RowFault.STATUS])


@pytest.mark.parametrize("form", [UnitForm.CAR, UnitForm.ACR])
@pytest.mark.parametrize("column", ["Credits Issued to Buffer Pool", "Credits Transferred to Buffer Pool"])
def test_a_row_of_which_a_part_is_in_the_buffer_is_left_out(form: UnitForm, column: str) -> None:
    """Which of its serials are the registry's the row does not say."""
    heading, row = SAMPLES[form]
    assert faults_of(form, f"{heading},{column}", f"{row},0") == []
    assert faults_of(form, f"{heading},{column}", f"{row},12") == [RowFault.STATUS]


@pytest.mark.parametrize("form", [UnitForm.CAR, UnitForm.ACR])
def test_the_day_of_a_status_says_nothing_of_the_end(form: UnitForm) -> None:
    heading, row = SAMPLES[form]
    assert faults_of(form, f"{heading},Status Effective", f"{row},01/31/2025") == []


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(("状态", "已注销"), ("取消原因", "x"), ("自愿注销", "是"), ("Status", "注销"), ("赎回日期", "2025-01-31")),
        *(("清缴年度", "2024"), ("用于抵销", "是"), ("抵消数量", "100"), ("作废", "是"), ("撤销原因", "x")),
        *(("已使用", "是"), ("使用日期", "2025-01-31"), ("缓冲池", "是"), ("Redeemed on", "2025-01-31")),
    ],
)
def test_a_form_of_the_operators_own_leaves_no_such_column_unread(column: str, cell: str) -> None:
    heading, row = "号段,项目,数量,年份,注销日期", "CCER-000000001-000000100,P1,100,2022,"
    assert faults_of(MAPPED, f"{heading},{column}", f"{row},") == []
    assert faults_of(MAPPED, f"{heading},{column}", f"{row},{cell}") == [RowFault.STATUS]


def test_a_column_that_the_operator_has_named_is_read_whatever_its_name() -> None:
    named = Mapping({**MAPPED.columns, "owner": "Status holder"}, MAPPED.template, MAPPED.space)
    heading, row = "号段,项目,数量,年份,注销日期,Status holder", "CCER-000000001-000000100,P1,100,2022,,WOOD"
    assert faults_of(named, heading, row) == [RowFault.OWNER]
