"""The proof of the demo: another process rebuilds the market from its journal, and one flipped byte does not pass."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange.cli.demo.service import EndReport, Service
from exchange.cli.problem import DIFFERENT, CommandError
from exchange.cli.terminal import Screen

HASH_SEED: Final = "20231108"
"""PYTHONHASHSEED of the second process; the service's own is random, so the two differ."""

SHORT: Final = 16


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the second process found."""

    entries: int
    head: str
    state: str
    trades: int
    tonnes: int
    cny: str
    attestations: int


def prove(service: Service, ended: EndReport, screen: Screen) -> bool:
    """Replay from genesis in another process, compare, and show that a damaged copy is found out."""
    screen.line(
        f"  The service stopped cleanly after entry {ended.entries}; its own state hash is {ended.state[:SHORT]}…"
    )
    replayed = replay(service, "replay", "--from-genesis")
    equal = (replayed.entries, replayed.head, replayed.state) == (ended.entries, ended.head, ended.state)
    screen.table(
        ("", "entries", "head of the journal", "hash of the state"),
        [
            ("the service", f"{ended.entries}", f"{ended.head[:SHORT]}…", f"{ended.state[:SHORT]}…"),
            ("the replay", f"{replayed.entries}", f"{replayed.head[:SHORT]}…", f"{replayed.state[:SHORT]}…"),
        ],
        "<>",
    )
    screen.line(
        f"  The replay is another process with PYTHONHASHSEED={HASH_SEED}. State hashes that the service had put into"
        f" the log, and that the replay found equal: {replayed.attestations}."
    )
    found_out = _flip_one_byte(service, screen)
    verdict = "equal" if equal else "DIFFERENT"
    screen.line()
    screen.line(
        f"demo: {replayed.trades} trades, {replayed.tonnes} tonnes, CNY {replayed.cny}, entries {replayed.entries},"
        f" state {ended.state}, replay {replayed.state}: {verdict}"
    )
    return equal and found_out


def replay(service: Service, *arguments: str) -> Replayed:
    """Run the replay command in another process and read its answer."""
    result = _another_process(service, *arguments, "--json")
    if result.returncode != 0:
        raise CommandError(f"the replay ended with exit code {result.returncode}:\n{result.stderr}")
    return Replayed(**json.loads(result.stdout))


def _another_process(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = service.environment | {"PYTHONHASHSEED": HASH_SEED}
    command = [sys.executable, "-m", "exchange", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _flip_one_byte(service: Service, screen: Screen) -> bool:
    """Whether a copy of the journal with one changed byte is found out."""
    copy = service.folder / "journal-copy.cxj"
    exported = _another_process(service, "export", str(copy))
    if exported.returncode != 0:
        raise CommandError(f"the journal could not be exported:\n{exported.stderr}")
    untouched = replay(service, "replay", "--export", str(copy))
    place, old, new = flip(copy)
    screen.line(
        f"  The exported copy replays to state {untouched.state[:SHORT]}…;"
        f" now its byte {place:,} is changed: {old:#04x} → {new:#04x}"
    )
    damaged = _another_process(service, "replay", "--export", str(copy))
    told = (damaged.stderr.strip().splitlines() or ["(nothing was said)"])[0]
    found_out = damaged.returncode == DIFFERENT
    verdict = screen.paint("found out 已发现", "green") if found_out else screen.paint("NOT FOUND OUT", "red", "bold")
    screen.line(f"  {verdict}: exit code {damaged.returncode}, “{told}”")
    return found_out


def flip(file: Path) -> tuple[int, int, int]:
    """Flip one random bit of a file: the place, the byte before and the byte after."""
    data = bytearray(file.read_bytes())
    place, bit = random.SystemRandom().randrange(len(data)), random.SystemRandom().randrange(8)
    old = data[place]
    data[place] ^= 1 << bit
    file.write_bytes(data)
    return place, old, data[place]
