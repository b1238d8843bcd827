"""The leagues' carbon budgets, and three books that must agree: the journal, the tables, the national registry."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import tonnes
from exchange.cli.demo.four_eyes import agree
from exchange.cli.demo.service import Service
from exchange.cli.demo.words import LEAGUES, in_chinese, in_english
from exchange.cli.problem import OK, CommandError
from exchange.cli.terminal import Screen
from exchange.client.models import LeagueLine

PLANS: Final = {"NONE": 1_000_000, "HULUNBUIR": 400_000, "BAOTOU": 120_000}
"""Simulated plans for the year, in tonnes; NONE is the region."""

MOST_LINES: Final = 20


async def play(stage: Stage, screen: Screen) -> None:
    """Set plans, show what the uses booked, and reconcile."""
    today = (await stage.public.venue.status()).trading_day
    assert today is not None
    for league, planned in PLANS.items():
        years = {"first_year": today.year, "last_year": today.year}
        await agree(stage, "BUDGET", {"league": league, "planned": planned, **years}, by_regulator=True)
    auditor = stage.staff.auditor
    auditor.connection.seen_seq = stage.staff.regulator.connection.seen_seq
    report = await auditor.budgets.league_report(today.year)
    _table(screen, [line for line in report.items if line.league in PLANS])
    verdict = ("agree to the tonne", "逐吨一致") if report.agrees else ("DIFFER", "不一致")
    screen.say(
        "A use in another league than the tonne's own is booked in the same entry: its own league less, the other"
        " more.\n"
        f"Adjustments, uses and the ledger {verdict[0]}. Plans are simulated.",
        "在来源盟市以外使用的减排量，于同一条日志内作相应调整：来源盟市减、使用盟市增。\n"
        f"调整分录、使用记录与账务{verdict[1]}。计划数为模拟。",
        indent="    ",
    )
    if not report.agrees:
        raise CommandError("the league report does not agree. 盟市碳预算报告不一致")
    await _reconcile(stage, screen)


def _table(screen: Screen, lines: Sequence[LeagueLine]) -> None:
    rows = [
        (
            screen.word(in_english(LEAGUES, line.league), in_chinese(LEAGUES, line.league)),
            "–" if line.planned is None else tonnes(line.planned),
            tonnes(line.used_at_home),
            tonnes(line.to_leagues),
            tonnes(line.from_leagues),
            tonnes(line.to_national),
            f"{line.net:+,}",
        )
        for line in lines
    ]
    heads = (
        screen.head("league", "盟市"),
        screen.head("planned t", "计划（吨）"),
        screen.head("used at home", "本地使用"),
        screen.head("to leagues", "转至其他盟市"),
        screen.head("from leagues", "由其他盟市转入"),
        screen.head("to national market", "转至全国市场"),
        screen.head("net", "净调整"),
    )
    screen.table(heads, rows, "<>>>>>>")


async def _reconcile(stage: Stage, screen: Screen) -> None:
    """Two commands of their own processes, while the exchange runs."""
    findings = {
        "reconcile": ("every table against the journal", "各表与日志"),
        "registry-reconcile": (
            "our ledger, the registry's list, and what we asked of it",
            "本方账务、登记机构清单与本方请求三方",
        ),
    }
    for command, (english, chinese) in findings.items():
        code, said = await _another_process(stage.service, command)
        if code != OK:
            last = "\n".join(said.splitlines()[-MOST_LINES:])
            raise CommandError(f"{command} ended with exit code {code} 对账不符：\n{last}")
        screen.say(
            f"exchange {command}: {english}: {screen.paint('everything agrees', 'green')}",
            f"exchange {command}：{chinese}核对：{screen.paint('全部一致', 'green')}",
        )


async def _another_process(service: Service, command: str) -> tuple[int, str]:
    environment = service.environment | {"PYTHONIOENCODING": "utf-8"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "exchange", command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode(errors="replace")
