"""A journal that was written once must give the same market for ever."""

from __future__ import annotations

import asyncio
import json

from exchange.audit.export import exported_entries
from exchange.audit.replay import replay
from exchange.core.machine import ENGINE_VERSION
from tests.replay.golden_journal import expected_file, journal_file, plain


def test_the_golden_journal_gives_what_it_always_gave() -> None:
    """When this fails, the same log gives another market. If that is meant, raise ENGINE_VERSION (and
    ``python -m tests.replay.golden_journal`` writes the journal of the new engine); if not, it is a bug.
    """
    report = asyncio.run(replay(lambda: exported_entries(journal_file(ENGINE_VERSION))))
    assert plain(report) == json.loads(expected_file(ENGINE_VERSION).read_text())
