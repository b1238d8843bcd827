"""Writes the golden journal: ``python -m tests.replay.golden_journal``, on purpose and never to make a test pass.

The file is a journal as some release of the program wrote it. As long as a release of the same engine version comes to
other trades, balances or hashes from it, that release is wrong, or its engine version must go up.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from exchange.audit.export import exported_entries
from exchange.audit.replay import ReplayReport, replay
from exchange.core.machine import ENGINE_VERSION
from tests.replay.journals import exported, write_journal

FOLDER = Path(__file__).parent / "golden"


def journal_file(engine: int) -> Path:
    """The journal of an engine."""
    return FOLDER / f"engine-{engine}.journal"


def expected_file(engine: int) -> Path:
    """What must come of it."""
    return FOLDER / f"engine-{engine}.json"


def plain(report: ReplayReport) -> dict[str, object]:
    """A report as JSON can hold it."""
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in asdict(report).items()}


def write() -> None:
    """Write both files anew for this engine."""
    with tempfile.TemporaryDirectory() as folder:
        disk, _ = asyncio.run(write_journal(Path(folder), rounds=2))
    FOLDER.mkdir(exist_ok=True)
    path = journal_file(ENGINE_VERSION)
    path.write_bytes(exported(disk))
    report = asyncio.run(replay(lambda: exported_entries(path)))
    expected_file(ENGINE_VERSION).write_text(json.dumps(plain(report), indent=2) + "\n")


if __name__ == "__main__":
    write()
