"""What a participant learns of itself: its orders, its fills, its balances; nothing of anybody else's.

An account is followed while somebody listens to it (and a while longer, for those who come back). It begins with what
the committed view says at that moment and goes on with the events of each entry, so that every update tells the new
state and not only the difference: an order as it stands after the entry, a balance as it is then. Fills are told one by
one. A counterparty is told by its code, after the trade, as in REST; its orders, fees and balances never are.

An order that ends is told once more, with its end, and then forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from exchange.core.events import Event
from exchange.core.events.orders import CancelReason, OrderAccepted, OrderCancelled, OrderReduced, OrderReplaced, Traded
from exchange.core.events.participants import Booked, Layer
from exchange.core.values import Fen, Micros, OrderId, ParticipantId, Price, Seq, Side, Tonnes, notional


class OpenOrder(Protocol):
    """An open order as the committed view keeps it."""

    @property
    def terms(self) -> OrderAccepted:
        """As it was accepted."""
        ...

    @property
    def price(self) -> Price:
        """Its limit now."""
        ...

    @property
    def quantity(self) -> Tonnes:
        """Its total quantity now."""
        ...

    @property
    def leaves(self) -> Tonnes:
        """What is not filled."""
        ...

    @property
    def value(self) -> Fen:
        """What its filled quantity cost."""
        ...

    @property
    def fee(self) -> Fen:
        """What was charged for it so far."""
        ...

    @property
    def placed_at(self) -> Micros:
        """When it was accepted."""
        ...

    @property
    def last_at(self) -> Micros:
        """When something last happened to it."""
        ...


class Accounts(Protocol):
    """Where accounts stand, by the committed view; asked when one begins to be followed."""

    @property
    def seq(self) -> Seq:
        """The entry up to which all of this is true; it must be the one that market data has applied last."""
        ...

    def open_orders(self, participant: ParticipantId) -> Iterable[OrderId]:
        """Its open orders, oldest first."""
        ...

    def order(self, order: OrderId) -> OpenOrder | None:
        """An order, as long as it is open."""
        ...

    def count(self, participant: ParticipantId) -> int:
        """How many open orders it has."""
        ...

    def balances(self, participant: ParticipantId) -> Iterable[tuple[int, int, int]]:
        """(asset, all that it has, what of it is held), for every asset of which it has something."""
        ...

    def code(self, participant: ParticipantId) -> str:
        """The code by which others see a participant."""
        ...


@dataclass(slots=True)
class OwnOrder:
    """An order as it stands after an entry: ``quantity == cumulative + leaves`` while it is open; an ended one has no
    leaves. The next entry that touches it makes another one, so whoever holds it sees it as it was.
    """

    terms: OrderAccepted
    price: Price
    quantity: Tonnes
    cumulative: Tonnes
    leaves: Tonnes
    value: Fen
    fee: Fen
    cancelled: CancelReason | None
    placed_at: Micros
    updated_at: Micros
    encoded: bytes = b""
    """Its document, made when it is first told as it stands: a snapshot of very many orders must hold up nobody."""


@dataclass(slots=True)
class OwnFill:
    """A trade, told to one of its parties, which was on ``side``."""

    trade: Traded
    side: Side
    counterparty: str


@dataclass(slots=True)
class OwnBalance:
    """An account of the ledger: all of it, and what of it is held; fen for CNY (asset 0), tonnes for a lot. Like an
    order it is replaced, never changed, once it was told.
    """

    asset: int
    balance: int
    held: int


@dataclass(slots=True)
class OwnUpdate:
    """What one entry changed for a participant; orders and balances as they are after it."""

    seq: Seq
    at: Micros
    orders: list[OwnOrder] = field(default_factory=list)
    fills: list[OwnFill] = field(default_factory=list)
    balances: list[OwnBalance] = field(default_factory=list)


class OwnAccount:
    """One followed participant. What an entry touched is collected until :meth:`take` is called after it."""

    __slots__ = ("_balances", "_fills", "_orders", "_touched_assets", "_touched_orders", "participant")

    def __init__(self, participant: ParticipantId, orders: dict[OrderId, OwnOrder], accounts: Accounts) -> None:
        """As it stands now, with ``orders``, which are this account's from now on."""
        self.participant = participant
        self._orders = orders
        self._balances = {
            asset: OwnBalance(asset, balance, held) for asset, balance, held in accounts.balances(participant)
        }
        self._fills: list[OwnFill] = []
        self._touched_orders: dict[OrderId, OwnOrder] = {}
        self._touched_assets: dict[int, OwnBalance] = {}

    @property
    def orders(self) -> Iterator[OwnOrder]:
        """The open orders, oldest first."""
        return iter(self._orders.values())

    @property
    def balances(self) -> Iterator[OwnBalance]:
        """Every account that was ever used since this began."""
        return iter(self._balances.values())

    def on_accepted(self, event: OrderAccepted, at: Micros) -> None:
        """A new order."""
        quantity = event.quantity
        order = OwnOrder(event, event.price, quantity, Tonnes(0), quantity, Fen(0), Fen(0), None, at, at)
        self._orders[event.order] = self._touched_orders[event.order] = order

    def on_amended(self, event: OrderReduced | OrderReplaced, at: Micros) -> None:
        """New terms."""
        order = self._touch(event.order, at)
        order.price, order.quantity, order.leaves = event.price, event.quantity, event.leaves

    def on_cancelled(self, event: OrderCancelled, at: Micros) -> None:
        """It ended with something left."""
        order = self._touch(event.order, at)
        order.leaves, order.cancelled = Tonnes(0), event.reason
        del self._orders[event.order]

    def on_traded(self, event: Traded, side: Side, counterparty: str, at: Micros) -> None:
        """One of its orders was filled further."""
        bought = side is Side.BUY
        order = self._touch(event.buy_order if bought else event.sell_order, at)
        order.cumulative = Tonnes(order.cumulative + event.quantity)
        order.leaves = event.buy_leaves if bought else event.sell_leaves
        order.value = Fen(order.value + notional(event.price, event.quantity))
        order.fee = Fen(order.fee + (event.buy_fee if bought else event.sell_fee))
        if not order.leaves:
            del self._orders[order.terms.order]
        self._fills.append(OwnFill(event, side, counterparty))

    def on_posted(self, asset: int, posted: int, held: int) -> None:
        """Money or tonnes came, went, were held or released."""
        balance = self._touched_assets.get(asset)
        if balance is None:
            before = self._balances.get(asset)
            balance = OwnBalance(asset, 0, 0) if before is None else OwnBalance(asset, before.balance, before.held)
            self._balances[asset] = self._touched_assets[asset] = balance
        balance.balance += posted
        balance.held += held

    def _touch(self, order: OrderId, at: Micros) -> OwnOrder:
        own = self._touched_orders.get(order)
        if own is None:
            own = self._orders[order] = self._touched_orders[order] = _again(self._orders[order], at)
        return own

    def take(self, seq: Seq, at: Micros) -> OwnUpdate | None:
        """What the entry that was just applied changed; None when it did not concern this participant."""
        if not (self._touched_orders or self._touched_assets):
            return None
        update = OwnUpdate(
            seq, at, list(self._touched_orders.values()), self._fills, list(self._touched_assets.values())
        )
        self._touched_orders, self._fills, self._touched_assets = {}, [], {}
        return update


