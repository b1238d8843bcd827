"""The three real deals of the source as agreed trades: two settle, the pre-issuance one stands and moves nothing."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from exchange.cli.demo import figures
from exchange.cli.demo.acts.origins import CCER_PROJECT
from exchange.cli.demo.cast import OPERATOR_B, Stage
from exchange.cli.demo.drawing import money, tonnes
from exchange.cli.demo.figures import Deal
from exchange.cli.demo.refusals import refused
from exchange.cli.demo.words import AGREEMENT_STATES, FAMILIES, in_chinese, in_english
from exchange.cli.terminal import Screen
from exchange.client.models import Agreement, UnitPrice

LOT_OF = {"SENGONG": "sink-sengong/SENGONG", "HLBE-FOREST": "sink-hulunbuir/HLBE-FOREST"}


async def play(stage: Stage, screen: Screen) -> None:
    """Propose, affirm by the counterparty, confirm by the venue; the total is agreed, the unit price follows."""
    screen.say(
        "Deals and totals are real (Inner Mongolia Daily, 2023-11-08); serial numbers and money are simulated.",
        "交易双方、吨数与总价真实（《内蒙古日报》2023-11-08）；序列号与资金为模拟。",
    )
    agreements = [await _agree(stage, screen, deal) for deal in figures.NAMED_DEALS]
    for deal, agreement in zip(figures.SETTLED_DEALS, agreements, strict=False):
        settled = await stage.staff.operator_b.agreements.confirm(agreement.id)
        seller, buyer = stage.desk(deal.seller).firm.short, stage.desk(deal.buyer).firm.short
        screen.say(
            f"The venue confirms {seller.en} → {buyer.en}: {in_english(AGREEMENT_STATES, settled.status)},"
            " units and money moved at once.",
            f"交易机构确认 {seller.zh} → {buyer.zh}：{in_chinese(AGREEMENT_STATES, settled.status)}，"
            "减排量与资金同时交割。",
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
    screen.say(
        f"{seller.firm.name_en} → {buyer.firm.name_en}: {tonnes(deal.quantity)} t for {money(deal.total)} CNY",
        f"{seller.firm.name_zh} → {buyer.firm.name_zh}：{tonnes(deal.quantity)} 吨，总价 {money(deal.total)} 元",
    )
    if "zh" in screen.languages:
        screen.line(screen.paint(f"      “{deal.words}”", "dim"))
    return await buyer.client.agreements.affirm(proposed.id, deal.quantity, deal.total)


async def _nothing_moves_before_issuance(stage: Stage, screen: Screen, agreement: Agreement) -> None:
    operator = stage.staff.operator_b
    await refused(
        screen,
        operator,
        OPERATOR_B,
        "confirms the pre-issuance agreement of Tuquan, which is not a future",
        "确认突泉县的期货式（签发前）协议",
        lambda: operator.agreements.confirm(agreement.id),
    )


async def _table(stage: Stage, screen: Screen, ids: list[str]) -> None:
    """The three agreements as they stand now, read by their sellers."""
    rows = []
    for deal, agreement in zip(figures.NAMED_DEALS, ids, strict=True):
        shown = await stage.desk(deal.seller).client.agreements.get(agreement)
        assert shown.unit_price is not None and shown.quantity is not None and shown.total is not None
        seller, buyer = stage.desk(deal.seller).firm, stage.desk(deal.buyer).firm
        family = shown.family or ""
        rows.append(
            (
                screen.word(f"{seller.short.en} → {buyer.short.en}", f"{seller.name_zh} → {buyer.name_zh}"),
                tonnes(shown.quantity),
                money(shown.total),
                unit_price_text(shown.unit_price, shown.total, shown.quantity),
                screen.word(in_english(FAMILIES, family), in_chinese(FAMILIES, family)),
                screen.word(*(told(AGREEMENT_STATES, shown.status) for told in (in_english, in_chinese))),
            )
        )
    heads = (
        screen.head("agreed trade", "协议交易"),
        screen.head("tonnes", "数量（吨）"),
        screen.head("total CNY", "总价（元）"),
        screen.head("CNY/t, derived", "推算单价（元/吨）"),
        screen.head("family", "类别"),
        screen.head("status", "状态"),
    )
    screen.line()
    screen.table(heads, rows, "<>>><<")
    screen.say(
        "The total is agreed, the unit price follows: 1000000.00/18000 = 55.5555… is on no tick; 55.56 × 18,000\n"
        "would make 1,000,080.00. Tuquan stands as agreed and moves nothing before its units are issued.",
        "约定的是总价，单价由总价推算：1000000.00/18000 = 55.5555…，不在任何价位上；若按 55.56 × 18,000\n"
        "计算则为 1,000,080.00 元。突泉县协议的状态为“已达成”，减排量签发之前不发生交割。",
        indent="    ",
    )


def unit_price_text(price: UnitPrice, total: Decimal, quantity: int) -> str:
    """The derived unit price; with four decimals and … where it has no end on the tick."""
    if price.exact:
        return money(price.value)
    return f"{(total / quantity).quantize(Decimal('0.0001'), ROUND_DOWN)}…"


def _the_rest_of_the_year(screen: Screen) -> None:
    """The article's year-to-date line, and an estimate that is no unit."""
    named, settled = figures.NAMED_DEALS, figures.SETTLED_DEALS
    settled_tonnes, settled_cny = tonnes(figures.tonnes_of(settled)), money(figures.cny_of(settled))
    named_tonnes, named_cny = tonnes(figures.tonnes_of(named)), money(figures.cny_of(named))
    year_tonnes, year_cny = tonnes(figures.YEAR_TONNES), money(figures.YEAR_CNY)
    rest_tonnes = tonnes(figures.YEAR_TONNES - figures.tonnes_of(named))
    rest_cny = money(figures.YEAR_CNY - figures.cny_of(named))
    screen.line()
    screen.say(
        f"Settled here: {settled_tonnes} t, {settled_cny} CNY. The three named deals: {named_tonnes} t,"
        f" {named_cny} CNY.\n"
        f"The source's year to date: {figures.YEAR_PROJECTS} projects, {year_tonnes} t, {year_cny} CNY."
        f" Not itemised there: {rest_tonnes} t, {rest_cny} CNY.\n"
        f"Baiyinhua mine restoration: {figures.BAIYINHUA_TONNES:,} t expected over {figures.BAIYINHUA_YEARS} years is"
        " an ex-ante estimate: not issued, so not a unit, not tradable.",
        f"此处已结算：{settled_tonnes} 吨，{settled_cny} 元。三笔具名交易合计：{named_tonnes} 吨，{named_cny} 元。\n"
        f"报道所载年内累计：{figures.YEAR_PROJECTS} 个项目，{year_tonnes} 吨，{year_cny} 元。"
        f"其中未列明：{rest_tonnes} 吨，{rest_cny} 元。\n"
        f"白音华矿山修复：预计 {figures.BAIYINHUA_YEARS} 年 {figures.BAIYINHUA_TONNES:,} 吨，"
        "属事前预计量，尚未签发，不是交易单位，不可交易。",
    )
