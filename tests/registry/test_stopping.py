"""Whoever ends the simulated registry is told at once that it stops."""

from __future__ import annotations

import signal
from pathlib import Path

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
