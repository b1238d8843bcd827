"""Units that their registry's own file says are retired or cancelled are let in from no form, nor are doubtful ones."""

from __future__ import annotations

import pytest

from exchange.core.values import Day, ParticipantId
from exchange.registry.row_faults import RowFault
from exchange.registry.unit_files import Given, read_units
from exchange.registry.unit_forms import FORMS, Mapping, UnitForm
from tests.registry.unit_samples import BARE, TELLING

GIVEN = Given(owner=ParticipantId(7), lock_reference="paper-{line}", applied_on=Day(20260101))
MAPPED = Mapping(
    {"serials": "号段", "project": "项目", "quantity": "数量", "year": "年份", "ended": "注销日期"},
    "CCER-{lo:9}-{hi:9}",
    "CCER",
)


def faults_of(form: UnitForm | Mapping, heading: str, row: str) -> list[RowFault]:
    """What is wrong with the only row of a file."""
    return [bad.fault for bad in read_units(f"{heading}\n{row}\n".encode(), form, GIVEN).bad]


ENDS = [
    (UnitForm.VERRA, "Retirement/Cancellation Date"),
    (UnitForm.GOLD_STANDARD, "Retirement Date"),
    (UnitForm.CAR, "Retirement Reason"),
    (UnitForm.CAR, "Cancellation Reason"),
    (UnitForm.ACR, "Retirement Reason"),
    (UnitForm.ACR, "Cancellation Type"),
]
"""The columns by which the registries' reports tell what is retired or cancelled, written out once more."""


def test_every_column_of_an_end_is_tried() -> None:
    assert sorted(ENDS) == sorted((form, column) for form in FORMS for column in FORMS[form].ended)


@pytest.mark.parametrize(("form", "column"), ENDS)
def test_a_cell_in_a_column_of_the_end_keeps_a_row_out(form: UnitForm, column: str) -> None:
    heading, row = BARE[form]
    assert faults_of(form, f"{heading},{column}", f"{row},") == []
    assert faults_of(form, f"{heading},{column}", f"{row},2025-01-31") == [RowFault.RETIRED]


@pytest.mark.parametrize("form", TELLING)
def test_a_file_that_does_not_tell_what_is_retired_is_refused(form: UnitForm) -> None:
    """The registry's own files always do: whoever leaves the column out would bring in what is long used up."""
    assert faults_of(form, *BARE[form]) == [RowFault.COLUMN_MISSING]


def test_so_it_does_in_a_form_of_the_operators_own() -> None:
    heading, row = "号段,项目,数量,年份,注销日期", "CCER-000000001-000000100,P1,100,2022,"
    assert faults_of(MAPPED, heading, row) == []
    assert faults_of(MAPPED, heading, row + "2025-01-31") == [RowFault.RETIRED]


@pytest.mark.parametrize(
    ("status", "fault"),
    [("", None), ("ISSUED", None), ("issued", None), ("Retired", RowFault.RETIRED), ("CANCELLED", RowFault.RETIRED)]
    + [(word, RowFault.STATUS) for word in ("Canceled", "Retired (CORSIA)", "Buffer", "Pending retirement", "注销")],
)
def test_a_status_that_is_not_known_keeps_a_row_out(status: str, fault: RowFault | None) -> None:
    heading, row = BARE[UnitForm.GOLD_STANDARD]
    expected = [] if fault is None else [fault]
    assert faults_of(UnitForm.GOLD_STANDARD, f"{heading},Credit Status", f"{row},{status}") == expected
