"""Candles out of the database, held to candles that are made of the same trades one by one."""

from __future__ import annotations

from random import Random

import pytest

from exchange.core.values import (
    SHANGHAI_OFFSET_MICROS,
    InstrumentId,
    Micros,
    Price,
    Seq,
    Tonnes,
    derived_id,
    notional,
)
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.queries import Bar, Intervals, PostgresHistory
from exchange.store.queries import bars as module
from tests.support.database import unguarded

MINUTE = 60_000_000
INSTRUMENT = InstrumentId(5)
OTHER = 6
LENGTHS = (MINUTE, 5 * MINUTE, 240 * MINUTE, 1_440 * MINUTE)
END = Micros(1 << 62)

Row = tuple[int, int, int, int, int, int]
"""Id, seq, instant, instrument, price, quantity."""


def drawn(seed: int, number: int) -> list[Row]:
    """Trades over some days, several in one entry at times, in two books."""
    random = Random(seed)
    rows: list[Row] = []
    at, seq = 1_795_132_800_000_000, 0
    while len(rows) < number:
        seq += 1
        at += random.choice((1, 1_000_000, 20_000_000, 3_600_000_000))
        for n in range(random.choice((0, 1, 1, 3))):
            book = random.choice((INSTRUMENT, INSTRUMENT, OTHER))
            rows.append(
                (derived_id(Seq(seq), n + 1), seq, at, book, random.randrange(2_900, 3_100), random.randrange(1, 99))
            )
    return rows


def made(rows: list[Row], cut: Intervals) -> list[Bar]:
    """The candles of these trades, oldest first."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        if row[3] == INSTRUMENT:
            found.setdefault((row[2] + cut.shift) // cut.length, []).append(row)
    return [_bar(cut, bucket, its) for bucket, its in found.items()]


def _bar(cut: Intervals, bucket: int, its: list[Row]) -> Bar:
    prices = [row[4] for row in its]
    turnover = sum(notional(Price(row[4]), Tonnes(row[5])) for row in its)
    ends = (prices[0], max(prices), min(prices), prices[-1])
    volume = sum(row[5] for row in its)
    return Bar(cut.start(bucket), *ends, volume, turnover, len(its), its[-1][1])  # type: ignore[arg-type]


async def fill(postgres: EmbeddedServer, database: DatabaseUrls, rows: list[Row]) -> None:
    """Put trades there that belong to nothing, and the entries whose instants are looked up."""
    instants = {row[1]: row[2] for row in rows}
    last, at = max(instants), 0
    async with unguarded(postgres, database) as connection:
        columns = await connection.fetch(
            "SELECT column_name AS name, data_type AS type FROM information_schema.columns "
            "WHERE table_name = 'journal' AND is_nullable = 'NO' AND column_name NOT IN ('seq', 'at_us')"
        )
        filler = {"bytea": "'\\x'::bytea", "text": "''"}
        names = "".join(f", {column['name']}" for column in columns)
        values = "".join(f", {filler.get(column['type'], '0')}" for column in columns)
        await connection.execute("ALTER TABLE journal DISABLE TRIGGER ALL")
        checks = await connection.fetch(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'journal'::regclass AND contype = 'c'"
        )
        for check in checks:
            await connection.execute(f'ALTER TABLE journal DROP CONSTRAINT "{check["conname"]}"')
        for seq in range(1, last + 1):
            at = max(at, instants.get(seq, at))
            await connection.execute(f"INSERT INTO journal (seq, at_us{names}) VALUES ($1, $2{values})", seq, at)
        await connection.executemany(
            "INSERT INTO trades VALUES ($1, $2, $3, 20261120, $4, $5, $6, 1, 1, 2, 3, 4, 0, 0)", rows
        )


@pytest.mark.parametrize("seed", [1, 2])
async def test_pages_of_every_length_are_the_candles_of_the_trades(
    postgres: EmbeddedServer, database: DatabaseUrls, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FEW_TRADES", 7)
    monkeypatch.setattr(module, "MOST_TRADES", 40)
    monkeypatch.setattr(module.bars_before, "__defaults__", (40,))
    rows = drawn(seed, 300)
    await fill(postgres, database, rows)
    async with PostgresHistory.open(database.service) as history:
        for length in LENGTHS:
            cut = Intervals(length, SHANGHAI_OFFSET_MICROS)
            wanted = made(rows, cut)
            for limit in (1, 4, 1_000):
                assert await paged(history, cut, limit) == wanted[::-1]
            half = wanted[len(wanted) // 2].start
            found = await history.bars_from(INSTRUMENT, cut, half, Seq(rows[-1][1]))
            assert found == wanted[len(wanted) // 2 :]
            some = [row for row in rows if row[1] <= rows[200][1]]
            found = await history.bars_from(INSTRUMENT, cut, Micros(0), Seq(rows[200][1]))
            assert found == made(some, cut), "nothing behind the entry"


async def paged(history: PostgresHistory, cut: Intervals, limit: int) -> list[Bar]:
    """All candles, page by page, newest first."""
    found: list[Bar] = []
    before = END
    while True:
        page = await history.bars_before(INSTRUMENT, cut, before, limit)
        assert len(page.bars) <= limit
        found += page.bars
        if not page.more:
            return found
        assert page.bars, "a page that is not the last brings something"
        before = page.bars[-1].start


async def test_a_book_without_trades_has_no_candles(database: DatabaseUrls) -> None:
    cut = Intervals(MINUTE, SHANGHAI_OFFSET_MICROS)
    async with PostgresHistory.open(database.service) as history:
        page = await history.bars_before(INSTRUMENT, cut, END, 10)
        assert (page.bars, page.more) == ([], False)
        assert await history.bars_from(INSTRUMENT, cut, Micros(0), Seq(10)) == []
