"""The table of crash points: each of them exists in the program, and each of them kills."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import exchange
from exchange.sequencer.crashpoints import IN_CHILD, POINTS, CrashPoints


def test_every_point_is_passed_somewhere_and_no_other_one() -> None:
    source = "\n".join(path.read_text() for path in Path(exchange.__file__).parent.rglob("*.py"))
    passed = set(re.findall(r"""hit\(\s*"([a-z_]+)"\s*\)""", source))
    assert passed == set(POINTS)


def test_there_is_no_point_by_another_name() -> None:
    with pytest.raises(ValueError, match="there is no crash point 'comitted'"):
        CrashPoints("comitted", 1)


def test_without_a_setting_nothing_happens() -> None:
    crash = CrashPoints()
    for point in POINTS:
        crash.hit(point)


def test_the_process_is_gone_at_the_nth_passing() -> None:
    program = (
        "from exchange.sequencer.crashpoints import CrashPoints\n"
        "crash = CrashPoints('committed', 3)\n"
        "for n in range(5):\n"
        "    crash.hit('before_send')\n"
        "    print(n, flush=True)\n"
        "    crash.hit('committed')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, ["0", "1", "2"])


@pytest.mark.parametrize("point", IN_CHILD)
async def test_a_crash_in_a_snapshots_child_is_a_crash_of_the_service(tmp_path: Path, point: str) -> None:
    """The second snapshot's child takes the process with it, since the count goes on from snapshot to snapshot."""
    program = f"""
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from exchange.sequencer.crashpoints import CrashPoints
from exchange.core.values import Side
from tests.sequencer.simulated_store import Disk
from tests.sequencer.world import QUICK, make_stage, open_on, set_the_stage

async def main():
    stage = make_stage()
    limits = replace(QUICK, snapshot_every=len(stage.log) + 10)
    crash = CrashPoints({point!r}, 2)
    sequencer, _ = await open_on(Disk(), Path({str(tmp_path)!r}), limits=limits, crash=crash)
    await set_the_stage(sequencer, stage)
    for n in range(1000):
        await sequencer.submit(stage.submission(0, stage.place(0, Side.BUY, 1, 2_900)))
        await asyncio.sleep(0.001)
        if sequencer.meters.snapshots == 1:
            print("one", flush=True)

asyncio.run(main())
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(exchange.__file__).parent.parent)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, env=environment
    )
    output, _ = await process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert b"one" in output