def _again(own: OwnOrder, at: Micros) -> OwnOrder:
    return OwnOrder(
        own.terms, own.price, own.quantity, own.cumulative, own.leaves, own.value, own.fee, own.cancelled,
        own.placed_at, at,
    )  # fmt: skip


def own_order(row: OpenOrder) -> OwnOrder:
    """An order as the committed view has it."""
    filled = Tonnes(row.quantity - row.leaves)
    return OwnOrder(
        row.terms, row.price, row.quantity, filled, row.leaves, row.value, row.fee, None, row.placed_at, row.last_at
    )


class Follower(Protocol):
    """An account that is told what concerns it: an :class:`OwnAccount`, or one that is not gathered yet."""

    participant: ParticipantId

    def on_accepted(self, event: OrderAccepted, at: Micros) -> None:
        """A new order."""
        ...

    def on_amended(self, event: OrderReduced | OrderReplaced, at: Micros) -> None:
        """New terms of an order."""
        ...

    def on_cancelled(self, event: OrderCancelled, at: Micros) -> None:
        """An order ended with something left."""
        ...

    def on_traded(self, event: Traded, side: Side, counterparty: str, at: Micros) -> None:
        """An order was filled further."""
        ...

    def on_posted(self, asset: int, posted: int, held: int) -> None:
        """Money or tonnes came, went, were held or released."""
        ...

    def take(self, seq: Seq, at: Micros) -> OwnUpdate | None:
        """What the entry that was just applied changed, if that is to be told."""
        ...


