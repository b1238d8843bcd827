"""The queries by which tables are asked whether the registry was asked for what it should be, and its word was done.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping.
Numbers of causes: 3 a lock is asked for, 17 of what comes back; 4 locked, 5 not locked, 18 not locked again; 8 a use is
withdrawn; 10 retired, 11 cancelled, 12 exported; 14 a release is withdrawn, 15 refused; 16 released.
"""

from __future__ import annotations

from typing import Final

_FAMILY: Final = """
            JOIN lots l ON l.lot_id = {units}.lot_id JOIN issuances i ON i.issuance_id = l.issuance_id
            JOIN projects p ON p.project_id = i.project_id"""
"""With which project units are of; family 2 is quota."""

_BOTH: Final = f"""
        WITH wanted AS (
            SELECT 3 AS kind, c.claim_id AS subject, c.participant_id AS owner, u.lot_id, u.lo, u.hi,
                   '' AS account, coalesce(q.last_seq, c.seq) AS seq
            FROM claims c LEFT JOIN proposals q ON q.proposal_id = c.proposal_id
            JOIN claim_ranges u ON u.claim_id = c.claim_id {_FAMILY.format(units="u")}
            WHERE p.family <> 2 AND (c.proposal_id IS NULL OR q.status = 2)
            UNION ALL
            SELECT 2, r.release_id, r.participant_id, u.lot_id, u.lo, u.hi, r.national_account, NULL
            FROM releases r JOIN release_ranges u USING (release_id)
            WHERE r.status IN (3, 4) OR r.release_id IN (SELECT subject FROM parcel_changes WHERE cause = 15)
            UNION ALL
            SELECT 1, NULL, owner, lot_id, lo, hi, '', seq FROM parcel_changes WHERE cause IN (3, 17)),
        asked AS (
            SELECT kind, subject, owner, lot_id, lo, hi, account, CASE WHEN kind <> 2 THEN seq END AS seq
            FROM registry_requests)"""
"""What was to be asked: to cancel what two persons agreed to use, or the regulator ordered to (it has no proposal), but
for quota; to release what was sent; to lock what waits for it. And what was asked. When a release was sent the tables
do not tell; the log does.
"""

ASKED_WRONG: Final = (
    f"""{_BOTH}
        SELECT 'asked and not wanted' AS problem, more.* FROM (TABLE asked EXCEPT ALL TABLE wanted) more
        UNION ALL SELECT 'wanted and not asked', less.* FROM (TABLE wanted EXCEPT ALL TABLE asked) less""",
)

REFERENCE_WRONG: Final = (
    # A reference ends in the digits of its own time and act, so that no old word of the registry fits a new request.
    """
        SELECT r.request_id AS request, r.reference FROM registry_requests r
        JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id)
        WHERE r.reference NOT LIKE '%-req-' || (r.request_id / 1048577) || '-' || (r.request_id % 1048577) || '-'
            || upper(left(encode(sha256(convert_to(concat_ws(E'\\n', r.at_us, r.kind, r.lot_id, r.owner, i.space_name,
                r.lo, r.hi, coalesce(r.subject, 0), r.account), 'UTF8')), 'hex'), 8))""",
)

NOT_DONE: Final = (
    """
        SELECT r.request_id AS request, r.kind, r.lot_id AS lot, r.lo, r.hi
        FROM registry_requests r JOIN registry_answers a USING (request_id)
        LEFT JOIN parcel_changes s ON s.subject = r.request_id AND s.seq = a.seq
            AND (s.lot_id, s.lo, s.hi) = (r.lot_id, r.lo, r.hi)
            AND CASE r.kind WHEN 2 THEN s.cause = 16 WHEN 3 THEN s.cause = 11
                ELSE s.cause = 4 AND a.outcome = 1 OR s.cause IN (5, 18) AND a.outcome = 2 END
        WHERE NOT a.contradicts AND (r.kind = 1 OR a.outcome = 1) AND s.seq IS NULL""",
)

TAKEN_BACK: Final = (
    """
        SELECT s.lot_id AS lot, s.lo, s.hi, s.cause, s.subject FROM parcel_changes s
        LEFT JOIN claims c ON c.claim_id = s.subject AND (c.status, c.last_seq) = (4, s.seq)
        LEFT JOIN proposals q ON q.proposal_id = c.proposal_id AND (q.status, q.last_seq) = (3, s.seq)
        LEFT JOIN claim_ranges u
        ON u.claim_id = s.subject AND (u.lot_id, u.lo, u.hi, u.status) = (s.lot_id, s.lo, s.hi, 3)
        WHERE s.cause = 8 AND (q.proposal_id IS NULL OR u.claim_id IS NULL)""",
    """
        SELECT s.lot_id AS lot, s.lo, s.hi, s.cause, s.subject FROM parcel_changes s
        LEFT JOIN releases r ON r.release_id = s.subject AND (r.status, r.last_seq) = (5, s.seq)
        LEFT JOIN release_ranges u
        ON u.release_id = r.release_id AND (u.lot_id, u.lo, u.hi, u.status) = (s.lot_id, s.lo, s.hi, 3)
        WHERE s.cause = 14 AND (
            u.release_id IS NULL OR s.subject IN (SELECT subject FROM registry_requests WHERE kind = 2))""",
)

ENDED_WRONG: Final = (
    f"""
        SELECT s.lot_id AS lot, s.lo, s.hi, s.cause, p.family FROM parcel_changes s {_FAMILY.format(units="s")}
        WHERE s.cause IN (10, 11, 12) AND (p.family = 2) <> (s.cause <> 11)""",
    # What uses have for good is what was used up for them, range for range.
    """
        SELECT claim_id AS claim, lot_id AS lot, lo, hi FROM claim_ranges WHERE status = 2
        EXCEPT ALL (
            SELECT subject, lot_id, lo, hi FROM parcel_changes WHERE cause IN (10, 12)
            UNION ALL SELECT r.subject, s.lot_id, s.lo, s.hi FROM parcel_changes s
                      JOIN registry_requests r ON r.request_id = s.subject WHERE s.cause = 11)""",
)

REQUESTS: Final = """
    SELECT request_id, format('%s %s-%s of lot %s of %s for %s at %s until %s as %s: %s',
                              (ARRAY['LOCK', 'RELEASE', 'CANCEL'])[kind], lo, hi, lot_id, owner, coalesce(subject, 0),
                              at_us, answer_by_us, reference,
                              CASE WHEN status < 3 THEN 'open' ELSE 'answered' END) AS words
    FROM registry_requests"""
"""Each request in words, to be held against the log."""
