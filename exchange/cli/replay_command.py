"""``exchange replay``: rebuild the whole market from its journal, or from an exported copy, and compare every hash.

Where there is a database, its tables are made again from the journal as well and compared row by row.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

from exchange.api.wire import money_text
from exchange.audit.export import exported_entries
from exchange.audit.known_end import KnownEnd
from exchange.audit.replay import ReplayReport, replay
from exchange.bootstrap.database import open_for_reading
from exchange.cli.known_end import add_known_end, end_words, known_end_of
from exchange.cli.problem import DIFFERENT, OK, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, settings_of, understandable
from exchange.core.values import Seq
from exchange.sequencer.journal import JournalCorruptError
from exchange.store.reading import open_reader
from exchange.store.reconcile import Finding, reconcile_tables

Replayed = tuple[ReplayReport, list[Finding]]
"""What a journal comes to, and the rows of a database that are not what it makes."""


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "replay",
        help="rebuild the market from its journal and compare every hash 由日志重建市场并核对",
        description=(
            "Do every entry of the journal again, from the first one, and compare results, chain, state hashes and, in"
            " a database, every row of every table."
            " Nothing is written. 从首条日志起重放并逐条核对，不写入任何数据。"
        ),
    )
    command.add_argument(
        "--from-genesis", action="store_true", help="from the first entry, which is the only way there is (the default)"
    )
    command.add_argument(
        "--export", type=Path, metavar="FILE", help="read an exported journal, no database 重放导出的日志"
    )
    add_known_end(command)
    command.add_argument("--json", action="store_true", help="one line of JSON for programs")
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Replay; 1 when anything differs."""
    started = time.monotonic()
    known = known_end_of(arguments)
    try:
        with understandable():
            report, findings = (
                _from_file(arguments.export, known) if arguments.export else _from_database(arguments, known)
            )
    except JournalCorruptError as error:
        print(f"replay: DIFFERENT: {error}", file=sys.stderr)
        return DIFFERENT
    if report.entries == 0:
        raise CommandError("the journal is empty; there is nothing to replay.", "start the exchange once: ./dev run")
    print(_as_json(report) if arguments.json else _as_text(report, known, time.monotonic() - started))
    for finding in findings:
        print(f"replay: DIFFERENT: {finding.subject}: {finding.detail}", file=sys.stderr)
    return DIFFERENT if findings else OK


def _from_file(path: Path, known: KnownEnd) -> Replayed:
    try:
        return asyncio.run(replay(lambda: exported_entries(path), _progress, known)), []
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _from_database(arguments: argparse.Namespace, known: KnownEnd) -> Replayed:
    with open_for_reading(settings_of(arguments)) as database:
        return asyncio.run(_replay_journal(database.service_dsn, known))


async def _replay_journal(dsn: str, known: KnownEnd) -> Replayed:
    """The journal first: what the tables are compared with has then been proved."""
    reader = await open_reader(dsn)
    try:
        report = await replay(lambda: reader.entries(Seq(0)), _progress, known)
    finally:
        await reader.close()
    return report, await reconcile_tables(dsn)


def _progress(seq: Seq) -> None:
    print(f"replay: entry {seq:,}", file=sys.stderr, flush=True)


def _as_json(report: ReplayReport) -> str:
    """What a program wants to compare; hashes in hex, money as text."""
    return json.dumps(
        {
            "entries": report.entries,
            "head": report.head.hex(),
            "state": report.state_hash.hex(),
            "trades": report.trades,
            "tonnes": report.tonnes,
            "cny": money_text(report.value),
            "attestations": report.attestations,
        }
    )


def _as_text(report: ReplayReport, known: KnownEnd, seconds: float) -> str:
    rate = report.entries / max(seconds, 0.001)
    attested = f"{report.attestations}, all equal 全部一致" if report.attestations else "none to compare 无可比对"
    return (
        f"replay: {report.entries:,} entries in {seconds:.1f} s ({rate:,.0f} a second), every one as it is written\n"
        f"  trades   {report.trades:,} (settled agreements included), {report.tonnes:,} t,"
        f" CNY {money_text(report.value)}\n"
        f"  head     {report.head.hex()}\n"
        f"  state    {report.state_hash.hex()}\n"
        f"  state hashes that the log attests: {attested}\n"
        f"{end_words(known, Seq(report.entries))}"
    )
