"""The queries by which tables are asked whether the writer stands where the journal ends, and nothing lies beyond it.

A part of :mod:`exchange.store.double_count_checks`. The next batch is written where the leader row stands: behind the
journal's end it would leave a gap, before it the entries that follow belong to nobody. That the entries themselves are
whole, from the first one on, the log's proof shows.
"""

from __future__ import annotations

from typing import Final

from exchange.sequencer.journal import GENESIS_HEAD

_OF_ENTRIES: Final = (
    "issuances",
    "lots",
    "lock_papers",
    "movements",
    "parcel_changes",
    "postings",
    "registry_requests",
    "registry_answers",
    "claims",
    "claim_ranges",
    "releases",
    "release_ranges",
    "budget_entries",
    "encumbrances",
    "encumbered_ranges",
    "freed_ranges",
    "reversals",
    "facilities",
    "proposals",
    "persons",
    "api_keys",
    "projects",
    "obligations",
    "budgets",
    "rulebooks",
    "trading_days",
    "bank_references",
)
"""Tables of tonnes, and of who said what about them, whose rows name the entry that wrote them."""

_CHANGED: Final = {
    "registry_requests": "last_seq",
    "claims": "greatest(last_seq, fulfilled_seq, revoked_seq)",
    "claim_ranges": "last_seq",
    "releases": "last_seq",
    "release_ranges": "last_seq",
    "encumbrances": "greatest(last_seq, lifted_seq)",
    "reversals": "greatest(last_seq, withdrawn_seq)",
    "proposals": "last_seq",
    "api_keys": "greatest(last_seq, revoked_seq)",
    "imports": "greatest(last_seq, committed_seq)",
}
"""Of tables whose rows change: the last entry that a row names."""

_SPANS: Final = " UNION ALL ".join(
    [f"SELECT '{table}' AS rows, min(seq) AS first, max(seq) AS last FROM {table}" for table in _OF_ENTRIES]
    + [f"SELECT '{table}', min({last}), max({last}) FROM {table}" for table, last in _CHANGED.items()]
)

LEADER_WRONG: Final = (
    f"""
        SELECT coalesce(l.seq, -1) AS leader, coalesce(j.seq, 0) AS journal, coalesce(l.epoch, -1) AS epoch
        FROM (SELECT true AS one) always LEFT JOIN leader l USING (one)
        LEFT JOIN (SELECT seq, head, epoch FROM journal ORDER BY seq DESC LIMIT 1) j ON true
        WHERE (l.seq, l.head) IS DISTINCT FROM (coalesce(j.seq, 0), coalesce(j.head, '\\x{GENESIS_HEAD.hex()}'::bytea))
           OR l.epoch < j.epoch OR l.batch_first NOT BETWEEN 1 AND l.seq + 1""",
    f"""
        SELECT spans.*, ends.journal FROM ({_SPANS}) spans, (SELECT coalesce(max(seq), 0) AS journal FROM journal) ends
        WHERE first < 1 OR last > journal""",
)
