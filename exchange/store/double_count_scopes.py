"""What encumbrances are about, and the query by which tables are asked whether each holds all of it.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping.
"""

from __future__ import annotations

from typing import Final

SCOPES: Final = """
            SELECT e.encumbrance_id, e.lot_id, e.lo, e.hi, e.seq FROM encumbrances e WHERE e.lot_id IS NOT NULL
            UNION ALL SELECT e.encumbrance_id, l.lot_id, l.lo, l.hi, greatest(e.seq, l.seq)
                      FROM encumbrances e JOIN issuances i ON i.project_id = e.project_id
                      JOIN lots l USING (issuance_id) WHERE e.vintage IN (0, i.vintage)"""
"""The serials that each encumbrance is about, and from which entry on: its own, or every lot of its project (and
vintage), those that came in later among them. A doubt reaches further, to the quota that stands on its serials.
"""

_HELD_AT_ONCE: Final = 500
"""So many parcels one entry holds fast at the most; what has fewer is held in the entry that sets it."""


def not_held(lifted: str, left: str, away: str) -> str:
    """The serials that an encumbrance is about, that are here, and that it does not hold. ``lifted`` selects those that
    two persons have agreed to lift, ``left`` what moved (:mod:`exchange.store.double_count_holds`); ``away`` are the
    states in which a tonne is on no firm's account.

    Where many parcels or open sells are in its way, it is set in several entries. Until the last of them nothing moves
    anywhere, so after any movement all of it is held.
    """
    return f"""
        WITH scopes AS ({SCOPES}),
        standing AS (
            SELECT s.* FROM scopes s JOIN encumbrances e USING (encumbrance_id)
            WHERE e.lifted_seq IS NULL AND s.lo < s.hi AND encumbrance_id NOT IN ({lifted})),
        held AS (
            SELECT lot_id, encumbrance_id, range_agg(int8range(lo, hi)) AS serials FROM encumbered_ranges
            GROUP BY lot_id, encumbrance_id),
        away AS (
            SELECT lot_id, range_agg(int8range(lo, hi)) AS serials FROM parcels
            WHERE state IN {away} AND lot_id IN (SELECT lot_id FROM standing) GROUP BY lot_id),
        missing AS (
            SELECT encumbrance_id, lot_id, unnest(int8multirange(int8range(lo, hi)) - coalesce(h.serials, '{{}}')
                                                  - coalesce(a.serials, '{{}}')) AS serials
            FROM standing LEFT JOIN held h USING (lot_id, encumbrance_id) LEFT JOIN away a USING (lot_id)),
        wanting AS (SELECT e.* FROM encumbrances e WHERE encumbrance_id IN (SELECT encumbrance_id FROM missing)),
        unfinished AS (
            SELECT encumbrance_id FROM wanting e
            WHERE e.seq >= coalesce((SELECT max(seq) FROM ({left}) moved), 0)
              AND (EXISTS (SELECT FROM orders o WHERE o.last_seq = e.seq)
                   OR EXISTS (SELECT FROM agreements g WHERE g.last_seq = e.seq)
                   OR (SELECT count(*) FROM parcels p
                       WHERE p.lot_id IN (SELECT s.lot_id FROM scopes s WHERE s.encumbrance_id = e.encumbrance_id))
                      >= {_HELD_AT_ONCE}))
        SELECT encumbrance_id AS encumbrance, lot_id AS lot, lower(serials) AS lo, upper(serials) AS hi FROM missing
        WHERE encumbrance_id NOT IN (SELECT encumbrance_id FROM unfinished)"""
