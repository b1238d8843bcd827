"""What several of these tests begin with."""

from __future__ import annotations

import asyncio

import pytest

from exchange.sequencer.journal import StoredEntry
from tests.replay.journals import write_journal


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> list[StoredEntry]:
    """The entries of a busy day."""
    disk, _ = asyncio.run(write_journal(tmp_path_factory.mktemp("written"), rounds=1))
    return list(disk.entries)
