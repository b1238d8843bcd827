"""``exchange purge-answers``: empty the answers whose 90 days are over; their idempotency keys stay spent."""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Final

from exchange.bootstrap.database import open_for_reading
from exchange.cli.problem import OK
from exchange.cli.settings import Subparsers, add_data_dir, settings_of, understandable
from exchange.core.values import MICROS_PER_DAY, Micros
from exchange.sequencer.idempotency import ANSWER_LIFETIME
from exchange.store.answers import count_answers, purge_answers

LEAST_DAYS: Final = ANSWER_LIFETIME // MICROS_PER_DAY


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "purge-answers",
        help="empty the stored answers of idempotency keys when their time is over 清理过期应答",
        description=(
            "Count the answers that are older than so many days; with --apply empty them, also while the exchange"
            " serves. The keys stay, so no request is ever done twice. 默认只统计；加 --apply 才清空，幂等键永久保留。"
        ),
    )
    command.add_argument(
        "--older-than-days",
        type=_days,
        default=LEAST_DAYS,
        metavar="DAYS",
        help=f"{LEAST_DAYS}, which is what clients are promised, or more 天数，不少于 {LEAST_DAYS}",
    )
    command.add_argument("--apply", action="store_true", help="empty them, instead of only counting 执行清理")
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Count or empty."""
    days: int = arguments.older_than_days
    before = Micros(time.time_ns() // 1_000 - days * MICROS_PER_DAY)
    with understandable(), open_for_reading(settings_of(arguments)) as database:
        if arguments.apply:
            emptied = asyncio.run(purge_answers(database.service_dsn, before))
            print(f"purge-answers: {emptied:,} answers older than {days} days are emptied; their keys stay 已清空")
        else:
            old = asyncio.run(count_answers(database.service_dsn, before))
            print(f"purge-answers: {old:,} answers are older than {days} days; --apply empties them 仅统计，未改动")
    return OK


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and LEAST_DAYS <= int(text) <= 36_500):
        raise argparse.ArgumentTypeError(
            f"write a whole number of days from {LEAST_DAYS} on 请填写不小于 {LEAST_DAYS} 的整数"
        )
    return int(text)
