"""Whoever ends the simulated registry is told at once that it stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.registry.pair import Simulator

pytestmark = [pytest.mark.processes]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_answered_before_everything_is_closed(tmp_path: Path, number: signal.Signals) -> None:
    simulator = Simulator(tmp_path)
    simulator.start()
    assert simulator.process is not None and simulator.process.stdin is not None
    simulator.process.send_signal(number)
    simulator.process.wait(30)
    simulator.process.stdin.close()
    told = (tmp_path / "simulator.log").read_text()
    assert told.count("stopping: open requests have 1 s") == told.count("正在停止：") == 1


def test_it_stops_though_nobody_reads_that_it_does(tmp_path: Path) -> None:
    """As when Ctrl-C ends ``| tee`` first: it went on and answered, and only SIGKILL ended it."""
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "exchange", "registry-simulator", "--data-dir", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=writing, stderr=subprocess.PIPE) as simulator:
        os.close(writing)
        with os.fdopen(reading) as output:
            url = output.readline().split()[5]
            while "proposal" not in output.readline():
                continue
        # It answers, so what comes next reaches the loop that answers, and not what starts it.
        assert httpx.get(url, trust_env=False).status_code
        simulator.send_signal(signal.SIGTERM)
        try:
            _, told = simulator.communicate(timeout=30)
        finally:
            simulator.kill()
    assert b"Traceback" not in told, told
