"""What the API needs from the rest of the exchange; :mod:`exchange.bootstrap` wires it."""

from __future__ import annotations

from asyncio import Future
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from exchange.access.gate import Gate
from exchange.access.rate_limits import RateLimiter, Rates
from exchange.api.downloads import Downloads
from exchange.api.shelf import Shelf
from exchange.api.stream.accounts import ViewAccounts
from exchange.api.turns import Turns
from exchange.core.serials import SerialRange
from exchange.core.values import InstrumentId, LotId, Micros, OrderId, RequestId, Seq
from exchange.marketdata.feed import MarketData
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.meters import Meters
from exchange.sequencer.submission import Group, Receipt, Submission
from exchange.store.queries import (
    Agreement,
    AgreementFilter,
    BarPage,
    Deal,
    DealFilter,
    FeedEntry,
    Intervals,
    JournalLine,
    LoggedRead,
    Movement,
    NumberedTrade,
    Order,
    OrderFilter,
    Page,
    ReadFilter,
    RefusalFilter,
    RefusedCommand,
    StatementLine,
    Step,
    Tenure,
    Trade,
    TradeFilter,
)
from exchange.store.read_log import StaffRead
from exchange.telemetry import Telemetry


class SequencerPort(Protocol):
    """Where commands go, and what is measured there."""

    @property
    def meters(self) -> Meters:
        """What was counted since the start."""
        ...

    @property
    def waiting(self) -> int:
        """Commands in the queue."""
        ...

    @property
    def decided(self) -> Seq:
        """The newest entry that memory knows, durable or not."""
        ...

    async def submit(self, request: Submission | Group) -> Receipt:
        """Sequence a command, or a group of them, make it durable, and return its answer.

        Raises:
            OverloadedError: when the queue is full; nothing was done.
            StoppedError: when it stopped before this request was decided or known to be durable.
        """
        ...

    def enter(self, request: Submission | Group) -> Receipt | Future[Receipt]:
        """The same without a task that waits: the answer where it is known already, else the answer to come. Both this
        and the future may raise what :meth:`submit` raises.
        """
        ...


