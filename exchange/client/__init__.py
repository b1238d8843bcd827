"""The exchange's Python client: typed, asynchronous, on httpx; it knows nothing of the rest of this package.

Of other packages it needs ``httpx``, ``websockets``, ``cryptography`` and ``http-sf``, so it can be taken along alone.

:class:`ExchangeClient` speaks REST, :class:`exchange.client.stream.StreamClient` the stream, and
:class:`exchange.client.sync.Exchange` is both for scripts and notebooks. docs/tutorial-api.md shows them at work.

>>> async with ExchangeClient("http://127.0.0.1:8000", key="key-1-0.secret") as client:   # doctest: +SKIP
...     answer = await client.orders.place("ins-9", "BUY", quantity=100, price="70.50")
...     book = await client.instruments.book("ins-9")    # shows at least the own order (min_seq)

Every change carries an idempotency key and is repeated under it when no answer comes, so it happens once. A refusal is
an :class:`ExchangeProblem` with a stable code, the rule and its article.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

import httpx

from exchange.client.commands import Amend, Cancel, Place
from exchange.client.connection import Answer, Connection, new_idempotency_key
from exchange.client.key_file import KeyFile
from exchange.client.patience import Patience
from exchange.client.problem import (
    BrokenRule,
    BusyError,
    ClientError,
    ConflictError,
    ExchangeProblem,
    FieldError,
    NoAnswerError,
    NotThereError,
    SlowReaderError,
    StreamEndedError,
    TooManyRequestsError,
    UnauthorisedError,
    UnexpectedAnswerError,
)
from exchange.client.rate_limit import RateLimit
from exchange.client.resources.agreements import Agreements
from exchange.client.resources.approvals import Proposals
from exchange.client.resources.audit import Audit, Filter
from exchange.client.resources.budgets import Budgets
from exchange.client.resources.cash import Accounts, Cash, Deposits
from exchange.client.resources.encumbrances import Encumbrances
from exchange.client.resources.imports import Imports
from exchange.client.resources.market import Instruments, Venue
from exchange.client.resources.orders import Feed, Orders, Trades
from exchange.client.resources.people import Keys, Members, Participants, People
from exchange.client.resources.projects import Projects
from exchange.client.resources.units import Selection, Units
from exchange.client.resources.uses import Pick, RegistryRequests, Releases, Uses
from exchange.client.secrets import NewSecret
from exchange.client.signing import PrivateKey

__all__ = [
    "Amend",
    "Answer",
    "BrokenRule",
    "BusyError",
    "Cancel",
    "ClientError",
    "ConflictError",
    "Connection",
    "ExchangeClient",
    "ExchangeProblem",
    "FieldError",
    "Filter",
    "KeyFile",
    "NewSecret",
    "NoAnswerError",
    "NotThereError",
    "Patience",
    "Pick",
    "Place",
    "PrivateKey",
    "RateLimit",
    "Selection",
    "SlowReaderError",
    "StreamEndedError",
    "TooManyRequestsError",
    "UnauthorisedError",
    "UnexpectedAnswerError",
    "new_idempotency_key",
]


class ExchangeClient:
    """One key's view of the exchange, a resource an attribute. Without a key only what is public.

    ``key`` is the whole of what was shown once, as in ``key-17-1.secret``. ``private_key`` signs every change;
    approvals, withdrawals and new keys with a public key need it. ``origin`` is where the exchange is known to be
    (``https://exchange.example``), for a client that reaches it at another address; signatures are for there.

    ``language``, ``en`` or ``zh``, is that of refusals (:attr:`ExchangeProblem.title`, ``detail``). ``patience`` bounds
    each call with all its repeats: 10 s for a try and 30 s in all, unless you give another. Raises ValueError for what
    cannot be an address or a key.
    """

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
        self.connection = Connection(base_url, key, language, patience, transport, private_key, origin)
        self.venue = Venue(self.connection)
        self.instruments = Instruments(self.connection)
        self.members = Members(self.connection)
        self.participants = Participants(self.connection)
        self.people = People(self.connection)
        self.keys = Keys(self.connection)
        self.deposits = Deposits(self.connection)
        self.cash = Cash(self.connection)
        self.accounts = Accounts(self.connection)
        self.proposals = Proposals(self.connection)
        self.projects = Projects(self.connection)
        self.units = Units(self.connection)
        self.requests = RegistryRequests(self.connection)
        self.uses = Uses(self.connection)
        self.releases = Releases(self.connection)
        self.encumbrances = Encumbrances(self.connection)
        self.imports = Imports(self.connection)
        self.budgets = Budgets(self.connection)
        self.orders = Orders(self.connection)
        self.trades = Trades(self.connection)
        self.feed = Feed(self.connection)
        self.agreements = Agreements(self.connection)
        self.audit = Audit(self.connection)

    @classmethod
    def from_file(cls, path: Path | str, language: str = "en", patience: Patience | None = None) -> Self:
        """A client with the address and the keys of a :class:`KeyFile`; raises what its ``load`` raises."""
        mine = KeyFile.load(path)
        return cls(mine.url, mine.key, language, patience, private_key=mine.private_key)

    @property
    def rate_limits(self) -> dict[str, RateLimit]:
        """The rate limits that the newest answer told, by name."""
        return self.connection.rate_limits

    async def __aenter__(self) -> Self:
        """The client itself; leaving the block closes its connections."""
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Close the connections."""
        await self.connection.close()
