"""Proof that the crash test can fail: a copy of the program that acknowledges before COMMIT must be found out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

RIGHT = """\
        if self._open.entries:
            self._send_open()
            await asyncio.sleep(0)  # its bytes leave before the others are published
        if durable is not None:
            self._publish(durable)
"""

WRONG = """\
        del durable
        if self._open.entries:
            self._publish(self._open)
            self._send_open()
            await asyncio.sleep(0)
"""

POINTS = "before_send,store_begun,store_rows_written"
"""Where a process that has acknowledged too early dies with what it acknowledged."""


def prove(seed: int) -> int:
    """0 when the broken copy fails the test because an acknowledged request is lost."""
    with tempfile.TemporaryDirectory(prefix="crashtest-prove-") as folder:
        copy = Path(folder)
        _copy_and_break(copy)
        print(f"crashtest: a copy that acknowledges before COMMIT is tested at {POINTS}", flush=True)
        command = [sys.executable, "-P", "-m", "tests.crash", "--points", POINTS, "--seed", str(seed)]
        environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONSAFEPATH": "1"}
        ended = subprocess.run(command, cwd=copy, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    print("\n".join(f"  | {line}" for line in ended.stdout.splitlines()))
    if ended.returncode == 1 and "LOST: " in ended.stdout:
        print("crashtest: proved: the broken copy was found out")
        return 0
    print("crashtest: NOT proved: the broken copy was not found out")
    return 1


def _copy_and_break(copy: Path) -> None:
    for name in ("exchange", "migrations", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("alembic.ini", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    source = copy / "exchange" / "sequencer" / "sequencer.py"
    text = source.read_text()
    assert text.count(RIGHT) == 1, "the sequencer has changed; change the proof too"
    source.write_text(text.replace(RIGHT, WRONG))
