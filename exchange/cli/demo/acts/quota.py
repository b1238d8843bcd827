"""The reduction-quota book: the same engine, other units, a market order, and a mass cancel."""

from __future__ import annotations

from exchange.cli.demo.acts.forestry import show_book
from exchange.cli.demo.acts.units import ENERGY_QUOTA
from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import tell_order
from exchange.cli.terminal import Screen


async def play(stage: Stage, screen: Screen) -> None:
    """A steel firm and a power firm buy regional reduction quota for their new projects."""
    book = stage.instruments[ENERGY_QUOTA]
    sengong, hulunbuir = stage.desk("SENGONG"), stage.desk("HLBE-FOREST")
    baogang, yimin = stage.desk("BAOGANG"), stage.desk("HN-YIMIN")
    screen.say(
        "Regional reduction quota offsets the effect of new projects.",
        "碳减排量指标用于化解新上项目对碳排放双控目标的影响。",
    )
    tell_order(screen, hulunbuir.firm.short, await hulunbuir.client.orders.sell(book, 9_000, "38.90"))
    tell_order(screen, sengong.firm.short, await sengong.client.orders.sell(book, 12_000, "39.20"))
    tell_order(screen, baogang.firm.short, await baogang.client.orders.buy(book, 14_000, "39.20"))
    answer = await yimin.client.orders.place(book, "BUY", 4_000, "39.50", kind="MARKET", time_in_force="IOC")
    tell_order(screen, yimin.firm.short, answer, "never above it", "成交价不会高于保护价")
    for quantity, price in ((2_000, "38.00"), (3_000, "37.80"), (4_000, "37.50")):
        tell_order(screen, baogang.firm.short, await baogang.client.orders.buy(book, quantity, price))
    await show_book(stage, screen, ENERGY_QUOTA)
    await baogang.client.orders.cancel_all(book)
    left = [order async for order in baogang.client.orders.every(instrument=book)]
    screen.say(
        f"Baogang cancels all its bids in this book with one command: {len(left)} left.",
        f"包钢集团一次撤销在该申报簿的全部买入申报，剩余 {len(left)} 笔。",
    )
