"""Imports in the committed view: what their rows come to is reckoned once, and never of fewer rows than there are."""

from __future__ import annotations

import pytest

from exchange.core.events.credits import UnitsStaged
from exchange.core.handlers.imports import rows_hash
from exchange.core.values import Micros, Seq
from exchange.sequencer.view import imports
from tests.sequencer.test_committed_view import Recording, restored, view_of
from tests.support.unit_story import UnitStory


def test_the_rows_are_hashed_when_there_are_more_of_them_and_not_for_each_look(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = Recording()
    UnitStory(recording.market).tell()
    view = view_of(recording.entries)
    row = next(row for row in view.imports.by_id.values() if len(row.rows) > 1)
    first = view.imports.whole(row)
    tonnes = sum(one.serial_hi - one.serial_lo for one in row.rows)
    assert (first.rows, first.digest, first.tonnes) == (len(row.rows), rows_hash(row.rows), tonnes)
    assert restored(view, recording.market.state.orders.by_id).imports.whole(row) == first

    monkeypatch.setattr(imports, "rows_hash", lambda _rows: pytest.fail("they are the same rows"))
    assert view.imports.whole(row) is first
    monkeypatch.undo()

    more = UnitsStaged(row.staged, row.by, (row.rows[0],), (), len(row.rows) + 1)
    view.imports.on_staged(more, Seq(view.seq + 1), Micros(1))
    second = view.imports.whole(row)
    assert (second.rows, second.digest) == (first.rows + 1, rows_hash(row.rows))
    assert second.digest != first.digest
