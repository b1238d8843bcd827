"""One kind of day at a fresh venue, with one command: ``python -m loadtests.scenarios opening-rush``.

A private PostgreSQL, a venue with its stage set, the service as a process, and Locust with the users of that kind
(``loadtests/locustfile.py``). At the end the journal must have what they were told, and the database must agree with
itself. The exit code is Locust's: 1 when a request failed.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Final

import uvloop

from exchange.cli.arguments import Parser, whole_number
from exchange.cli.bench.accounts import Acknowledged, last_seq, settle
from exchange.cli.bench.results import Report
from exchange.cli.bench.stage import Stage, set_stage
from exchange.cli.bench.venue import open_venue
from exchange.core.values import Price
from loadtests.mix import BUY, SELL, START_PRICE

SCENARIOS: Final = {
    "opening-rush": "OpeningRush",
    "quiet-market": "QuietMarket",
    "cancel-storm": "CancelStorm",
    "many-readers": "ManyReaders",
}
MEANINGS: Final = {
    "opening-rush": (
        "the first minutes of a day: everybody sends orders at once for ten seconds, then at leisure",
        "开市：最初十秒集中申报，其后放缓",
    ),
    "quiet-market": (
        "an afternoon: mostly looking, now and then an order, hardly a trade",
        "平静：以查询为主，偶有申报，很少成交",
    ),
    "cancel-storm": (
        "news: everybody takes their orders out at the same time, and puts others in",
        "集中撤单：全体同时撤单并重新申报",
    ),
    "many-readers": (
        "screens: prices, candles and own orders all day long, and now and then a trade",
        "大量读取：持续查询行情、K 线与自有申报，偶有成交",
    ),
}
"""What the users of each scenario do, in English and in Chinese."""

DESCRIPTION: Final = """\
Let users of one kind loose on a fresh venue with a private PostgreSQL, by Locust; then the journal must have what they
were told, and the database must agree with itself. The exit code is 1 when a request failed.
在全新的交易所上模拟一类用户（使用 Locust），结束后核对日志与数据库。有请求失败时退出码为 1。
"""
LOCUSTFILE: Final = Path(__file__).with_name("locustfile.py")


async def play(scenario: str, users: int, seconds: int, firms: int) -> int:
    """Let users of one kind loose on a fresh venue; Locust's exit code."""
    with open_venue() as venue:
        stage = await venue.inside(lambda sequencer: set_stage(sequencer, firms, Price(START_PRICE)))
        accounts, told = venue.home / "accounts.json", venue.home / "acknowledged"
        accounts.touch(0o600)
        accounts.write_text(json.dumps(_accounts(stage)), encoding="utf-8")
        first = await last_seq(venue)
        async with venue.service() as service:
            command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
            command += ["-u", str(users), "-r", str(users), "-t", f"{seconds}s", "--stop-timeout", "20"]
            command += ["--host", f"http://127.0.0.1:{service.port}", SCENARIOS[scenario]]
            known = {"LOADTEST_ACCOUNTS": str(accounts), "LOADTEST_ACKNOWLEDGED": str(told)}
            process = await asyncio.create_subprocess_exec(*command, env=os.environ | known, cwd=LOCUSTFILE.parents[1])
            code = await process.wait()
        report = Report(scenario, {"users": users, "seconds": seconds, "firms": firms})
        await settle(report, venue, first, Acknowledged(int(told.read_text(encoding="utf-8"))))
        print(report.table())
    return code


def _accounts(stage: Stage) -> dict[str, object]:
    """Who may come in: buyers and sellers in turn."""
    pairs = zip(stage.buyers, stage.sellers, strict=True)
    return {
        "instrument": stage.instrument_text,
        "accounts": [
            {"token": trader.token, "side": side}
            for pair in pairs
            for trader, side in zip(pair, (BUY, SELL), strict=True)
        ],
    }


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    lines = "\n".join(f"  {name:<13} {english}\n  {'':<13} {chinese}" for name, (english, chinese) in MEANINGS.items())
    command = Parser(
        prog="python -m loadtests.scenarios",
        description=DESCRIPTION,
        epilog=f"scenarios 场景：\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("scenario", choices=SCENARIOS, help="one of those below 场景名，见下")
    for name, default, meaning in (
        ("--users", 50, "users at the same time 同时在线的用户数"),
        ("--seconds", 30, "how long they stay 持续秒数"),
        ("--firms", 20, "buyers, and as many sellers 买方数，卖方同数"),
    ):
        told = f"{meaning} (default 默认 {default})"
        command.add_argument(name, type=whole_number(1), default=default, metavar="N", help=told)
    return command


def main() -> int:
    """Read the command line and play."""
    arguments = parser().parse_args()
    if importlib.util.find_spec("locust") is None:
        print("Locust is not installed: ./dev peers", file=sys.stderr)
        return 2
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(play(arguments.scenario, arguments.users, arguments.seconds, arguments.firms))


if __name__ == "__main__":
    sys.exit(main())
