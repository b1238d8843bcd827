"""The results of the client: plain frozen records, one file a department."""

from exchange.client.models.agreements import Agreement, UnitPrice
from exchange.client.models.approvals import Proposal
from exchange.client.models.audit import (
    AuditAgreement,
    AuditOrder,
    AuditRead,
    AuditRefusal,
    AuditTrade,
    JournalEntry,
    Movement,
    Posting,
)
from exchange.client.models.cash import Account, Deposit, VenueAccount, VenueAccounts
from exchange.client.models.market import Book, Halt, Instrument, Level, Rule, Rulebook, TapeTrade, VenueStatus
from exchange.client.models.people import Key, Me, Member, NewKey, Participant, Person
from exchange.client.models.stream import (
    Balance,
    BookMessage,
    Candle,
    CandlesMessage,
    PrivateMessage,
    StreamMessage,
    StreamTrade,
    TickerMessage,
    TradesMessage,
)
from exchange.client.models.trading import CancelledAll, FeedEvent, Order, OrderAnswer, Trade
from exchange.client.models.units import Holding, Holdings, Issuance, Lot, Parcel

__all__ = [
    "Account",
    "Agreement",
    "AuditAgreement",
    "AuditOrder",
    "AuditRead",
    "AuditRefusal",
    "AuditTrade",
    "Balance",
    "Book",
    "BookMessage",
    "CancelledAll",
    "Candle",
    "CandlesMessage",
    "Deposit",
    "FeedEvent",
    "Halt",
    "Holding",
    "Holdings",
    "Instrument",
    "Issuance",
    "JournalEntry",
    "Key",
    "Level",
    "Lot",
    "Me",
    "Member",
    "Movement",
    "NewKey",
    "Order",
    "OrderAnswer",
    "Parcel",
    "Participant",
    "Person",
    "Posting",
    "PrivateMessage",
    "Proposal",
    "Rule",
    "Rulebook",
    "StreamMessage",
    "StreamTrade",
    "TapeTrade",
    "TickerMessage",
    "Trade",
    "TradesMessage",
    "UnitPrice",
    "VenueAccount",
    "VenueAccounts",
    "VenueStatus",
]
