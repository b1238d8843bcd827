"""What a change weighs that moves units, as the server itself answers: most requests come in whole, and go another way
than those of the tests that speak to the application.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

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


def test_ranges_are_drawn_for_over_a_real_connection(venue: Venue) -> None:
    async def play() -> int | None:
        await asyncio.sleep(2)  # until the bucket is full again after what opened the market
        async with venue.client(venue.world.buyer.token) as buyer:
            picks = [Pick(venue.world.lot, n, n + 1) for n in (1, 3)]
            await buyer.uses.propose("VOLUNTARY", BAOTOU, picks=picks)
            return buyer.rate_limits["orders"].remaining

    left = asyncio.run(play())
    assert left is not None and left < HOLDS - A_RANGE
