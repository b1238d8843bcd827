"""The trading day ends: day orders are cancelled, the day's VWAP becomes the next reference, a new day opens."""

from __future__ import annotations

from datetime import date, timedelta

from exchange.cli.demo.acts.forestry import show_book
from exchange.cli.demo.acts.units import ENERGY_QUOTA, FOREST_CCER
from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import money, tell_order
from exchange.cli.demo.words import REFERENCE_BASES, in_chinese, in_english
from exchange.cli.terminal import Screen

SATURDAY = 5


async def play(stage: Stage, screen: Screen) -> None:
    """End the day and trade once under the new reference."""
    today = (await stage.public.venue.status()).trading_day
    assert today is not None
    following = next_weekday(today)
    await stage.staff.operator_a.venue.end_of_day(following.isoformat())
    await _wait_until_open(stage, following)
    screen.say(
        f"Operator A ends the day; {following} opens. Orders for the day (GFD) are gone, longer ones (GTC, GTD) stand.",
        f"运营人员 A 收市，{following} 开市。当日有效（GFD）申报自动撤销，GTC、GTD 申报继续有效。",
    )
    for symbol in (FOREST_CCER, ENERGY_QUOTA):
        instrument = await stage.public.instruments.get(stage.instruments[symbol])
        reference, basis = money(instrument.reference_price), instrument.reference_basis
        band = f"{money(instrument.lowest)} – {money(instrument.highest)}"
        screen.say(
            f"{symbol}: reference {reference} ({in_english(REFERENCE_BASES, basis)}, half-up; rule REF-PRICE), "
            f"band {band}",
            f"{symbol}：基准价 {reference}（{in_chinese(REFERENCE_BASES, basis)}，四舍五入；规则 REF-PRICE），"
            f"涨跌幅 {band}",
        )
    await show_book(stage, screen, FOREST_CCER)
    await _one_more_trade(stage, screen)


async def _wait_until_open(stage: Stage, following: date) -> None:
    """Ending a day is a job in chunks; wait, entry by entry, until the next day is open."""
    operator = stage.staff.operator_a
    status = await operator.venue.status()
    while (status.trading_day, status.phase) != (following, "OPEN"):
        await operator.connection.read("/v1/status", {"min_seq": status.as_of_seq + 1})
        status = await operator.venue.status()
    stage.public.connection.seen_seq = status.as_of_seq


async def _one_more_trade(stage: Stage, screen: Screen) -> None:
    book = stage.instruments[FOREST_CCER]
    sengong, baogang = stage.desk("SENGONG"), stage.desk("BAOGANG")
    tell_order(screen, sengong.firm.short, await sengong.client.orders.sell(book, 5_000, "71.60"))
    tell_order(screen, baogang.firm.short, await baogang.client.orders.buy(book, 2_000, "71.60", "FOK"))


def next_weekday(day: date) -> date:
    """The next day from Monday to Friday (T21); announced holidays are not known here."""
    following = day + timedelta(days=1)
    while following.weekday() >= SATURDAY:
        following += timedelta(days=1)
    return following
