"""Who ever held serials, over any number of lots: from when until when, from whom, and how they went.

A movement says that serials went from one owner to another. Here each serial is followed from the movement that brought
it to a firm to the next one of the same serial, which took it away; neighbours with both movements in common are one
range. PostgreSQL does all of it in one statement: the ends of all movements cut a lot into pieces that nothing divides,
each piece has its movements in order, and pieces that go together are joined again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.events.credits import Cause
from exchange.core.serials import SerialRange
from exchange.core.values import LotId, Micros, ParticipantId, Seq, derived_id, maker_of
from exchange.store.queries.cursors import Page, cut_page, decode_cursor

KIND: Final = b"H"
MOST_MOVEMENTS: Final = 300_000
"""So many are followed in about six seconds; what is asked for beyond that would run into the time-out of queries."""

ROWS_OF_A_DOWNLOAD: Final = 5_000
"""Rows that are read at once where all are wanted: in pages of a thousand, the same movements are followed five times
as often, and of many more everybody would feel that they are read.
"""


class TooWideError(ValueError):
    """More has moved in what was asked for than can be followed at once."""


@dataclass(frozen=True, slots=True)
class Tenure:
    """Serials ``[lo, hi)`` of a lot that a firm held from entry ``seq`` on, which had come from ``source`` (0: from
    their registry), in the movement number ``n`` of that entry.

    They went to ``target`` in entry ``left_seq``, or with the use or release that ``cause`` tells where that is 0; all
    three are None where the firm holds them still.
    """

    firm: ParticipantId
    lot: LotId
    lo: int
    hi: int
    seq: Seq
    n: int
    at: Micros
    source: ParticipantId
    left_seq: Seq | None
    left_at: Micros | None
    target: ParticipantId | None
    cause: Cause | None


_COUNT: Final = """
    SELECT count(*) FROM (
        SELECT FROM movements m JOIN unnest(:lots, :los, :his) AS a (lot_id, lo, hi) USING (lot_id)
        WHERE m.lot_id = ANY (:lots) AND m.seq >= :seq AND m.lo < a.hi AND a.lo < m.hi LIMIT :most) found
"""
_SQL: Final = """
    WITH asked AS (
        SELECT * FROM unnest(:lots, :los, :his) AS a (lot_id, lo, hi)
    ), moved AS MATERIALIZED (
        SELECT m.seq, m.n, m.at_us, m.lot_id, m.source, m.target, greatest(m.lo, a.lo) AS lo, least(m.hi, a.hi) AS hi
        FROM movements m JOIN asked a USING (lot_id)
        WHERE m.lot_id = ANY (:lots) AND m.seq >= :seq AND m.lo < a.hi AND a.lo < m.hi
    ), edges AS (
        SELECT lot_id, serial, row_number() OVER w AS place, lead(serial) OVER w AS behind
        FROM (SELECT lot_id, lo AS serial FROM moved UNION SELECT lot_id, hi FROM moved) e
        WINDOW w AS (PARTITION BY lot_id ORDER BY serial)
    ), pieces AS (
        SELECT m.lot_id, m.seq, m.n, p.place, lead(m.seq) OVER w AS left_seq, lead(m.n) OVER w AS left_n
        FROM moved m JOIN edges f ON (f.lot_id, f.serial) = (m.lot_id, m.lo)
        JOIN edges t ON (t.lot_id, t.serial) = (m.lot_id, m.hi)
        CROSS JOIN LATERAL generate_series(f.place, t.place - 1) AS p (place)
        WINDOW w AS (PARTITION BY m.lot_id, p.place ORDER BY m.seq, m.n)
    ), joined AS (
        SELECT lot_id, seq, n, left_seq, left_n, min(place) AS first, max(place) AS last
        FROM (SELECT *, place - row_number() OVER (
                  PARTITION BY seq, n, left_seq, left_n ORDER BY place) AS island FROM pieces) i
        GROUP BY lot_id, seq, n, left_seq, left_n, island
    ), page AS (
        SELECT b.target AS firm, j.lot_id, f.serial AS lo, t.behind AS hi, j.seq, j.n, b.at_us, b.source,
               j.left_seq, e.at_us AS left_at_us, e.target
        FROM joined j JOIN moved b USING (seq, n) LEFT JOIN moved e ON (e.seq, e.n) = (j.left_seq, j.left_n)
        JOIN edges f ON (f.lot_id, f.place) = (j.lot_id, j.first)
        JOIN edges t ON (t.lot_id, t.place) = (j.lot_id, j.last)
        WHERE b.target > 0 AND (j.seq, j.n, f.serial) > (:seq, :n, :serial)
        ORDER BY j.seq, j.n, f.serial LIMIT :limit
    )
    SELECT page.*, CASE WHEN target = 0 THEN (
        SELECT max(c.cause) FROM parcel_changes c
        WHERE c.seq = page.left_seq AND c.lot_id = page.lot_id AND c.lo < page.hi AND page.lo < c.hi
          AND c.cause = ANY (:ends)) END AS cause
    FROM page ORDER BY seq, n, lo
"""
_BY_HASH: Final = text("""
    SELECT set_config(name, 'off', true) FROM unnest('{enable_nestloop,enable_mergejoin}'::text[]) AS s (name)
""")
"""The planner cannot know how much the first part finds and takes it for little. Going through all of it for each row,
as it would then, takes for ever from some ten thousand movements on; hashes take what they take in any case.
"""

_MANY: Final = ARRAY(BigInteger)
_ASKED: Final = [bindparam(name, type_=_MANY) for name in ("lots", "los", "his")]
_HOW_MANY: Final = text(_COUNT).bindparams(*_ASKED)
_TENURES: Final = text(_SQL).bindparams(*_ASKED, bindparam("ends", type_=_MANY))
_ENDS: Final = [int(cause) for cause in (Cause.RETIRED, Cause.CANCELLED, Cause.EXPORTED, Cause.RELEASED)]


async def tenures(
    connection: AsyncConnection, wanted: Mapping[LotId, SerialRange], limit: int, cursor: str | None = None
) -> Page[Tenure]:
    """One page of everybody who ever held one of these serials of some lots, in the order in which they got them. It
    may be large: each page follows all movements behind its cursor anew.

    Raises:
        BadCursorError: for a cursor of another list.
        TooWideError: where more than :data:`MOST_MOVEMENTS` would have to be followed.
    """
    made, serial = (0, 0) if cursor is None else decode_cursor(KIND, cursor)
    seq, n = maker_of(made)
    asked = {
        "lots": list(wanted),
        "los": [serials.lo for serials in wanted.values()],
        "his": [serials.hi for serials in wanted.values()],
        "seq": seq,
    }
    if (await connection.execute(_HOW_MANY, {**asked, "most": MOST_MOVEMENTS + 1})).scalar_one() > MOST_MOVEMENTS:
        raise TooWideError
    await connection.execute(_BY_HASH)
    page = {"ends": _ENDS, "limit": limit + 1, "n": n, "serial": serial}
    rows = [_tenure(row) for row in await connection.execute(_TENURES, {**asked, **page})]
    return cut_page(KIND, rows, limit, lambda row: (derived_id(row.seq, row.n), row.lo))


def _tenure(row: Any) -> Tenure:
    left = (row.left_seq, row.left_at_us, row.target, None if row.cause is None else Cause(row.cause))
    return Tenure(row.firm, row.lot_id, row.lo, row.hi, row.seq, row.n, row.at_us, row.source, *left)
