"""The tables as the program sees them: names, columns and their types, one file a department.

Constraints, indexes, triggers and what each table is for are in the SQL of ``migrations/versions``, which is what makes
the database; a test compares its columns with these. Units are those of the core: prices and money in fen, quantities
in tonnes, ``..._at_us`` in microseconds since 1970-01-01T00:00:00Z, days as ``yyyymmdd``, enums by their numbers.
"""

from __future__ import annotations

from exchange.store.tables.agreements import agreements
from exchange.store.tables.columns import METADATA
from exchange.store.tables.credits import issuances, lot_coverage, lots, movements, parcels, serial_spaces
from exchange.store.tables.governance import proposals, rulebooks, rules
from exchange.store.tables.journal import feed, idempotency, journal, leader, quarantine
from exchange.store.tables.ledger import balances, bank_references, postings
from exchange.store.tables.markets import instruments, reference_prices, venue
from exchange.store.tables.orders import OrderStatus, order_changes, orders, trades
from exchange.store.tables.people import api_keys, participants, persons
from exchange.store.tables.supervision import downloads_ended, reads, refusals

__all__ = [
    "METADATA",
    "OrderStatus",
    "agreements",
    "api_keys",
    "balances",
    "bank_references",
    "downloads_ended",
    "feed",
    "idempotency",
    "instruments",
    "issuances",
    "journal",
    "leader",
    "lot_coverage",
    "lots",
    "movements",
    "order_changes",
    "orders",
    "parcels",
    "participants",
    "persons",
    "postings",
    "proposals",
    "quarantine",
    "reads",
    "reference_prices",
    "refusals",
    "rulebooks",
    "rules",
    "serial_spaces",
    "trades",
    "venue",
]
