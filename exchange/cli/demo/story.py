"""The story of the demo: its acts in order, what everybody had before and after, and the auditor's view at the end."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from exchange.cli.demo.acts import (
    admission,
    agreed,
    day_end,
    forestry,
    origins,
    quota,
    reports,
    twice,
    two_persons,
    units,
    uses,
)
from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import Position, draw_positions, draw_trades, money, tonnes
from exchange.cli.terminal import Screen
from exchange.client.models import AuditTrade


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its name in both languages and how it is played."""

    english: str
    chinese: str
    play: Callable[[Stage, Screen], Awaitable[None]]


BEFORE_TRADING: Final = (
    Act("Firms are admitted and funded", "开户与入金", admission.play),
    Act("Projects, and what was issued for them", "项目登记与签发", origins.play),
    Act("The national registry locks units, then books are listed", "国家登记机构锁定，标的随后上市", units.play),
)
TRADING: Final = (
    Act("The forestry-CCER book", "林业 CCER 申报簿", forestry.play),
    Act("The reduction-quota book", "碳减排量指标申报簿", quota.play),
    Act("The three real deals, agreed", "三笔真实协议交易", agreed.play),
    Act("What takes two persons", "双人复核：出金、暂停与恢复交易", two_persons.play),
    Act("The day ends", "收市与新的基准价", day_end.play),
    Act("Tonnes are used, and certified", "使用、注销与证书", uses.play),
    Act("League budgets, and a reconciliation of three books", "盟市碳预算与三方对账", reports.play),
    Act("No tonne twice", "一吨不可两用", twice.play),
)
LAST: Final = "Who has what now, and what the auditor sees", "各方持有结果与审计"
ACTS: Final = len(BEFORE_TRADING) + len(TRADING) + 2
"""The acts above, the auditor's, and the one that :mod:`exchange.cli.demo.proof` or the farewell plays."""


async def tell(stage: Stage, screen: Screen) -> None:
    """Play everything."""
    started = time.monotonic()
    number = 0
    for act in BEFORE_TRADING:
        number += 1
        await _play(act, number, stage, screen)
    before = await _positions(stage)
    for act in TRADING:
        number += 1
        await _play(act, number, stage, screen)
    announce(screen, number + 1, *LAST)
    draw_positions(screen, stage, before, await _positions(stage))
    await _audit(stage, screen)
    seconds = time.monotonic() - started
    screen.say(f"(played in {seconds:.1f} s)", f"（演示用时 {seconds:.1f} 秒）", style="dim")


def announce(screen: Screen, number: int, english: str, chinese: str) -> None:
    """The heading of an act, with how far the demo is."""
    screen.line()
    screen.line(screen.paint(f"[{number}/{ACTS}] {screen.word(english, chinese)}", "bold", "blue"))


async def _play(act: Act, number: int, stage: Stage, screen: Screen) -> None:
    announce(screen, number, act.english, act.chinese)
    await act.play(stage, screen)


async def _positions(stage: Stage) -> dict[str, Position]:
    return {
        code: (await desk.client.cash.account(), [holding async for holding in desk.client.units.holdings()])
        for code, desk in stage.desks.items()
    }


async def _audit(stage: Stage, screen: Screen) -> None:
    """Every trade with both parties, from the books and agreed, and a look at the CSV."""
    auditor = stage.staff.auditor
    auditor.connection.seen_seq = max(desk.client.connection.seen_seq for desk in stage.desks.values())
    trades = [trade async for trade in auditor.audit.trades()]
    names = {desk.id: desk.firm for desk in stage.desks.values()}
    screen.line()
    draw_trades(
        screen,
        [
            (
                screen.word("agreed", "协议") if trade.instrument is None else stage.symbol_of(trade.instrument),
                names[trade.seller].short,
                names[trade.buyer].short,
                trade.quantity,
                _price_of(trade),
                trade.value,
            )
            for trade in trades
        ],
    )
    quantity, value = tonnes(sum(trade.quantity for trade in trades)), _value_of(trades)
    agreed = sum(trade.origin == "AGREED" for trade in trades)
    lines = [line async for line in auditor.audit.orders_csv()]
    screen.say(
        f"{len(trades)} trades, {agreed} of them agreed, {quantity} t, {value} CNY.\n"
        "What was agreed is a total; the price a tonne follows from it.\n"
        f"The auditor's CSV of orders has {len(lines) - 1} rows; the auditor can read everything, change nothing.",
        f"成交 {len(trades)} 笔（其中协议交易 {agreed} 笔），{quantity} 吨，{value} 元。\n"
        "协议交易约定总价，单价由总价推算。\n"
        f"审计方导出的申报 CSV 共 {len(lines) - 1} 行；审计方可以查阅一切，但不能改动任何内容。",
        indent="    ",
    )


def _price_of(trade: AuditTrade) -> Decimal:
    """The price of the book, or what follows from an agreed total."""
    price = trade.derived_price if trade.price is None else trade.price
    assert price is not None
    return price


def _value_of(trades: list[AuditTrade]) -> str:
    return money(sum((trade.value for trade in trades), Decimal("0.00")))
