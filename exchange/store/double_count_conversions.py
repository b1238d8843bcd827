"""The queries by which tables are asked whether quota stands on CCER that were cancelled for it, and still does.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping.
"""

from __future__ import annotations

from typing import Final

from exchange.store.double_count_holds import FOR_EVER
from exchange.store.double_count_scopes import IS_DOUBT

_SUSPENDED: Final = f"""
        WITH suspended AS (
            SELECT r.claim_id, e.seq AS since, coalesce(e.lifted_seq, {FOR_EVER}) AS until
            FROM encumbrances e JOIN claim_ranges r
            ON int8range(r.lot_id, r.lot_id, '[]') && int8range(e.lot_id, e.lot_id, '[]')
               AND int8range(r.lo, r.hi) && int8range(e.lo, e.hi)
            WHERE {IS_DOUBT} AND r.status < 3 AND r.status = 2
              AND r.claim_id IN (SELECT converted FROM issuances))"""
"""When serials of a claim that quota stands on were suspended. Asked as the index over serials of claims answers it."""

_DOUBTFUL: Final = f"""{_SUSPENDED},
        doubtful AS (
            SELECT claim_id, range_agg(int8range(since + 1, greatest(since + 1, until))) AS times FROM (
                SELECT claim_id, since, until FROM suspended
                UNION ALL SELECT claim_id, revoked_seq, {FOR_EVER} FROM claims WHERE revoked_seq IS NOT NULL) doubts
            GROUP BY claim_id),
        quota AS (
            SELECT i.issuance_id, i.seq, l.lot_id, l.seq AS came_in, d.claim_id, d.times FROM doubtful d
            JOIN issuances i ON i.converted = d.claim_id LEFT JOIN lots l USING (issuance_id))"""
"""The entries in which there was doubt about the claim behind an issuance or a lot of quota. A suspension is lifted
some day; a revocation is for good.
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
    # They are the same tonnes: of the same league, in whose budget they count, and of the same year.
    """
        SELECT DISTINCT i.issuance_id AS issuance, i.converted AS claim, r.lot_id AS lot
        FROM issuances i JOIN projects p USING (project_id) JOIN claim_ranges r ON r.claim_id = i.converted
        JOIN lots l ON l.lot_id = r.lot_id JOIN issuances c ON c.issuance_id = l.issuance_id
        JOIN projects o ON o.project_id = c.project_id
        WHERE r.status = 2 AND (o.league, c.vintage) <> (p.league, i.vintage)""",
    # Brought in for another firm than the one whose CCER were cancelled.
    """
        SELECT l.lot_id AS lot, c.claim_id AS claim, l.first_owner AS firm
        FROM lots l JOIN issuances i USING (issuance_id) JOIN claims c ON c.claim_id = i.converted
        WHERE l.first_owner <> c.participant_id""",
    # Issued, or brought in, while there was doubt.
    f"""{_DOUBTFUL}
        SELECT issuance_id AS issuance, lot_id AS lot, claim_id AS claim FROM quota
        WHERE seq <@ times OR came_in <@ times""",
    # Let go by a doubt although the claim was revoked by then.
    f"""
        SELECT f.lot_id AS lot, c.claim_id AS claim, f.encumbrance_id AS encumbrance, f.seq FROM freed_ranges f
        JOIN encumbrances e USING (encumbrance_id) JOIN lots l ON l.lot_id = f.lot_id
        JOIN issuances i USING (issuance_id) JOIN claims c ON c.claim_id = i.converted
        WHERE {IS_DOUBT} AND c.revoked_seq < f.seq""",
    # Revoked, and what came in against it was not suspended with it.
    f"""{_SUSPENDED},
        alone AS (
            SELECT claim_id FROM claims c WHERE revoked_seq IS NOT NULL AND NOT EXISTS (
                SELECT FROM suspended s
                WHERE s.claim_id = c.claim_id AND s.since <= c.revoked_seq AND c.revoked_seq < s.until))
        SELECT claim_id AS claim, l.lot_id AS lot FROM alone
        JOIN issuances i ON i.converted = claim_id JOIN lots l USING (issuance_id)""",
)

MOVED_IN_DOUBT: Final = (
    f"""{_DOUBTFUL}
        SELECT m.lot_id AS lot, m.lo, m.hi, q.claim_id AS claim, m.seq FROM movements m JOIN quota q USING (lot_id)
        WHERE m.source > 0 AND m.target > 0 AND m.seq <@ q.times""",
    # 7 chosen for a use, 10 retired, 12 exported.
    f"""{_DOUBTFUL}
        SELECT s.lot_id AS lot, s.lo, s.hi, s.cause, q.claim_id AS claim
        FROM parcel_changes s JOIN quota q USING (lot_id)
        WHERE s.cause IN (7, 10, 12) AND s.seq <@ q.times""",
)
"""Quota that was sold or used while there was doubt: what stands on suspended serials moves nowhere from then on."""
