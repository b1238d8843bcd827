"""What a change weighs that moves units: each range of serials, drawn for when it is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from exchange.access.rate_limits import SECOND, RateLimiter, Rates
from exchange.api.app import Application
from exchange.api.limits import A_RANGE
from tests.api.stack import World
from tests.api.unit_steps import BAOTOU

pytestmark = pytest.mark.asyncio(loop_scope="module")

RATE = 50
HOLDS = 2 * RATE
"""What a bucket holds: as much as flows in while two seconds pass."""


class Clock:
    """A clock that stands until it is told."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        """The instant, in nanoseconds."""
        return self.now


@pytest.fixture
def clock(bought: World) -> Iterator[Clock]:
    """The exchange with small buckets and a clock of the test's own."""
    assert isinstance(bought.stack.app, Application)
    services = bought.stack.app.services
    before, clock = services.limiter, Clock()
    services.limiter = RateLimiter(Rates(orders=RATE), clock)
    yield clock
    services.limiter = before


async def propose(world: World, ranges: int, key: str | None = None) -> httpx.Response:
    """The buyer proposes a use of so many single tonnes that do not touch."""
    picks = [{"lot": world.lot, "serial_lo": 1 + 2 * n, "serial_hi": 2 + 2 * n} for n in range(ranges)]
    body: dict[str, Any] = {"purpose": "VOLUNTARY", "picks": picks, **BAOTOU}
    headers = {} if key is None else {"idempotency-key": key}
    return await world.stack.ask("POST", "/v1/uses", world.buyer.token, body, headers)


async def reject(world: World, use: httpx.Response) -> httpx.Response:
    """The buyer takes it back."""
    assert use.status_code == 201, use.text
    path = f"/v1/proposals/{use.json()['proposal']}/reject"
    return await world.stack.ask("POST", path, world.buyer.token, {"reason": "another time"})


def left(answer: httpx.Response) -> int:
    """What the answer says is left of the limit of orders."""
    name, rest = answer.headers["ratelimit"].split(";r=")
    assert name == '"orders"'
    return int(rest.split(";")[0])


async def test_each_range_that_is_set_aside_or_freed_is_drawn_for(bought: World, clock: Clock) -> None:
    use = await propose(bought, 3)
    assert left(use) == HOLDS - 1 - 3 * A_RANGE
    freed = await reject(bought, use)
    assert freed.is_success, freed.text
    assert left(freed) == HOLDS - 2 - 6 * A_RANGE


async def test_what_was_moved_beyond_what_was_left_is_paid_before_the_next(bought: World, clock: Clock) -> None:
    use = await propose(bought, 8)
    freed = await reject(bought, use)
    assert freed.is_success and left(freed) == 0
    late = await propose(bought, 1)
    assert (late.status_code, late.json()["code"]) == (429, "RATE_LIMITED")
    assert late.headers["retry-after"] == "2"
    clock.now += 2 * SECOND
    again = await propose(bought, 1)
    await reject(bought, again)


async def test_a_repeat_moves_nothing_and_draws_for_itself_alone(bought: World, clock: Clock) -> None:
    use = await propose(bought, 3, "once")
    repeat = await propose(bought, 3, "once")
    assert repeat.headers["idempotency-replayed"] == "true"
    assert left(use) - left(repeat) == 1
    await reject(bought, use)


async def test_what_is_refused_moves_nothing(bought: World, clock: Clock) -> None:
    pick = {"lot": bought.lot, "serial_lo": 1, "serial_hi": 100_000_000}
    body = {"purpose": "VOLUNTARY", "picks": [pick], **BAOTOU}
    refused = await bought.stack.ask("POST", "/v1/uses", bought.buyer.token, body)
    assert refused.status_code >= 400
    assert left(refused) == HOLDS - 1
