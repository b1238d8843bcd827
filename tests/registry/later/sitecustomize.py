"""A machine whose clock is ahead, by as many seconds as the file ``TESTS_LATER`` says at the moment.

Python imports this module by itself where its folder is in PYTHONPATH. A release to the national market leaves on a
later trading day, and a test that waited for one would take days.
"""

import os
import time
from pathlib import Path

_seconds = Path(os.environ["TESTS_LATER"])
_right = time.time_ns


def _later() -> int:
    return _right() + int(_seconds.read_text()) * 1_000_000_000


time.time_ns = _later
