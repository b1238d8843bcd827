"""How the demo draws what happens, in the languages of its screen: books, orders, trades, balances."""

from __future__ import annotations

from decimal import Decimal

from exchange.cli.demo.cast import Stage, Voice
from exchange.cli.demo.words import CANCEL_REASONS, SIDES, TIMES_IN_FORCE, in_chinese, in_english
from exchange.cli.terminal import Screen, padded
from exchange.client.models import Account, Book, Holding, Instrument, Order, OrderAnswer

NUMBER_WIDTH = 10
NAME_WIDTH = {"en": 20, "zh": 14}


def money(amount: Decimal) -> str:
    """1,234,567.00"""
    return f"{amount:,.2f}"


def tonnes(quantity: int) -> str:
    """1,234,567"""
    return f"{quantity:,}"


def draw_book(screen: Screen, instrument: Instrument, book: Book) -> None:
    """Both sides, best prices in the middle lines."""
    symbol = screen.paint(instrument.symbol, "bold")
    state = screen.paint(screen.word("HALTED", "暂停交易"), "red", "bold") if instrument.halted else ""
    reference = f"{screen.word('reference', '基准价')} {money(instrument.reference_price)}"
    band = f"{screen.word('band', '涨跌幅')} {money(instrument.lowest)} – {money(instrument.highest)}"
    screen.line()
    screen.line(f"    {symbol}   {reference}   {band}   {state}".rstrip())
    for language in screen.languages:
        orders, quantity, bid, ask = {
            "en": ("orders", "tonnes", "BID", "ASK"),
            "zh": ("笔数", "吨数", "买", "卖"),
        }[language]
        left = padded(orders, 8, ">") + padded(quantity, NUMBER_WIDTH, ">") + padded(bid, NUMBER_WIDTH + 1, ">")
        right = padded(ask, NUMBER_WIDTH) + padded(quantity, NUMBER_WIDTH, ">") + padded(orders, 8, ">")
        screen.line(screen.paint(f"    {left} │ {right}", "dim"))
    for n in range(max(len(book.bids), len(book.asks), 1)):
        screen.line(f"    {_bid_cells(screen, book, n)} │ {_ask_cells(screen, book, n)}".rstrip())
    screen.line()


def _bid_cells(screen: Screen, book: Book, n: int) -> str:
    if n >= len(book.bids):
        return " " * (8 + 2 * NUMBER_WIDTH + 1)
    level = book.bids[n]
    price = screen.paint(f"{money(level.price):>{NUMBER_WIDTH + 1}}", "green")
    return f"{level.orders:>8}{tonnes(level.quantity):>{NUMBER_WIDTH}}{price}"


def _ask_cells(screen: Screen, book: Book, n: int) -> str:
    if n >= len(book.asks):
        return ""
    level = book.asks[n]
    price = screen.paint(padded(money(level.price), NUMBER_WIDTH), "red")
    return f"{price}{tonnes(level.quantity):>{NUMBER_WIDTH}}{level.orders:>8}"


def tell_order(screen: Screen, who: Voice, answer: OrderAnswer, english: str = "", chinese: str = "") -> None:
    """One line for an order and what became of it, with a remark, and one for each trade."""
    order = answer.order
    screen.say(
        f"{name_of(who, 'en')} {order_in_english(order)} → {screen.paint(state_in_english(order), 'cyan')}"
        + (f" · {english}" if english else ""),
        f"{name_of(who, 'zh')} {order_in_chinese(order)} → {screen.paint(state_in_chinese(order), 'cyan')}"
        + (f" · {chinese}" if chinese else ""),
    )
    for trade in answer.trades:
        screen.say(
            f"{below('en')}traded {tonnes(trade.quantity)} t at {money(trade.price)}",
            f"{below('zh')}成交 {tonnes(trade.quantity)} 吨，成交价 {money(trade.price)} 元/吨",
        )


def name_of(who: Voice, language: str) -> str:
    """Who speaks, in a column of its own."""
    return padded(who.en if language == "en" else who.zh, NAME_WIDTH[language])


