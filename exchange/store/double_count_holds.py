"""The queries by which tables are asked whether what was held fast stayed, and says by how many it is held.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping. Both
are passes over sorted rows: ten thousand parcels that were held fast once, or a hundred freezes over one another, must
cost no more for each row than one of them.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.store.double_count_people import NUMBER, is_of
from exchange.store.double_count_scopes import HELD_BESIDE, SCOPES, not_held

AWAY: Final = "(6, 7, 9, 10, 11)"
"""OUT, RETURN_REQUESTED, RETIRED, CANCELLED, EXPORTED: the states in which a tonne is on no firm's account."""

FOR_EVER: Final = 9_223_372_036_854_775_807
"""Behind the last entry of all: until when something counts that has not ended."""

_LIFTED: Final = f"SELECT {NUMBER} FROM proposals WHERE status = 2 AND {is_of(LiftEncumbrance)}"

_LEFT: Final = """
            SELECT lot_id, lo, hi, seq, 'sold' AS what FROM movements WHERE source > 0 AND target > 0
            UNION ALL SELECT lot_id, lo, hi, seq, CASE cause WHEN 7 THEN 'chosen for a use' WHEN 10 THEN 'retired'
                                                             WHEN 12 THEN 'exported' ELSE 'chosen for a release' END
                      FROM parcel_changes WHERE cause IN (7, 10, 12, 13)
            UNION ALL SELECT s.lot_id, s.lo, s.hi, p.last_seq, 'use approved'
                      FROM claims c JOIN claim_ranges s USING (claim_id) JOIN proposals p USING (proposal_id)
                      WHERE p.status = 2
            UNION ALL SELECT s.lot_id, s.lo, s.hi, p.last_seq, 'release approved'
                      FROM releases c JOIN release_ranges s USING (release_id) JOIN proposals p USING (proposal_id)
                      WHERE p.status = 2
            UNION ALL SELECT lot_id, lo, hi, seq, 'asked of the registry' FROM registry_requests WHERE kind IN (2, 3)"""
"""What units may not do while they are held fast. Those that were chosen before can be let go after: by approval, or
when the registry is asked.
"""

HELD_MISCOUNTED: Final = (
    # What each encumbrance held and did not free, added up by edges and set beside what parcels say. Where a tonne is
    # away nothing holds it and nothing frees it. When it is back, what stands holds it again; what was lifted meanwhile
    # does not, and what is just being lifted may.
    f"""
        WITH kept AS (
            SELECT lot_id, encumbrance_id NOT IN ({_LIFTED}) AS stands, e.lifted_seq IS NULL AS is_left,
                   unnest(held - coalesce(freed, '{{}}')) AS serials
            FROM (SELECT lot_id, encumbrance_id, range_agg(int8range(lo, hi)) AS held
                  FROM encumbered_ranges GROUP BY lot_id, encumbrance_id) h
            LEFT JOIN (SELECT lot_id, encumbrance_id, range_agg(int8range(lo, hi)) AS freed
                       FROM freed_ranges GROUP BY lot_id, encumbrance_id) f USING (lot_id, encumbrance_id)
            LEFT JOIN (SELECT encumbrance_id, lifted_seq FROM encumbrances) e USING (encumbrance_id)),
        stretches AS (
            SELECT lot_id, lower(serials) AS lo, upper(serials) AS hi, 0 AS said, 1 AS held,
                   stands::int AS standing, (stands OR is_left)::int AS may_hold, 0 AS away, 0 AS back FROM kept
            UNION ALL SELECT lot_id, lo, hi, encumbered, 0, 0, 0, (state IN {AWAY})::int, 0 FROM parcels
                      WHERE encumbered > 0 OR lot_id IN (SELECT lot_id FROM kept)
            UNION ALL SELECT lot_id, lo, hi, 0, 0, 0, 0, 0, 1 FROM parcel_changes
                      WHERE state_before IN {AWAY} AND state NOT IN {AWAY} AND lot_id IN (SELECT lot_id FROM kept)),
        edges AS (
            SELECT lot_id, serial, sum(edge * said) AS said, sum(edge * held) AS held, sum(edge * standing) AS standing,
                   sum(edge * may_hold) AS may_hold, sum(edge * away) AS away, sum(edge * back) AS back
            FROM stretches CROSS JOIN LATERAL (VALUES (lo, 1), (hi, -1)) AS ends (serial, edge)
            GROUP BY lot_id, serial),
        counted AS (
            SELECT lot_id, serial AS lo, lead(serial) OVER upwards AS hi, sum(said) OVER upwards AS said,
                   sum(held) OVER upwards AS held, sum(standing) OVER upwards AS standing,
                   sum(may_hold) OVER upwards AS may_hold, sum(away) OVER upwards AS away,
                   sum(back) OVER upwards AS back
            FROM edges WINDOW upwards AS (PARTITION BY lot_id ORDER BY serial))
        SELECT lot_id AS lot, lo, hi, said, CASE WHEN back > 0 THEN standing ELSE held END AS held FROM counted
        WHERE away = 0 AND CASE WHEN back > 0 THEN said NOT BETWEEN standing AND may_hold ELSE said <> held END""",
    # What has begun to let go takes hold of nothing any more.
    """
        SELECT DISTINCT r.encumbrance_id AS encumbrance, r.lot_id AS lot FROM encumbered_ranges r JOIN (
            SELECT encumbrance_id, min(seq) AS seq FROM freed_ranges GROUP BY encumbrance_id) f USING (encumbrance_id)
        WHERE f.seq <= r.seq""",
    f"SELECT lot_id AS lot, lo, hi, encumbered AS said FROM parcels WHERE state IN {AWAY} AND encumbered <> 0",
    # What it is about and does not hold, be it told or not.
    not_held(_LIFTED, _LEFT, AWAY),
    # What it holds and is not about.
    HELD_BESIDE,
)