class Followed:
    """The participants that are followed, and who of them an event concerns."""

    def __init__(self, accounts: Accounts) -> None:
        """Nobody is followed yet."""
        self._accounts = accounts
        self._touched: dict[ParticipantId, Follower] = {}
        self.by_participant: dict[int, Follower] = {}
        self._handlers: dict[type, Callable[[Any, Micros], None]] = {
            OrderAccepted: self._on_accepted,
            OrderReduced: self._on_amended,
            OrderReplaced: self._on_amended,
            OrderCancelled: self._on_cancelled,
            Traded: self._on_traded,
            Booked: self._on_booked,
        }

    def follow(self, account: Follower) -> None:
        """Tell an account what concerns it, from now on, instead of the one that this participant had."""
        self.by_participant[account.participant] = account

    def end(self, participant: ParticipantId) -> None:
        """Follow it no longer."""
        del self.by_participant[participant]

    def apply(self, seq: Seq, at: Micros, events: Iterable[Event]) -> list[tuple[ParticipantId, OwnUpdate]]:
        """Take in one committed entry; what it changed for each followed participant that it concerns."""
        for event in events:
            handle = self._handlers.get(type(event))
            if handle is not None:
                handle(event, at)
        if not self._touched:
            return []
        touched, self._touched = self._touched, {}
        updates = ((participant, account.take(seq, at)) for participant, account in touched.items())
        return [(participant, update) for participant, update in updates if update is not None]

    def _of(self, participant: int) -> Follower | None:
        account = self.by_participant.get(participant)
        if account is not None:
            self._touched[account.participant] = account
        return account

    def _on_accepted(self, event: OrderAccepted, at: Micros) -> None:
        account = self._of(event.participant)
        if account is not None:
            account.on_accepted(event, at)

    def _on_amended(self, event: OrderReduced | OrderReplaced, at: Micros) -> None:
        account = self._of(event.participant)
        if account is not None:
            account.on_amended(event, at)

    def _on_cancelled(self, event: OrderCancelled, at: Micros) -> None:
        account = self._of(event.participant)
        if account is not None:
            account.on_cancelled(event, at)

    def _on_traded(self, event: Traded, at: Micros) -> None:
        for owner, side, other in ((event.buyer, Side.BUY, event.seller), (event.seller, Side.SELL, event.buyer)):
            account = self._of(owner)
            if account is not None:
                account.on_traded(event, side, self._accounts.code(other), at)

    def _on_booked(self, event: Booked, _at: Micros) -> None:
        for posting in event.postings:
            debited, credited = self._of(posting.debit), self._of(posting.credit)
            amount = posting.amount
            if posting.layer is not Layer.POST:
                if debited is not None:
                    debited.on_posted(posting.asset, 0, amount if posting.layer is Layer.HOLD else -amount)
                continue
            if debited is not None:
                debited.on_posted(posting.asset, -amount, 0)
            if credited is not None:
                credited.on_posted(posting.asset, amount, 0)
