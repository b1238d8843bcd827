"""Fixtures of the API's tests: one exchange for each file, on one event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from exchange.store.embedded import EmbeddedServer
from tests.api.stack import Stack, World, brought_by_the_buyer, build_world, running_stack
from tests.support.database import postgres

__all__ = ["postgres"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stack(postgres: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A fresh exchange."""
    async with running_stack(postgres, tmp_path_factory.mktemp("exchange")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def world(stack: Stack) -> World:
    """A small market on it."""
    return await build_world(stack)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def bought(world: World) -> World:
    """A market in which the buyer has bought 600 tonnes."""
    await world.trade(600)
    return world


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def grown(bought: World) -> World:
    """The same, and the buyer has brought in a tonne of the project too, so that it answers for its losses."""
    await brought_by_the_buyer(bought)
    return bought
