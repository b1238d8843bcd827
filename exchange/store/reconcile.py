"""Does a whole database agree with itself? Checks that read everything and believe no trigger, constraint or
projection.

One snapshot of the database is checked, so this can run while the exchange serves. The journal's chain is hashed again
entry by entry; every table is made again from the journal's events and compared (:mod:`exchange.store.rebuilding`);
each further check is a query that finds what should not be there whatever the journal says. The guards themselves are
compared with those of the migration (:mod:`exchange.store.guards`).
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from exchange.core.canonical import CanonicalError
from exchange.core.credits.states import TRANSITIONS
from exchange.core.events.credits import ParcelState
from exchange.core.ledger import chart
from exchange.sequencer.journal import GENESIS_HEAD, JournalCorruptError, decode_leaf, next_head
from exchange.store.connecting import READER, connect
from exchange.store.guards import changed_guards
from exchange.store.rebuilding import RebuildFailedError, compare_with_journal
from exchange.store.standing import account_column

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

FETCHED_AT_ONCE: Final = 1_000

CHECKING: Final = {**READER, "application_name": "exchange-reconcile", "default_transaction_read_only": "off"}
"""A reader that may make temporary tables; that it writes nothing else is seen to by the guard of batches."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree: which check found it, about what, and what it saw."""

    check: str
    subject: str
    detail: str


