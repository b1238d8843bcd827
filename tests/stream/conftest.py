"""Fixtures of the stream's tests: one exchange for each file, with its HTTP server on a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from exchange.store.embedded import EmbeddedServer
from tests.api.stack import World
from tests.stream.venue import Venue, open_venue
from tests.support.database import postgres

__all__ = ["postgres"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def venue(postgres: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Venue]:
    """A fresh exchange with a small market."""
    async with open_venue(postgres, tmp_path_factory.mktemp("exchange")) as opened:
        yield opened


@pytest.fixture
def world(venue: Venue) -> World:
    """The market on it."""
    return venue.world
