"""Attack the service and its readers for as long as it takes: `./dev fuzz --cases 100000`.

Three parts. Schemathesis sends what the published document allows and forbids, for nobody and for each role, and
demands that every answer is documented and none is a 5xx. The stream gets frames that are good, bent and broken
(:mod:`tests.fuzz.stream`). Atheris feeds bytes to everything that reads what others wrote; it is left out, and that is
said, where it is not installed (it has binaries for Linux and a few versions of Python only).
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.api import Attack, attack, operations_of
from tests.fuzz.stream import attack_stream, tell_stream
from tests.fuzz.targets import TARGETS
from tests.support.venue import SEVERE, a_venue

RUNS_OF_A_TARGET = 1_000_000
FRAMES = 100_000


def main() -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000, help="requests to the API, at least (default 100,000)")
    parser.add_argument("--runs", type=int, default=RUNS_OF_A_TARGET, help="inputs for each reader of bytes")
    parser.add_argument("--frames", type=int, default=FRAMES, help=f"frames at the stream (default {FRAMES:,})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=["api", "stream", "readers", "all"], default="all")
    arguments = parser.parse_args()
    found = 0
    if arguments.part in ("readers", "all"):
        found += attack_readers(arguments.runs, arguments.seed)
    if arguments.part in ("stream", "all"):
        found += attack_the_stream(arguments.frames, arguments.seed)
    if arguments.part in ("api", "all"):
        found += attack_api(arguments.cases, arguments.seed)
    print(f"\nfuzz: {'nothing found' if not found else f'FOUND {found}'} (seed {arguments.seed})")
    return 1 if found else 0


def attack_readers(runs: int, seed: int) -> int:
    """Every target under Atheris, in a process of its own; how many broke."""
    if importlib.util.find_spec("atheris") is None:
        print("fuzz: atheris is not installed here, so the readers are left to the tests (Hypothesis)")
        return 0
    broken = 0
    for name in TARGETS:
        started = time.monotonic()
        command = [sys.executable, "-m", "tests.fuzz.guided", name, "--runs", str(runs), "--seed", str(seed)]
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        verdict = "OK" if ended.returncode == 0 else "BROKEN"
        print(f"fuzz: reader {name:<18} {runs:12,} inputs {time.monotonic() - started:6.1f} s  {verdict}", flush=True)
        if ended.returncode:
            broken += 1
            print(ended.stdout[-4_000:])
    return broken


def attack_api(cases: int, seed: int) -> int:
    """The API over HTTP; how many runs failed. Raises AssertionError when the service did not end well."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, a_venue() as venue:
        result = asyncio.run(attack(venue, cases, seed, Path(folder)))
        tell(result)
    return len(result.failures)


def attack_the_stream(frames: int, seed: int) -> int:
    """The stream over its socket; how much was found. Raises AssertionError when the service did not end well."""
    began = time.monotonic()
    with a_venue() as venue:
        result = asyncio.run(attack_stream(venue, frames, seed))
        tell_stream(result, began)
    return len(result.faults)


def tell(result: Attack) -> None:
    """How many cases there were, by status, and what each role had a success of."""
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(result.statuses().items()))
    severe = sum(count for status, count in result.statuses().items() if status >= SEVERE)
    print(f"\nfuzz: {result.cases:,} cases; {statuses}; 5xx: {severe}")
    for role in result.answers:
        missing = sorted(set(operations_of(role)) - result.succeeded(role)) if role != "NOBODY" else []
        total, succeeded = result.answers[role].total(), len(result.succeeded(role))
        print(f"fuzz: {role:<9} {total:9,} cases, {succeeded} operations succeeded; never: {', '.join(missing) or '-'}")
    for failure in result.failures:
        print(failure[-6_000:])


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[2])
    raise SystemExit(main())