class History(Protocol):
    """What the committed view does not keep: closed orders, trades, feeds, the journal. Rows are durable.

    Every method raises ConnectionError when the database cannot be asked now; those with a cursor raise
    :class:`exchange.store.queries.BadCursorError` for one that was not given out for the list.
    """

    async def trades(
        self, wanted: TradeFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Trade]:
        """One page of trades."""
        ...

    async def tape(
        self, instrument: InstrumentId, newest: int, up_to: Seq, limit: int, cursor: str | None = None
    ) -> Page[NumberedTrade]:
        """One page of an instrument's trades, newest first; ``newest`` is the number of the first up to an entry."""
        ...

    async def bars_before(self, instrument: InstrumentId, cut: Intervals, before: Micros, limit: int) -> BarPage:
        """Candles of an instrument that begin before an instant, newest first, made of its trades."""
        ...

    async def orders(
        self, wanted: OrderFilter, limit: int, cursor: str | None = None, *, descending: bool = False
    ) -> Page[Order]:
        """One page of orders."""
        ...

    def stream_orders(self, wanted: OrderFilter) -> AsyncIterator[Order]:
        """All orders of a filter, likewise."""
        ...

    async def order(self, order: OrderId) -> Order | None:
        """One order, whoever it belongs to."""
        ...

    async def order_entries(self, order: Order, limit: int, cursor: str | None = None) -> Page[FeedEntry]:
        """One page of the entries in which something happened to an order, with all their events."""
        ...

    async def deals(self, wanted: DealFilter, limit: int, cursor: str | None = None) -> Page[Deal]:
        """One page of all trades, those of the books and the agreed ones that were settled."""
        ...

    def stream_deals(self, wanted: DealFilter) -> AsyncIterator[Deal]:
        """All of a filter, in bounded memory."""
        ...

    async def agreements(self, wanted: AgreementFilter, limit: int, cursor: str | None = None) -> Page[Agreement]:
        """One page of agreements in all their states."""
        ...

    def stream_agreements(self, wanted: AgreementFilter) -> AsyncIterator[Agreement]:
        """All agreements of a filter, likewise."""
        ...

    async def refusals(self, wanted: RefusalFilter, limit: int, cursor: str | None = None) -> Page[RefusedCommand]:
        """One page of refused commands."""
        ...

    def stream_refusals(self, wanted: RefusalFilter) -> AsyncIterator[RefusedCommand]:
        """All refusals of a filter, likewise."""
        ...

    async def reads(self, wanted: ReadFilter, limit: int, cursor: str | None = None) -> Page[LoggedRead]:
        """One page of the staff's reads."""
        ...

    def stream_reads(self, wanted: ReadFilter) -> AsyncIterator[LoggedRead]:
        """All reads of a filter, likewise."""
        ...

    async def feed(self, owner: int, after: Seq, limit: int) -> list[FeedEntry]:
        """The next entries that concern a participant, or a person of the staff."""
        ...

    async def journal(self, after: Seq, limit: int) -> list[JournalLine]:
        """The next leaves and heads of the journal."""
        ...

    async def movements(self, lot: LotId, limit: int, cursor: str | None = None) -> Page[Movement]:
        """One page of a lot's movements."""
        ...

    async def holders_ever(
        self, lot: LotId, serials: SerialRange, limit: int, cursor: str | None = None
    ) -> Page[Movement]:
        """One page of the movements of serials of a lot, each with the part of them that it moved."""
        ...

    async def tenures(self, wanted: Mapping[LotId, SerialRange], limit: int, cursor: str | None = None) -> Page[Tenure]:
        """One page of who ever held serials of some lots, from when until when, and how they went."""
        ...

    def stream_tenures(self, wanted: Mapping[LotId, SerialRange]) -> AsyncIterator[Tenure]:
        """All of them, likewise."""
        ...

    async def steps(self, lot: LotId, serials: SerialRange, limit: int, cursor: str | None = None) -> Page[Step]:
        """One page of the steps that any of these serials took."""
        ...

    async def statement(
        self, owner: int, limit: int, cursor: str | None = None, asset: int | None = None
    ) -> Page[StatementLine]:
        """One page of an owner's postings."""
        ...


class ReadLog(Protocol):
    """Where it is written down who of the staff reads what of others (:mod:`exchange.api.read_log`)."""

    async def begun(self, read: StaffRead) -> int:
        """Write a read down, durably, and number it. Raises ConnectionError when that cannot be done now."""
        ...

    def ended(self, number: int, at: Micros, rows: int, complete: bool) -> None:
        """Write down, in the background, how a download ended."""
        ...


@dataclass(slots=True)
class Services:
    """All that a request may touch. ``ready`` finds out whether commands can be made durable now.

    ``market`` is over the view, and empty as long as nobody tells it what happens. ``registry_attempts`` tells of an
    open request to the registry how often it was tried and what was wrong, None where there is no line.
    """

    sequencer: SequencerPort
    view: CommittedView
    history: History
    read_log: ReadLog
    clock: Callable[[], Micros]
    ready: Callable[[], Awaitable[bool]]
    telemetry: Telemetry
    downloads: Downloads = field(default_factory=Downloads)
    gate: Gate = field(default_factory=Gate)
    turns: Turns = field(default_factory=Turns)
    shelf: Shelf = field(default_factory=Shelf)
    limiter: RateLimiter = field(default_factory=lambda: RateLimiter(Rates()))
    registry_attempts: Callable[[RequestId], tuple[int, str] | None] = lambda _: None
    market: MarketData = field(init=False)

    def __post_init__(self) -> None:
        """Market data asks the view where accounts stand."""
        self.market = MarketData(ViewAccounts(self.view))
