"""The client for scripts and notebooks: the same names as the asynchronous one, and calls that return when it is done.

>>> from exchange.client.sync import Exchange
>>> with Exchange("http://127.0.0.1:8000", key="key-17-1.secret") as exchange:   # doctest: +SKIP
...     answer = exchange.orders.place("ins-9", "BUY", quantity=100, price="70.50")
...     for order in exchange.orders.every():
...         print(order.id, order.leaves)

The stream is there as well:

>>> with Exchange("http://127.0.0.1:8000", key="key-17-1.secret") as exchange, exchange.stream() as stream:
...     for book in stream.book("ins-9").copies():   # doctest: +SKIP
...         print(book.best_bid, book.best_ask)

Everything is done by one :class:`~exchange.client.ExchangeClient` on an event loop in a thread of its own, so it works
in a notebook too, whose own loop is busy. It may be used from several threads; calls of one thread are done in order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

import httpx

from exchange.client import ExchangeClient
from exchange.client.key_file import KeyFile
from exchange.client.patience import Patience
from exchange.client.rate_limit import RateLimit
from exchange.client.signing import PrivateKey
from exchange.client.stream import StreamClient
from exchange.client.sync import resources
from exchange.client.sync.background import Background
from exchange.client.sync.stream import Stream

__all__ = ["Exchange"]


class Exchange:
    """One key's view of the exchange, a resource an attribute. Without a key only what is public."""

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        language: str = "en",
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        private_key: PrivateKey | None = None,
        origin: str | None = None,
    ) -> None:
        client = ExchangeClient(base_url, key, language, patience, transport, private_key, origin)
        background = Background()
        self._background, self._client, self._key = background, client, key
        self._patience, self._streams = patience, list[Stream]()
        self.venue = resources.Venue(client.venue, background)
        self.instruments = resources.Instruments(client.instruments, background)
        self.members = resources.Members(client.members, background)
        self.participants = resources.Participants(client.participants, background)
        self.people = resources.People(client.people, background)
        self.keys = resources.Keys(client.keys, background)
        self.deposits = resources.Deposits(client.deposits, background)
        self.cash = resources.Cash(client.cash, background)
        self.accounts = resources.Accounts(client.accounts, background)
        self.proposals = resources.Proposals(client.proposals, background)
        self.projects = resources.Projects(client.projects, background)
        self.units = resources.Units(client.units, background)
        self.requests = resources.RegistryRequests(client.requests, background)
        self.uses = resources.Uses(client.uses, background)
        self.releases = resources.Releases(client.releases, background)
        self.encumbrances = resources.Encumbrances(client.encumbrances, background)
        self.imports = resources.Imports(client.imports, background)
        self.budgets = resources.Budgets(client.budgets, background)
        self.orders = resources.Orders(client.orders, background)
        self.trades = resources.Trades(client.trades, background)
        self.feed = resources.Feed(client.feed, background)
        self.agreements = resources.Agreements(client.agreements, background)
        self.audit = resources.Audit(client.audit, background)

    @classmethod
    def from_file(cls, path: Path | str, language: str = "en", patience: Patience | None = None) -> Self:
        """A client with the address and the keys of a :class:`KeyFile`; raises what its ``load`` raises."""
        mine = KeyFile.load(path)
        return cls(mine.url, mine.key, language, patience, private_key=mine.private_key)

    @property
    def rate_limits(self) -> dict[str, RateLimit]:
        """The rate limits that the newest answer told, by name."""
        return self._client.rate_limits

    def __enter__(self) -> Self:
        """The client itself; leaving the block closes it."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close it."""
        self.close()

    def stream(self, *, line: str | None = None) -> Stream:
        """The stream for the same key: enter it with ``with``. ``line`` is its name, as in :class:`StreamClient`."""
        connection = self._client.connection
        client = StreamClient(connection.base_url, self._key, connection.language, self._patience, line=line)
        stream = Stream(client, self._background)
        self._streams.append(stream)
        return stream

    def close(self) -> None:
        """Close the connections and streams and end the thread; twice is as good as once."""
        if self._background.is_open:
            for stream in self._streams:
                stream.close()
            self._background.run(self._client.connection.close())
            self._background.close()
