"""How a scenario says what happened: events as short phrases, a book as a drawing, serials as ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from exchange.core.commands.instruments import League
from exchange.core.commands.registry import RequestKind
from exchange.core.events import (
    ActionApproved,
    ActionProposed,
    AgreementAffirmed,
    AgreementEnded,
    AgreementProposed,
    AgreementSettled,
    BudgetAdjusted,
    BudgetSet,
    CancelAfterSet,
    CashDeposited,
    CashWithdrawn,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    DayOpened,
    EncumbranceLifted,
    EncumbranceSet,
    Event,
    FacilitySet,
    ImportCommitted,
    InstrumentListed,
    IssuanceRecorded,
    JobFinished,
    JobStarted,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    LotAdmitted,
    ObligationSet,
    OrderCancelled,
    OrderReduced,
    OrderReplaced,
    OrderRested,
    ParticipantAdmitted,
    PersonRegistered,
    ProjectRegistered,
    ProposalRejected,
    ReferencePriceSet,
    RegistryAnswered,
    RegistryAsked,
    RegistryContradicted,
    RegistrySilent,
    Rejected,
    ReleaseApproved,
    ReleaseDone,
    ReleaseEnded,
    ReleaseMade,
    ReleaseSent,
    ReturnAsked,
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalReported,
    ReversalWithdrawn,
    RulebookAdopted,
    SnapshotAttested,
    Traded,
    TradingHalted,
    TradingResumed,
    UnitsChanged,
    UnitsEncumbered,
    UnitsFreed,
    UnitsStaged,
)
from exchange.core.events.credits import Cause
from exchange.core.events.uses import LotRanges
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
    told = (PHRASES[type(event)](event, names) for event in events if type(event) in PHRASES)
    return [phrase for phrase in told if phrase]


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


_STEPS: Final = {
    Cause.LOCK_CONFIRMED: "locked here",
    Cause.LOCK_REFUSED: "not locked",
    Cause.LOCK_UNANSWERED: "unknown",
    Cause.USE_WITHDRAWN: "free again",
    Cause.USE_REFUSED: "free again",
    Cause.RELEASE_WITHDRAWN: "free again",
    Cause.RELEASE_REFUSED: "free again",
    Cause.RETIRED: "retired",
    Cause.CANCELLED: "cancelled",
    Cause.EXPORTED: "exported",
    Cause.RELEASED: "out",
    Cause.RETURN_REFUSED: "stays out",
}
"""What becomes of units, where no other event tells it: that they were chosen or admitted, others do."""


def _changed(event: UnitsChanged, names: Names) -> str:
    step = _STEPS.get(event.cause)
    return f"{serials(event.ranges)} {step}" if step else ""


def _asked(event: RegistryAsked, names: Names) -> str:
    verb = {RequestKind.LOCK: "lock", RequestKind.RELEASE: "release", RequestKind.CANCEL: "cancel"}[event.kind]
    return f"asks to {verb} {serials([event.serials])}"


def _units(units: Iterable[LotRanges], names: Names) -> str:
    """``N1 1-10, N2 5-8``."""
    return ", ".join(f"{names(part.lot)} {serials(part.ranges)}" for part in units)


def _fulfilled(event: ClaimFulfilled, names: Names) -> str:
    covers = "" if event.covers == event.quantity else f" for {event.covers:,} t"
    return f"used {event.quantity:,} t{covers}"


def _adjusted(event: BudgetAdjusted, names: Names) -> str:
    """``BAOTOU -20 HOHHOT +20``; outside the region it is the province, or ``the nation``."""
    there = event.used_in.name if event.used_in is not League.NONE else event.province or "the nation"
    return f"{event.source.name} {-event.quantity:+,} {there} {event.quantity:+,}"


def _staged(event: UnitsStaged, names: Names) -> str:
    """``staged 2 of 5 but line 4 SERIALS_OVERLAP``."""
    bad = "".join(f" but line {row.line} {RejectReason(row.reason).name}" for row in event.refused)
    return f"staged {len(event.rows)} of {event.total}{bad}"


def _years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


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
    ProposalRejected: lambda e, names: "rejected" if e.by else f"{names(e.proposal)} ended by {e.reason}",
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
    ProjectRegistered: lambda e, names: f"project {e.terms.code}",
    FacilitySet: lambda e, names: f"facility {e.terms.code}",
    UnitsChanged: _changed,
    RegistryAsked: _asked,
    ReturnAsked: lambda e, names: f"asks back on {e.lock_reference}",
    RegistryAnswered: lambda e, names: f"registry says {'yes' if e.outcome.name == 'CONFIRMED' else 'no'}",
    RegistrySilent: lambda e, names: "no answer",
    RegistryContradicted: lambda e, names: "registry contradicts itself",
    ClaimMade: lambda e, names: f"claims {_units(e.units, names)}",
    ClaimEnded: lambda e, names: "use ended",
    ClaimFulfilled: _fulfilled,
    ClaimRevoked: lambda e, names: "use revoked",
    ReleaseMade: lambda e, names: f"releases {_units(e.units, names)}",
    ReleaseApproved: lambda e, names: "cooling down",
    ReleaseEnded: lambda e, names: "release ended",
    ReleaseSent: lambda e, names: "release sent",
    ReleaseDone: lambda e, names: f"released {e.quantity:,} t",
    ObligationSet: lambda e, names: f"{e.facility} owes {e.due:,} t for {e.year}",
    BudgetSet: lambda e, names: f"budget {e.league.name} {_years(e.first_year, e.last_year)} {e.planned:,} t",
    BudgetAdjusted: _adjusted,
    EncumbranceSet: lambda e, names: e.kind.name.lower(),
    UnitsEncumbered: lambda e, names: f"holds {names(e.lot)} {serials(e.ranges)}",
    UnitsFreed: lambda e, names: f"frees {names(e.lot)} {serials(e.ranges)}",
    EncumbranceLifted: lambda e, names: "lifted",
    ReversalReported: lambda e, names: f"{e.quantity:,} t lost",
    ReversalWithdrawn: lambda e, names: "reversal withdrawn",
    ReversalReplaced: lambda e, names: f"replaced {e.quantity:,} t short {e.shortfall:,} t",
    ReversalOwedAgain: lambda e, names: f"owed again {e.quantity:,} t short {e.shortfall:,} t",
    UnitsStaged: _staged,
    ImportCommitted: lambda e, names: f"imported {len(e.lots)} lots",
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
