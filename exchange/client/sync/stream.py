"""The stream with blocking calls; :meth:`exchange.client.sync.Exchange.stream` opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Self, TypeVar

from exchange.client.book import Fault
from exchange.client.models.market import Level
from exchange.client.models.stream import StreamMessage
from exchange.client.stream import Heartbeat, LiveBook, OrderEntry, StreamClient
from exchange.client.sync.background import Background, Face, blocking, iterating, looking

R = TypeVar("R")


class StreamOrders(Face[OrderEntry]):
    """Place, change and cancel orders by the stream."""

    place = blocking(OrderEntry.place)
    buy = blocking(OrderEntry.buy)
    sell = blocking(OrderEntry.sell)
    amend = blocking(OrderEntry.amend)
    cancel = blocking(OrderEntry.cancel)
    batch = blocking(OrderEntry.batch)
    cancel_all = blocking(OrderEntry.cancel_all)
    cancel_after = blocking(OrderEntry.cancel_after)


class Book(Face[LiveBook]):
    """A book that the stream keeps. It has what the asynchronous one has, and shows it as it is at this moment.

    Two looks may be at two states of it; :meth:`read` and :meth:`copies` give copies, which stay as they are.
    """

    read = blocking(LiveBook.read)
    copies = iterating(LiveBook.copies)
    levels = looking(LiveBook.levels)
    quantity_within = looking(LiveBook.quantity_within)
    sweep = looking(LiveBook.sweep)
    checksum = looking(LiveBook.checksum)

    def ready(self) -> Self:
        """Wait until the book is good; raises ClientError when the stream has ended or the book was left."""
        self.background.run(self.inner.ready())
        return self

    def _now(self, show: Callable[[LiveBook], R]) -> R:
        return looking(show)(self)

    @property
    def instrument(self) -> str:
        """Whose book it is."""
        return self._now(lambda book: book.instrument)

    @property
    def seq(self) -> int:
        """The journal entry that the book stands at."""
        return self._now(lambda book: book.seq)

    @property
    def fault(self) -> Fault | None:
        """Why the book is not to be trusted; None when it is."""
        return self._now(lambda book: book.fault)

    @property
    def is_good(self) -> bool:
        """Whether the book is whole, proved and up to date."""
        return self._now(lambda book: book.is_good)

    @property
    def bids(self) -> list[Level]:
        """All levels of the buyers, highest price first; none while the book is not good."""
        return self._now(lambda book: book.bids)

    @property
    def asks(self) -> list[Level]:
        """All levels of the sellers, lowest price first; none while the book is not good."""
        return self._now(lambda book: book.asks)

    @property
    def best_bid(self) -> Level | None:
        """The highest price that somebody pays; None when nobody does, and while the book is not good."""
        return self._now(lambda book: book.best_bid)

    @property
    def best_ask(self) -> Level | None:
        """The lowest price that somebody asks; None when nobody does, and while the book is not good."""
        return self._now(lambda book: book.best_ask)

    @property
    def spread(self) -> Decimal | None:
        """Best ask less best bid; None when a side is empty."""
        return self._now(lambda book: book.spread)


class Stream(Face[StreamClient]):
    """The stream of market data, own account and order entry. Loop over it for the messages of subscribed channels."""

    subscribe = blocking(StreamClient.subscribe)
    unsubscribe = blocking(StreamClient.unsubscribe)
    ping = blocking(StreamClient.ping)
    cancel_on_disconnect = blocking(StreamClient.cancel_on_disconnect)
    close = blocking(StreamClient.close)

    def __init__(self, inner: StreamClient, background: Background) -> None:
        super().__init__(inner, background)
        self.orders = StreamOrders(inner.orders, background)

    def __enter__(self) -> Self:
        """Connected and logged in; leaving the block closes it."""
        self.background.run(self.inner.__aenter__())
        return self

    def __exit__(self, *exception: object) -> None:
        """Close it."""
        if self.background.is_open:
            self.close()

    def __iter__(self) -> Iterator[StreamMessage]:
        """The messages of subscribed channels, in the order in which they came, until the stream is closed."""
        return self.background.iterate(self.inner)

    def book(self, instrument: str) -> Book:
        """The book of an instrument, which the stream keeps up to date and proves after every message."""
        return Book(self.background.run(self.inner.book(instrument)), self.background)

    @property
    def heartbeat(self) -> Heartbeat | None:
        """The newest one."""
        return self.inner.heartbeat

    @property
    def connections(self) -> int:
        """How many connections there were, the one in use included."""
        return self.inner.connections
