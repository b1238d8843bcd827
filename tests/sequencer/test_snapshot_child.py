"""The child that writes a snapshot, when the service that waits for it is gone."""

from __future__ import annotations

import os
from collections.abc import Callable

from exchange.sequencer import snapshot


def end_of_a_child(work: Callable[[], bytes]) -> int:
    """The exit code of a child whose pipe nobody reads any more."""
    reading, writing = os.pipe()
    pid = snapshot._fork()
    if pid == 0:
        snapshot._be_the_child(writing, work)
    os.close(writing)
    os.close(reading)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def test_a_child_whose_parent_was_killed_ends_well_once_its_work_is_done() -> None:
    assert end_of_a_child(lambda: b"the state's hash") == 0
    assert end_of_a_child(lambda: bytes(1 // 0)) == 1
