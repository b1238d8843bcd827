"""Candles of the past, made of the trades in the database when somebody asks for them.

A page looks at the newest trades before an instant: at few first, at more when these made too few candles, and at
:data:`MOST_TRADES` at most, then the page is shorter and the next one goes on from there. So the work of a page is
bounded however many trades there are; only a single candle of more trades than that is made of all of its own.
Trades of the past never change, so neither do these candles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.canonical import Wide
from exchange.core.values import InstrumentId, Micros, Price, Seq, Tonnes, derived_id
from exchange.store.queries.selecting import FIRST_ID

FEW_TRADES: Final = 5_000
MOST_TRADES: Final = 100_000
"""Trades of which one page is made at most."""

_ALL: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Bar:
    """The trades of one instrument's book in one interval: prices in fen a tonne, tonnes, turnover in fen.

    ``last_seq`` is the entry of the last of them.
    """

    start: Micros
    opening: Price
    highest: Price
    lowest: Price
    closing: Price
    volume: Tonnes
    turnover: Wide
    trades: int
    last_seq: Seq


@dataclass(frozen=True, slots=True)
class Intervals:
    """How time is cut: pieces of ``length`` microseconds, one of which begins ``shift`` before 1970 in UTC."""

    length: int
    shift: int

    def start(self, bucket: int) -> Micros:
        """When a piece begins."""
        return Micros(bucket * self.length - self.shift)


@dataclass(frozen=True, slots=True)
class BarPage:
    """Candles, newest first, and whether there are older ones."""

    bars: list[Bar]
    more: bool


_SQL: Final = """
    WITH span AS MATERIALIZED (
        SELECT trade_id, price, quantity, (at_us + :shift) / :length AS bucket FROM trades
        WHERE instrument_id = :instrument AND trade_id >= {first} AND trade_id < {end}
        ORDER BY trade_id DESC LIMIT :most
    ), made AS (
        SELECT bucket, max(price) AS highest, min(price) AS lowest, sum(quantity) AS volume,
               sum(price::numeric * quantity) AS turnover, count(*) AS trades,
               min(trade_id) AS first, max(trade_id) AS last
        FROM span GROUP BY bucket ORDER BY bucket DESC LIMIT :wanted
    )
    SELECT made.*, opening.price AS opening, closing.price AS closing, closing.seq AS last_seq,
           (SELECT count(*) FROM span) AS taken
    FROM made JOIN trades opening ON opening.trade_id = first JOIN trades closing ON closing.trade_id = last
    ORDER BY bucket DESC
"""
_AT: Final = f"(SELECT first_seq_at(:{{name}}) * {FIRST_ID})"
_FROM_ON: Final = text(_SQL.format(first=_AT.format(name="from_at"), end=":end"))
_BEFORE: Final = text(_SQL.format(first="0", end=_AT.format(name="before")))
_BETWEEN: Final = text(_SQL.format(first=_AT.format(name="from_at"), end=_AT.format(name="before")))


async def bars_from(
    connection: AsyncConnection, instrument: InstrumentId, cut: Intervals, from_at: Micros, up_to: Seq
) -> list[Bar]:
    """Every candle from an instant to an entry, both included, oldest first."""
    end = derived_id(Seq(up_to + 1))
    values = {"instrument": instrument, "from_at": from_at, "end": end, "most": _ALL, "wanted": _ALL}
    rows = await connection.execute(_FROM_ON, {**values, "length": cut.length, "shift": cut.shift})
    return [_bar(cut, row) for row in rows][::-1]


async def bars_before(
    connection: AsyncConnection,
    instrument: InstrumentId,
    cut: Intervals,
    before: Micros,
    limit: int,
    most: int = MOST_TRADES,
) -> BarPage:
    """Up to ``limit`` candles that begin before an instant at which one could begin, newest first."""
    values = {"instrument": instrument, "before": before, "wanted": limit + 1}
    values |= {"length": cut.length, "shift": cut.shift}
    rows: list[Any] = []
    for looked_at in (min(FEW_TRADES, most), most):
        rows = list(await connection.execute(_BEFORE, {**values, "most": looked_at}))
        whole = not rows or rows[0].taken < looked_at
        if whole or len(rows) > limit:
            return BarPage([_bar(cut, row) for row in rows[:limit]], len(rows) > limit)
    if len(rows) == 1:
        one = {**values, "from_at": cut.start(rows[0].bucket), "most": _ALL}
        rows = [*await connection.execute(_BETWEEN, one), rows[0]]
    return BarPage([_bar(cut, row) for row in rows[:-1]], True)


def _bar(cut: Intervals, row: Any) -> Bar:
    return Bar(
        start=cut.start(row.bucket),
        opening=row.opening,
        highest=row.highest,
        lowest=row.lowest,
        closing=row.closing,
        volume=Tonnes(int(row.volume)),
        turnover=Wide(int(row.turnover)),
        trades=row.trades,
        last_seq=row.last_seq,
    )
