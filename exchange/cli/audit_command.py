"""``exchange audit double-count``: prove over a whole database, twice, that no tonne is in two places.

Once from the journal alone, event by event, by rules of its own (:mod:`exchange.audit.double_count`), and once by SQL
over the tables alone (:mod:`exchange.store.double_count`); then both are held against each other. Of an exported
journal there are no tables, so the first proof stands alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange.audit.double_count.comparing import compare
from exchange.audit.double_count.findings import CHECKS, Fact, Finding, Notebook
from exchange.audit.double_count.log import LogReport, audit_log
from exchange.audit.export import NotAJournalError, exported_entries
from exchange.audit.known_end import KnownEnd
from exchange.bootstrap.database import open_for_reading
from exchange.cli.known_end import add_known_end, end_words, known_end_of
from exchange.cli.problem import DIFFERENT, OK, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, settings_of, understandable
from exchange.cli.verdict import not_a_journal, of_other_version, unreadable
from exchange.core.values import Seq
from exchange.sequencer.journal import OtherVersionError
from exchange.store.double_count import UNREADABLE, Tables, one_moment

LOG: Final = "log"
TABLES: Final = "tables"
BOTH: Final = "both"

SOURCES: Final = {
    LOG: ("the log alone", "仅据日志"),
    TABLES: ("the tables alone", "仅据数据表"),
    BOTH: ("log beside tables", "日志与数据表比对"),
}


@dataclass(slots=True)
class Audit:
    """Both proofs and their comparison. ``tables`` is None where there are none; ``counts`` has every finding's number
    by source and check, ``findings`` the first of each; ``known`` is what was noted of the journal's end.
    """

    log: LogReport
    known: KnownEnd
    tables: Tables | None
    findings: list[tuple[str, Finding]]
    counts: dict[tuple[str, str], int]
    log_seconds: float
    table_seconds: float

    @property
    def total(self) -> int:
        """How many findings there are, the untold ones included."""
        return sum(self.counts.values())


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "audit",
        help="prove that no tonne is counted twice 证明无一吨被重复计算",
        description="Proofs over a whole database. 对整个数据库的核查。",
    )
    kinds = command.add_subparsers(dest="kind", metavar="<audit>", required=True, help="which proof 核查种类")
    double = kinds.add_parser(
        "double-count",
        help="every tonne has one place, one owner, one market, one use 每吨只有一处、一主、一市场、一用途",
        description=(
            "Follow every tonne through the journal by rules of its own, ask the tables the same by SQL, and hold both"
            " against each other. Nothing is written."
            " 依日志逐事件追踪每一吨，另以 SQL 独立核查各表，再互相比对；不写数据。"
        ),
    )
    double.add_argument(
        "--export", type=Path, metavar="FILE", help="read an exported journal, no database 核查导出的日志"
    )
    add_known_end(double)
    double.add_argument("--json", action="store_true", help="one line of JSON for programs 供程序读取的一行 JSON")
    add_data_dir(double)
    double.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Audit; 1 when a tonne is counted twice, or anything else is wrong with one."""
    known = known_end_of(arguments)
    try:
        with understandable():
            audit = _of_file(arguments.export, known) if arguments.export else _of_database(arguments, known)
    except OtherVersionError as error:
        raise of_other_version(error) from None
    if audit.log.entries == 0 and not audit.total:
        raise CommandError(
            "the journal is empty; there is nothing to audit. 日志为空，无可核查。",
            "start the exchange once: ./dev run 请先启动一次交易所",
        )
    print(as_json(audit) if arguments.json else as_text(audit))
    return DIFFERENT if audit.total else OK


def _of_file(path: Path, known: KnownEnd) -> Audit:
    started = time.monotonic()
    try:
        report = asyncio.run(audit_log(lambda: exported_entries(path), _progress, known))
    except NotAJournalError as error:
        raise not_a_journal(path, error) from None
    except OSError as error:
        raise unreadable(path, error) from None
    return _gathered(report, known, None, [], {}, time.monotonic() - started, 0.0)


def _of_database(arguments: argparse.Namespace, known: KnownEnd) -> Audit:
    with open_for_reading(settings_of(arguments)) as database:
        return asyncio.run(audit_database(database.service_dsn, known))


