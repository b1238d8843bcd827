"""Orders and the trades of a participant. Quantities in tonnes, prices in CNY a tonne, fees in CNY."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from exchange.client.problem import ExchangeProblem, problem_of


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands: ``quantity == cumulative + leaves`` while it is open; an ended one has no leaves.

    ``price`` of a market order is its protection price. ``average_price`` and ``fee`` are None where the answer does
    not know them (after an amendment or a cancel; read the order then).
    """

    id: str
    instrument: str
    side: str
    price: Decimal
    quantity: int
    cumulative: int
    leaves: int
    status: str
    average_price: Decimal | None
    fee: Decimal | None
    kind: str | None
    time_in_force: str | None
    client_order_id: str | None
    cancel_reason: str | None
    post_only: bool | None
    self_trade_prevention: str | None
    good_til: date | None
    placed_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trade:
    """An own trade: the own order and the own fee; the counterparty by its code, after the trade.

    ``aggressor`` is the side of the incoming order: the own one was it when ``aggressor == side``.
    """

    id: str
    instrument: str
    side: str
    price: Decimal
    quantity: int
    order: str
    fee: Decimal
    aggressor: str
    counterparty: str
    at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What became of a command about an order: the order after it, and the own trades that it made."""

    order: Order
    trades: tuple[Trade, ...]
    as_of_seq: int


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """An order right after one command of a batch; ``client_order_id`` is None where the answer does not know it."""

    id: str
    client_order_id: str | None
    status: str
    cumulative: int
    leaves: int
    cancel_reason: str | None


@dataclass(frozen=True, slots=True)
class BatchTrade:
    """A trade that a command of a batch made; ``fee`` is the own one."""

    id: str
    price: Decimal
    quantity: int
    fee: Decimal


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one command: ``order`` and ``trades``, or the ``problem`` (a problem document)."""

    seq: int
    status: int
    order: BatchOrder | None = None
    trades: tuple[BatchTrade, ...] = ()
    problem: dict[str, object] | None = None

    @property
    def error(self) -> ExchangeProblem | None:
        """The refusal as it would have been raised for this command alone."""
        return None if self.problem is None else problem_of(self.status, self.problem)


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The results of a batch, in the order of its commands."""

    results: tuple[BatchResult, ...]
    as_of_seq: int


@dataclass(frozen=True, slots=True)
class CancelAfter:
    """The dead-man's switch of a key: when its orders are cancelled, None when it is disarmed."""

    deadline: datetime | None
    as_of_seq: int


@dataclass(frozen=True, slots=True)
class CancelledAll:
    """How many orders were cancelled at once; more follow as a job when ``finished`` is false."""

    participant: str
    instrument: str | None
    side: str | None
    cancelled: int
    finished: bool


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event of the participant's own feed; ``fields`` has what the event says beside these four."""

    seq: int
    at: datetime
    n: int
    type: str
    fields: dict[str, object] = field(default_factory=dict)
