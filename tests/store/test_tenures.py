"""Who ever held serials: what PostgreSQL finds, held to following every single serial through the log."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

import pytest

from exchange.core.events.credits import Cause, ParcelsMoved, UnitsChanged
from exchange.core.serials import SerialRange
from exchange.core.values import LotId, ParticipantId
from exchange.sequencer.journal import Entry
from exchange.store.embedded import EmbeddedServer
from exchange.store.queries import BadCursorError, PostgresHistory
from exchange.store.queries.tenures import Tenure
from tests.store.test_unit_queries import Life, all_of, database, life, lived  # noqa: F401
from tests.support.database import fresh_database, unguarded

ENDS = {Cause.RETIRED, Cause.CANCELLED, Cause.EXPORTED, Cause.RELEASED}


class Step(NamedTuple):
    """A serial went to an owner (0: none), in a movement, and why if it is gone."""

    seq: int
    n: int
    source: int
    target: int
    cause: Cause | None


Steps = dict[tuple[LotId, int], list[Step]]


class Held(NamedTuple):
    """A tenure as the naive computation finds it."""

    seq: int
    n: int
    lot: int
    firm: int
    source: int
    left_seq: int | None
    target: int | None
    cause: Cause | None


def steps_of(entries: list[Entry]) -> Steps:
    """The movements of every single serial, in order."""
    found: Steps = {}
    for entry in entries:
        n = 0
        for event in entry.events:
            if not isinstance(event, ParcelsMoved):
                continue
            for part in event.ranges:
                for serial in range(part.lo, part.hi):
                    why = cause_of(entry, event.lot, serial) if not event.target else None
                    step = Step(entry.leaf.seq, n, event.source, event.target, why)
                    found.setdefault((event.lot, serial), []).append(step)
                n += 1
    return found


def cause_of(entry: Entry, lot: LotId, serial: int) -> Cause:
    """Why a serial is gone with this entry."""
    (cause,) = {
        event.cause
        for event in entry.events
        if isinstance(event, UnitsChanged) and event.lot == lot and event.cause in ENDS
        for part in event.ranges
        if part.lo <= serial < part.hi
    }
    return cause


def naive(followed: Steps, wanted: Mapping[LotId, SerialRange]) -> list[tuple[Held, int, int]]:
    """Tenures with their ranges: each serial by itself, then neighbours that had everything in common together."""
    single: list[tuple[Held, int]] = []
    for (lot, serial), steps in followed.items():
        if lot not in wanted or not wanted[lot].lo <= serial < wanted[lot].hi:
            continue
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            if step.target:
                end = (after.seq, after.target, after.cause) if after else (None, None, None)
                single.append((Held(step.seq, step.n, lot, step.target, step.source, *end), serial))
    return sorted(_ranges(single), key=lambda one: (one[0].seq, one[0].n, one[1]))


def _ranges(single: list[tuple[Held, int]]) -> Iterator[tuple[Held, int, int]]:
    ordered = sorted(single, key=lambda one: ([repr(value) for value in one[0]], one[1]))
    for held, serials in groupby(ordered, key=lambda one: one[0]):
        numbers = [serial for _, serial in serials]
        for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
            together = [serial for _, serial in run]
            yield held, together[0], together[-1] + 1


def plain(row: Tenure) -> tuple[Held, int, int]:
    """What PostgreSQL found, in the naive form."""
    held = Held(row.seq, row.n, row.lot, row.firm, row.source, row.left_seq, row.target, row.cause)
    return held, row.lo, row.hi


def everything(life: Life) -> dict[LotId, SerialRange]:  # noqa: F811
    """All serials of all lots."""
    return {lot.lot: lot.serials for lot in life.state.credits.lots.values()}


@pytest.mark.parametrize("limit", [1, 3, 1_000])
async def test_everybody_who_ever_held_anything(life: Life, limit: int) -> None:  # noqa: F811
    wanted = everything(life)
    found = await all_of(lambda limit, cursor: life.history.tenures(wanted, limit, cursor), limit)
    expected = naive(steps_of(life.entries), wanted)
    assert [plain(row) for row in found] == expected
    assert {held.cause for held, _, _ in expected} >= {None, Cause.RETIRED, Cause.CANCELLED, Cause.RELEASED}
    at = {entry.leaf.seq: entry.leaf.at for entry in life.entries}
    assert all(row.at == at[row.seq] for row in found)
    assert all(row.left_at == (None if row.left_seq is None else at[row.left_seq]) for row in found)


@pytest.mark.parametrize(("first", "behind"), [(0, 1_000), (105, 115), (119, 121), (0, 1), (900, 901)])
async def test_of_a_range_only_what_is_asked_for(life: Life, first: int, behind: int) -> None:  # noqa: F811
    wanted = {life.lot: life.serials(first, behind)}
    found = await all_of(lambda limit, cursor: life.history.tenures(wanted, limit, cursor))
    assert [plain(row) for row in found] == naive(steps_of(life.entries), wanted)


async def test_who_holds_them_now_is_who_the_core_says(life: Life) -> None:  # noqa: F811
    wanted = everything(life)
    found = await all_of(lambda limit, cursor: life.history.tenures(wanted, limit, cursor), 1_000)
    now = {(row.lot, serial): row.firm for row in found if row.left_seq is None for serial in range(row.lo, row.hi)}
    gone = {"OUT", "RETURN_REQUESTED", "RETIRED", "CANCELLED", "EXPORTED"}
    held: dict[tuple[LotId, int], ParticipantId] = {
        (lot, serial): parcel.owner
        for lot, serials in wanted.items()
        for parcel, _ in life.state.parcels.pieces(lot, serials)
        if parcel.state.name not in gone
        for serial in range(parcel.lo, parcel.hi)
    }
    assert now == held


async def test_of_no_lots_there_is_nothing(life: Life) -> None:  # noqa: F811
    assert (await life.history.tenures({}, 10)).rows == []
    with pytest.raises(BadCursorError):
        await life.history.tenures(everything(life), 10, "bm8")


Row = tuple[int, int, int, int, int, int, int]
"""Seq, n, lot, source, target, lo, hi: a movement."""


def random_movements(seed: int) -> list[Row]:
    """Three lots whose serials go to and fro among four firms, some out of the market and back in."""
    drawn = random.Random(seed)
    owners = {(lot, serial): 0 for lot in (1, 2, 3) for serial in range(1, 31)}
    rows: list[Row] = []
    for seq in range(1, 120):
        for n in range(drawn.randint(1, 3)):
            lot, lo = drawn.randint(1, 3), drawn.randint(1, 30)
            source = owners[lot, lo]
            hi = lo + 1
            while hi <= 30 and owners[lot, hi] == source and drawn.random() < 0.9:
                hi += 1
            target = drawn.choice([firm for firm in (0, 1, 2, 3, 4) if firm != source])
            rows.append((seq, n, lot, source, target, lo, hi))
            owners |= {(lot, serial): target for serial in range(lo, hi)}
    return rows


@pytest.mark.parametrize("seed", range(5))
async def test_serials_that_go_to_and_fro(postgres: EmbeddedServer, seed: int) -> None:
    rows = random_movements(seed)
    followed: Steps = {}
    for seq, n, lot, source, target, lo, hi in rows:
        for serial in range(lo, hi):
            followed.setdefault((LotId(lot), serial), []).append(Step(seq, n, source, target, None))
    wanted = {LotId(1): SerialRange(1, 31), LotId(3): SerialRange(7, 22)}
    with fresh_database(postgres) as urls:
        async with unguarded(postgres, urls) as connection:
            insert = "INSERT INTO movements SELECT $1, $2, $1, 1, $3, $4, $5, $6, $7"
            await connection.executemany(insert, rows)
        async with PostgresHistory.open(urls.service) as history:
            found = await all_of(lambda limit, cursor: history.tenures(wanted, limit, cursor), 7)
    assert [plain(row) for row in found] == naive(followed, wanted), f"seed {seed}"
