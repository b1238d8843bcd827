"""What the tests of the sequencer share."""

from __future__ import annotations

import pytest

from tests.sequencer.simulated_store import Disk
from tests.sequencer.world import Stage, make_stage


@pytest.fixture
def stage() -> Stage:
    """Three firms with money and tonnes of one instrument."""
    return make_stage()


@pytest.fixture
def disk() -> Disk:
    """An empty disk."""
    return Disk()
