"""``exchange reconcile``: hold the whole database against itself, and every table against the journal."""

from __future__ import annotations

import argparse
import asyncio

from exchange.bootstrap.database import open_for_reading
from exchange.cli.problem import DIFFERENT, OK
from exchange.cli.settings import Subparsers, add_data_dir, settings_of, understandable
from exchange.cli.verdict import finding_in_chinese
from exchange.store.reconcile import reconcile


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "reconcile",
        help="check ledger, lots and journal in the database against each other 对账",
        description=(
            "Make every table again from the journal and compare it row by row; check that balances are the sum of"
            " postings, parcels cover their lots, lots lie in their issuances, and that the journal is contiguous and"
            " chained. Nothing is written. 由日志重建各表逐行比对，全面核对账务、批次与日志，不写数据。"
        ),
    )
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Reconcile; 1 when something was found."""
    with understandable(), open_for_reading(settings_of(arguments)) as database:
        findings = asyncio.run(reconcile(database.service_dsn))
    for finding in findings:
        print(f"reconcile: DIFFERENT: {finding.check}: {finding.subject}: {finding.detail}")
        print(f"  不符：{finding_in_chinese(finding)}")
    print(
        f"reconcile: {len(findings):,} findings 共 {len(findings):,} 处不符"
        if findings
        else "reconcile: everything agrees 全部一致"
    )
    return DIFFERENT if findings else OK
