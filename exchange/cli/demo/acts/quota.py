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
    sengong, hulunbuir = stage.desk("SENGONG").client, stage.desk("HLBE-FOREST").client
    baogang, yimin = stage.desk("BAOGANG").client, stage.desk("HN-YIMIN").client
    screen.line("  Regional reduction quota (碳减排量指标) offsets the effect of new projects (化解新上项目影响).")
    tell_order(screen, "呼伦贝尔林业", await hulunbuir.orders.sell(book, 9_000, "38.90"))
    tell_order(screen, "森工集团", await sengong.orders.sell(book, 12_000, "39.20"))
    tell_order(screen, "包钢集团", await baogang.orders.buy(book, 14_000, "39.20"))
    answer = await yimin.orders.place(book, "BUY", 4_000, "39.50", kind="MARKET", time_in_force="IOC")
    tell_order(screen, "华能伊敏", answer, "never above it")
    for quantity, price in ((2_000, "38.00"), (3_000, "37.80"), (4_000, "37.50")):
        tell_order(screen, "包钢集团", await baogang.orders.buy(book, quantity, price))
    await show_book(stage, screen, ENERGY_QUOTA)
    await baogang.orders.cancel_all(book)
    left = [order async for order in baogang.orders.every(instrument=book)]
    screen.line(f"  包钢集团 cancels all its bids in this book with one command: {len(left)} left.")
