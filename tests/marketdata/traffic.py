"""Traffic for market data: random trading on the real engine, entry by entry, with the committed view beside it."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from random import Random

from hypothesis import strategies as st

from exchange.core.commands import Command
from exchange.core.commands.instruments import EndOfDay
from exchange.core.commands.orders import CancelAllOrders, OrderKind, TimeInForce
from exchange.core.events import Event
from exchange.core.events.orders import Traded
from exchange.core.ledger.chart import CNY
from exchange.core.machine import Outcome
from exchange.core.values import (
    Day,
    InstrumentId,
    KeyId,
    Micros,
    OrderId,
    ParticipantId,
    SelfTradePrevention,
    Seq,
    Side,
    day_number,
    is_day,
)
from exchange.marketdata.depth import PriceLevel
from exchange.marketdata.feed import MarketData
from exchange.marketdata.hub import Bounds
from exchange.marketdata.private import OpenOrder
from exchange.sequencer.committed_view import CommittedView
from tests.support.market import Market

Entry = tuple[Seq, Micros, list[Event]]

MIDDLE = 3_000
FEE_PPM = 7_000


class Venue(Market):
    """A market of four firms, two of one owner group, and two books; every entry is kept as it is committed."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        super().__init__(fee=FEE_PPM, sweep=False)
        self.firms = [self.firm(code, group=group, cash=10**9) for code, group in _FIRMS]
        self.books = [self.instrument(MIDDLE, vintage=vintage) for vintage in (2023, 2024)]
        for firm in self.firms:
            for vintage in (2023, 2024):
                self.lot(firm, 400, vintage=vintage)

    def give(self, command: Command, key: KeyId | None = None) -> Outcome:
        outcome = super().give(command, key)
        self.entries.append((self.state.seq, self.state.at, outcome.events))
        return outcome

    def act(self, act: Act) -> None:
        """Do what was drawn; much of it is refused, and that is an entry too."""
        firm = self.firms[act.firm]
        book = self.books[act.book]
        if act.kind == "order":
            self._order(act, firm, book)
        elif act.kind == "cancel":
            self.cancel(firm, self._some_order(act, firm))
        elif act.kind == "amend":
            self.amend(firm, self._some_order(act, firm), MIDDLE + act.step if act.number % 2 else 0, act.quantity)
        elif act.kind == "cancel all":
            self.give(CancelAllOrders(self.traders[firm], firm, InstrumentId(0)))
            self.finish_jobs()
        else:
            self.end_day()

    def _order(self, act: Act, firm: ParticipantId, book: InstrumentId) -> None:
        kind = OrderKind.MARKET if act.time_in_force is TimeInForce.FOK and act.number % 3 == 0 else OrderKind.LIMIT
        price = 0 if kind is OrderKind.MARKET else MIDDLE + act.step
        self.give(self.order(firm, book, act.side, act.quantity, price, act.time_in_force, kind, stp=act.prevention))

    def _some_order(self, act: Act, firm: ParticipantId) -> OrderId:
        own = [number for number, order in self.state.orders.by_id.items() if order.participant == firm]
        return own[act.number % len(own)] if own else OrderId(1)

    def end_day(self) -> None:
        """The day ends and the next one opens."""
        day = self.state.session.day
        following = next(Day(n) for n in range(day + 1, day + 100) if is_day(n) and day_number(Day(n)) > 0)
        self.give(EndOfDay(self.operator, following))
        self.finish_jobs()

    def levels(self, book: InstrumentId, side: Side) -> list[PriceLevel]:
        """What rests on one side, added up from the orders of the engine, best price first."""
        sums: dict[int, list[int]] = defaultdict(list)
        for order in self.state.books[book].orders(side):
            sums[order.price].append(order.leaves)
        ranked = sorted(sums, reverse=side is Side.BUY)
        return [PriceLevel(price, sum(sums[price]), len(sums[price])) for price in ranked]

    def trades(self, book: InstrumentId) -> list[tuple[Seq, Micros, Traded]]:
        """Every trade of a book so far."""
        return [
            (seq, at, event)
            for seq, at, events in self.entries
            for event in events
            if isinstance(event, Traded) and event.instrument == book
        ]


_FIRMS = (("forest", "G"), ("mill", "G"), ("steel", ""), ("power", ""))


@cache
def _opened() -> Venue:
    return Venue()


def venue() -> Venue:
    """A venue on its first morning."""
    return copy.deepcopy(_opened())


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a firm does, or the end of the day."""

    kind: str
    firm: int
    book: int
    side: Side
    quantity: int
    step: int
    time_in_force: TimeInForce
    prevention: SelfTradePrevention
    number: int


_KINDS = ["order"] * 60 + ["cancel"] * 15 + ["amend"] * 22 + ["cancel all", "end day"]
_TIMES = [TimeInForce.GTC] * 8 + [TimeInForce.GFD, TimeInForce.IOC, TimeInForce.FOK]


def session(seed: int, length: int) -> list[Act]:
    """So many acts, drawn evenly: few prices and sizes, so that orders meet, levels empty and come back."""
    random = Random(seed)
    return [
        Act(
            random.choice(_KINDS),
            random.randrange(4),
            random.randrange(2),
            random.choice(list(Side)),
            random.randint(1, 12),
            random.randint(-4, 4),
            random.choice(_TIMES),
            random.choice(list(SelfTradePrevention)),
            random.randrange(50),
        )
        for _ in range(length)
    ]


sessions = st.builds(session, st.integers(0, 2**32), st.integers(0, 120))
"""Sessions by seed; lists drawn act by act would be short and quiet most of the time."""


class ViewAccounts:
    """The committed view as market data asks it."""

    def __init__(self, view: CommittedView) -> None:
        self.view = view

    @property
    def seq(self) -> Seq:
        return self.view.seq

    def open_orders(self, participant: ParticipantId) -> Iterable[OrderId]:
        return self.view.orders.by_participant.get(participant, ())

    def order(self, order: OrderId) -> OpenOrder | None:
        return self.view.orders.by_id.get(order)

    def count(self, participant: ParticipantId) -> int:
        return len(self.view.orders.by_participant.get(participant, ()))

    def balances(self, participant: ParticipantId) -> Iterable[tuple[int, int, int]]:
        for asset in (CNY, *self.view.units.held_lots(participant)):
            balance = self.view.money.balance(participant, asset)
            yield asset, balance.posted, balance.debits_pending

    def code(self, participant: ParticipantId) -> str:
        return self.view.people.code(participant)


class Publication:
    """What the sequencer does with durable entries: first the view, then market data."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.view = CommittedView()
        self.data = MarketData(ViewAccounts(self.view), bounds)
        self.now = 0.0

    def publish(self, entries: Iterable[Entry]) -> None:
        """Entries as one batch: all of them are in the view before market data hears of the first."""
        batch = list(entries)
        for seq, at, events in batch:
            self.view.apply(seq, at, bytes(32), events)
        for seq, at, events in batch:
            self.data.apply(seq, at, events)

    def catch_up(self, market: Venue) -> None:
        """Publish what the venue did since the last time."""
        self.publish(market.entries[self.data.seq :])

    def flush(self) -> None:
        """A twentieth of a second later."""
        self.now += 0.05
        self.data.flush(self.now)
