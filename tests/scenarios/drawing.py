"""How a scenario says what happened: events as short phrases, a book as a drawing, serials as ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from exchange.core.events import (
    ActionApproved,
    ActionProposed,
    AgreementAffirmed,
    AgreementEnded,
    AgreementProposed,
    AgreementSettled,
    CancelAfterSet,
    CashDeposited,
    CashWithdrawn,
    DayOpened,
    Event,
    InstrumentListed,
    IssuanceRecorded,
    JobFinished,
    JobStarted,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    LotAdmitted,
    OrderCancelled,
    OrderReduced,
    OrderReplaced,
    OrderRested,
    ParticipantAdmitted,
    PersonRegistered,
    ProposalRejected,
    ReferencePriceSet,
    Rejected,
    RulebookAdopted,
    SnapshotAttested,
    Traded,
    TradingHalted,
    TradingResumed,
)
from exchange.core.matching import OrderBook
from exchange.core.rejections import RejectReason
from exchange.core.serials import SerialRange
from exchange.core.values import Side

Names = Callable[[int], str]
"""What a scenario calls the thing with an id."""

MONEY_FACTS: Final = ("_cash", "_price")


def money(amount: int) -> str:
    """123450 fen as ``1,234.50``."""
    return f"{amount // 100:,}.{amount % 100:02}"


def phrases(events: Iterable[Event], names: Names) -> list[str]:
    """What a trader would call these events; those of the ledger and of parcels have checks of their own."""
    return [PHRASES[type(event)](event, names) for event in events if type(event) in PHRASES]


def refusal(event: Rejected) -> str:
    """``PRICE_OUTSIDE_BAND lowest_price 27.00 highest_price 33.00``."""
    facts = zip(event.fact_names, event.fact_values, strict=True)
    shown = [f" {name} {money(value) if name.endswith(MONEY_FACTS) else f'{value:,}'}" for name, value in facts]
    return RejectReason(event.reason).name + "".join(shown)


def _rested(event: OrderRested, names: Names) -> str:
    return f"rests {event.leaves:,} @ {money(event.price)}"


def _traded(event: Traded, names: Names) -> str:
    resting = event.sell_order if event.aggressor is Side.BUY else event.buy_order
    fees = f" fees {money(event.buy_fee)} + {money(event.sell_fee)}" if event.buy_fee or event.sell_fee else ""
    return f"{event.quantity:,} @ {money(event.price)} with {names(resting)}{fees}"


def _cancelled(event: OrderCancelled, names: Names) -> str:
    return f"{names(event.order)} ends with {event.leaves:,} ({event.reason.name.lower().replace('_', ' ')})"


def _reference(event: ReferencePriceSet, names: Names) -> str:
    ends = f"{money(event.lowest)}..{money(event.highest)}"
    return f"{names(event.instrument)} {event.basis.name.lower()} {money(event.reference)} band {ends}"


PHRASES: Final[dict[type, Callable[[Any, Names], str]]] = {
    OrderRested: _rested,
    Traded: _traded,
    OrderCancelled: _cancelled,
    OrderReduced: lambda e, names: f"{names(e.order)} keeps its place with {e.leaves:,}",
    OrderReplaced: lambda e, names: f"{names(e.order)} loses its place",
    ReferencePriceSet: _reference,
    TradingHalted: lambda e, names: f"halted {names(e.instrument)}",
    TradingResumed: lambda e, names: f"resumed {names(e.instrument)}",
    JobStarted: lambda e, names: "job begins",
    JobFinished: lambda e, names: f"job ended {e.orders:,}",
    DayOpened: lambda e, names: f"day {e.day}",
    CashDeposited: lambda e, names: f"{money(e.amount)} in",
    CashWithdrawn: lambda e, names: f"{money(e.amount)} out",
    ActionProposed: lambda e, names: "proposed",
    ActionApproved: lambda e, names: "approved",
    ProposalRejected: lambda e, names: "rejected",
    SnapshotAttested: lambda e, names: "attested",
    KeyRegistered: lambda e, names: "key",
    KeyRevoked: lambda e, names: "key revoked",
    KeyRotated: lambda e, names: f"{names(e.key)} rotated",
    CancelAfterSet: lambda e, names: f"{names(e.key)} {'armed' if e.deadline else 'disarmed'}",
    ParticipantAdmitted: lambda e, names: f"admitted {e.code}",
    PersonRegistered: lambda e, names: f"registered {e.name}",
    IssuanceRecorded: lambda e, names: f"issued {e.serials.tonnes:,} t",
    LotAdmitted: lambda e, names: f"lot of {e.serials.tonnes:,} t",
    InstrumentListed: lambda e, names: f"listed {e.symbol}",
    RulebookAdopted: lambda e, names: f"rulebook {e.version}",
    AgreementProposed: lambda e, names: f"offered {e.quantity:,} t for {money(e.total)}",
    AgreementAffirmed: lambda e, names: "agreed",
    AgreementEnded: lambda e, names: "ended",
    AgreementSettled: lambda e, names: f"settled {e.quantity:,} t for {money(e.total)}",
}


def draw_book(book: OrderBook, names: Names) -> list[str]:
    """Offers above the line, bids below it, the best next to it; behind each price the orders in their turn."""
    offers = [_level(book, Side.SELL, price, total, names) for price, total, _ in book.depth(Side.SELL, len(book))]
    bids = [_level(book, Side.BUY, price, total, names) for price, total, _ in book.depth(Side.BUY, len(book))]
    return [*reversed(offers), "----", *bids]


def _level(book: OrderBook, side: Side, price: int, total: int, names: Names) -> str:
    queue = ", ".join(f"{names(o.order_id)} {o.leaves:,}" for o in book.orders(side) if o.price == price)
    return f"{total:,} @ {money(price)} {queue}"


def serials(ranges: Iterable[SerialRange]) -> str:
    """Serials as a registry writes them, both ends included: ``1-100, 201-250``."""
    return ", ".join(f"{part.lo}-{part.hi - 1}" for part in ranges) or "none"
