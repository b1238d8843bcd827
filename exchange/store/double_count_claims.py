"""The queries by which tables are asked whether uses and releases agree with their units.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping.
"""

from __future__ import annotations

from typing import Final

CLAIM_WRONG: Final = (
    # What is spent or about to be is just what uses have, and what is about to leave just what releases have: of the
    # same firm.
    """
        WITH used AS (SELECT r.*, c.participant_id AS owner FROM claim_ranges r JOIN claims c USING (claim_id)
                      WHERE r.status < 3),
        leaving AS (SELECT r.*, c.participant_id AS owner FROM release_ranges r JOIN releases c USING (release_id)
                    WHERE r.status = 1)
        SELECT lot_id AS lot, kind, owner AS firm, serial, sum(edge) AS surplus FROM (
            SELECT lot_id, 'use' AS kind, owner, lo AS serial, 1 AS edge FROM parcels WHERE state IN (8, 9, 10, 11)
            UNION ALL SELECT lot_id, 'use', owner, hi, -1 FROM parcels WHERE state IN (8, 9, 10, 11)
            UNION ALL SELECT lot_id, 'use', owner, lo, -1 FROM used
            UNION ALL SELECT lot_id, 'use', owner, hi, 1 FROM used
            UNION ALL SELECT lot_id, 'release', owner, lo, 1 FROM parcels WHERE state = 5
            UNION ALL SELECT lot_id, 'release', owner, hi, -1 FROM parcels WHERE state = 5
            UNION ALL SELECT lot_id, 'release', owner, lo, -1 FROM leaving
            UNION ALL SELECT lot_id, 'release', owner, hi, 1 FROM leaving) edges
        GROUP BY lot_id, kind, owner, serial HAVING sum(edge) <> 0""",
    # A use that is done has as many tonnes that are gone, and no others; what came to nothing has none.
    """
        SELECT claim_id AS claim, c.status, c.quantity, coalesce(r.tonnes, 0) AS units, r.gone FROM claims c LEFT JOIN (
            SELECT claim_id, sum(hi - lo) AS tonnes, sum(hi - lo) FILTER (WHERE status = 2) AS gone FROM claim_ranges
            WHERE status < 3 GROUP BY claim_id) r
        USING (claim_id)
        WHERE (c.status IN (3, 5) AND (c.quantity, c.quantity) IS DISTINCT FROM (r.tonnes, r.gone))
           OR (c.status = 4 AND r.tonnes IS NOT NULL)
           OR (c.status IN (1, 2) AND (coalesce(r.tonnes, 0) > c.chosen OR r.gone > 0))""",
    # What is merely proposed is so by a proposal that is open, and nothing else is.
    """
        SELECT u.kind, u.number, u.proposal_id AS proposal, q.status FROM (
            SELECT 'use' AS kind, claim_id AS number, proposal_id, status FROM claims WHERE proposal_id IS NOT NULL
            UNION ALL SELECT 'release', release_id, proposal_id, status FROM releases) u
        LEFT JOIN proposals q USING (proposal_id) WHERE (u.status = 1) IS DISTINCT FROM (q.status = 1)""",
    # What is gone for a use is not merely set aside for it (8).
    """
        WITH gone AS (
            SELECT lot_id, range_agg(int8range(lo, hi)) AS serials FROM claim_ranges WHERE status = 2 GROUP BY lot_id),
        aside AS (
            SELECT lot_id, range_agg(int8range(lo, hi)) AS serials FROM parcels WHERE state = 8 GROUP BY lot_id)
        SELECT lot_id AS lot, lower(serials) AS lo, upper(serials) AS hi FROM (
            SELECT lot_id, unnest(g.serials * a.serials) AS serials FROM gone g JOIN aside a USING (lot_id)) both_of""",
    # What a certificate says that it covers: by the rulebook's ratio for a new project that is carbon-intensive (2) or
    # not (1), of what is left after what was refused; what was chosen covers one tonne at least. Tables do not tell the
    # trading day, so of several dates any may have counted.
    """
        SELECT claim_id AS claim, c.chosen, c.quantity, c.ratio, c.covers FROM claims c
        WHERE c.covers IS DISTINCT FROM div(c.quantity::numeric * 1000000, nullif(c.ratio, 0))
          OR c.chosen::numeric * 1000000 < c.ratio OR c.ratio NOT IN (
            SELECT 1000000 WHERE c.intensity NOT IN (1, 2)
            UNION ALL SELECT value FROM rules
            WHERE rule = CASE c.intensity WHEN 1 THEN 'DIFF-LOW' WHEN 2 THEN 'DIFF-HIGH' END
              AND version = (SELECT version FROM rulebooks b WHERE b.seq < c.seq ORDER BY b.seq DESC LIMIT 1))""",
)

BUDGET_OF_THE_USE: Final = (
    # An adjustment is of the year in which the use was done, and for its province.
    """
        SELECT c.claim_id AS subject, b.year, c.day / 10000 AS done_in, b.province, c.province AS used_in
        FROM budget_entries b JOIN claims c ON c.claim_id = b.subject
        WHERE b.province <> c.province OR (b.seq = c.fulfilled_seq AND b.year <> c.day / 10000)""",
)
