"""One kind of day at a fresh venue, with one command: ``python -m loadtests.scenarios opening-rush``.

A private PostgreSQL, a venue with its stage set, the service as a process, and Locust with the users of that kind
(:mod:`loadtests.locustfile`). At the end the journal must have what they were told, and the database must agree with
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
LOCUSTFILE: Final = Path(__file__).with_name("locustfile.py")


async def play(scenario: str, users: int, seconds: int, firms: int) -> int:
    """Let users of one kind loose on a fresh venue; Locust's exit code."""
    with open_venue() as venue:
        stage = await venue.inside(lambda sequencer: set_stage(sequencer, firms, Price(START_PRICE)))
        accounts, told = venue.home / "accounts.json", venue.home / "acknowledged"
        accounts.touch(0o600)
        accounts.write_text(json.dumps(_accounts(stage)))
        first = await last_seq(venue)
        async with venue.service() as service:
            command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
            command += ["-u", str(users), "-r", str(users), "-t", f"{seconds}s", "--stop-timeout", "20"]
            command += ["--host", f"http://127.0.0.1:{service.port}", SCENARIOS[scenario]]
            known = {"LOADTEST_ACCOUNTS": str(accounts), "LOADTEST_ACKNOWLEDGED": str(told)}
            process = await asyncio.create_subprocess_exec(*command, env=os.environ | known, cwd=LOCUSTFILE.parents[1])
            code = await process.wait()
        report = Report(scenario, {"users": users, "seconds": seconds, "firms": firms})
        await settle(report, venue, first, Acknowledged(int(told.read_text())))
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


def main() -> int:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--firms", type=int, default=20)
    arguments = parser.parse_args()
    if importlib.util.find_spec("locust") is None:
        print("Locust is not installed: pip install 'carbon-exchange[load]'", file=sys.stderr)
        return 2
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(play(arguments.scenario, arguments.users, arguments.seconds, arguments.firms))


if __name__ == "__main__":
    sys.exit(main())
