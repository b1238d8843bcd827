"""Firms are admitted, get a trader by two operators, and the buyers' money comes in.

The trader makes the secret of their key; the operators see nothing but its SHA-256.
"""

from __future__ import annotations

from decimal import Decimal

from exchange.cli.demo.cast import FIRMS, Desk, Firm, Stage
from exchange.cli.demo.drawing import money
from exchange.cli.demo.words import ROLES, in_chinese, in_english
from exchange.cli.terminal import Screen
from exchange.client import NewSecret, PrivateKey


async def play(stage: Stage, screen: Screen) -> None:
    """Admit every firm of the sources."""
    for number, firm in enumerate(FIRMS, start=1):
        desk = await _admit(stage, firm)
        if Decimal(firm.money):
            await stage.staff.operator_a.deposits.credit(desk.id, firm.money, f"SIM-BANK-2026-{number:04}")
        stage.desks[firm.code] = desk
    rows = [
        (
            screen.word(firm.name_en, firm.name_zh),
            screen.word(in_english(ROLES, firm.role), in_chinese(ROLES, firm.role)),
            firm.owner_group,
            money(Decimal(firm.money)),
            stage.desk(firm.code).id,
        )
        for firm in FIRMS
    ]
    heads = (
        screen.head("participant", "交易主体"),
        screen.head("role", "交易资格"),
        screen.head("owner group", "实际控制人"),
        screen.head("deposit CNY", "入金（元）"),
        "id",
    )
    screen.table(heads, rows, "<<<><")
    screen.say(
        "Deposits and bank references are simulated. Huaneng appears twice: two firms of one owner group.\n"
        "Each trader is registered by two operators and makes the secret of the key, and a key pair to sign with;\n"
        "nobody else ever sees the secret or the private key. Every approval and withdrawal here is signed.",
        "入金与银行流水号为模拟。华能出现两次：两家企业属于同一实际控制人。\n"
        "每名交易员均由两名运营人员先后经办、复核登记；密钥串与签名所用的密钥对由交易员本人生成，\n"
        "密钥串与私钥他人无从得知。此处每一次复核与出金均经签名。",
        indent="    ",
    )


async def _admit(stage: Stage, firm: Firm) -> Desk:
    operator = stage.staff.operator_a
    participant = await operator.participants.admit(
        code=firm.code, name_en=firm.name_en, name_zh=firm.name_zh, role=firm.role, owner_group=firm.owner_group
    )
    secret, private_key = NewSecret.make(), PrivateKey.generate()
    fields = {
        "participant": participant.id,
        "name": f"{firm.name_zh} 交易员 trader (simulated)",
        "secret_hash": secret.secret_hash,
        "public_key": private_key.public_text,
    }
    proposal = await operator.proposals.propose("TRADER", fields)
    approved = await stage.staff.operator_b.proposals.approve(proposal)
    assert approved.created is not None and approved.created_key is not None
    client = await stage.client(secret.token(approved.created_key), private_key)
    return Desk(firm, participant, approved.created, client)
