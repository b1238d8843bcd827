"""How a batch writes projects, units, requests, uses and encumbrances: none of it is written by ordinary trading.

The order is that of what the database looks at. A claim is written with all its steps before the quota that is issued
against it, a request with its answer and what is held fast or freed before the units that change by it or stay, and all
of it before parcels and movements.
"""

from __future__ import annotations

from typing import Final

from exchange.store import tables as t
from exchange.store.write import SET_WHEN, WHEN, Write, change, feed_through, insert, statement

_LOTS: Final = statement(
    "lots",
    "lot_id bigint, issuance_id bigint, space_id bigint, lo bigint, hi bigint, first_owner bigint, "
    "lock_reference text, lock_folded text, seq bigint, at_us bigint",
    "INSERT INTO lots (lot_id, issuance_id, space_id, issuance_lo, issuance_hi, lo, hi, first_owner, lock_reference, "
    "lock_folded, seq, at_us) SELECT r.lot_id, r.issuance_id, r.space_id, i.lo, i.hi, r.lo, r.hi, r.first_owner, "
    "r.lock_reference, r.lock_folded, r.seq, r.at_us "
    "FROM {rows} LEFT JOIN issuances i ON i.issuance_id = r.issuance_id",
)


_USED: Final = statement(
    "claim_ranges_gone",
    "claim_id bigint, lot_id bigint, lo bigint, hi bigint, last_seq bigint",
    "UPDATE claim_ranges c SET status = 2, last_seq = r.last_seq FROM {rows} WHERE c.claim_id = r.claim_id "
    "AND c.lot_id = r.lot_id AND c.lo = r.lo AND c.hi = r.hi RETURNING 1",
    exact=True,
)
"""Serials that were chosen are used up; each range must be one that was chosen."""

_LET_GO: Final = statement(
    "release_ranges_gone",
    "request_id bigint, last_seq bigint",
    "UPDATE release_ranges g SET status = 2, last_seq = r.last_seq FROM {rows} "
    "JOIN registry_requests q ON q.request_id = r.request_id "
    "WHERE (g.release_id, g.lot_id, g.lo, g.hi) = (q.subject, q.lot_id, q.lo, q.hi)",
)
"""Serials about which the registry says that it let them go; each request was about one range that was chosen. Whether
it was asked for that the answer's own row is held to.
"""


def _freed(table: str, key: str) -> Write:
    """Everything that was chosen and is not gone is free again; that may be nothing."""
    return statement(
        f"{table}_freed",
        f"{key} bigint, last_seq bigint",
        f"UPDATE {table} SET status = 3, last_seq = r.last_seq FROM {{rows}} "
        f"WHERE {table}.{key} = r.{key} AND {table}.status = 1",
    )


_CLAIMS: Final = (
    insert(t.claims),
    change("claims_approved", f"claim_id bigint, {WHEN}", "claims", "claim_id", f"status = 2, {SET_WHEN}"),
    change(
        "claims_fulfilled",
        f"claim_id bigint, day integer, quantity bigint, covers bigint, fulfilled_seq bigint, {WHEN}",
        "claims",
        "claim_id",
        "status = 3, day = r.day, quantity = r.quantity, covers = r.covers, fulfilled_seq = r.fulfilled_seq, "
        f"{SET_WHEN}",
    ),
    change("claims_ended", f"claim_id bigint, {WHEN}", "claims", "claim_id", f"status = 4, {SET_WHEN}"),
    change(
        "claims_revoked",
        f"claim_id bigint, revoke_reason text, revoked_seq bigint, {WHEN}",
        "claims",
        "claim_id",
        f"status = 5, revoke_reason = r.revoke_reason, revoked_seq = r.revoked_seq, {SET_WHEN}",
    ),
)

_RELEASES: Final = (
    insert(t.releases),
    insert(t.release_ranges),
    change(
        "releases_approved",
        f"release_id bigint, callable_until_us bigint, leaves_at_us bigint, {WHEN}",
        "releases",
        "release_id",
        f"status = 2, callable_until_us = r.callable_until_us, leaves_at_us = r.leaves_at_us, {SET_WHEN}",
    ),
    change("releases_sent", f"release_id bigint, {WHEN}", "releases", "release_id", f"status = 3, {SET_WHEN}"),
    change(
        "releases_done",
        f"release_id bigint, status smallint, gone bigint, {WHEN}",
        "releases",
        "release_id",
        f"status = r.status, gone = r.gone, {SET_WHEN}",
    ),
    change("releases_ended", f"release_id bigint, {WHEN}", "releases", "release_id", f"status = 5, {SET_WHEN}"),
)

