"""The same log gives the same market in another process, whatever its hash seed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.golden.vectors import kept

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import json; from tests.core.golden.vectors import market; print(json.dumps(market()))"


@pytest.mark.processes
@pytest.mark.parametrize("seed", ["0", "1", "4294967295"])
def test_a_replay_does_not_depend_on_the_hash_seed(seed: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == kept("market")
