"""The read side: trades, orders, feeds, lots and the ledger, from committed rows, as plain records in the core's units.

Each file has the queries of one department over an open connection; :class:`PostgresHistory` puts them behind one
object with a pool. Every list is an index scan that is cut by a key, so its cost does not grow with the history behind
it; but for tenures, which follow serials through everything that moved in what is asked for, and have a bound.
"""

from __future__ import annotations

from exchange.store.queries.agreements import Agreement, AgreementFilter
from exchange.store.queries.bars import Bar, BarPage, Intervals
from exchange.store.queries.budgets import Adjusted, LeagueYear, Plan
from exchange.store.queries.credits import HeldParcel, Movement, Step
from exchange.store.queries.cursors import MAX_LIMIT, BadCursorError, Page
from exchange.store.queries.deals import AgreedTerms, BookTerms, Deal, DealFilter, Origin
from exchange.store.queries.encumbrances import EncumbranceRow, HeldRange, ReversalRow
from exchange.store.queries.feed import FeedEntry, JournalLine
from exchange.store.queries.history import PostgresHistory
from exchange.store.queries.ledger import AccountBalance, StatementLine
from exchange.store.queries.order_events import cursor_behind
from exchange.store.queries.orders import ENDED, WORKING, Order, OrderFilter
from exchange.store.queries.reads import LoggedRead, ReadFilter
from exchange.store.queries.refusals import RefusalFilter, RefusedCommand
from exchange.store.queries.registry import Answer, AskedRequest, RequestFilter
from exchange.store.queries.selecting import NO_ENTRIES, Entries
from exchange.store.queries.tenures import Tenure, TooWideError
from exchange.store.queries.trades import NumberedTrade, Trade, TradeFilter
from exchange.store.queries.uses import ChosenRange, ClaimFilter, ClaimRow, ReleaseRow

__all__ = [
    "ENDED",
    "MAX_LIMIT",
    "NO_ENTRIES",
    "WORKING",
    "AccountBalance",
    "Adjusted",
    "AgreedTerms",
    "Agreement",
    "AgreementFilter",
    "Answer",
    "AskedRequest",
    "BadCursorError",
    "Bar",
    "BarPage",
    "BookTerms",
    "ChosenRange",
    "ClaimFilter",
    "ClaimRow",
    "Deal",
    "DealFilter",
    "EncumbranceRow",
    "Entries",
    "FeedEntry",
    "HeldParcel",
    "HeldRange",
    "Intervals",
    "JournalLine",
    "LeagueYear",
    "LoggedRead",
    "Movement",
    "NumberedTrade",
    "Order",
    "OrderFilter",
    "Origin",
    "Page",
    "Plan",
    "PostgresHistory",
    "ReadFilter",
    "RefusalFilter",
    "RefusedCommand",
    "ReleaseRow",
    "RequestFilter",
    "ReversalRow",
    "StatementLine",
    "Step",
    "Tenure",
    "TooWideError",
    "Trade",
    "TradeFilter",
    "cursor_behind",
]
