"""The forestry-CCER book: listings, bids, a hit, amendments, IOC, FOK, post-only, the band, self-trade prevention."""

from __future__ import annotations

from exchange.cli.demo.acts.units import FOREST_CCER
from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import draw_book, tell_order
from exchange.cli.demo.refusals import refused
from exchange.cli.terminal import Screen


async def play(stage: Stage, screen: Screen) -> None:
    """Open the book, hit it, change it, and show what is refused."""
    screen.say(
        "GFD stands until the day ends, GTC until cancelled; IOC takes what there is at once, FOK all or nothing.",
        "“当日有效”至收市为止，“撤单前有效”至撤单为止；“即时成交剩余撤销”有多少成交多少，"
        "“全部成交否则撤销”要么全部成交，要么不成交。",
    )
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
    tell_order(screen, sengong.firm.short, await sengong.client.orders.sell(book, 20_000, "71.50"))
    tell_order(screen, hulunbuir.firm.short, await hulunbuir.client.orders.sell(book, 12_000, "71.50", "GTC"))
    answer = await sengong.client.orders.place(book, "SELL", 15_000, "72.00", post_only=True, client_order_id="SG-72")
    tell_order(screen, sengong.firm.short, answer)
    tell_order(screen, baogang.firm.short, await baogang.client.orders.buy(book, 10_000, "69.80"))
    tell_order(screen, mengdong.firm.short, await mengdong.client.orders.buy(book, 8_000, "70.00"))
    answer = await mengdong.client.orders.place(book, "BUY", 5_000, "69.50", client_order_id="MD-69")
    tell_order(screen, mengdong.firm.short, answer)


async def _a_hit_with_partial_fill(stage: Stage, screen: Screen) -> None:
    baogang = stage.desk("BAOGANG")
    answer = await baogang.client.orders.buy(stage.instruments[FOREST_CCER], 25_000, "71.50")
    remark = ("one price, the earlier listing first (rule PRICE-TIME)", "同一价位，先申报者先成交（规则 PRICE-TIME）")
    tell_order(screen, baogang.firm.short, answer, *remark)


async def _amendments(stage: Stage, screen: Screen) -> None:
    sengong, hulunbuir, mengdong = stage.desk("SENGONG"), stage.desk("HLBE-FOREST"), stage.desk("HN-MENGDONG")
    orders = hulunbuir.client.orders
    (gtc,) = [order async for order in orders.every(instrument=stage.instruments[FOREST_CCER])]
    answer = await orders.amend(gtc.id, quantity=10_000)
    tell_order(screen, hulunbuir.firm.short, answer, "less: keeps its place in the queue", "减量改单，保留排队次序")
    orders = sengong.client.orders
    (posted,) = [order async for order in orders.every() if order.client_order_id == "SG-72"]
    answer = await orders.amend(posted.id, price="71.80")
    tell_order(screen, sengong.firm.short, answer, "new price: goes to the end of the queue", "改价，重新排队")
    orders = mengdong.client.orders
    (low,) = [order async for order in orders.every() if order.client_order_id == "MD-69"]
    tell_order(screen, mengdong.firm.short, await orders.cancel(low.id), "its money is free again", "冻结资金已解冻")


async def _immediate_orders(stage: Stage, screen: Screen) -> None:
    book = stage.instruments[FOREST_CCER]
    mengdong, baogang, sengong = stage.desk("HN-MENGDONG"), stage.desk("BAOGANG"), stage.desk("SENGONG")
    answer = await mengdong.client.orders.buy(book, 6_000, "71.50", "IOC")
    tell_order(screen, mengdong.firm.short, answer, "takes what there is", "有多少成交多少")
    await refused(
        screen,
        baogang.client,
        baogang.firm.short,
        "BUY 40,000 t @ 72.00 FOK",
        "买入 40,000 吨 限价 72.00 全部成交否则撤销",
        lambda: baogang.client.orders.buy(book, 40_000, "72.00", "FOK"),
    )
    await refused(
        screen,
        sengong.client,
        sengong.firm.short,
        "SELL 1,000 t @ 70.00 post-only",
        "卖出 1,000 吨 限价 70.00，只挂单",
        lambda: sengong.client.orders.place(book, "SELL", 1_000, "70.00", post_only=True),
    )


async def _out_of_band(stage: Stage, screen: Screen) -> None:
    baogang, book = stage.desk("BAOGANG"), stage.instruments[FOREST_CCER]
    await refused(
        screen,
        baogang.client,
        baogang.firm.short,
        "BUY 1,000 t @ 77.01",
        "买入 1,000 吨 限价 77.01",
        lambda: baogang.client.orders.buy(book, 1_000, "77.01"),
    )


async def _same_owner_group(stage: Stage, screen: Screen) -> None:
    yimin, mengdong, book = stage.desk("HN-YIMIN"), stage.desk("HN-MENGDONG"), stage.instruments[FOREST_CCER]
    answer = await yimin.client.orders.sell(book, 3_000, "70.60", "GTC")
    remark = ("units from the registry, not bought here", "减排量由注册登记系统转入，并非在此买入")
    tell_order(screen, yimin.firm.short, answer, *remark)
    answer = await mengdong.client.orders.buy(book, 3_000, "71.00")
    remark = ("same owner group: no self-trade", "与华能伊敏同属一个实际控制人，不得自成交")
    tell_order(screen, mengdong.firm.short, answer, *remark)
