"""The tables as the program sees them: names, columns and their types, one file a department.

Constraints, indexes, triggers and what each table is for are in the SQL of ``migrations/versions``, which is what makes
the database; a test compares its columns with these. Units are those of the core: prices and money in fen, quantities
in tonnes, ``..._at_us`` in microseconds since 1970-01-01T00:00:00Z, days as ``yyyymmdd``, enums by their numbers.
"""

from __future__ import annotations

from exchange.store.tables.agreements import agreements
from exchange.store.tables.columns import METADATA
from exchange.store.tables.credits import (
    account_units,
    issuances,
    lock_papers,
    lot_coverage,
    lots,
    movements,
    parcels,
    serial_spaces,
    serial_wordings,
)
from exchange.store.tables.encumbrances import (
    encumbered_ranges,
    encumbrances,
    freed_ranges,
    import_refusals,
    import_rows,
    import_units,
    imports,
    reversals,
)
from exchange.store.tables.governance import proposals, rulebooks, rules
from exchange.store.tables.journal import feed, idempotency, journal, leader, quarantine
from exchange.store.tables.ledger import balances, bank_references, postings
from exchange.store.tables.markets import instruments, reference_prices, trading_days, venue
from exchange.store.tables.orders import OrderStatus, order_changes, orders, trades
from exchange.store.tables.people import api_keys, participants, persons
from exchange.store.tables.projects import facilities, monitoring_periods, period_sites, project_sites, projects
from exchange.store.tables.registry import registry_answers, registry_requests
from exchange.store.tables.supervision import downloads_ended, reads, refusals
from exchange.store.tables.units import parcel_changes, parcel_transitions, standings
from exchange.store.tables.uses import (
    RangeStatus,
    budget_entries,
    budgets,
    claim_ranges,
    claims,
    obligations,
    release_ranges,
    releases,
)

__all__ = [
    "METADATA",
    "OrderStatus",
    "RangeStatus",
    "account_units",
    "agreements",
    "api_keys",
    "balances",
    "bank_references",
    "budget_entries",
    "budgets",
    "claim_ranges",
    "claims",
    "downloads_ended",
    "encumbered_ranges",
    "encumbrances",
    "facilities",
    "feed",
    "freed_ranges",
    "idempotency",
    "import_refusals",
    "import_rows",
    "import_units",
    "imports",
    "instruments",
    "issuances",
    "journal",
    "leader",
    "lock_papers",
    "lot_coverage",
    "lots",
    "monitoring_periods",
    "movements",
    "obligations",
    "order_changes",
    "orders",
    "parcel_changes",
    "parcel_transitions",
    "parcels",
    "participants",
    "period_sites",
    "persons",
    "postings",
    "project_sites",
    "projects",
    "proposals",
    "quarantine",
    "reads",
    "reference_prices",
    "refusals",
    "registry_answers",
    "registry_requests",
    "release_ranges",
    "releases",
    "reversals",
    "rulebooks",
    "rules",
    "serial_spaces",
    "serial_wordings",
    "standings",
    "trades",
    "trading_days",
    "venue",
]
