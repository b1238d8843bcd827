"""The queries by which tables are asked whether what was done is what two persons had agreed to: serials and firms.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping. What
was proposed is read from its canonical bytes: tag and proposer are in front, numbers have eight bytes, and a list
stands behind its length, which has four.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.projects import RecordIssuance
from exchange.core.commands.uses import ReleaseUnits, UseUnits
from exchange.store.double_count_people import is_of
from exchange.store.double_count_statements import TEXT
from exchange.store.double_count_words import FOLDED

_SUBJECT_AT: Final = 11
"""Behind tag and proposer: the firm of a use or release, the lot of a return, the file of an import."""

_PICKS_AT: Final = f"CASE WHEN {is_of(UseUnits)} THEN 27 ELSE 19 END"
"""A use names an instrument before the serials, a release does not."""

_PICK_BYTES: Final = 24
"""Lot, first serial, and the one behind the last; both 0 where only the lot is named."""


def _number(at: str | int) -> str:
    return f"('x' || encode(substr(action, {at}, 8), 'hex'))::bit(64)::bigint"


_PICKED: Final = f"""
        WITH proposed AS (
            SELECT proposal_id, action, {_number(_SUBJECT_AT)} AS firm, {_PICKS_AT} AS at FROM proposals
            WHERE {is_of(UseUnits, ReleaseUnits)}),
        picked AS (
            SELECT proposal_id, {_number("place")} AS lot_id,
                   {_number("place + 8")} AS lo, {_number("place + 16")} AS hi
            FROM proposed CROSS JOIN LATERAL generate_series(
                at + 4, at + 3 + {_PICK_BYTES} * ('x' || encode(substr(action, at, 4), 'hex'))::bit(32)::int,
                {_PICK_BYTES}) AS place),
        chosen AS (
            SELECT proposal_id, participant_id AS firm, lot_id, lo, hi FROM claims JOIN claim_ranges USING (claim_id)
            WHERE proposal_id IS NOT NULL
            UNION ALL SELECT proposal_id, participant_id, lot_id, lo, hi
                      FROM releases JOIN release_ranges USING (release_id))"""

NOT_AS_AGREED: Final = (
    # A use or release of other serials than were named. Those that were refused or withdrawn are still in the record.
    f"""{_PICKED},
        named AS (SELECT * FROM picked WHERE hi > 0)
        SELECT proposal_id AS proposal, lot_id AS lot, serial, sum(edge) AS surplus FROM (
            SELECT proposal_id, lot_id, lo AS serial, -1 AS edge FROM named
            UNION ALL SELECT proposal_id, lot_id, hi, 1 FROM named
            UNION ALL SELECT proposal_id, lot_id, lo, 1 FROM chosen JOIN (SELECT DISTINCT proposal_id FROM named) n
                      USING (proposal_id)
            UNION ALL SELECT proposal_id, lot_id, hi, -1 FROM chosen JOIN (SELECT DISTINCT proposal_id FROM named) n
                      USING (proposal_id)) edges
        GROUP BY proposal_id, lot_id, serial HAVING sum(edge) <> 0""",
    # Of another firm, or of another lot where only lots were named.
    f"""{_PICKED}
        SELECT DISTINCT c.proposal_id AS proposal, c.lot_id AS lot, c.firm
        FROM chosen c JOIN proposed q USING (proposal_id)
        WHERE c.firm <> q.firm OR (
            EXISTS (SELECT FROM picked p WHERE p.proposal_id = c.proposal_id AND p.hi = 0) AND NOT EXISTS (
                SELECT FROM picked p WHERE p.proposal_id = c.proposal_id AND p.lot_id = c.lot_id))""",
    # Units that come back: these serials, for this firm. 17 is the step with which they are asked for.
    f"""
        WITH agreed AS (
            SELECT proposal_id, last_seq AS seq, {_number(_SUBJECT_AT)} AS lot_id, {_number(19)} AS owner,
                   {_number(27)} AS lo, {_number(35)} AS hi
            FROM proposals WHERE status = 2 AND {is_of(ReturnUnits)}),
        asked AS (SELECT seq, lot_id, owner, lo, hi FROM parcel_changes WHERE cause = 17)
        SELECT proposal_id AS proposal, lot_id AS lot, owner AS firm, lo, hi
        FROM agreed a FULL JOIN asked s USING (seq, lot_id, owner, lo, hi)
        WHERE a.proposal_id IS NULL OR s.lo IS NULL""",
    # They go to the firm for which they were asked for. 4 is the step with which they are locked here again, 7 where
    # they stood before it.
    """
        SELECT s.lot_id AS lot, s.lo, s.hi, s.owner AS firm FROM parcel_changes s
        LEFT JOIN registry_requests r ON r.request_id = s.subject
        LEFT JOIN parcel_changes a ON a.cause = 17
        AND (a.seq, a.lot_id, a.lo, a.hi, a.owner) = (r.seq, s.lot_id, s.lo, s.hi, s.owner)
        WHERE s.cause = 4 AND s.state_before = 7 AND (a.seq IS NULL OR EXISTS (
            SELECT FROM movements m WHERE m.seq = s.seq AND m.lot_id = s.lot_id AND m.target <> s.owner))""",
)

_BY_HAND: Final = """
            NOT EXISTS (SELECT FROM imports f WHERE f.committed_seq = {0}.seq)
            AND NOT (p.registry = 'SANDBOX' AND EXISTS (SELECT FROM venue WHERE is_sandbox))"""
"""Whether something of a project (p) came in with no file. The play units of a sandbox come in with nobody's word."""

