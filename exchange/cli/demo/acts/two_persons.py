"""What nobody may do alone: paying money out, and lifting a halt."""

from __future__ import annotations

from exchange.cli.demo.acts.units import FOREST_CCER
from exchange.cli.demo.cast import OPERATOR_A, Stage
from exchange.cli.demo.drawing import money, tell_order
from exchange.cli.demo.refusals import refused
from exchange.cli.demo.words import PROPOSAL_STATES, in_chinese, in_english
from exchange.cli.terminal import Screen

WITHDRAWN = "15000000.00"


async def play(stage: Stage, screen: Screen) -> None:
    """A withdrawal by two persons, then a halt by one and its end by two."""
    await _withdrawal(stage, screen)
    await _halt(stage, screen)
    await _resume(stage, screen)


async def _withdrawal(stage: Stage, screen: Screen) -> None:
    sengong = stage.desk("SENGONG")
    proposal = await sengong.client.cash.withdraw(WITHDRAWN, "SIM-BANK-ACCOUNT-0001")
    held = money((await sengong.client.cash.account()).held)
    screen.say(
        f"Sengong asks for {held} CNY to be paid out; the money is held, and nothing is paid yet.",
        f"森工集团申请出金 {held} 元；该笔资金先行冻结，尚未付出。",
    )
    await refused(
        screen,
        sengong.client,
        sengong.firm.short,
        "approves the own withdrawal",
        "自行复核本方的出金申请",
        lambda: sengong.client.proposals.approve(proposal),
    )
    approved = await stage.staff.operator_a.proposals.approve(proposal)
    left = money((await sengong.client.cash.account()).balance)
    screen.say(
        f"The second person, Operator A: {in_english(PROPOSAL_STATES, approved.status)}."
        f" Sengong has {left} CNY left (simulated bank).",
        f"运营人员 A 复核：{in_chinese(PROPOSAL_STATES, approved.status)}。森工集团资金余额 {left} 元（模拟银行）。",
    )


async def _halt(stage: Stage, screen: Screen) -> None:
    book = stage.instruments[FOREST_CCER]
    hulunbuir, baogang = stage.desk("HLBE-FOREST"), stage.desk("BAOGANG")
    await stage.staff.regulator.instruments.halt(book, "simulated: a notice about the project is awaited")
    screen.say(
        f"The regulator halts {FOREST_CCER} at once, alone.",
        f"主管部门一人即可立即暂停 {FOREST_CCER} 的交易。",
    )
    await refused(
        screen,
        hulunbuir.client,
        hulunbuir.firm.short,
        "SELL 1,000 t @ 71.00",
        "卖出 1,000 吨 限价 71.00",
        lambda: hulunbuir.client.orders.sell(book, 1_000, "71.00"),
    )
    (bid,) = [order async for order in baogang.client.orders.every(instrument=book)]
    answer = await baogang.client.orders.cancel(bid.id)
    tell_order(screen, baogang.firm.short, answer, "cancelling stays possible", "暂停期间可以撤单")


async def _resume(stage: Stage, screen: Screen) -> None:
    operator = stage.staff.operator_a
    proposal = await operator.proposals.propose("RESUME", {"instrument": stage.instruments[FOREST_CCER]})
    await refused(
        screen,
        operator,
        OPERATOR_A,
        "resumes alone",
        "独自恢复交易",
        lambda: operator.proposals.approve(proposal),
    )
    await stage.staff.regulator.proposals.approve(proposal)
    screen.say(
        "The regulator approves Operator A's proposal: trading goes on, the day is not extended (rule HALT).",
        "主管部门复核通过运营人员 A 的申请：恢复交易，交易时间不作顺延（规则 HALT）。",
    )