def below(language: str) -> str:
    """The indent of what belongs to the line above."""
    return " " * (NAME_WIDTH[language] + 3)


def order_in_english(order: Order) -> str:
    """Side, quantity, price and time in force."""
    price = f"@ {money(order.price)}" if order.kind == "LIMIT" else f"market, protected at {money(order.price)},"
    extra = f" {order.time_in_force or ''}" + (" post-only" if order.post_only else "")
    return f"{order.side:<4} {tonnes(order.quantity):>7} t {price}{extra}"


def order_in_chinese(order: Order) -> str:
    """The same in Chinese."""
    price = f"限价 {money(order.price)}" if order.kind == "LIMIT" else f"市价（保护价 {money(order.price)}）"
    extra = f" {in_chinese(TIMES_IN_FORCE, order.time_in_force)}" + ("，只挂单" if order.post_only else "")
    return f"{in_chinese(SIDES, order.side)} {tonnes(order.quantity):>7} 吨 {price}{extra}"


def state_in_english(order: Order) -> str:
    """The state of an order in words: resting, filled, cancelled and why."""
    if order.leaves == 0 and order.cumulative == order.quantity:
        return "filled"
    if order.cancel_reason:
        filled, rest = (
            (f"{tonnes(order.cumulative)} t filled, ", "rest cancelled") if order.cumulative else ("", "cancelled")
        )
        return f"{filled}{rest}: {in_english(CANCEL_REASONS, order.cancel_reason)}"
    if order.cumulative:
        return f"{tonnes(order.cumulative)} t filled, {tonnes(order.leaves)} t resting"
    return "resting" if order.leaves else order.status


def state_in_chinese(order: Order) -> str:
    """The same in Chinese."""
    if order.leaves == 0 and order.cumulative == order.quantity:
        return "全部成交"
    if order.cancel_reason:
        filled = f"成交 {tonnes(order.cumulative)} 吨，其余撤销" if order.cumulative else "已撤销"
        return f"{filled}：{in_chinese(CANCEL_REASONS, order.cancel_reason)}"
    if order.cumulative:
        return f"成交 {tonnes(order.cumulative)} 吨，其余 {tonnes(order.leaves)} 吨挂单"
    return "挂单" if order.leaves else order.status


Position = tuple[Account, list[Holding]]


def draw_positions(screen: Screen, stage: Stage, before: dict[str, Position], after: dict[str, Position]) -> None:
    """Cash and tonnes of every firm, before and after."""
    rows = []
    for code, (account, holdings) in after.items():
        old_account, old_holdings = before[code]
        short = stage.desk(code).firm.short
        rows.append(
            (
                screen.word(short.en, short.zh),
                money(old_account.balance),
                money(account.balance),
                money(account.held),
                tonnes(sum(holding.quantity for holding in old_holdings)),
                tonnes(sum(holding.quantity for holding in holdings)),
                tonnes(sum(holding.held for holding in holdings)),
            )
        )
    heads = (
        screen.head("participant", "交易主体"),
        screen.head("CNY before", "期初资金（元）"),
        screen.head("CNY after", "期末资金（元）"),
        screen.head("held", "冻结"),
        screen.head("t before", "期初持有（吨）"),
        screen.head("t after", "期末持有（吨）"),
        screen.head("held", "冻结"),
    )
    screen.table(heads, rows, "<>>>>>>")


def draw_trades(screen: Screen, trades: list[tuple[str, Voice, Voice, int, Decimal, Decimal]]) -> None:
    """A table of trades: market, seller, buyer, tonnes, price, value."""
    rows = [
        (
            market,
            screen.word(seller.en, seller.zh),
            screen.word(buyer.en, buyer.zh),
            tonnes(quantity),
            money(price),
            money(value),
        )
        for market, seller, buyer, quantity, price, value in trades
    ]
    heads = (
        screen.head("market", "标的"),
        screen.head("seller", "卖方"),
        screen.head("buyer", "买方"),
        screen.head("tonnes", "数量（吨）"),
        screen.head("CNY/t", "单价（元/吨）"),
        screen.head("CNY", "金额（元）"),
    )
    screen.table(heads, rows, "<<<>>>")
