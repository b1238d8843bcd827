"""The forestry-CCER book: listings, bids, a hit, amendments, IOC, FOK, post-only, the band, self-trade prevention."""

from __future__ import annotations

from exchange.cli.demo.acts.units import FOREST_CCER
from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import draw_book, tell_order, tell_refusal
from exchange.cli.terminal import Screen
from exchange.client import ExchangeProblem


async def play(stage: Stage, screen: Screen) -> None:
    """Open the book, hit it, change it, and show what is refused."""
    await _listings_and_bids(stage, screen)
    await show_book(stage, screen, FOREST_CCER)
    await _a_hit_with_partial_fill(stage, screen)
    await _amendments(stage, screen)
    await _immediate_orders(stage, screen)
    await _out_of_band(stage, screen)
    await _same_owner_group(stage, screen)
    await show_book(stage, screen, FOREST_CCER)


async def show_book(stage: Stage, screen: Screen, symbol: str) -> None:
    """Draw a book as the public sees it."""
    instrument = stage.instruments[symbol]
    stage.public.connection.seen_seq = max(desk.client.connection.seen_seq for desk in stage.desks.values())
    draw_book(
        screen,
        await stage.public.instruments.get(instrument),
        await stage.public.instruments.book(instrument, levels=5),
    )


async def _listings_and_bids(stage: Stage, screen: Screen) -> None:
    book = stage.instruments[FOREST_CCER]
    sengong, hulunbuir = stage.desk("SENGONG"), stage.desk("HLBE-FOREST")
    baogang, mengdong = stage.desk("BAOGANG"), stage.desk("HN-MENGDONG")
    tell_order(screen, "森工集团", await sengong.client.orders.sell(book, 20_000, "71.50"))
    tell_order(screen, "呼伦贝尔林业", await hulunbuir.client.orders.sell(book, 12_000, "71.50", "GTC"))
    answer = await sengong.client.orders.place(book, "SELL", 15_000, "72.00", post_only=True, client_order_id="SG-72")
    tell_order(screen, "森工集团", answer)
    tell_order(screen, "包钢集团", await baogang.client.orders.buy(book, 10_000, "69.80"))
    tell_order(screen, "华能蒙东", await mengdong.client.orders.buy(book, 8_000, "70.00"))
    answer = await mengdong.client.orders.place(book, "BUY", 5_000, "69.50", client_order_id="MD-69")
    tell_order(screen, "华能蒙东", answer)


async def _a_hit_with_partial_fill(stage: Stage, screen: Screen) -> None:
    book = stage.instruments[FOREST_CCER]
    answer = await stage.desk("BAOGANG").client.orders.buy(book, 25_000, "71.50")
    tell_order(screen, "包钢集团", answer, "one price, the earlier listing first (T13)")


async def _amendments(stage: Stage, screen: Screen) -> None:
    sengong, hulunbuir = stage.desk("SENGONG").client, stage.desk("HLBE-FOREST").client
    mengdong = stage.desk("HN-MENGDONG").client
    (gtc,) = [order async for order in hulunbuir.orders.every(instrument=stage.instruments[FOREST_CCER])]
    answer = await hulunbuir.orders.amend(gtc.id, quantity=10_000)
    tell_order(screen, "呼伦贝尔林业", answer, "less: keeps its place in the queue")
    (posted,) = [order async for order in sengong.orders.every() if order.client_order_id == "SG-72"]
    answer = await sengong.orders.amend(posted.id, price="71.80")
    tell_order(screen, "森工集团", answer, "new price: goes to the end of the queue")
    (low,) = [order async for order in mengdong.orders.every() if order.client_order_id == "MD-69"]
    tell_order(screen, "华能蒙东", await mengdong.orders.cancel(low.id), "its money is free again")


async def _immediate_orders(stage: Stage, screen: Screen) -> None:
    book = stage.instruments[FOREST_CCER]
    mengdong, baogang = stage.desk("HN-MENGDONG").client, stage.desk("BAOGANG").client
    tell_order(screen, "华能蒙东", await mengdong.orders.buy(book, 6_000, "71.50", "IOC"), "takes what there is")
    try:
        await baogang.orders.buy(book, 40_000, "72.00", "FOK")
    except ExchangeProblem as refusal:
        tell_refusal(screen, "包钢集团", "BUY 40,000 t @ 72.00 FOK", refusal)
    try:
        await stage.desk("SENGONG").client.orders.place(book, "SELL", 1_000, "70.00", post_only=True)
    except ExchangeProblem as refusal:
        tell_refusal(screen, "森工集团", "SELL 1,000 t @ 70.00 post-only", refusal)


async def _out_of_band(stage: Stage, screen: Screen) -> None:
    """The same refusal in both languages, as two clients of one key see it."""
    book = stage.instruments[FOREST_CCER]
    client = stage.desk("BAOGANG").client
    try:
        await client.orders.buy(book, 1_000, "77.01")
    except ExchangeProblem as refusal:
        client.connection.language = "zh"
        try:
            await client.orders.buy(book, 1_000, "77.01")
        except ExchangeProblem as chinese:
            tell_refusal(screen, "包钢集团", "BUY 1,000 t @ 77.01", refusal, chinese.detail or chinese.title)
        finally:
            client.connection.language = "en"


async def _same_owner_group(stage: Stage, screen: Screen) -> None:
    book = stage.instruments[FOREST_CCER]
    answer = await stage.desk("HN-YIMIN").client.orders.sell(book, 3_000, "70.60", "GTC")
    tell_order(screen, "华能伊敏", answer, "units from the registry, not bought here")
    answer = await stage.desk("HN-MENGDONG").client.orders.buy(book, 3_000, "71.00")
    tell_order(screen, "华能蒙东", answer, "same owner group: no self-trade 防止自成交")
