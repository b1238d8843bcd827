"""The other row for which a row of a file is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.api.kept_rows import KeptRows
from exchange.core.commands.credits import ImportRow
from exchange.core.rejections import RejectReason as R
from exchange.core.values import ParticipantId

FIRST = ImportRow(2, "P-1", 20230101, 20231231, 50, 20240101, "S", "S-{lo}-{hi}", 1, 11, ParticipantId(5), "LOCK-1")
SECOND = replace(FIRST, line=3, project="P-2", serial_lo=11, serial_hi=21, lock_reference="LOCK-2")
THIRD = replace(FIRST, line=4, space="T")


@pytest.mark.parametrize(
    ("row", "reason", "line"),
    [
        (replace(FIRST, line=9, serial_lo=8, serial_hi=16), R.SERIALS_OVERLAP, 2),
        (replace(FIRST, line=9, serial_lo=20, serial_hi=30), R.SERIALS_OVERLAP, 3),
        (replace(FIRST, line=9, serial_lo=12, serial_hi=13), R.SERIALS_OVERLAP, 3),
        (replace(FIRST, line=9, serial_lo=21, serial_hi=30), R.SERIALS_OVERLAP, None),
        (replace(FIRST, line=9, space="T"), R.SERIALS_OVERLAP, 4),
        (replace(FIRST, line=9, space="U"), R.SERIALS_OVERLAP, None),
        (replace(FIRST, line=9, lock_reference="lock 2"), R.LOCK_REFERENCE_USED, 3),
        (replace(FIRST, line=9, lock_reference="LOCK-3"), R.LOCK_REFERENCE_USED, None),
        (replace(FIRST, line=9, project="p-2", verified=60), R.VERIFIED_DIFFERS, 3),
        (replace(FIRST, line=9, monitoring_start=20230102), R.VERIFIED_DIFFERS, None),
        (replace(FIRST, line=9), R.PROJECT_NOT_FOUND, None),
        (FIRST, R.SERIALS_OVERLAP, None),
    ],
)
def test_the_other_row_is_found_by_what_both_want(row: ImportRow, reason: R, line: int | None) -> None:
    """A row that waits itself is not its own other one."""
    kept = KeptRows((FIRST, SECOND))
    kept.add(replace(THIRD, lock_reference="LOCK-4"))
    found = kept.against(row, reason)
    assert (found and found.line) == line


def test_a_space_keeps_its_first_spelling() -> None:
    kept = KeptRows((FIRST, replace(SECOND, space="s")))
    assert kept.spellings == {"s": "S"}
