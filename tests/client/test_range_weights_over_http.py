"""What a change weighs that moves units, as the server itself answers: most requests come in whole, and go another way
than those of the tests that speak to the application.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from exchange.api.limits import A_RANGE
from exchange.client import Pick
from tests.api.unit_steps import BAOTOU
from tests.support.service import a_service
from tests.support.venue import Venue

pytestmark = [pytest.mark.processes, pytest.mark.slow]

RATE = 250
HOLDS = 2 * RATE


@pytest.fixture(scope="module")
def venue() -> Iterator[Venue]:
    """The service with narrow limits; its buyer has three tonnes."""
    with a_service(EXCHANGE_RATE_ORDERS=str(RATE)) as service:
        asyncio.run(service.start())
        venue = Venue(service)
        asyncio.run(venue.populate())
        yield venue
        service.end()
        assert service.poll() == 0, venue.log[-4_000:]


async def in_one_piece(venue: Venue, path: str, body: bytes) -> str:
    """The head of the answer to a change of the buyer's that is sent with its body in one write."""
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: exchange",
        f"Authorization: Bearer {venue.world.buyer.token}",
        "Idempotency-Key: in-one-piece",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    where = urlsplit(venue.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write("\r\n".join((*lines, "", "")).encode() + body)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    writer.close()
    return head


def left_in(head: str) -> int:
    """What the head of an answer says is left of the limit of orders."""
    return int(head.partition('ratelimit: "orders";r=')[2].partition(";")[0])


def test_ranges_are_drawn_for_over_a_real_connection_in_both_ways(venue: Venue) -> None:
    async def play() -> tuple[int | None, str]:
        await asyncio.sleep(2)  # until the bucket is full again after what opened the market
        async with venue.client(venue.world.buyer.token) as buyer:
            picks = [Pick(venue.world.lot, n, n + 1) for n in (1, 3)]
            made = await buyer.uses.propose("VOLUNTARY", BAOTOU, picks=picks)
            proposed = buyer.rate_limits["orders"].remaining
        await asyncio.sleep(1)
        return proposed, await in_one_piece(venue, f"/v1/proposals/{made.proposal}/reject", b'{"reason": "no"}')

    proposed, head = asyncio.run(play())
    assert " 200 " in head.partition("\r\n")[0], head
    assert proposed is not None and proposed < HOLDS - A_RANGE
    assert left_in(head) < HOLDS - A_RANGE
