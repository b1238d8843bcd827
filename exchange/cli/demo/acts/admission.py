"""Firms are admitted, get a trader by two operators, and the buyers' money comes in.

The trader makes the secret of their key; the operators see nothing but its SHA-256.
"""

from __future__ import annotations

from decimal import Decimal

from exchange.cli.demo.cast import FIRMS, Desk, Firm, Stage
from exchange.cli.demo.drawing import money
from exchange.cli.terminal import Screen
from exchange.client import NewSecret


async def play(stage: Stage, screen: Screen) -> None:
    """Admit every firm of the sources."""
    for number, firm in enumerate(FIRMS, start=1):
        desk = await _admit(stage, firm)
        if Decimal(firm.money):
            await stage.staff.operator_a.deposits.credit(desk.id, firm.money, f"SIM-BANK-2026-{number:04}")
        stage.desks[firm.code] = desk
    rows = [
        (firm.name_zh, firm.name_en, firm.role, firm.owner_group, money(Decimal(firm.money)), stage.desk(firm.code).id)
        for firm in FIRMS
    ]
    screen.table(("participant 参与方", "", "role", "owner group", "deposit CNY", "id"), rows, "<<<<><")
    screen.line(
        "    Deposits and bank references are simulated (模拟). 华能 appears twice: two firms of one owner group."
    )


async def _admit(stage: Stage, firm: Firm) -> Desk:
    operator = stage.staff.operator_a
    participant = await operator.participants.admit(
        code=firm.code, name_en=firm.name_en, name_zh=firm.name_zh, role=firm.role, owner_group=firm.owner_group
    )
    secret = NewSecret.make()
    name = f"{firm.name_zh} 交易员 trader (simulated)"
    fields = {"participant": participant.id, "name": name, "secret_hash": secret.secret_hash}
    proposal = await operator.proposals.propose("TRADER", fields)
    approved = await stage.staff.operator_b.proposals.approve(proposal)
    assert approved.created is not None and approved.created_key is not None
    return Desk(firm, participant, approved.created, await stage.client(secret.token(approved.created_key)))
