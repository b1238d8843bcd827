"""A line of an import is one row: what is told of a row that comes once more, and of another one on its line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.core.commands.approvals import Propose
from exchange.core.commands.credits import CommitImport, ImportRow, StageUnits
from exchange.core.credits.rows_together import MAX_ROWS, RowsTogether
from exchange.core.events.credits import UnitsStaged
from exchange.core.handlers.imports import MAX_PORTION, rows_hash
from exchange.core.image import decode_state, encode_state
from exchange.core.rejections import RejectReason as R
from exchange.core.values import ImportId
from tests.core.units_world import UNITS_WORLD
from tests.support.market import Market

U = UNITS_WORLD


@pytest.fixture
def market() -> Market:
    """The world once more."""
    return U.copy()


def row(line: int, **given: object) -> ImportRow:
    """A row of the new project with serials and a paper of its own, of a year of which nothing is issued."""
    days = {"monitoring_start": 20240101, "monitoring_end": 20241231, "applied_on": 20250601}
    own = {"lock_reference": f"paper {line}", "verified": 10**9}
    return replace(U.row(line, 4_000 + line, 4_001 + line), **(days | own | given))  # type: ignore[arg-type]


def staged(market: Market, number: int, *rows: ImportRow) -> UnitsStaged:
    """What becomes of these rows."""
    event = market.done(StageUnits(market.operator, ImportId(number), rows)).events[0]
    assert isinstance(event, UnitsStaged)
    return event


def told(event: UnitsStaged) -> list[tuple[int, R]]:
    """The lines and reasons of the rows that were left out."""
    return [(each.line, R(each.reason)) for each in event.refused]


OTHERS_ON_THE_LINE = {
    "other serials": {"serial_lo": 4_500, "serial_hi": 4_501, "lock_reference": "other"},
    "the same serials on another paper": {"lock_reference": "other"},
    "another figure verified": {"verified": 999},
}


@pytest.mark.parametrize("other", OTHERS_ON_THE_LINE.values(), ids=OTHERS_ON_THE_LINE)
@pytest.mark.parametrize("portions", [1, 2])
def test_no_other_row_comes_in_on_a_line_that_is_taken(market: Market, portions: int, other: dict[str, object]) -> None:
    """Be the first one in the same portion or in one before."""
    first, second = row(2), row(2, **other)
    if portions == 1:
        event = staged(market, 0, first, second)
    else:
        event = staged(market, staged(market, 0, first).staged, second)
    assert told(event) == [(2, R.LINE_TAKEN)]
    assert market.state.imports.by_id[event.staged].rows == [first]


def test_a_row_that_waits_is_known_by_itself_alone(market: Market) -> None:
    """Not by a row that was taken for the same line in another import."""
    begun = staged(market, 0, row(2), row(3))
    again = staged(market, begun.staged, row(2), row(3), row(4))
    assert (told(again), again.rows, again.total) == ([(2, R.WAITS_ALREADY), (3, R.WAITS_ALREADY)], (row(4),), 3)
    elsewhere = staged(market, 0, row(2))
    assert (told(elsewhere), elsewhere.total) == ([], 1)


def test_a_line_whose_row_was_left_out_is_free(market: Market) -> None:
    begun = staged(market, 0, row(2, project="nobody's"), row(3))
    assert told(begun) == [(2, R.PROJECT_NOT_FOUND)]
    assert told(staged(market, begun.staged, row(2), row(3))) == [(3, R.WAITS_ALREADY)]


def test_the_same_serials_on_another_line_are_a_row_too_many(market: Market) -> None:
    begun = staged(market, 0, row(2))
    assert told(staged(market, begun.staged, replace(row(2), line=3))) == [(3, R.SERIALS_OVERLAP)]


def test_of_a_row_that_waits_it_is_told_what_keeps_it_out_by_now(market: Market) -> None:
    """Its serials are issued meanwhile, by another import."""
    begun, quick = staged(market, 0, row(2), row(3)), staged(market, 0, row(2))
    market.agree(CommitImport(market.operator, quick.staged, rows_hash([row(2)])), market.second)
    for again in (row(2), row(2, lock_reference="other")):
        assert told(staged(market, begun.staged, again, row(3))) == [(2, R.SERIALS_OVERLAP), (3, R.WAITS_ALREADY)]


def test_lines_are_taken_after_a_snapshot_too(market: Market) -> None:
    begun = staged(market, 0, row(2))
    market.state = decode_state(encode_state(market.state))
    other = row(2, serial_lo=4_500, serial_hi=4_501, lock_reference="other")
    assert told(staged(market, begun.staged, row(2), other)) == [(2, R.WAITS_ALREADY), (2, R.LINE_TAKEN)]


def test_a_full_import_is_sent_once_more_whatever_has_changed_in_it(market: Market) -> None:
    """Rows that wait need no place, as they were or in other words; and what has none is left out by itself."""
    rows, number = [row(2 + n) for n in range(MAX_ROWS)], 0
    for at in range(0, MAX_ROWS, MAX_PORTION):
        number = staged(market, number, *rows[at : at + MAX_PORTION]).staged
    changed, further = replace(rows[1], lock_reference="other"), row(999)
    event = staged(market, number, rows[0], changed, further)
    expected = [(2, R.WAITS_ALREADY), (3, R.LINE_TAKEN), (999, R.TOO_MANY_ROWS)]
    assert (told(event), event.total) == (expected, MAX_ROWS)


def test_rows_that_got_on_one_line_all_the_same_do_not_come_in(market: Market) -> None:
    begun = staged(market, 0, row(2))
    rows = market.state.imports.by_id[begun.staged].rows
    rows.append(replace(row(3), line=2))
    outcome = market.give(Propose(market.operator, CommitImport(market.operator, begun.staged, rows_hash(rows))))
    assert outcome.reason is R.LINE_TAKEN


def test_the_account_says_how_many_rows_there_can_be(market: Market) -> None:
    account = RowsTogether(market.state.credits.projects)
    for n in range(MAX_ROWS):
        assert account.refuse(row(2 + n)) is None
        account.enter(row(2 + n))
    refusal = account.refuse(row(999))
    assert refusal is not None and (refusal.reason, refusal.facts) == (R.TOO_MANY_ROWS, (("highest", MAX_ROWS),))
