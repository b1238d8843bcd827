"""How the demo draws what happens: books, trades, balances, refusals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from exchange.cli.demo.cast import Stage
from exchange.cli.terminal import Screen, padded
from exchange.client import ExchangeProblem
from exchange.client.models import Account, Book, Holdings, Instrument, Order, OrderAnswer, Trade

NUMBER_WIDTH = 10


def money(amount: Decimal) -> str:
    """1,234,567.00"""
    return f"{amount:,.2f}"


def tonnes(quantity: int) -> str:
    """1,234,567"""
    return f"{quantity:,}"


def draw_book(screen: Screen, instrument: Instrument, book: Book) -> None:
    """Both sides, best prices in the middle lines."""
    state = screen.paint("HALTED 暂停", "red", "bold") if instrument.halted else ""
    screen.line()
    screen.line(
        f"    {screen.paint(instrument.symbol, 'bold')}   reference 基准价 {money(instrument.reference_price)}"
        f"   band 涨跌幅 {money(instrument.lowest)} – {money(instrument.highest)}   {state}".rstrip()
    )
    head = (
        f"{'orders':>8}{'tonnes':>{NUMBER_WIDTH}}{'BID 买':>{NUMBER_WIDTH}} │ {'ASK 卖':<9}{'tonnes':>{NUMBER_WIDTH}}"
    )
    screen.line(screen.paint(f"    {head}{'orders':>8}", "dim"))
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


def tell_order(screen: Screen, who: str, answer: OrderAnswer, remark: str = "") -> None:
    """One line for an order and what became of it."""
    order = answer.order
    price = f"@ {money(order.price)}" if order.kind == "LIMIT" else f"market, protected at {money(order.price)},"
    extra = f" {order.time_in_force or ''}" + (" post-only" if order.post_only else "")
    screen.line(
        f"  {padded(who, 20)} {order.side:<4} {tonnes(order.quantity):>7} t {price}{extra}"
        f" → {screen.paint(order_state(order), 'cyan')}{' · ' + remark if remark else ''}"
    )
    for trade in answer.trades:
        screen.line(f"  {padded('', 20)}   traded {tonnes(trade.quantity)} t at {money(trade.price)}")


def order_state(order: Order) -> str:
    """The state of an order in words: resting, filled, cancelled and why."""
    if order.leaves == 0 and order.cumulative == order.quantity:
        return "filled"
    if order.cancel_reason:
        filled = f"{tonnes(order.cumulative)} t filled, " if order.cumulative else ""
        return f"{filled}rest cancelled: {order.cancel_reason}"
    if order.cumulative:
        return f"{tonnes(order.cumulative)} t filled, {tonnes(order.leaves)} t resting"
    return "resting" if order.leaves else order.status


def tell_refusal(screen: Screen, who: str, tried: str, refusal: ExchangeProblem, chinese: str = "") -> None:
    """What was refused, why, and by which rule and article, in English and, where given, in Chinese."""
    screen.line(f"  {padded(who, 20)} {tried} → {screen.paint('refused', 'yellow', 'bold')} {refusal.code}")
    screen.line(f"  {padded('', 20)}   {refusal.detail or refusal.title}")
    if chinese:
        screen.line(f"  {padded('', 20)}   {chinese}")
    if refusal.rule is not None:
        rule = refusal.rule
        screen.line(
            screen.paint(
                f"  {padded('', 20)}   rule {rule.id} · {rule.article} · {rule.verified} · rulebook {rule.version}",
                "dim",
            )
        )


def draw_trades(screen: Screen, trades: Iterable[tuple[str, str, str, Trade]], total: str) -> None:
    """The table of trades: market, seller, buyer and the buyer's trade record."""
    rows = [
        (market, seller, buyer, tonnes(trade.quantity), money(trade.price), money(trade.price * trade.quantity))
        for market, seller, buyer, trade in trades
    ]
    screen.table(("market", "seller 卖方", "buyer 买方", "tonnes", "CNY/t", "CNY"), rows, "<<<>>>")
    screen.line(f"    {total}")


Position = tuple[Account, Holdings]


def draw_positions(screen: Screen, stage: Stage, before: dict[str, Position], after: dict[str, Position]) -> None:
    """Cash and tonnes of every firm, before and after."""
    rows = []
    for code, (account, holdings) in after.items():
        old_account, old_holdings = before[code]
        rows.append(
            (
                stage.desk(code).firm.name_zh,
                money(old_account.balance),
                money(account.balance),
                money(account.held),
                tonnes(sum(holding.quantity for holding in old_holdings.items)),
                tonnes(sum(holding.quantity for holding in holdings.items)),
                tonnes(sum(holding.held for holding in holdings.items)),
            )
        )
    heads = ("participant 参与方", "CNY before", "CNY after", "held 冻结", "t before", "t after", "held 冻结")
    screen.table(heads, rows, "<>>>>>>")
