"""Puts one bug into a copy of the program, runs the tests that are to notice it, and says which of them did."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.catalogue import ROOT, Mutant

LEFT_OUT = {"test_golden.py", "test_determinism.py", "test_invariants_page.py"}
"""The golden vectors notice everything, and the page of the invariants is not about what the program does."""

UNIT_TESTS = sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "tests/core").glob("test_*.py") if path.name not in LEFT_OUT
)
Rounds = tuple[tuple[str, ...], ...]
ROUNDS: Rounds = (("tests/scenarios",), tuple(UNIT_TESTS), ("tests/properties", "tests/core/matching"))
"""What a trader can read comes first, what takes long comes last; most bugs are noticed in the first round."""

COPIED = ("exchange", "migrations", "tests", "alembic.ini", "pyproject.toml")
TIME_LIMIT_SECONDS = 240
NOTICED = re.compile(r"^(?:FAILED|ERROR) (\S+(?: \S+)*?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said: the name of the test that noticed, "" if none did, and how long it took."""

    noticed_by: str
    seconds: float
    output: str


@contextmanager
def workshop() -> Iterator[Path]:
    """A copy of the program in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        for name in COPIED:
            source, target = ROOT / name, Path(folder) / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        yield Path(folder)


def prove_sound(folder: Path, mutants: list[Mutant]) -> Verdict:
    """Run all tests that some bugs are to be noticed by, in a workshop without any."""
    return _run_rounds(folder, tuple(dict.fromkeys(tests for mutant in mutants for tests in rounds_of(mutant))))


def rounds_of(mutant: Mutant) -> Rounds:
    """Which tests are asked, one round after the other: those that the bug names, or those of the core."""
    return (mutant.tests,) if mutant.tests else ROUNDS


def prove(folder: Path, mutant: Mutant, remembered: str = "") -> Verdict:
    """Run the tests in a workshop with one bug; the workshop is as before afterwards.

    ``remembered`` is the id of the test that noticed the bug the last time, "" for none: it is asked first.
    """
    path = folder / mutant.file
    sound = path.read_text(encoding="utf-8")
    path.write_text(mutant.spoil(sound), encoding="utf-8")
    try:
        return _ask_again(folder, remembered) or _run_rounds(folder, rounds_of(mutant))
    finally:
        path.write_text(sound, encoding="utf-8")


def _ask_again(folder: Path, remembered: str) -> Verdict | None:
    """What one test says, or None when it does not notice the bug or is there no longer."""
    if not remembered:
        return None
    started = time.monotonic()
    noticed_by, output = _run_tests(folder, (remembered,))
    return Verdict(noticed_by, time.monotonic() - started, output) if noticed_by == remembered else None


def _run_rounds(folder: Path, rounds: Rounds) -> Verdict:
    """One round of tests after the other until something fails."""
    started = time.monotonic()
    for tests in rounds:
        noticed_by, output = _run_tests(folder, tests)
        if noticed_by:
            return Verdict(noticed_by, time.monotonic() - started, output)
    return Verdict("", time.monotonic() - started, "")


def _run_tests(folder: Path, tests: tuple[str, ...]) -> tuple[str, str]:
    """Which of some tests fails first, and what was printed. Without bytecode no old file is taken for a new one."""
    options = ["-x", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_PROFILE": "mutants"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS
        )
    except subprocess.TimeoutExpired:
        return "no end", ""
    if done.returncode == 0:
        return "", done.stdout
    named = NOTICED.search(done.stdout)
    return named.group(1) if named else "nobody could say", done.stdout + done.stderr
