"""A venue that shows certificates: the application over a committed view of a market's entries, and its journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from exchange.access.gate import Gate
from exchange.access.rate_limits import RateLimiter, Rates
from exchange.access.signature_base import Origin
from exchange.api.app import create_app
from exchange.api.ports import Services
from exchange.core.values import Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.store.queries.feed import JournalLine
from tests.api.documented import Documented
from tests.api.doubles import Broken, idle_services
from tests.certificates.told import ToldMarket

ORIGIN = "https://exchange.example"


class Shelf(Broken):
    """A history that has the journal and nothing else."""

    def __init__(self, market: ToldMarket) -> None:
        """The journal of a market."""
        super().__init__(AssertionError("nothing else was to be asked"))
        self._market = market

    async def journal(self, after: Seq, limit: int) -> list[JournalLine]:
        """The next lines."""
        entries = self._market.journal[after : after + limit]
        return [JournalLine(one.seq, self._market.events[one.seq - 1][0], one.leaf_bytes, one.head) for one in entries]


def view_of(market: ToldMarket) -> CommittedView:
    """The committed view after a market's entries."""
    view = CommittedView()
    catch_up(view, market)
    return view


def catch_up(view: CommittedView, market: ToldMarket) -> None:
    """Tell a view what has happened since."""
    for stored, (at, events) in list(zip(market.journal, market.events, strict=True))[view.seq :]:
        view.apply(stored.seq, at, stored.head, events)


def services_of(market: ToldMarket, origin: str | None = ORIGIN, **more: Any) -> Services:
    """What a request may touch at such a venue; nothing can be sequenced."""
    services = idle_services(view_of(market))
    services.history = Shelf(market)
    services.gate = Gate(origin=None if origin is None else Origin.read(origin))
    for name, value in more.items():
        setattr(services, name, value)
    return services


def with_few_requests() -> dict[str, Any]:
    """Room for 24 weights of strangers from one address."""
    return {"limiter": RateLimiter(Rates(address=12), lambda: 0)}


@asynccontextmanager
async def asking(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    transport = Documented(create_app(services), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8000") as client:
        yield client
