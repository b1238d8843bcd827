"""Units come in: the national registry locks what is its own, all else is admitted on paper; then books are listed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange.cli.demo.acts.origins import CCER_PROJECT, CCER_SPACE
from exchange.cli.demo.cast import OPERATOR_A, OPERATOR_B, Stage
from exchange.cli.demo.drawing import tonnes
from exchange.cli.demo.four_eyes import agree
from exchange.cli.demo.refusals import refused
from exchange.cli.demo.registry import HONEST, SILENT
from exchange.cli.demo.words import REQUEST_STATES, in_chinese, in_english
from exchange.cli.problem import CommandError
from exchange.cli.terminal import Screen
from exchange.client.models import RegistryRequest

FOREST_CCER: Final = "FCCER-SIM01-2023"
ENERGY_QUOTA: Final = "QUOTA-ES-2024-HLBE"

ANSWER_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class LotPlan:
    """A serial block that is brought in for an owner."""

    issuance: str
    owner: str
    serial_lo: int
    tonnes: int

    @property
    def name(self) -> str:
        """How the story finds it again."""
        return f"{self.issuance}/{self.owner}"

    @property
    def serial_hi(self) -> int:
        """The first serial behind the block."""
        return self.serial_lo + self.tonnes


LOTS: Final = (
    LotPlan("ccer", "SENGONG", 1, 60_000),
    LotPlan("ccer", "HLBE-FOREST", 60_001, 30_000),
    LotPlan("quota", "SENGONG", 1, 25_000),
    LotPlan("quota", "HLBE-FOREST", 25_001, 25_000),
    LotPlan("sink-sengong", "SENGONG", 1, 500_000),
    LotPlan("sink-hulunbuir", "HLBE-FOREST", 500_001, 120_000),
)
LATE: Final = LotPlan("ccer", "HN-YIMIN", 90_001, 10_000)
"""Comes in when the books are listed, so that its owner can try to sell it before it is locked."""


async def play(stage: Stage, screen: Screen) -> None:
    """Make the registry known, admit six lots, two of which it locks; list two books; it locks one more in silence."""
    await _meet_the_registry(stage, screen)
    await _show_that_one_person_is_not_enough(stage, screen)
    for plan in LOTS:
        await _admit_lot(stage, plan)
        await _answered(stage)
    await _tell_lots(stage, screen, LOTS)
    await _list_books(stage)
    _tell_books(screen)
    await _nothing_is_sold_before_the_registry_speaks(stage, screen)
    await _tell_lots(stage, screen, (LATE,))


async def _meet_the_registry(stage: Stage, screen: Screen) -> None:
    """The registry gets a person and a key here, by the regulator's approval, and is told where to call back."""
    fields = stage.registry.staff_fields
    proposal = await stage.staff.operator_a.proposals.propose("STAFF", fields)
    approved = await stage.staff.regulator.proposals.approve(proposal)
    assert approved.created_key is not None
    await stage.registry.know_venue(stage.url, approved.created_key)
    screen.say(
        f"A simulated national registry runs at {stage.registry.url}: its own process, its own store, its own key.\n"
        "The regulator lets it in: what it states it signs, and nobody here can state it in its place.",
        f"模拟的国家登记机构运行于 {stage.registry.url}：独立进程、独立数据、独立密钥。\n"
        "由主管部门批准接入：其声明由其自行签名，本机构任何人不得代为声明。",
    )


async def _admit_lot(stage: Stage, plan: LotPlan) -> None:
    """Have the registry credit CCER to its owner there, then admit the block here."""
    if plan.issuance == "ccer":
        await stage.registry.issue(CCER_SPACE, plan.serial_lo, plan.serial_hi, plan.owner)
    lock = f"SIM-LOCK-{plan.issuance.upper()}-{plan.serial_lo}"
    document = _admission(stage, plan, lock)
    stage.lots[plan.name] = await agree(stage, "LOT_ADMISSION", document, evidence=lock)


def _admission(stage: Stage, plan: LotPlan, lock: str) -> dict[str, object]:
    return {
        "issuance": stage.issuances[plan.issuance],
        "owner": stage.desk(plan.owner).id,
        "serial_lo": plan.serial_lo,
        "serial_hi": plan.serial_hi,
        "lock_reference": lock,
    }


async def _show_that_one_person_is_not_enough(stage: Stage, screen: Screen) -> None:
    """The same person tries to approve their own proposal, and a second person reads another lock receipt."""
    first, second = stage.staff.operator_a, stage.staff.operator_b
    proposal = await first.proposals.propose("LOT_ADMISSION", _admission(stage, LOTS[0], "SIM-LOCK-READ-BY-A"))
    await refused(
        screen,
        first,
        OPERATOR_A,
        "approves the own proposal",
        "自行复核本人提交的申请",
        lambda: first.proposals.approve(proposal, "SIM-LOCK-READ-BY-A"),
    )
    await refused(
        screen,
        second,
        OPERATOR_B,
        "enters another lock receipt",
        "录入了另一份锁定凭证",
        lambda: second.proposals.approve(proposal, "SIM-LOCK-READ-BY-B"),
    )
    await second.proposals.reject(proposal, "the lock receipt reads differently")
    screen.say(
        "Operator B rejects that proposal; the real ones follow, each by two persons.",
        "运营人员 B 驳回该申请；以下各批次均由两人先后经办、复核。",
    )


