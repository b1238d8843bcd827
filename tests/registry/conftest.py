"""One venue and one registry for each file of tests, on one event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.registry.pair import Pair, a_pair
from tests.support.database import postgres  # noqa: F401


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pair() -> AsyncIterator[Pair]:
    """Both processes."""
    async with a_pair() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", autouse=False)
async def honest(pair: Pair) -> AsyncIterator[Pair]:
    """The same; whatever the test before and this one did to the registry, it behaves before and after it."""
    pair.simulator.misbehave()
    pair.call_back()
    yield pair
    pair.simulator.misbehave()
    pair.simulator.control("POST", "/speak")
    pair.simulator.control("POST", "/honest")