_HELD: Final = f"""
            SELECT r.lot_id, r.lo, r.hi, r.seq,
                   CASE WHEN e.lifted_seq IS NULL THEN {FOR_EVER} ELSE greatest(e.lifted_seq, f.seq) END AS until
            FROM (SELECT encumbrance_id, lot_id, lo, hi, seq FROM encumbered_ranges UNION ALL {SCOPES}) r
            LEFT JOIN encumbrances e USING (encumbrance_id) LEFT JOIN (
                SELECT encumbrance_id, max(seq) AS seq FROM freed_ranges GROUP BY encumbrance_id) f
            USING (encumbrance_id)"""
"""What was held fast from which entry on, and until which: as long as an encumbrance is being set or lifted nothing
moves anywhere, so it holds all that it holds until it is lifted whole. What went away meanwhile cannot move either.
All that it is about is held, whatever was told.
"""

_NEAR: Final = f"""
        WITH held AS ({_HELD}),
        told AS (
            SELECT lot_id, lo, hi, seq, until, NULL AS what FROM held
            UNION ALL SELECT lot_id, lo, hi, seq, NULL, what FROM ({_LEFT}) l
                      WHERE lot_id IN (SELECT lot_id FROM held)),
        in_time AS (
            SELECT *, max(until) OVER (PARTITION BY lot_id ORDER BY seq, what IS NULL
                                       ROWS UNBOUNDED PRECEDING) AS held_until,
                   min(seq) FILTER (WHERE what IS NOT NULL) OVER (
                       PARTITION BY lot_id ORDER BY seq DESC, what IS NOT NULL ROWS UNBOUNDED PRECEDING) AS leaves
            FROM told),
        near AS (
            SELECT n.lot_id, n.lo, n.hi, n.seq, n.until, n.what, n.lo - l.lo AS first, n.hi - l.lo AS behind,
                   ceil(ln(greatest(l.hi - l.lo, 2)) / ln(2))::int AS levels
            FROM in_time n JOIN lots l USING (lot_id)
            WHERE CASE WHEN n.what IS NULL THEN n.leaves < n.until ELSE n.seq < n.held_until END)"""
"""Both, but only where something of a lot was held while something of it left: mostly that is nothing at all."""

HELD_MOVED: Final = (
    # Which of the ranges near each other in time meet in serials too? Were each held against each, this would never
    # end. So a lot is halved, and its halves are, down to single serials: a range is the few such blocks that lie in it
    # whole and in no greater one, and it cuts those around them. Two ranges meet where one has a block whole that the
    # other has whole or cuts; and in a block the entries are in order, so that one pass tells what was held by then.
    f"""{_NEAR},
        levels AS (
            SELECT n.*, level, first >> level AS a, (behind - 1) >> level AS z, behind >> level AS r,
                   (first + (1::bigint << level) - 1) >> level AS l
            FROM near n CROSS JOIN LATERAL generate_series(0, levels) AS level),
        blocks AS (
            SELECT lot_id, lo, hi, seq, until, what, level, block, is_whole
            FROM levels CROSS JOIN LATERAL (VALUES
                (a, a < l OR r <= a, false), (z, z < l OR r <= z, false),
                (l, l < r AND l & 1 = 1, true), (r - 1, l < r AND r & 1 = 1, true)) AS ends (block, is_one, is_whole)
            WHERE is_one),
        seen AS (
            SELECT *, max(until) OVER by_then AS any_until,
                   max(until) FILTER (WHERE is_whole) OVER by_then AS whole_until
            FROM blocks
            WINDOW by_then AS (PARTITION BY lot_id, level, block ORDER BY seq, what IS NULL ROWS UNBOUNDED PRECEDING))
        SELECT DISTINCT lot_id AS lot, lo, hi, seq, what FROM seen
        WHERE what IS NOT NULL AND seq < CASE WHEN is_whole THEN any_until ELSE whole_until END""",
)
