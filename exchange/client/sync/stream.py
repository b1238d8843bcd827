"""The stream with blocking calls; :meth:`exchange.client.sync.Exchange.stream` opens it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from exchange.client.models.stream import StreamMessage
from exchange.client.stream import Heartbeat, LiveBook, OrderEntry, StreamClient
from exchange.client.sync.background import Background, Face, blocking, iterating


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
    """A book that the stream keeps. What is read of it is a copy, which stays as it is."""

    read = blocking(LiveBook.read)
    copies = iterating(LiveBook.copies)


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
