"""Every way in which a batch changes a table, in the order in which they have to run (:mod:`exchange.store.write`)."""

from __future__ import annotations

from typing import Final

from exchange.store import tables as t
from exchange.store.unit_writes import UNIT_FEEDS, UNITS
from exchange.store.write import SET_WHEN, WHEN, change, feed_through, insert, statement

_ORDERS_CHANGED: Final = change(
    "orders_changed",
    "order_id bigint, price bigint, quantity bigint, cumulative bigint, leaves bigint, cumulative_value bigint, "
    f"fee bigint, ended smallint, cancel_reason smallint, priority bigint, {WHEN}",
    "orders",
    "order_id",
    "price = coalesce(r.price, orders.price), quantity = coalesce(r.quantity, orders.quantity), "
    "cumulative = orders.cumulative + r.cumulative, leaves = r.leaves, "
    "cumulative_value = orders.cumulative_value + r.cumulative_value, fee = orders.fee + r.fee, "
    "status = coalesce(r.ended, CASE WHEN orders.cumulative + r.cumulative > 0 THEN 2 ELSE 1 END), "
    "cancel_reason = coalesce(r.cancel_reason, orders.cancel_reason), "
    f"priority = coalesce(r.priority, orders.priority), {SET_WHEN}",
    packed=True,
)

_PARCELS_CLOSED: Final = statement(
    "parcels_closed",
    "lot_id bigint, lo bigint, hi bigint",
    "DELETE FROM parcels USING {rows} WHERE parcels.lot_id = r.lot_id AND parcels.lo = r.lo AND parcels.hi = r.hi "
    "RETURNING 1",
    exact=True,
    packed=True,
)

# It waits for the closed ones, because a parcel often begins where one that goes began, and the parts of a statement
# have no order by themselves.
_PARCELS_OPENED: Final = statement(
    "parcels_opened",
    "lot_id bigint, lo bigint, hi bigint, owner bigint, acquired integer, tag smallint, state smallint, "
    "encumbered integer",
    "INSERT INTO parcels (lot_id, lot_lo, lot_hi, lo, hi, owner, acquired, tag, state, encumbered) "
    "SELECT r.lot_id, lots.lo, lots.hi, r.lo, r.hi, r.owner, r.acquired, r.tag, r.state, r.encumbered "
    "FROM {rows} LEFT JOIN lots ON lots.lot_id = r.lot_id {after}",
    after="parcels_closed",
    packed=True,
)

HOT: Final = (
    insert(t.journal, packed=True),
    insert(t.idempotency, packed=True),
    insert(t.feed, packed=True),
    insert(t.postings, packed=True),
    insert(t.bank_references, packed=True),
    insert(t.orders, packed=True),
    _ORDERS_CHANGED,
    insert(t.order_changes, packed=True),
    insert(t.trades, packed=True),
    _PARCELS_CLOSED,
    _PARCELS_OPENED,
    insert(t.movements, packed=True),
    insert(t.refusals, packed=True),
)
"""What ordinary trading writes. None of these needs what another of the same batch writes, so they fit in one
statement.
"""

COLD: Final = (
    insert(t.venue),
    change(
        "venue_day",
        "trading_day integer, is_open boolean, last_seq bigint, one boolean",
        "venue",
        "one",
        "trading_day = r.trading_day, is_open = r.is_open, last_seq = greatest(venue.last_seq, r.last_seq)",
    ),
    change(
        "venue_halt",
        "halt_reason text, last_seq bigint, one boolean",
        "venue",
        "one",
        "halt_reason = r.halt_reason, last_seq = greatest(venue.last_seq, r.last_seq)",
    ),
    insert(t.trading_days),
    insert(t.rulebooks),
    insert(t.rules),
    insert(t.participants),
    insert(t.persons),
    insert(t.api_keys),
    change(
        "keys_changed",
        "key_id bigint, expires_at_us bigint, replaced_by bigint, revoked_seq bigint, revoked_at_us bigint, "
        "last_seq bigint",
        "api_keys",
        "key_id",
        "expires_at_us = coalesce(r.expires_at_us, api_keys.expires_at_us), "
        "replaced_by = coalesce(r.replaced_by, api_keys.replaced_by), "
        "revoked_seq = coalesce(r.revoked_seq, api_keys.revoked_seq), "
        "revoked_at_us = coalesce(r.revoked_at_us, api_keys.revoked_at_us), last_seq = r.last_seq",
    ),
    insert(t.proposals),
    change(
        "proposals_decided",
        f"proposal_id bigint, status smallint, decided_by bigint, reject_reason text, {WHEN}",
        "proposals",
        "proposal_id",
        f"status = r.status, decided_by = r.decided_by, reject_reason = r.reject_reason, {SET_WHEN}",
    ),
    insert(t.instruments),
    change(
        "instruments_halted",
        "instrument_id bigint, halt_reason text, last_seq bigint",
        "instruments",
        "instrument_id",
        "halt_reason = r.halt_reason, last_seq = r.last_seq",
    ),
    insert(t.reference_prices),
    insert(t.agreements),
    change(
        "agreements_affirmed",
        f"agreement_id bigint, affirmed_by bigint, {WHEN}",
        "agreements",
        "agreement_id",
        f"status = 2, affirmed_by = r.affirmed_by, {SET_WHEN}",
    ),
    change(
        "agreements_ended",
        f"agreement_id bigint, ended_by bigint, {WHEN}",
        "agreements",
        "agreement_id",
        f"status = 4, ended_by = r.ended_by, {SET_WHEN}",
    ),
    change(
        "agreements_settled",
        f"agreement_id bigint, transaction_id bigint, buy_fee bigint, sell_fee bigint, {WHEN}",
        "agreements",
        "agreement_id",
        f"status = 3, transaction_id = r.transaction_id, buy_fee = r.buy_fee, sell_fee = r.sell_fee, {SET_WHEN}",
    ),
)
"""What the venue's own business writes, each statement after those that it builds on."""

FEEDS: Final = (
    feed_through(
        "feed_of_agreements",
        "agreement_id",
        "SELECT proposer FROM agreements WHERE agreement_id = r.agreement_id "
        "UNION SELECT counterparty FROM agreements WHERE agreement_id = r.agreement_id",
    ),
    feed_through(
        "feed_of_proposals", "proposal_id", "SELECT participant_id FROM proposals WHERE proposal_id = r.proposal_id"
    ),
    feed_through(
        "feed_of_keys",
        "key_id",
        "SELECT participant_id FROM api_keys JOIN persons USING (person_id) WHERE key_id = r.key_id",
    ),
)

WRITES: Final = {write.name: write for write in (HOT[0], *COLD, *UNITS, *HOT[1:], *FEEDS, *UNIT_FEEDS)}
"""All writes by name, in the order in which a transaction of several statements runs them."""

HOT_NAMES: Final = frozenset(write.name for write in HOT)
