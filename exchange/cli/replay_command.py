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
from exchange.audit.export import NotAJournalError, exported_entries
from exchange.audit.known_end import KnownEnd
from exchange.audit.replay import ReplayReport, replay
from exchange.bootstrap.database import open_for_reading
from exchange.cli.known_end import add_known_end, end_words, known_end_of
from exchange.cli.problem import DIFFERENT, OK, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, settings_of, understandable
from exchange.cli.verdict import finding_in_chinese, not_a_journal, of_other_version, tell_difference, unreadable
from exchange.core.image import IMAGE_FORMAT
from exchange.core.values import Seq
from exchange.sequencer.journal import JournalCorruptError, OtherVersionError
from exchange.store.reading import open_reader
from exchange.store.reconcile import Finding, reconcile_tables

Findings = list[Finding] | None
"""The rows of a database that are not what its journal makes; None for a file, which has no tables."""

Replayed = tuple[ReplayReport, Findings]
"""What a journal comes to, and what of the tables."""


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
        "--from-genesis",
        action="store_true",
        help="from the first entry, which is the only way there is (the default) 从首条起（默认）",
    )
    command.add_argument(
        "--export", type=Path, metavar="FILE", help="read an exported journal, no database 重放导出的日志"
    )
    add_known_end(command)
    command.add_argument("--json", action="store_true", help="one line of JSON for programs 供程序读取的一行 JSON")
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
    except OtherVersionError as error:
        raise of_other_version(error) from None
    except JournalCorruptError as error:
        tell_difference("replay", str(error), error.chinese)
        return DIFFERENT
    if report.entries == 0:
        raise CommandError(
            "the journal is empty; there is nothing to replay. 日志为空，无可重放。",
            "start the exchange once: ./dev run 请先启动一次交易所",
        )
    seconds = time.monotonic() - started
    print(_as_json(report) if arguments.json else _as_text(report, findings, known, seconds))
    for finding in findings or ():
        tell_difference("replay", f"{finding.subject}: {finding.detail}", finding_in_chinese(finding))
    return DIFFERENT if findings else OK


def _from_file(path: Path, known: KnownEnd) -> Replayed:
    try:
        return asyncio.run(replay(lambda: exported_entries(path), _progress, known)), None
    except NotAJournalError as error:
        raise not_a_journal(path, error) from None
    except OSError as error:
        raise unreadable(path, error) from None


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
    print(f"replay: entry {seq:,} 已重放至此条", file=sys.stderr, flush=True)


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
            "attestations_of_other_formats": report.of_other_formats,
        }
    )


def _as_text(report: ReplayReport, findings: Findings, known: KnownEnd, seconds: float) -> str:
    entries, rate, cny = report.entries, report.entries / max(seconds, 0.001), money_text(report.value)
    return (
        f"replay: {entries:,} entries in {seconds:.1f} s ({rate:,.0f} a second), every one as it is written\n"
        f"  重放     共 {entries:,} 条，用时 {seconds:.1f} 秒（每秒 {rate:,.0f} 条），逐条重做，结果均与所载一致\n"
        f"  trades   {report.trades:,} (settled agreements included), {report.tonnes:,} t, CNY {cny}\n"
        f"  成交     {report.trades:,} 笔（含已结算的协议交易），{report.tonnes:,} 吨，人民币 {cny} 元\n"
        f"  head     {report.head.hex()}  链头\n"
        f"  state    {report.state_hash.hex()}  状态哈希\n"
        f"{_attested_words(report)}\n"
        f"{_table_words(findings)}\n"
        f"{end_words(known, Seq(entries))}"
    )


def _attested_words(report: ReplayReport) -> str:
    """What came of the state hashes that the log has itself."""
    compared, others = report.attestations, report.of_other_formats
    if others:
        return (
            f"  state hashes that the log attests: {compared:,}, all equal; {others:,} more are of versions that\n"
            f"           write a state in another format than this one's ({IMAGE_FORMAT}), so they were not compared.\n"
            "           This is no difference; replay with a release of their version to compare them\n"
            f"  日志载明的状态哈希：{compared:,} 个，全部一致；另有 {others:,} 个出自以其他格式写状态的版本\n"
            f"           （本程序为格式 {IMAGE_FORMAT}），未作比对。这不是不符；如需比对，请用相应版本重放"
        )
    if compared:
        return (
            f"  state hashes that the log attests: {compared:,}, all equal\n"
            f"  日志载明的状态哈希：{compared:,} 个，全部一致"
        )
    return (
        "  state hashes that the log attests: none to compare yet; the service writes one with each snapshot, at the\n"
        "           latest when it stops cleanly\n"
        "  日志载明的状态哈希：尚无可比对的；交易所每做一次快照写入一个，最迟在正常停止时写入"
    )


def _table_words(findings: Findings) -> str:
    """What came of the tables, if there are any."""
    if findings is None:
        return "  tables   an export has none; none were compared\n  数据表   导出文件不含数据表，未作比对"
    if findings:
        found = len(findings)
        return (
            f"  tables   made again from the journal and compared row by row: {found:,} DIFFERENT\n"
            f"  数据表   已由日志重建并逐行比对：{found:,} 处不符"
        )
    return (
        "  tables   made again from the journal and compared row by row: all equal\n"
        "  数据表   已由日志重建并逐行比对：全部一致"
    )