async def audit_database(dsn: str, known: KnownEnd | None = None) -> Audit:
    """Both proofs over one moment of a database; ``known`` is what was noted of its journal's end.

    Raises:
        ConnectionError: PostgreSQL cannot be reached.
    """
    known = known or KnownEnd()
    async with one_moment(dsn) as moment:
        started = time.monotonic()
        report = await audit_log(moment.entries, _progress, known)
        middle = time.monotonic()
        wrong, counts = await moment.wrong()
        tables = await moment.tables()
        ended = time.monotonic()
    if moment.unreadable:
        counts[UNREADABLE] = len(moment.unreadable)
    found = [Finding(row.check, row.facts) for row in (*wrong, *moment.unreadable)]
    return _gathered(report, known, tables, found, counts, middle - started, ended - middle)


def _gathered(
    report: LogReport,
    known: KnownEnd,
    tables: Tables | None,
    in_tables: list[Finding],
    counts: dict[str, int],
    log_seconds: float,
    table_seconds: float,
) -> Audit:
    """Put what was found together, the comparison included."""
    between = Notebook()
    if tables is not None:
        compare(report.summary, tables, between)
    told = {LOG: report.notebook.findings, TABLES: in_tables, BOTH: between.findings}
    counted = {LOG: report.notebook.counts, TABLES: counts, BOTH: between.counts}
    return Audit(
        report,
        known,
        tables,
        [(source, finding) for source, findings in told.items() for finding in findings],
        {(source, check): number for source, each in counted.items() for check, number in each.items()},
        log_seconds,
        table_seconds,
    )


def _progress(seq: Seq) -> None:
    print(f"audit: entry {seq:,} 已核查至此条", file=sys.stderr, flush=True)


# --- telling ---------------------------------------------------------------------------------------------------------


def as_json(audit: Audit) -> str:
    """What a program wants to know."""
    return json.dumps(
        {
            "entries": audit.log.entries,
            "head": audit.log.head.hex(),
            "noted_head_at": audit.known.found_at if audit.known.head is not None else None,
            "tonnes": audit.log.tonnes,
            "spent": audit.log.spent,
            "parcels": audit.log.parcels,
            "lots": len(audit.log.summary.lots),
            "tables": audit.tables is not None,
            "findings": audit.total,
            "counts": {f"{source}:{check}": count for (source, check), count in sorted(audit.counts.items())},
            "told": [{"source": s, "check": f.check, "facts": dict(f.facts)} for s, f in audit.findings],
        },
        ensure_ascii=False,
    )


def as_text(audit: Audit) -> str:
    """The same for a person, in both languages."""
    return "\n".join((*_summary(audit), *_findings(audit), *_verdict(audit)))


def _summary(audit: Audit) -> Iterator[str]:
    log = audit.log
    yield (
        f"audit: {log.entries:,} entries in {audit.log_seconds:.1f} s: {len(log.summary.lots):,} lots,"
        f" {log.parcels:,} parcels, {log.tonnes:,} t, of which {log.spent:,} t are used up"
    )
    yield (
        f"  核查     日志 {log.entries:,} 条，用时 {audit.log_seconds:.1f} 秒：{len(log.summary.lots):,} 个批次，"
        f"{log.parcels:,} 个持有号段，共 {log.tonnes:,} 吨，其中已用尽 {log.spent:,} 吨"
    )
    if audit.tables is None:
        yield "  tables   an exported journal has none: this is one proof of two"
        yield "  数据表   导出的日志不含数据表：此为两项证明之一"
        return
    yield f"  tables   asked by SQL in {audit.table_seconds:.1f} s, and compared with the log serial by serial"
    yield f"  数据表   以 SQL 核查用时 {audit.table_seconds:.1f} 秒，并与日志逐序列号比对"


def _findings(audit: Audit) -> Iterator[str]:
    for (source, check), count in audit.counts.items():
        english, chinese = CHECKS[check]
        where, where_chinese = SOURCES[source]
        yield f"audit: FOUND {check} ({where}): {english}: {count:,}"
        yield f"  不符：{check}（{where_chinese}）：{chinese}：{count:,} 处"
        told = [finding for place, finding in audit.findings if (place, finding.check) == (source, check)]
        yield from (f"    {_facts(finding.facts)}" for finding in told)
        if count > len(told):
            yield f"    … and {count - len(told):,} more 另有 {count - len(told):,} 处"


def _facts(facts: Iterable[tuple[str, Fact]]) -> str:
    return " ".join(f"{name}={value}" for name, value in facts)


def _verdict(audit: Audit) -> Iterator[str]:
    if audit.total:
        yield f"audit: {audit.total:,} {'finding' if audit.total == 1 else 'findings'} 共 {audit.total:,} 处不符"
        return
    yield "audit: every tonne has one place, one owner, one market, and one use at the most"
    yield "  每一吨只在一处、属一主、在一市场，至多一个用途"
    yield end_words(audit.known, Seq(audit.log.entries))
