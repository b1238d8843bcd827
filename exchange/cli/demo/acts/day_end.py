"""The trading day ends: day orders are cancelled, the day's VWAP becomes the next reference, a new day opens."""

from __future__ import annotations

from datetime import date, timedelta

from exchange.cli.demo.acts.forestry import show_book
from exchange.cli.demo.acts.units import ENERGY_QUOTA, FOREST_CCER
from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import money, tell_order
from exchange.cli.terminal import Screen

SATURDAY = 5


async def play(stage: Stage, screen: Screen) -> None:
    """End the day and trade once under the new reference."""
    today = (await stage.public.venue.status()).trading_day
    assert today is not None
    following = next_weekday(today)
    await stage.staff.operator_a.venue.end_of_day(following.isoformat())
    await _wait_until_open(stage, following)
    screen.line(f"  Operator A ends the day; {following} opens. GFD orders are gone, GTC and GTD stand.")
    for symbol in (FOREST_CCER, ENERGY_QUOTA):
        instrument = await stage.public.instruments.get(stage.instruments[symbol])
        screen.line(
            f"  {symbol}: reference {money(instrument.reference_price)} ({instrument.reference_basis}: volume-weighted"
            f" average of the day, half-up; T17), band {money(instrument.lowest)} – {money(instrument.highest)}"
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
    tell_order(screen, "森工集团", await stage.desk("SENGONG").client.orders.sell(book, 5_000, "71.60"))
    tell_order(screen, "包钢集团", await stage.desk("BAOGANG").client.orders.buy(book, 2_000, "71.60", "FOK"))


def next_weekday(day: date) -> date:
    """The next day from Monday to Friday (T21); announced holidays are not known here."""
    following = day + timedelta(days=1)
    while following.weekday() >= SATURDAY:
        following += timedelta(days=1)
    return following
