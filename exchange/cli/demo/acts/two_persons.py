"""What nobody may do alone: paying money out, and lifting a halt."""

from __future__ import annotations

from exchange.cli.demo.acts.units import FOREST_CCER
from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import money, tell_order, tell_refusal
from exchange.cli.terminal import Screen
from exchange.client import ExchangeProblem

WITHDRAWN = "15000000.00"


async def play(stage: Stage, screen: Screen) -> None:
    """A withdrawal by two persons, then a halt by one and its end by two."""
    await _withdrawal(stage, screen)
    await _halt_and_resume(stage, screen)


async def _withdrawal(stage: Stage, screen: Screen) -> None:
    sengong = stage.desk("SENGONG").client
    proposal = await sengong.cash.withdraw(WITHDRAWN, "SIM-BANK-ACCOUNT-0001")
    account = await sengong.cash.account()
    screen.line(
        f"  森工集团 asks for {money(account.held)} CNY to be paid out; the money is held, and nothing is paid yet."
    )
    try:
        await sengong.proposals.approve(proposal)
    except ExchangeProblem as refusal:
        tell_refusal(screen, "森工集团", "approves the own withdrawal", refusal)
    approved = await stage.staff.operator_a.proposals.approve(proposal)
    account = await sengong.cash.account()
    screen.line(
        f"  Operator A approves: {approved.status}. 森工集团 has {money(account.balance)} CNY left (simulated bank)."
    )


async def _halt_and_resume(stage: Stage, screen: Screen) -> None:
    book = stage.instruments[FOREST_CCER]
    hulunbuir, baogang = stage.desk("HLBE-FOREST").client, stage.desk("BAOGANG").client
    await stage.staff.regulator.instruments.halt(book, "simulated: a notice about the project is awaited")
    screen.line(f"  The regulator halts {FOREST_CCER} at once, alone (暂停交易).")
    try:
        await hulunbuir.orders.sell(book, 1_000, "71.00")
    except ExchangeProblem as refusal:
        tell_refusal(screen, "呼伦贝尔林业", "SELL 1,000 t @ 71.00", refusal)
    (bid,) = [order async for order in baogang.orders.every(instrument=book)]
    tell_order(screen, "包钢集团", await baogang.orders.cancel(bid.id), "cancelling stays possible")
    proposal = await stage.staff.operator_a.proposals.propose("RESUME", {"instrument": book})
    try:
        await stage.staff.operator_a.proposals.approve(proposal)
    except ExchangeProblem as refusal:
        tell_refusal(screen, "Operator A", "resumes alone", refusal)
    await stage.staff.regulator.proposals.approve(proposal)
    screen.line("  The regulator approves Operator A's proposal: trading goes on, the day is not extended (T23).")