CHECKS: Final = {
    "balances are the sum of postings": """
        WITH sums AS (
            SELECT owner, asset, sum(dp) AS dp, sum(cp) AS cp, sum(dh) AS dh, sum(ch) AS ch FROM (
                SELECT debit AS owner, asset, CASE layer WHEN 1 THEN amount ELSE 0 END AS dp, 0 AS cp,
                       CASE layer WHEN 2 THEN amount WHEN 3 THEN -amount ELSE 0 END AS dh, 0 AS ch FROM postings
                UNION ALL
                SELECT credit, asset, 0, CASE layer WHEN 1 THEN amount ELSE 0 END,
                       0, CASE layer WHEN 2 THEN amount WHEN 3 THEN -amount ELSE 0 END FROM postings) sides
            GROUP BY owner, asset)
        SELECT format('owner %s asset %s', owner, asset) AS subject,
               format('balances say %s/%s/%s/%s, postings %s/%s/%s/%s', b.debits_posted, b.credits_posted,
                      b.debits_pending, b.credits_pending, s.dp, s.cp, s.dh, s.ch) AS detail
        FROM balances b FULL JOIN sums s USING (owner, asset)
        WHERE (b.debits_posted, b.credits_posted, b.debits_pending, b.credits_pending)
              IS DISTINCT FROM (s.dp, s.cp, s.dh, s.ch)""",
    "every asset sums to zero": """
        SELECT format('asset %s', asset) AS subject,
               format('posted %s, pending %s', sum(credits_posted - debits_posted),
                      sum(credits_pending - debits_pending)) AS detail
        FROM balances GROUP BY asset
        HAVING sum(credits_posted) <> sum(debits_posted) OR sum(credits_pending) <> sum(debits_pending)""",
    "no participant is overdrawn": """
        SELECT format('owner %s asset %s', owner, asset) AS subject,
               format('available %s', credits_posted - debits_posted - debits_pending) AS detail
        FROM balances WHERE owner > 0 AND credits_posted - debits_posted - debits_pending < 0""",
    "issuances of a space do not overlap": """
        SELECT format('issuance %s', issuance_id) AS subject,
               format('serials %s-%s of space %s reach into what lies before', lo, hi, space_id) AS detail
        FROM (SELECT issuance_id, space_id, lo, hi, max(hi) OVER before AS taken FROM issuances
              WINDOW before AS (PARTITION BY space_id ORDER BY lo
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) ranges
        WHERE lo < taken""",
    "lots lie inside their issuances": """
        SELECT format('lot %s', lot_id) AS subject,
               format('serials %s-%s of issuance %s', l.lo, l.hi, issuance_id) AS detail
        FROM lots l LEFT JOIN issuances i USING (issuance_id)
        WHERE i.lo IS NULL OR l.lo < i.lo OR l.hi > i.hi OR l.space_id <> i.space_id""",
    "lots of a space do not overlap": """
        SELECT format('lot %s', lot_id) AS subject,
               format('serials %s-%s of space %s reach into what lies before', lo, hi, space_id) AS detail
        FROM (SELECT lot_id, space_id, lo, hi, max(hi) OVER before AS taken FROM lots
              WINDOW before AS (PARTITION BY space_id ORDER BY lo
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) ranges
        WHERE lo < taken""",
    "parcels cover their lots without gap or overlap": """
        SELECT format('lot %s', lot_id) AS subject,
               format('serials %s-%s: %s parcels from %s to %s with %s tonnes, broken at %s places', l.lo, l.hi,
                      coalesce(p.parcels, 0), p.lo, p.hi, coalesce(p.tonnes, 0), coalesce(p.breaks, 0)) AS detail
        FROM lots l FULL JOIN (
            SELECT lot_id, count(*) AS parcels, min(lo) AS lo, max(hi) AS hi, sum(hi - lo) AS tonnes,
                   count(*) FILTER (WHERE lo <> before) AS breaks
            FROM (SELECT lot_id, lo, hi, lag(hi) OVER (PARTITION BY lot_id ORDER BY lo) AS before FROM parcels) ranges
            GROUP BY lot_id) p USING (lot_id)
        WHERE (l.lo, l.hi, l.hi - l.lo, 0) IS DISTINCT FROM (p.lo, p.hi, p.tonnes, p.breaks)""",
    "parcels are the ledger's balances": f"""
        WITH held AS (SELECT {account_column("parcels")} AS owner, lot_id AS asset, sum(hi - lo) AS tonnes FROM parcels
                      GROUP BY 1, 2),
             booked AS (SELECT owner, asset, credits_posted - debits_posted AS tonnes FROM balances
                        WHERE (owner > 0 OR owner BETWEEN {chart.EXPORTED} AND {chart.RETIRED}) AND asset > 0
                        AND credits_posted <> debits_posted)
        SELECT format('owner %s lot %s', owner, asset) AS subject,
               format('parcels %s, ledger %s', coalesce(h.tonnes, 0), coalesce(b.tonnes, 0)) AS detail
        FROM held h FULL JOIN booked b USING (owner, asset) WHERE h.tonnes IS DISTINCT FROM b.tonnes""",
    "what cannot be sold is held": f"""
        SELECT format('owner %s lot %s', aside.owner, lot_id) AS subject,
               format('%s t set aside, %s t held', tonnes, coalesce(b.debits_pending, 0)) AS detail
        FROM (SELECT {account_column("parcels")} AS owner, lot_id, sum(hi - lo) AS tonnes FROM parcels
              WHERE state <> {ParcelState.ACTIVE:d} OR encumbered > 0 GROUP BY 1, 2) aside
        LEFT JOIN balances b ON b.owner = aside.owner AND b.asset = aside.lot_id
        WHERE aside.owner > 0 AND tonnes > coalesce(b.debits_pending, 0)""",
    "the ledger has what was admitted": """
        SELECT format('lot %s', lot_id) AS subject,
               format('%s t were admitted, %s t brought in', hi - lo, b.debits_posted - b.credits_posted) AS detail
        FROM lots LEFT JOIN balances b ON b.asset = lot_id AND b.owner = -2
        WHERE hi - lo IS DISTINCT FROM b.debits_posted - b.credits_posted""",
    "units stand where their last step has brought them": """
        SELECT format('lot %s serials %s-%s', p.lot_id, p.lo, p.hi) AS subject,
               format('tag %s state %s, and %s of %s t were brought there', p.tag, p.state, coalesce(sum(
                      least(s.hi, p.hi) - greatest(s.lo, p.lo)), 0), p.hi - p.lo) AS detail
        FROM parcels p LEFT JOIN standings s
             ON int8range(s.lot_id, s.lot_id, '[]') && int8range(p.lot_id, p.lot_id, '[]')
             AND int8range(s.lo, s.hi) && int8range(p.lo, p.hi) AND (s.tag, s.state) = (p.tag, p.state)
        WHERE p.state <> 1 GROUP BY p.lot_id, p.lo, p.hi, p.tag, p.state
        HAVING coalesce(sum(least(s.hi, p.hi) - greatest(s.lo, p.lo)), 0) <> p.hi - p.lo""",
    "steps are those of the table": """
        SELECT format('step %s of entry %s', n, seq) AS subject,
               format('from %s/%s to %s/%s by %s', tag_before, state_before, tag, state, cause) AS detail
        FROM parcel_changes LEFT JOIN parcel_transitions t USING (tag_before, state_before, tag, state, cause)
        WHERE t.cause IS NULL""",
    "one claim a tonne": """
        SELECT format('claim %s', claim_id) AS subject,
               format('serials %s-%s of lot %s reach into another claim', lo, hi, lot_id) AS detail
        FROM (SELECT claim_id, lot_id, lo, hi, max(hi) OVER before AS taken FROM claim_ranges WHERE status < 3
              WINDOW before AS (PARTITION BY lot_id ORDER BY lo
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) ranges
        WHERE lo < taken""",
    "what is used up is claimed": """
        SELECT format('lot %s serials %s-%s', p.lot_id, p.lo, p.hi) AS subject,
               'used up, and not by a claim alone' AS detail
        FROM parcels p LEFT JOIN claim_ranges c
             ON int8range(c.lot_id, c.lot_id, '[]') && int8range(p.lot_id, p.lot_id, '[]')
             AND int8range(c.lo, c.hi) && int8range(p.lo, p.hi) AND c.status < 3 AND c.status = 2
        WHERE p.state >= 9 GROUP BY p.lot_id, p.lo, p.hi
        HAVING coalesce(sum(least(c.hi, p.hi) - greatest(c.lo, p.lo)), 0) <> p.hi - p.lo""",
    "no ground is issued twice": """
        SELECT format('project %s', a.project_id) AS subject,
               format('%s from %s to %s is ground of project %s too', a.path, a.monitoring_start, a.monitoring_end,
                      b.project_id) AS detail
        FROM period_sites a JOIN period_sites b
             ON int4range(b.activity, b.activity, '[]') && int4range(a.activity, a.activity, '[]')
             AND path_range(b.path, left(b.path, -1) || '0') && path_range(a.path, left(a.path, -1) || '0')
             AND int4range(b.monitoring_start, b.monitoring_end, '[]')
                 && int4range(a.monitoring_start, a.monitoring_end, '[]')
             AND starts_with(b.path, a.path)
             AND (a.project_id, a.monitoring_start, a.monitoring_end, a.path)
                 <> (b.project_id, b.monitoring_start, b.monitoring_end, b.path)""",
    "no more is issued than was verified": """
        SELECT format('project %s', project_id) AS subject,
               format('%s t of %s t for %s to %s', sum(hi - lo), min(verified), monitoring_start,
                      monitoring_end) AS detail
        FROM issuances GROUP BY project_id, monitoring_start, monitoring_end
        HAVING sum(hi - lo) > min(verified) OR min(verified) <> max(verified)""",
    "a conversion is issued once": """
        SELECT format('claim %s', i.converted) AS subject,
               format('%s t of quota against %s t', sum(i.hi - i.lo), c.quantity) AS detail
        FROM issuances i LEFT JOIN claims c ON c.claim_id = i.converted WHERE i.converted IS NOT NULL
        GROUP BY i.converted, c.quantity HAVING sum(i.hi - i.lo) > coalesce(c.quantity, 0)""",
    "budgets have what was used elsewhere": """
        WITH ranges AS (
            SELECT c.claim_id AS subject, r.lot_id, r.lo, r.hi, c.league AS used_in, c.province
            FROM claims c JOIN claim_ranges r USING (claim_id)
            WHERE c.status = 3 AND r.status = 2 AND c.purpose <> 8 AND (c.reversal_id IS NULL OR c.league <> 0)
            UNION ALL SELECT subject, lot_id, lo, hi, 0, '' FROM registry_requests WHERE kind = 2 AND status = 3),
        used AS (
            SELECT r.subject, p.league AS source, r.used_in, r.province, sum(r.hi - r.lo) AS tonnes
            FROM ranges r JOIN lots USING (lot_id) JOIN issuances USING (issuance_id) JOIN projects p USING (project_id)
            WHERE p.league <> 0 AND p.league <> r.used_in GROUP BY 1, 2, 3, 4),
        booked AS (
            SELECT subject, source, used_in, province, sum(quantity) AS tonnes FROM budget_entries
            WHERE subject NOT IN (SELECT request_id FROM registry_requests WHERE kind = 1)
            GROUP BY 1, 2, 3, 4 HAVING sum(quantity) <> 0)
        SELECT format('league %s', source) AS subject,
               format('%s t of %s were used in %s%s, %s t are booked', coalesce(u.tonnes, 0), subject, used_in,
                      province, coalesce(b.tonnes, 0)) AS detail
        FROM used u FULL JOIN booked b USING (subject, source, used_in, province)
        WHERE u.tonnes IS DISTINCT FROM b.tonnes""",
    "a receipt comes once": """
        SELECT format('receipt %s', receipt) AS subject, format('%s requests have it', count(*)) AS detail
        FROM registry_requests WHERE receipt <> '' GROUP BY receipt HAVING count(*) > 1""",
    "orders are what their trades say": """
        WITH fills AS (
            SELECT order_id, sum(quantity) AS quantity, sum(price * quantity) AS value, sum(fee) AS fee FROM (
                SELECT buy_order_id AS order_id, quantity, price, buy_fee AS fee FROM trades
                UNION ALL SELECT sell_order_id, quantity, price, sell_fee FROM trades) sides
            GROUP BY order_id)
        SELECT format('order %s', order_id) AS subject,
               format('the order says %s t, %s fen, fee %s; its trades %s, %s, %s', o.cumulative,
                      o.cumulative_value, o.fee, coalesce(f.quantity, 0), coalesce(f.value, 0),
                      coalesce(f.fee, 0)) AS detail
        FROM orders o FULL JOIN fills f USING (order_id)
        WHERE (o.cumulative, o.cumulative_value, o.fee)
              IS DISTINCT FROM (coalesce(f.quantity, 0), coalesce(f.value, 0), coalesce(f.fee, 0))""",
    "rows belong to entries": """
        SELECT format('%s of seq %s', kind, seq) AS subject, 'there is no such entry' AS detail
        FROM (SELECT 'a feed row' AS kind, seq FROM feed UNION SELECT 'a posting', seq FROM postings
              UNION SELECT 'a trade', seq FROM trades UNION SELECT 'a movement', seq FROM movements
              UNION SELECT 'a step', seq FROM parcel_changes UNION SELECT 'an adjustment', seq FROM budget_entries
              UNION SELECT 'an answer', seq FROM idempotency) rows
        LEFT JOIN journal USING (seq) WHERE journal.seq IS NULL""",
}
"""Each query gives a row for everything that is wrong."""


