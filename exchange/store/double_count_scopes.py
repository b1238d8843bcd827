"""What encumbrances are about, and the query by which tables are asked whether each holds all of it.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.store.double_count_rules import OF_RECONCILIATION

IS_DOUBT: Final = f"""(e.lot_id IS NOT NULL AND (e.set_by IS NULL OR (
                e.kind = {int(EncumbranceKind.SUSPENSION)} AND starts_with(e.reference, '{OF_RECONCILIATION}'))))"""
"""Whether an encumbrance ``e`` is a doubt: the program suspends serials (set_by NULL) about which their registry
contradicts itself, or anybody those of which a reconciliation with it has found that it contradicts us.
"""

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


HELD_BESIDE: Final = f"""
        SELECT r.encumbrance_id AS encumbrance, r.lot_id AS lot, r.lo, r.hi
        FROM encumbered_ranges r JOIN encumbrances e USING (encumbrance_id) JOIN lots l ON l.lot_id = r.lot_id
        JOIN issuances i USING (issuance_id)
        WHERE NOT CASE
            WHEN e.lot_id = r.lot_id THEN e.lo <= r.lo AND r.hi <= e.hi
            WHEN e.lot_id IS NULL THEN i.project_id = e.project_id AND e.vintage IN (0, i.vintage)
            ELSE {IS_DOUBT} AND EXISTS (SELECT FROM claim_ranges c
                WHERE c.claim_id = i.converted AND c.lot_id = e.lot_id AND c.lo < e.hi AND e.lo < c.hi) END"""
"""What an encumbrance holds although it is not about it: other serials than its own, and no quota that stands on these
where it is a doubt.
"""
