"""Which test noticed a bug the last time: it is asked first, so that a bug that is still noticed costs seconds.

The file is written by ``./dev mutants`` itself. Nothing hangs on it: a bug whose test is gone, or notices it no longer,
goes through all rounds as if nothing were remembered.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from tests.mutants.catalogue import FOLDER

REMEMBERED: Final = FOLDER / "noticed_by.json"


def recall(path: Path = REMEMBERED) -> dict[str, str]:
    """The name of each bug with the id of the test that noticed it."""
    if not path.exists():
        return {}
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return known


def remember(learned: dict[str, str], bugs: set[str], path: Path = REMEMBERED) -> None:
    """Write down what was learned beside what was known, without bugs that are no more."""
    known = {name: test for name, test in (recall(path) | learned).items() if name in bugs and "::" in test}
    path.write_text(json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
