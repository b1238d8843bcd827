"""What was held fast, asked of rows made at random beside serial by serial, and of so many rows that squares show."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest_asyncio

from exchange.core.codec import ACTIONS
from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.values import EncumbranceId, PersonId
from exchange.store.double_count_holds import HELD_MISCOUNTED, HELD_MOVED
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from tests.support.database import unguarded

FIRST, BEHIND = 101, 120
"""The serials of each of the small lots."""

LAST = 8
"""The last entry in which something is held."""

TABLES = (
    "lots", "encumbrances", "encumbered_ranges", "freed_ranges", "parcels", "parcel_changes", "movements", "proposals",
    "claims", "claim_ranges", "releases", "release_ranges", "registry_requests",
)  # fmt: skip


@pytest_asyncio.fixture
async def rows(postgres: EmbeddedServer, database: DatabaseUrls) -> AsyncIterator[Any]:
    """A connection whose tables are its own, empty, and take any row."""
    async with unguarded(postgres, database) as connection:
        for table in TABLES:
            await connection.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM public.{table} LIMIT 0")
        yield connection


@dataclass
class World:
    """Two lots, encumbrances that stand, are lifted or being lifted, and what was held, freed, sold, and came back."""

    lifted: dict[int, int | None]
    agreed: set[int]
    """Those that two persons have agreed to lift, be it done or not."""
    held: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    freed: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    sold: list[tuple[int, int, int, int]] = field(default_factory=list)
    back: list[tuple[int, int, int]] = field(default_factory=list)
    parcels: list[tuple[int, int, int, int, int]] = field(default_factory=list)

    def until(self, encumbrance: int) -> float:
        """The entry in which it was lifted, or in which it last freed something if that was later."""
        lifted = self.lifted[encumbrance]
        freed = [seq for _, number, _, _, seq in self.freed if number == encumbrance]
        return float("inf") if lifted is None else max([lifted, *freed])

    def moved(self) -> set[tuple[int, int, int, int]]:
        """Sales of serials that something held, each against each."""
        return {
            (lot, lo, hi, seq)
            for lot, lo, hi, seq in self.sold
            for other, number, a, b, since in self.held
            if lot == other and a < hi and lo < b and since < seq < self.until(number)
        }

    def miscounted(self) -> set[tuple[int, int]]:
        """Serials in a parcel that says another number than there are."""
        return {
            (lot, serial)
            for lot, lo, hi, state, said in self.parcels
            for serial in range(lo, hi)
            if state == 1 and said not in self.counts(lot, serial)
        }

    def counts(self, lot: int, serial: int) -> range:
        """How many can hold a serial: of those that came back none that is lifted, and perhaps one that is being so."""
        held = {n for at, n, lo, hi, _ in self.held if at == lot and lo <= serial < hi}
        freed = {n for at, n, lo, hi, _ in self.freed if at == lot and lo <= serial < hi}
        kept = held - freed
        if not any(at == lot and lo <= serial < hi for at, lo, hi in self.back):
            return range(len(kept), len(kept) + 1)
        may_hold = {number for number in kept if number not in self.agreed or self.lifted[number] is None}
        return range(len(kept - self.agreed), len(may_hold) + 1)


def _span(random: Random) -> tuple[int, int]:
    lo = random.randrange(FIRST, BEHIND)
    return lo, random.randrange(lo + 1, BEHIND + 1)


def _world(random: Random) -> World:
    lifted = {number: random.choice((None, random.randrange(3, LAST))) for number in range(1, 5)}
    world = World(lifted, {number for number, seq in lifted.items() if seq or random.random() < 0.3})
    for _ in range(random.randrange(7)):
        world.held.append((random.choice((1, 2)), random.randrange(1, 5), *_span(random), random.randrange(1, LAST)))
    for lot, number, lo, hi, _ in world.held:
        if number in world.agreed and random.random() < 0.7:
            freed = (world.lifted[number] or LAST) + random.choice((0, -1, 2))
            world.freed.append((lot, number, lo, random.choice((hi, lo + 1)), freed))
    world.sold = [(random.choice((1, 2)), *_span(random), random.randrange(1, LAST + 3)) for _ in range(4)]
    world.back = [(random.choice((1, 2)), *_span(random)) for _ in range(random.randrange(2))]
    for lot in (1, 2):
        cuts = sorted({FIRST, BEHIND, *(random.randrange(FIRST, BEHIND) for _ in range(5))})
        for lo, hi in itertools.pairwise(cuts):
            said = random.choice(world.counts(lot, lo)) if random.random() < 0.8 else random.randrange(3)
            world.parcels.append((lot, lo, hi, random.choice((1, 1, 9)), said))
    return world


def _inserts(world: World) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    yield "lots (lot_id, lo, hi) VALUES ($1, $2, $3)", [(1, FIRST, BEHIND), (2, FIRST, BEHIND)]
    yield "encumbrances (encumbrance_id, lifted_seq) VALUES ($1, $2)", list(world.lifted.items())
    yield "encumbered_ranges (lot_id, encumbrance_id, lo, hi, seq) VALUES ($1, $2, $3, $4, $5)", world.held
    yield "freed_ranges (lot_id, encumbrance_id, lo, hi, seq) VALUES ($1, $2, $3, $4, $5)", world.freed
    yield "movements (source, target, lot_id, lo, hi, seq) VALUES (1, 2, $1, $2, $3, $4)", world.sold
    yield "parcel_changes (state_before, state, lot_id, lo, hi) VALUES (7, 1, $1, $2, $3)", world.back
    yield "parcels (lot_id, lo, hi, state, encumbered) VALUES ($1, $2, $3, $4, $5)", world.parcels
    lifts = [(ACTIONS.encode(LiftEncumbrance(PersonId(1), EncumbranceId(number))),) for number in world.agreed]
    yield "proposals (status, action) VALUES (2, $1)", lifts


async def test_queries_find_what_is_found_serial_by_serial(rows: Any) -> None:
    random = Random(4)
    seen = {"moved": 0, "miscounted": 0}
    for _ in range(200):
        world = _world(random)
        await rows.execute("TRUNCATE " + ", ".join(f"pg_temp.{table}" for table in TABLES))
        for statement, values in _inserts(world):
            await rows.executemany(f"INSERT INTO {statement}", values)
        moved = await rows.fetch(HELD_MOVED[0])
        assert {(row["lot"], row["lo"], row["hi"], row["seq"]) for row in moved} == world.moved(), world
        counted = await rows.fetch(HELD_MISCOUNTED[0])
        found = {(row["lot"], serial) for row in counted for serial in range(row["lo"], row["hi"])}
        assert found >= world.miscounted(), world
        inside = {(lot, serial) for lot, lo, hi, state, _ in world.parcels if state == 1 for serial in range(lo, hi)}
        assert found & inside == world.miscounted(), world
        seen["moved"] += bool(moved)
        seen["miscounted"] += bool(counted)
    assert min(seen.values()) > 20, seen


MANY = 8_000

_MANY_ROWS = (
    f"INSERT INTO lots (lot_id, lo, hi) VALUES (1, 1, {10 * MANY})",
    # A freeze over all parcels, lifted; a hundred over one another on the whole lot, lifted; and small ones that stand.
    (
        f"INSERT INTO encumbrances (encumbrance_id, lifted_seq) SELECT n, CASE WHEN n <= 101 THEN 10 * n + 5 END"
        f" FROM generate_series(1, {MANY}) n"
    ),
    f"INSERT INTO encumbered_ranges SELECT 1, 1, 10 * n, 10 * n + 7, 10 FROM generate_series(1, {MANY - 2}) n",
    f"INSERT INTO encumbered_ranges SELECT 1, n, 1, {10 * MANY}, 10 * n FROM generate_series(2, 101) n",
    f"INSERT INTO encumbered_ranges SELECT 1, n, 10 * n, 10 * n + 7, 1100 FROM generate_series(102, {MANY - 2}, 2) n",
    (
        "INSERT INTO freed_ranges SELECT lot_id, encumbrance_id, lo, hi, 10 * encumbrance_id + 5 FROM encumbered_ranges"
        " WHERE encumbrance_id <= 101"
    ),
    (
        "INSERT INTO parcels (lot_id, lo, hi, state, encumbered)"
        f" SELECT 1, 10 * n, 10 * n + 7, 1, (n % 2 = 0 AND n >= 102)::int FROM generate_series(1, {MANY - 2}) n"
    ),
    # What is not held is sold while the others are: now parcel by parcel, now between two freezes the whole lot.
    (
        "INSERT INTO movements (source, target, lot_id, lo, hi, seq) SELECT 1, 2, 1, 10 * n, 10 * n + 7, 2000 + n"
        f" FROM generate_series(103, {MANY - 2}, 2) n"
    ),
    (
        "INSERT INTO movements (source, target, lot_id, lo, hi, seq)"
        f" SELECT 1, 2, 1, 1, {10 * MANY}, 10 * n + 7 FROM generate_series(1, 101) n"
    ),
    (
        "INSERT INTO parcel_changes (state_before, state, cause, lot_id, lo, hi, seq)"
        f" SELECT 1, 10, 10, 1, 10 * n + 8, 10 * n + 9, 3000 FROM generate_series(1, {MANY - 2}) n"
    ),
    "ANALYZE",
)


async def test_many_that_were_held_once_are_no_matter(rows: Any) -> None:
    """Were each held against each, this would take hours."""
    for statement in _MANY_ROWS:
        await rows.execute(statement)
    await rows.execute("INSERT INTO proposals (status, action) SELECT 2, $1::bytea || int8send(n) "
                       "FROM generate_series(1, 101) n", _LIFT[:10])  # fmt: skip
    await rows.execute("SET work_mem = '128MB'; SET statement_timeout = '60s'")
    for query in (*HELD_MOVED, *HELD_MISCOUNTED):
        found = await rows.fetch(query)
        assert not found, found[:3]


_LIFT = ACTIONS.encode(LiftEncumbrance(PersonId(1), EncumbranceId(1)))
"""Tag and proposer, which the encumbrance's number follows."""