GUARDED: Final = "guards are what the migration makes"
"""The check that looks at the triggers and functions which the other checks do not believe."""

TABLES: Final = "tables are what the journal makes"
"""The check that makes every table again."""

STEPS: Final = "the table of steps is that of the program"
"""The check that compares what units may do here with what the core lets them do."""


async def reconcile(dsn: str) -> list[Finding]:
    """Check a whole database; an empty list means that everything agrees. Memory is bounded, time grows with the data.

    Raises:
        ConnectionError: if PostgreSQL cannot be reached, or does not let the role make temporary tables.
    """
    async with _one_moment(dsn) as connection:
        findings = [Finding(GUARDED, guard, detail) for guard, detail in await changed_guards(connection)]
        findings += [finding async for finding in _check_journal(connection)]
        findings += await _check_steps(connection)
        for check, query in CHECKS.items():
            rows = await connection.fetch(query)
            findings += [Finding(check, row["subject"], row["detail"]) for row in rows]
        return findings + await _check_tables(connection)


async def reconcile_tables(dsn: str) -> list[Finding]:
    """Only the check that makes every table again: what is left to do when the journal was replayed. Raises as
    :func:`reconcile` does.
    """
    async with _one_moment(dsn) as connection:
        return await _check_tables(connection)


@asynccontextmanager
async def _one_moment(dsn: str) -> AsyncIterator[Connection]:
    """A connection to a database that stands still; what is written on it is temporary and goes at the end."""
    connection = await connect(dsn, CHECKING)
    try:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        yield connection
        await transaction.rollback()
    finally:
        await connection.close(timeout=5.0)


