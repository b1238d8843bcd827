"""What was verified for a period whose rows do not say it: stated beside the file, on record, in another row, or not at
all. A sum of the file's rows would be final, be it too low for the next file or too high by rows that nobody takes.
"""

from __future__ import annotations

import pytest

from exchange.core.values import Day, ParticipantId
from exchange.registry.row_faults import RowFault
from exchange.registry.unit_files import Given, UnitFile, read_units
from exchange.registry.unit_forms import UnitForm

HEADING = "Vintage,Offset Credit Serial Numbers,Quantity of Offset Credits,Date Issued,Project ID,verified\n"


def on_record(project: str, start: Day, _end: Day) -> int:
    """What is on record: 900 t of one project's first year."""
    return 900 if (project, start) == ("CAR1", 20210101) else 0


def row(vintage: int, lo: int, verified: str = "", project: str = "CAR1") -> str:
    """A row of 100 t."""
    serials = f"CAR-1-US-{project.removeprefix('CAR')}-46-1156-FL-{vintage}-10272-{lo} to {lo + 99}"
    return f"{vintage},{serials},100,06/16/2026,{project},{verified}\n"


def read(*rows: str, stated: int = 0) -> UnitFile:
    """What is read of a file with these rows."""
    given = Given(ParticipantId(5), "LOCK-{line}", verified=stated, on_record=on_record)
    return read_units((HEADING + "".join(rows)).encode(), UnitForm.CAR, given)


def figures(found: UnitFile) -> dict[int, int]:
    """What counts as verified, by line."""
    return {one.line: one.verified for one in found.rows}


def told(found: UnitFile) -> list[tuple[int, RowFault, str]]:
    """What is wrong with which line."""
    return [(bad.line, bad.fault, bad.about) for bad in found.bad]


def test_none_is_made_up() -> None:
    found = read(row(2022, 1), row(2022, 101))
    about = "CAR1: 2022-01-01 / 2022-12-31"
    assert figures(found) == {}
    assert told(found) == [(2, RowFault.NOT_VERIFIED, about), (3, RowFault.NOT_VERIFIED, about)]


def test_that_on_record_goes_before_that_of_another_row() -> None:
    """The core refuses the other row then, and not the one that says nothing."""
    assert figures(read(row(2021, 1), row(2021, 101, "500"))) == {2: 900, 3: 500}


def test_another_row_of_the_period_tells_it_wherever_it_stands() -> None:
    found = read(row(2022, 1), row(2022, 101, "500"), row(2022, 201), row(2022, 301, "600"), row(2023, 1))
    assert figures(found) == {2: 500, 3: 500, 4: 500, 5: 600}
    assert told(found) == [(6, RowFault.NOT_VERIFIED, "CAR1: 2023-01-01 / 2023-12-31")]


def test_a_code_may_be_spelt_otherwise() -> None:
    other = row(2022, 101, "500").replace("CAR1,", "car 1,")
    assert figures(read(row(2022, 1), other)) == {2: 500, 3: 500}


def test_what_the_operator_states_is_for_the_rows_of_one_period() -> None:
    """Of two it cannot be told which is meant; what rows say themselves stays."""
    assert figures(read(row(2022, 1), row(2022, 101), row(2023, 1, "70"), stated=800)) == {2: 800, 3: 800, 4: 70}
    two = read(row(2021, 1), row(2022, 1), row(2022, 101, "500"), stated=800)
    assert (figures(two), [line for line, _, _ in told(two)]) == ({4: 500}, [2, 3])


def test_what_the_operator_states_goes_before_the_record() -> None:
    """The core tells where the two differ; silence would hide that one of them is wrong."""
    assert figures(read(row(2021, 1), stated=800)) == {2: 800}


@pytest.mark.parametrize("figure", ["0", "-5", "1.5", "x"])
def test_what_is_no_such_number_is_not_taken_for_none(figure: str) -> None:
    assert told(read(row(2021, 1, figure))) == [(2, RowFault.VERIFIED, f"verified: {figure}")]


def test_faults_are_told_by_line() -> None:
    assert [line for line, _, _ in told(read(row(2022, 1), row(2022, 101).replace("100,", "99,")))] == [2, 3]