_REGISTRY: Final = (
    insert(t.registry_requests),
    insert(t.registry_answers),
    change(
        "registry_silent", f"request_id bigint, {WHEN}", "registry_requests", "request_id", f"status = 2, {SET_WHEN}"
    ),
    change(
        "registry_answered",
        f"request_id bigint, status smallint, receipt text, message text, {WHEN}",
        "registry_requests",
        "request_id",
        f"status = r.status, receipt = r.receipt, message = r.message, {SET_WHEN}",
    ),
)

_ENCUMBRANCES: Final = (
    insert(t.encumbrances),
    insert(t.encumbered_ranges),
    insert(t.freed_ranges),
    change(
        "encumbrances_lifted",
        "encumbrance_id bigint, lifted_seq bigint, lifted_at_us bigint, last_seq bigint",
        "encumbrances",
        "encumbrance_id",
        "lifted_seq = r.lifted_seq, lifted_at_us = r.lifted_at_us, last_seq = r.last_seq",
    ),
    # What replaces a loss is known before it is withdrawn, since nothing may.
    change(
        "reversals_replaced",
        f"reversal_id bigint, replaced bigint, {WHEN}",
        "reversals",
        "reversal_id",
        f"replaced = reversals.replaced + r.replaced, {SET_WHEN}",
    ),
    # What was a mistake is none before others are reported in its place.
    change(
        "reversals_withdrawn",
        f"reversal_id bigint, withdrawn_seq bigint, withdrawn_at_us bigint, withdrawal_reason text, {WHEN}",
        "reversals",
        "reversal_id",
        "withdrawn_seq = r.withdrawn_seq, withdrawn_at_us = r.withdrawn_at_us, "
        f"withdrawal_reason = r.withdrawal_reason, {SET_WHEN}",
    ),
    insert(t.reversals),
)

_IMPORTS: Final = (
    insert(t.imports),
    change(
        "imports_staged",
        "import_id bigint, staged integer, last_seq bigint",
        "imports",
        "import_id",
        "staged = r.staged, last_seq = r.last_seq",
    ),
    change(
        "imports_committed",
        "import_id bigint, committed_seq bigint, committed_at_us bigint, last_seq bigint",
        "imports",
        "import_id",
        "committed_seq = r.committed_seq, committed_at_us = r.committed_at_us, last_seq = r.last_seq",
    ),
    insert(t.import_rows),
    insert(t.import_refusals),
    insert(t.import_units),
)

UNITS: Final = (
    insert(t.projects),
    insert(t.project_sites),
    insert(t.facilities),
    insert(t.obligations),
    *_CLAIMS,
    insert(t.issuances),
    _LOTS,
    insert(t.lock_papers),
    insert(t.claim_ranges),
    _USED,
    _freed("claim_ranges", "claim_id"),
    *_RELEASES,
    *_REGISTRY,
    _LET_GO,
    _freed("release_ranges", "release_id"),
    *_ENCUMBRANCES,
    insert(t.parcel_changes),
    insert(t.budgets),
    insert(t.budget_entries),
    *_IMPORTS,
)
"""Each after those that it builds on."""

UNIT_FEEDS: Final = (
    feed_through(
        "feed_of_requests", "request_id", "SELECT owner FROM registry_requests WHERE request_id = r.request_id"
    ),
    feed_through("feed_of_claims", "claim_id", "SELECT participant_id FROM claims WHERE claim_id = r.claim_id"),
    feed_through(
        "feed_of_releases", "release_id", "SELECT participant_id FROM releases WHERE release_id = r.release_id"
    ),
    feed_through(
        "feed_of_reversals", "reversal_id", "SELECT responsible FROM reversals WHERE reversal_id = r.reversal_id"
    ),
)
"""The participants of a thing that an event names by its id alone."""
