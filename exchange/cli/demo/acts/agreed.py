"""The three real deals of the source as agreed trades: two settle, the pre-issuance one stands and moves nothing."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from exchange.cli.demo import figures
from exchange.cli.demo.acts.units import CCER_PROJECT
from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import money, tell_refusal, tonnes
from exchange.cli.demo.figures import Deal
from exchange.cli.terminal import Screen
from exchange.client import ExchangeProblem
from exchange.client.models import Agreement, UnitPrice

LOT_OF = {"SENGONG": "sink-sengong/SENGONG", "HLBE-FOREST": "sink-hulunbuir/HLBE-FOREST"}


async def play(stage: Stage, screen: Screen) -> None:
    """Propose, affirm by the counterparty, confirm by the venue; the total is agreed, the unit price follows."""
    screen.line("  Deals and totals are real (内蒙古日报 2023-11-08); serial numbers and money are simulated.")
    agreements = [await _agree(stage, screen, deal) for deal in figures.NAMED_DEALS]
    for deal, agreement in zip(figures.SETTLED_DEALS, agreements, strict=False):
        settled = await stage.staff.operator_b.agreements.confirm(agreement.id)
        screen.line(
            f"  The venue confirms {deal.seller} → {deal.buyer}: {settled.status}, units and money moved at once."
        )
    await _nothing_moves_before_issuance(stage, screen, agreements[-1])
    await _table(stage, screen, [agreement.id for agreement in agreements])
    _the_rest_of_the_year(screen)


async def _agree(stage: Stage, screen: Screen, deal: Deal) -> Agreement:
    seller, buyer = stage.desk(deal.seller), stage.desk(deal.buyer)
    lots = [stage.lots[LOT_OF[deal.seller]]] if deal.seller in LOT_OF else None
    proposed = await seller.client.agreements.propose(
        counterparty=buyer.id,
        side="SELL",
        kind=deal.kind,
        family=deal.family,
        project=CCER_PROJECT if deal.family == "FORESTRY_CCER" else "",
        quantity=deal.quantity,
        total=deal.total,
        lots=lots,
    )
    screen.line(
        f"  {seller.firm.name_zh} → {buyer.firm.name_zh}: {tonnes(deal.quantity)} t for {money(deal.total)} CNY"
    )
    screen.line(screen.paint(f"      “{deal.words}”", "dim"))
    return await buyer.client.agreements.affirm(proposed.id, deal.quantity, deal.total)


async def _nothing_moves_before_issuance(stage: Stage, screen: Screen, agreement: Agreement) -> None:
    try:
        await stage.staff.operator_b.agreements.confirm(agreement.id)
    except ExchangeProblem as refusal:
        tell_refusal(screen, "Operator B", "confirms the 突泉 pre-issuance agreement (期货式, not a future)", refusal)


async def _table(stage: Stage, screen: Screen, ids: list[str]) -> None:
    """The three agreements as they stand now, read by their sellers."""
    rows = []
    for deal, agreement in zip(figures.NAMED_DEALS, ids, strict=True):
        shown = await stage.desk(deal.seller).client.agreements.get(agreement)
        assert shown.unit_price is not None and shown.quantity is not None and shown.total is not None
        sides = f"{stage.desk(deal.seller).firm.name_zh} → {stage.desk(deal.buyer).firm.name_zh}"
        unit = unit_price_text(shown.unit_price, shown.total, shown.quantity)
        rows.append((sides, tonnes(shown.quantity), money(shown.total), unit, shown.family or "", shown.status))
    screen.line()
    heads = ("agreed trade 协议交易", "tonnes", "total CNY", "CNY/t, derived", "family", "status")
    screen.table(heads, rows, "<>>><<")
    screen.line(
        "    The total is agreed, the unit price follows: 1000000.00/18000 = 55.5555… is on no tick; 55.56 × 18,000"
    )
    screen.line("    would make 1,000,080.00. 突泉 stands as AGREED and moves nothing before its units are issued.")


def unit_price_text(price: UnitPrice, total: Decimal, quantity: int) -> str:
    """The derived unit price; with four decimals and … where it has no end on the tick."""
    if price.exact:
        return money(price.value)
    return f"{(total / quantity).quantize(Decimal('0.0001'), ROUND_DOWN)}…"


def _the_rest_of_the_year(screen: Screen) -> None:
    """The article's year-to-date line, and an estimate that is no unit."""
    named, settled = figures.NAMED_DEALS, figures.SETTLED_DEALS
    rest_tonnes = figures.YEAR_TONNES - figures.tonnes_of(named)
    rest_cny = figures.YEAR_CNY - figures.cny_of(named)
    screen.line()
    screen.line(
        f"  Settled here: {tonnes(figures.tonnes_of(settled))} t, {money(figures.cny_of(settled))} CNY. The three named"
        f" deals: {tonnes(figures.tonnes_of(named))} t, {money(figures.cny_of(named))} CNY."
    )
    screen.line(
        f"  The source's year to date: {figures.YEAR_PROJECTS} projects, {tonnes(figures.YEAR_TONNES)} t,"
        f" {money(figures.YEAR_CNY)} CNY. Not itemised there: {tonnes(rest_tonnes)} t, {money(rest_cny)} CNY (未列明)."
    )
    screen.line(
        f"  白音华 mine restoration: {figures.BAIYINHUA_TONNES:,} t expected over {figures.BAIYINHUA_YEARS} years is an"
        " ex-ante estimate: not issued, so not a unit, not tradable (预计量,不可交易)."
    )
