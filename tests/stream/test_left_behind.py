"""Nothing of a connection stays when it is over, also without the collector, which never looks at all of the heap."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from exchange.api.stream.session import Session
from exchange.bootstrap.connections import Place
from exchange.bootstrap.http_protocol import BoundedProtocol
from exchange.bootstrap.stream_protocol import StreamProtocol
from exchange.marketdata.hub import Subscriber
from tests.api.stack import World
from tests.stream.venue import Venue, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

KINDS = (BoundedProtocol, RequestResponseCycle, StreamProtocol, Session, Subscriber, Place)


@pytest.fixture
def no_collector() -> Iterator[None]:
    """What makes circles stays, so that it is seen."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive() -> Counter[str]:
    """How many there are of what a connection is made of."""
    return Counter(type(each).__name__ for each in gc.get_objects() if type(each) in KINDS)


async def nobody_is_there(venue: Venue) -> None:
    """Wait until every connection is over, and what was under way for it."""
    await until(lambda: not len(venue.now.server.connections) and not len(venue.now.parts.streams))
    await asyncio.sleep(0.05)


async def test_nothing_stays_of_requests(venue: Venue, world: World, no_collector: None) -> None:
    await nobody_is_there(venue)
    before = alive()
    for path in ("/metrics", "/v1/orders", "/v1/instruments", "/v1/nothing"):
        await venue.rest("GET", path, world.buyer.token)
    body = {"instrument": world.instrument, "side": "BUY", "price": "29.00", "quantity": 1}
    assert (await venue.rest("POST", "/v1/orders", world.buyer.token, body)).status_code == 201
    await nobody_is_there(venue)
    assert alive() - before == Counter()


async def test_nothing_stays_of_streams(venue: Venue, world: World, no_collector: None) -> None:
    await nobody_is_there(venue)
    before = alive()
    for token in (None, world.buyer.token):
        async with venue.stream(token) as talker:
            await talker.subscribe(f"book:{world.instrument}")
            await talker.ask("ping")
    await nobody_is_there(venue)
    assert alive() - before == Counter()
