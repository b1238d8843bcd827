"""Reads of many rows: one of each firm at a time, in slices, so that they keep no order waiting for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from exchange.access.ids import Kind, id_number
from exchange.api.app import Application
from exchange.api.pipeline import SMALL_PAGE
from exchange.api.ports import Services
from exchange.store.queries import history
from exchange.store.queries.orders import list_orders
from tests.api.stack import Stack, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAST = "/v1/orders?status=all&limit=1000"
LONGEST_WAIT_S = 5.0


def services_of(stack: Stack) -> Services:
    """What the application works with."""
    assert isinstance(stack.app, Application)
    return stack.app.services


class Watched:
    """Counts how many are in a query at once, and how many rows each asked for.

    The first to come stay until ``together`` are inside, so that whether they meet is not a matter of luck; who is
    left alone goes on after a while, and is seen to have been alone.
    """

    def __init__(self, query: Callable[..., Any], together: int = 1) -> None:
        self._query = query
        self._met = asyncio.Event()
        self._together = together
        self.inside = self.most = 0
        self.limits: list[int] = []

    async def __call__(self, connection: Any, wanted: Any, limit: int, *more: Any, **options: Any) -> Any:
        """The query."""
        self.limits.append(limit)
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.inside >= self._together:
            self._met.set()
        try:
            await self._meet()
            return await self._query(connection, wanted, limit, *more, **options)
        finally:
            self.inside -= 1

    async def _meet(self) -> None:
        """Until the others have come; after one wait in vain nobody waits any more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._met.wait(), LONGEST_WAIT_S)
        self._met.set()


async def test_a_firm_has_one_at_a_time_and_others_have_theirs(
    stack: Stack, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(list_orders)
    monkeypatch.setattr(history, "list_orders", watched)
    own = [stack.get(PAST, world.buyer.token) for _ in range(12)]
    assert {answer.status_code for answer in await asyncio.gather(*own)} == {200}
    assert watched.most == 1 and not services_of(stack).turns._lines
    meeting = Watched(list_orders, together=2)
    monkeypatch.setattr(history, "list_orders", meeting)
    both = [stack.get(PAST, token) for token in (world.buyer.token, world.seller.token) * 6]
    await asyncio.gather(*both)
    assert meeting.most == 2


async def test_a_large_page_is_looked_for_in_slices(
    stack: Stack, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        await world.place(world.buyer, "BUY", 1, "29.00")
    whole = (await stack.get(PAST, world.buyer.token)).json()
    watched = Watched(list_orders)
    monkeypatch.setattr(history, "list_orders", watched)
    monkeypatch.setattr(history, "SLICE", 2)
    sliced = (await stack.get(PAST, world.buyer.token)).json()
    assert (sliced["items"], sliced["next_cursor"]) == (whole["items"], None) and len(whole["items"]) >= 7
    assert watched.limits == [2] * len(watched.limits) and len(watched.limits) >= 4
    watched.limits.clear()
    first = (await stack.get("/v1/orders?status=all&limit=5", world.buyer.token)).json()
    assert first["items"] == whole["items"][:5] and watched.limits == [2, 2, 1]
    rest = (await stack.get(f"{PAST}&cursor={first['next_cursor']}", world.buyer.token)).json()
    assert rest["items"] == whole["items"][5:]


async def test_a_large_page_of_memory_waits_for_its_turn_and_a_small_one_does_not(stack: Stack, world: World) -> None:
    turns, firm = services_of(stack).turns, id_number(Kind.PARTICIPANT, world.buyer.id)
    await turns.take(firm)
    large = asyncio.create_task(stack.get(f"/v1/orders?limit={SMALL_PAGE + 1}", world.buyer.token))
    others = await stack.get(f"/v1/orders?limit={SMALL_PAGE + 1}", world.seller.token)
    small = await stack.get(f"/v1/instruments?limit={SMALL_PAGE}", world.buyer.token)
    assert (others.status_code, small.status_code, large.done()) == (200, 200, False)
    turns.give_back(firm)
    assert (await large).status_code == 200 and len(turns) == 0


async def test_who_goes_away_while_waiting_leaves_nothing(stack: Stack, world: World) -> None:
    turns, firm = services_of(stack).turns, id_number(Kind.PARTICIPANT, world.buyer.id)
    await turns.take(firm)
    gone = asyncio.create_task(stack.get(PAST, world.buyer.token))
    await asyncio.sleep(0.01)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    turns.give_back(firm)
    assert (await stack.get(PAST, world.buyer.token)).status_code == 200
    assert len(turns) == 0 and not turns._lines