async def _nothing_is_sold_before_the_registry_speaks(stage: Stage, screen: Screen) -> None:
    """The registry locks and says nothing: its silence is no lock, and the owner cannot sell."""
    yimin, book = stage.desk("HN-YIMIN"), stage.instruments[FOREST_CCER]
    await stage.registry.behave(SILENT)
    screen.line()
    screen.say(
        f"One more lot comes in: {tonnes(LATE.tonnes)} t of the same project. The registry does not answer.",
        f"同一项目又转入一批 {tonnes(LATE.tonnes)} 吨，登记机构未作答复。",
    )
    await _admit_lot(stage, LATE)
    await refused(
        screen,
        yimin.client,
        yimin.firm.short,
        "SELL 3,000 t @ 71.50, before the registry has answered",
        "卖出 3,000 吨 限价 71.50，登记机构尚未答复",
        lambda: yimin.client.orders.sell(book, 3_000, "71.50"),
    )
    await stage.registry.behave(HONEST)
    await stage.registry.speak()
    await _answered(stage)
    screen.say(
        "The registry is made to speak: it calls back, signed, and the lock is confirmed.",
        "登记机构随后以签名回调确认锁定。",
    )


async def _answered(stage: Stage) -> None:
    """Wait until the registry has answered everything, so that whatever comes next has the same place in every log.

    Raises:
        CommandError: when the registry takes too long.
    """
    deadline = time.monotonic() + ANSWER_SECONDS
    operator = stage.staff.operator_a
    operator.connection.seen_seq = stage.staff.operator_b.connection.seen_seq
    while [request async for request in operator.requests.every("OPEN")]:
        if time.monotonic() > deadline:
            raise CommandError(
                "the simulated registry did not answer in time. 模拟登记机构未及时答复",
                f"read {stage.registry.log_file} 请查看日志文件",
            )
        await asyncio.sleep(0.05)


async def _tell_lots(stage: Stage, screen: Screen, plans: Sequence[LotPlan]) -> None:
    """Some lots, each with its serials as the registry writes them, and the receipt that locks it."""
    receipts = {request.lot: request async for request in stage.staff.operator_a.requests.every()}
    rows = []
    for plan in plans:
        number = stage.lots[plan.name]
        lot, owner = await stage.staff.operator_a.units.lot(number), stage.desk(plan.owner).firm.short
        rows.append(
            (
                number,
                screen.word(owner.en, owner.zh),
                lot.serial_text,
                tonnes(lot.quantity),
                *_lock_cells(screen, receipts.get(number)),
            )
        )
    heads = (
        screen.head("lot", "批次"),
        screen.head("owner", "持有人"),
        screen.head("serials", "序列号"),
        screen.head("tonnes", "数量（吨）"),
        screen.head("lock", "锁定"),
        screen.head("registry's receipt", "登记机构凭证"),
    )
    screen.line()
    screen.table(heads, rows, "<<<><<")


def _lock_cells(screen: Screen, request: RegistryRequest | None) -> tuple[str, str]:
    """What the registry has said; units that are not its own are admitted on paper by two persons."""
    if request is None:
        return screen.word("on paper, two persons", "凭纸质凭证，双人复核"), "–"
    status = in_english(REQUEST_STATES, request.status), in_chinese(REQUEST_STATES, request.status)
    return screen.word(*status), request.receipt or "–"


async def _list_books(stage: Stage) -> None:
    operator = stage.staff.operator_a
    books = {
        FOREST_CCER: {"family": "FORESTRY_CCER", "project": CCER_PROJECT, "vintage": 2023, "reference_price": "70.00"},
        ENERGY_QUOTA: {
            "family": "REDUCTION_QUOTA",
            "source_category": "ENERGY_SAVING",
            "league": "HULUNBUIR",
            "vintage": 2024,
            "reference_price": "38.50",
        },
    }
    for symbol, terms in books.items():
        listed = await operator.instruments.list_new(symbol=symbol, **terms)  # type: ignore[arg-type]
        stage.instruments[symbol] = listed.id


def _tell_books(screen: Screen) -> None:
    screen.line()
    screen.say(
        f"Listed {FOREST_CCER}: forestry CCER = one project × one vintage year (rule INSTRUMENT-CCER)\n"
        f"Listed {ENERGY_QUOTA}: reduction quota = category × vintage × league\n"
        "Prices are simulated; the continuous book is the profile for a licensed or simulated market.",
        f"{FOREST_CCER} 上市：林业 CCER，按项目 × 减排量产生年度（规则 INSTRUMENT-CCER）\n"
        f"{ENERGY_QUOTA} 上市：碳减排量指标，按来源类别 × 年度 × 盟市\n"
        "价格为模拟；连续交易仅用于持牌或模拟市场。",
    )