async def _check_steps(connection: Connection) -> list[Finding]:
    rows = await connection.fetch("SELECT tag_before, state_before, tag, state, cause FROM parcel_transitions")
    there, allowed = {tuple(row) for row in rows}, set(allowed_steps())
    faults = [*((step, "is in the table alone") for step in sorted(there - allowed))]
    faults += [(step, "is not in the table") for step in sorted(allowed - there)]
    return [Finding(STEPS, "step {}/{} to {}/{} by {}".format(*step), detail) for step, detail in faults]


def allowed_steps() -> list[tuple[int, int, int, int, int]]:
    """The steps that units can take as rows of the table ``parcel_transitions``; new units come from 0 and 0."""
    return [(*(step.before or (0, 0)), *step.after, step.cause) for step in TRANSITIONS]


async def _check_tables(connection: Connection) -> list[Finding]:
    try:
        found = await compare_with_journal(connection)
    except RebuildFailedError as error:
        return [Finding(TABLES, "the journal", str(error))]
    return [Finding(TABLES, f"{difference.table} {difference.row}", difference.detail) for difference in found]


async def _check_journal(connection: Connection) -> AsyncIterator[Finding]:
    """Hash the chain again; after the first break everything later differs, so that one is all that is told of it."""
    seq, at, head = 0, 0, GENESIS_HEAD
    broken = False
    cursor = connection.cursor(
        "SELECT seq, at_us, epoch, leaf, head, events FROM journal ORDER BY seq", prefetch=FETCHED_AT_ONCE
    )
    async for row in cursor:
        seq += 1
        if row["seq"] != seq:
            yield Finding("the journal has no gap", f"entry {seq}", f"entry {row['seq']} stands in its place")
            seq = row["seq"]
        head = next_head(head, row["leaf"])
        if head != row["head"] and not broken:
            broken = True
            yield Finding(
                "the journal is chained", f"entry {seq}", "its head does not follow from the entries up to it"
            )
        if row["at_us"] < at:
            yield Finding("times never fall", f"entry {seq}", "it is older than the entry before it")
        at = row["at_us"]
        for detail in _entry_faults(row):
            yield Finding("entries are what their leaves say", f"entry {seq}", detail)
    end = await connection.fetchrow("SELECT seq, head FROM leader")
    assert end is not None, "the leader row is missing"
    if (end["seq"], end["head"]) != (seq, head) and not broken:
        yield Finding("the journal ends at its leader row", f"entry {seq}", f"the leader row says entry {end['seq']}")


def _entry_faults(row: Any) -> list[str]:
    """What the columns of an entry have that its leaf has not."""
    try:
        leaf = decode_leaf(row["leaf"])
    except (CanonicalError, JournalCorruptError) as error:
        return [f"its leaf cannot be read: {error}"]
    faults = []
    if (leaf.seq, leaf.at, leaf.epoch) != (row["seq"], row["at_us"], row["epoch"]):
        faults.append("seq, time or epoch differ from its leaf")
    if hashlib.sha256(row["events"]).digest() != leaf.events_hash:
        faults.append("its events are not those that its leaf was made with")
    return faults
