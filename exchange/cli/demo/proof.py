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
    attestations_of_other_formats: int


def prove(service: Service, ended: EndReport, screen: Screen) -> bool:
    """Replay from genesis in another process, compare, and show that a damaged copy is found out."""
    screen.say(
        f"The service stopped cleanly after entry {ended.entries}; its own state hash is {ended.state[:SHORT]}…",
        f"交易所在第 {ended.entries} 条日志后正常停止；其自身的状态哈希为 {ended.state[:SHORT]}…",
    )
    replayed = replay(service, "replay", "--from-genesis")
    equal = (replayed.entries, replayed.head, replayed.state) == (ended.entries, ended.head, ended.state)
    screen.table(
        (
            "",
            screen.head("entries", "日志条数"),
            screen.head("head of the journal", "日志链头"),
            screen.head("hash of the state", "状态哈希"),
        ),
        [
            (
                screen.word("the service", "交易所"),
                f"{ended.entries}",
                f"{ended.head[:SHORT]}…",
                f"{ended.state[:SHORT]}…",
            ),
            (
                screen.word("the replay", "重放"),
                f"{replayed.entries}",
                f"{replayed.head[:SHORT]}…",
                f"{replayed.state[:SHORT]}…",
            ),
        ],
        "<>",
    )
    screen.say(
        f"The replay is another process with PYTHONHASHSEED={HASH_SEED}. State hashes that the service had put into"
        f" the log, and that the replay found equal: {replayed.attestations}.",
        f"重放由另一进程完成（PYTHONHASHSEED={HASH_SEED}）。交易所此前写入日志的状态哈希中，"
        f"经重放核对一致的有 {replayed.attestations} 个。",
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
        raise CommandError(f"the replay ended with exit code {result.returncode} 重放失败：\n{result.stderr}")
    return Replayed(**json.loads(result.stdout))


def _another_process(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = service.environment | {"PYTHONHASHSEED": HASH_SEED, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "exchange", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)


def _flip_one_byte(service: Service, screen: Screen) -> bool:
    """Whether a copy of the journal with one changed byte is found out."""
    copy = service.folder / "journal-copy.cxj"
    exported = _another_process(service, "export", str(copy))
    if exported.returncode != 0:
        raise CommandError(f"the journal could not be exported 导出失败：\n{exported.stderr}")
    untouched = replay(service, "replay", "--export", str(copy))
    place, old, new = flip(copy)
    screen.say(
        f"The exported copy replays to state {untouched.state[:SHORT]}…;"
        f" now its byte {place:,} is changed: {old:#04x} → {new:#04x}",
        f"导出的副本重放后状态为 {untouched.state[:SHORT]}…；现将其第 {place:,} 字节由 {old:#04x} 改为 {new:#04x}",
    )
    damaged = _another_process(service, "replay", "--export", str(copy))
    told, *more = [line.strip() for line in damaged.stderr.splitlines() if line.strip()] or [""]
    found_out = damaged.returncode == DIFFERENT
    verdicts = ("found out", "已发现篡改") if found_out else ("NOT FOUND OUT", "未能发现篡改")
    english, chinese = (screen.paint(verdict, "green" if found_out else "red") for verdict in verdicts)
    screen.say(
        f"{english}: exit code {damaged.returncode}, “{told}”",
        f"{chinese}：退出码 {damaged.returncode}，“{more[0] if more else told}”",
    )
    return found_out


def flip(file: Path) -> tuple[int, int, int]:
    """Flip one random bit of a file: the place, the byte before and the byte after."""
    data = bytearray(file.read_bytes())
    place, bit = random.SystemRandom().randrange(len(data)), random.SystemRandom().randrange(8)
    old = data[place]
    data[place] ^= 1 << bit
    file.write_bytes(data)
    return place, old, data[place]
