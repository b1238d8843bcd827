"""The queries by which tables are asked whether quota stands on CCER that were cancelled for it, and still does.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.credits.encumbrance import RECONCILIATION

_IS_DOUBT: Final = f"""(e.set_by IS NULL OR (
                e.kind = {int(EncumbranceKind.SUSPENSION)} AND e.lot_id IS NOT NULL
                AND starts_with(e.reference, '{RECONCILIATION}')))"""
"""Whether an encumbrance ``e`` is a doubt: the program suspends serials (set_by NULL) about which their registry
contradicts itself, or anybody those of which a reconciliation with it has found that it contradicts us.
"""

_DOUBTS: Final = f"""
        WITH doubts AS (
            SELECT r.claim_id, e.seq AS since, coalesce(e.lifted_seq, 9223372036854775807) AS until, false AS for_good
            FROM encumbrances e JOIN claim_ranges r ON r.lot_id = e.lot_id AND r.lo < e.hi AND e.lo < r.hi
            WHERE {_IS_DOUBT} AND r.status = 2
            UNION ALL
            SELECT claim_id, revoked_seq, 9223372036854775807, true FROM claims WHERE revoked_seq IS NOT NULL),
        doubtful AS (
            SELECT i.issuance_id, i.seq, l.lot_id, l.seq AS came_in, d.* FROM doubts d
            JOIN issuances i ON i.converted = d.claim_id LEFT JOIN lots l USING (issuance_id))"""
"""When there was doubt about the claim behind an issuance or a lot of quota: since which entry, until which. A
suspension is lifted some day; a revocation is for good.
"""

CONVERSION_WRONG: Final = (
    """
        SELECT i.issuance_id AS issuance, i.converted AS claim
        FROM issuances i JOIN projects p USING (project_id) LEFT JOIN claims c ON c.claim_id = i.converted
        WHERE (p.source_category = 5) <> (i.converted IS NOT NULL)
           OR (i.converted IS NOT NULL AND (
               c.purpose = 8 AND c.fulfilled_seq < i.seq AND coalesce(i.seq < c.revoked_seq, true)) IS NOT TRUE)""",
    """
        SELECT i.converted AS claim, sum(i.hi - i.lo) AS issued, min(c.quantity) AS cancelled
        FROM issuances i JOIN claims c ON c.claim_id = i.converted
        GROUP BY i.converted HAVING sum(i.hi - i.lo) > min(c.quantity)""",
    # Issued, or brought in, while there was doubt.
    f"""{_DOUBTS}
        SELECT issuance_id AS issuance, lot_id AS lot, claim_id AS claim, since FROM doubtful
        WHERE (since < seq AND seq < until) OR (since < came_in AND came_in < until)""",
    # Let go by a doubt although the claim was revoked by then.
    f"""{_DOUBTS}
        SELECT f.lot_id AS lot, d.claim_id AS claim, f.encumbrance_id AS encumbrance, f.seq FROM freed_ranges f
        JOIN encumbrances e USING (encumbrance_id) JOIN doubtful d ON d.lot_id = f.lot_id
        WHERE {_IS_DOUBT} AND d.for_good AND d.since < f.seq""",
    # Revoked, and what came in against it was not suspended with it.
    f"""
        SELECT c.claim_id AS claim, l.lot_id AS lot FROM claims c
        JOIN issuances i ON i.converted = c.claim_id JOIN lots l USING (issuance_id)
        WHERE c.revoked_seq IS NOT NULL AND NOT EXISTS (
            SELECT FROM claim_ranges r JOIN encumbrances e ON e.lot_id = r.lot_id AND e.lo < r.hi AND r.lo < e.hi
            WHERE r.claim_id = c.claim_id AND r.status = 2 AND {_IS_DOUBT}
              AND e.seq <= c.revoked_seq AND coalesce(c.revoked_seq < e.lifted_seq, true))""",
)

MOVED_IN_DOUBT: Final = (
    f"""{_DOUBTS}
        SELECT m.lot_id AS lot, m.lo, m.hi, d.claim_id AS claim, m.seq FROM movements m JOIN doubtful d USING (lot_id)
        WHERE m.source > 0 AND m.target > 0 AND d.since < m.seq AND m.seq < d.until""",
    # 7 chosen for a use, 10 retired, 12 exported.
    f"""{_DOUBTS}
        SELECT s.lot_id AS lot, s.lo, s.hi, s.cause, d.claim_id AS claim
        FROM parcel_changes s JOIN doubtful d USING (lot_id)
        WHERE s.cause IN (7, 10, 12) AND d.since < s.seq AND s.seq < d.until""",
)
"""Quota that was sold or used while there was doubt: what stands on suspended serials moves nowhere from then on."""
