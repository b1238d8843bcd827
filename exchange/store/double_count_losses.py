"""The queries by which tables are asked whether what was lost was ever there, who owes it, and what replaces it.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.encumbrances import ReportReversal, WithdrawReversal
from exchange.core.commands.uses import RevokeClaim
from exchange.store.double_count_people import NUMBER, is_of

LOSS_AS_AGREED: Final = (
    # A loss is reported in the entry in which the second person agrees, just as it was proposed, and one for each such
    # entry. Canonical bytes have tag and proposer in front; a text stands behind its length.
    f"""
        WITH agreed AS (
            SELECT proposal_id, last_seq AS seq, 1 AS nth, substr(action, 11) AS told FROM proposals
            WHERE status = 2 AND {is_of(ReportReversal)}),
        reported AS (
            SELECT reversal_id, seq, row_number() OVER (PARTITION BY seq ORDER BY reversal_id) AS nth,
                   int8send(project_id) || int8send(vintage) || int8send(responsible) || int8send(quantity)
                   || int4send(octet_length(convert_to(cause, 'UTF8'))) || convert_to(cause, 'UTF8') AS told
            FROM reversals)
        SELECT a.proposal_id AS proposal, r.reversal_id AS reversal
        FROM agreed a FULL JOIN reported r USING (seq, nth, told)
        WHERE a.proposal_id IS NULL OR r.reversal_id IS NULL""",
    # It is taken back in such an entry too, and so is the effect of a use.
    f"""
        SELECT reversal_id AS reversal FROM reversals
        WHERE withdrawn_seq IS NOT NULL AND (reversal_id, withdrawn_seq) NOT IN (
            SELECT {NUMBER}, last_seq FROM proposals WHERE status = 2 AND {is_of(WithdrawReversal)})""",
    f"""
        SELECT claim_id AS claim FROM claims
        WHERE status = 5 AND (claim_id, revoked_seq) NOT IN (
            SELECT {NUMBER}, last_seq FROM proposals WHERE status = 2 AND {is_of(RevokeClaim)})""",
)

LOSS_WRONG: Final = (
    # Of the loss's vintage and of all together (0): what a firm owed by then, and what it had brought in before; who
    # only bought tonnes keeps them. Brought in is what comes into this market (1) for the first time, new (0) or locked
    # (3, 4); quota, which is the tonnes of CCER that were cancelled for it, when that claim is revoked (5). A loss that
    # was a mistake counts until it was withdrawn. In one entry: withdrawn, lost, brought in.
    """
        WITH changes AS (
            SELECT responsible AS firm, project_id, vintage, withdrawn_seq AS seq, 0 AS nth, reversal_id,
                   -quantity AS lost, 0 AS brought
            FROM reversals WHERE withdrawn_seq IS NOT NULL
            UNION ALL SELECT responsible, project_id, vintage, seq, 1, reversal_id, quantity, 0 FROM reversals
            UNION ALL SELECT l.first_owner, i.project_id, i.vintage, greatest(s.seq, c.revoked_seq), 2, l.lot_id, 0,
                             s.hi - s.lo
                      FROM parcel_changes s JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id)
                      LEFT JOIN claims c ON c.claim_id = i.converted
                      WHERE (s.tag, s.state) = (1, 1) AND s.state_before IN (0, 3, 4)
                        AND (i.converted IS NULL OR c.status = 5)
                        AND i.project_id IN (SELECT project_id FROM reversals)),
        sums AS (
            SELECT reversal_id, firm, project_id, bound, nth, sum(lost) OVER so_far AS lost,
                   sum(brought) OVER so_far AS brought
            FROM changes CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY[0, vintage]) AS bound) bounds
            WINDOW so_far AS (PARTITION BY firm, project_id, bound ORDER BY seq, nth, reversal_id
                              ROWS UNBOUNDED PRECEDING))
        SELECT reversal_id AS reversal, firm, project_id AS project, bound AS vintage, lost, brought FROM sums
        WHERE nth = 1 AND lost > brought""",
)

REPLACED_WRONG: Final = (
    # What a firm replaces (4, or 7 by order) is its own debt, and of the family of the project that lost it.
    """
        SELECT DISTINCT c.claim_id AS claim, c.reversal_id AS reversal, c.participant_id AS participant
        FROM claims c LEFT JOIN reversals v USING (reversal_id)
        LEFT JOIN projects lost ON lost.project_id = v.project_id
        LEFT JOIN claim_ranges r USING (claim_id) LEFT JOIN lots l ON l.lot_id = r.lot_id
        LEFT JOIN issuances i ON i.issuance_id = l.issuance_id LEFT JOIN projects p ON p.project_id = i.project_id
        WHERE (c.purpose = 7 AND c.reversal_id IS NULL) OR (c.reversal_id IS NOT NULL AND (
            c.purpose NOT IN (4, 7) OR c.participant_id IS DISTINCT FROM v.responsible
            OR p.family IS DISTINCT FROM lost.family))""",
    # Fulfilled (3) have replaced, pending (2) are about to; for a loss that was a mistake there is nothing to replace.
    """
        SELECT v.reversal_id AS reversal, v.quantity, v.replaced, coalesce(c.gone, 0) AS gone, c.pending
        FROM reversals v LEFT JOIN (
            SELECT reversal_id, coalesce(sum(quantity) FILTER (WHERE status = 3), 0) AS gone,
                   coalesce(sum(quantity) FILTER (WHERE status = 2), 0) AS pending
            FROM claims WHERE reversal_id IS NOT NULL GROUP BY reversal_id) c USING (reversal_id)
        WHERE v.replaced <> coalesce(c.gone, 0)
           OR CASE WHEN v.withdrawn_seq IS NULL THEN v.quantity ELSE 0 END < v.replaced + coalesce(c.pending, 0)""",
)