_OF_THE_ENTRY: Final = "FROM proposals q WHERE q.status = 2 AND q.last_seq = {0}.seq AND"

ADMITTED_AS_AGREED: Final = (
    # An issuance that was entered by hand: this period, figure, space and serials.
    f"""
        SELECT i.issuance_id AS issuance FROM issuances i LEFT JOIN projects p USING (project_id)
        WHERE {_BY_HAND.format("i")} AND NOT EXISTS (
            SELECT {_OF_THE_ENTRY.format("i")} {is_of(RecordIssuance)}
            AND substr(q.action, {_SUBJECT_AT}) = int8send(i.project_id) || int8send(i.monitoring_start)
                || int8send(i.monitoring_end) || int8send(i.verified) || int8send(i.applied_on)
                || {TEXT.format(text="i.space_name")} || {TEXT.format(text="i.serial_text")}
                || int8send(i.lo) || int8send(i.hi) || int8send(coalesce(i.converted, 0)))""",
    # A lot: these serials of it, for this firm, on this paper.
    f"""
        SELECT l.lot_id AS lot, l.first_owner AS firm, l.lock_reference AS paper
        FROM lots l LEFT JOIN issuances i USING (issuance_id) LEFT JOIN projects p USING (project_id)
        WHERE {_BY_HAND.format("l")} AND NOT EXISTS (
            SELECT {_OF_THE_ENTRY.format("l")} {is_of(AdmitLot)}
            AND substr(q.action, {_SUBJECT_AT}) = int8send(l.issuance_id) || int8send(l.first_owner)
                || int8send(l.lo) || int8send(l.hi) || {TEXT.format(text="l.lock_reference")})""",
)

FILE_AS_AGREED: Final = (
    # Every row of a file that came in made one issuance and one lot, as it was staged.
    f"""
        SELECT r.import_id AS file, r.line FROM import_rows r JOIN imports f USING (import_id)
        LEFT JOIN import_units u USING (import_id, n) LEFT JOIN issuances i USING (issuance_id)
        LEFT JOIN projects p USING (project_id) LEFT JOIN lots l ON l.lot_id = u.lot_id
        WHERE f.committed_seq IS NOT NULL AND (
            u.seq = f.committed_seq AND i.seq = u.seq AND l.seq = u.seq AND l.issuance_id = i.issuance_id
            AND p.code_folded = {FOLDED.format("r.project")}
            AND (r.monitoring_start, r.monitoring_end, r.verified, r.applied_on)
              = (i.monitoring_start, i.monitoring_end, i.verified, i.applied_on)
            AND (r.space, r.serial_text, r.lo, r.hi) = (i.space_name, i.serial_text, i.lo, i.hi)
            AND (r.lo, r.hi, r.owner, r.lock_reference) = (l.lo, l.hi, l.first_owner, l.lock_reference)) IS NOT TRUE""",
    # And nothing came in with it.
    """
        SELECT f.import_id AS file, i.issuance_id AS issuance FROM imports f JOIN issuances i ON i.seq = f.committed_seq
        WHERE i.issuance_id NOT IN (SELECT issuance_id FROM import_units JOIN import_rows USING (import_id, n))
        UNION ALL
        SELECT f.import_id, l.lot_id FROM imports f JOIN lots l ON l.seq = f.committed_seq
        WHERE l.lot_id NOT IN (SELECT lot_id FROM import_units JOIN import_rows USING (import_id, n))""",
    # Two persons have agreed to it.
    f"""
        SELECT import_id AS file FROM imports WHERE committed_seq IS NOT NULL AND (import_id, committed_seq) NOT IN (
            SELECT {_number(_SUBJECT_AT)}, last_seq FROM proposals WHERE status = 2 AND {is_of(CommitImport)})""",
)
