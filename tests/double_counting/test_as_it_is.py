"""The first run: every attempt is refused with its code, and nothing in the books has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.core.image import encode_state, state_hash
from exchange.core.invariants import check_all
from exchange.core.state import ExchangeState
from exchange.core.values import Micros, Seq
from exchange.store.embedded import DatabaseUrls
from tests.double_counting.attempts import Attempt, done, drive, drive_service
from tests.double_counting.catalogue import CATALOGUE
from tests.double_counting.over_http import open_door
from tests.double_counting.scene import Scene
from tests.double_counting.venue import changed, told_of

EVERY = pytest.mark.parametrize("attempt", CATALOGUE.values(), ids=CATALOGUE)


def without_the_place_in_the_log(state: ExchangeState) -> bytes:
    """The hash of a state as if it had been reached at entry 0: a refused command moves nothing but that."""
    seq, at = state.seq, state.at
    state.seq, state.at = Seq(0), Micros(0)
    try:
        return state_hash(state)
    finally:
        state.seq, state.at = seq, at


@EVERY
def test_the_core_refuses(attempt: Attempt) -> None:
    scene = Scene()
    steps = attempt.prepare(scene)
    check_all(scene.state)
    before = without_the_place_in_the_log(scene.state)
    assert drive(steps, lambda command: done(scene.give(command))) is attempt.code
    assert without_the_place_in_the_log(scene.state) == before
    assert encode_state(scene.state)


@EVERY
async def test_the_api_refuses(attempt: Attempt, database: DatabaseUrls, tmp_path: Path) -> None:
    scene = Scene()
    steps = attempt.prepare(scene)
    async with open_door(scene, database, tmp_path) as door:
        books = await door.venue.books()
        before = without_the_place_in_the_log(door.venue.sequencer.state)
        assert await drive_service(steps, door.give) is attempt.code
        answer = door.answers[-1]
        # A file is taken, and told which of its rows were not.
        assert 400 <= answer.status_code < 500 or (answer.status_code == 201 and answer.json()["accepted"] == 0)
        assert changed(books, await door.venue.books()) <= told_of(attempt)
        assert without_the_place_in_the_log(door.venue.sequencer.state) == before
        assert not door.venue.sequencer.stopped.done()
