"""Units come in: issuances recorded and lots admitted, each by two persons; then the books are listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.cli.demo.cast import OPERATOR_A, OPERATOR_B, Stage
from exchange.cli.demo.drawing import tonnes
from exchange.cli.demo.refusals import refused
from exchange.cli.terminal import Screen
from exchange.client import ExchangeClient

FOREST_CCER: Final = "FCCER-SIM01-2023"
ENERGY_QUOTA: Final = "QUOTA-ES-2024-HLBE"
CCER_PROJECT: Final = "SIM-CCER-AFF-01"

ISSUANCES: Final[dict[str, dict[str, object]]] = {
    "ccer": {
        "family": "FORESTRY_CCER",
        "mechanism": "CCER",
        "registry": "SIM 全国温室气体自愿减排注册登记系统（模拟）",
        "project": CCER_PROJECT,
        "project_name_en": "Simulated afforestation project in the Greater Khingan range",
        "project_name_zh": "大兴安岭造林碳汇模拟项目",
        "methodology": "CCER-14-001-V01",
        "site_parcels": ["SIM-FOREST-PARCEL-001", "SIM-FOREST-PARCEL-002"],
        "activity": "afforestation 造林",
        "monitoring_start": "2023-01-01",
        "monitoring_end": "2023-12-31",
        "vintage": 2023,
        "source_category": "NONE",
        "source_facility": "",
        "league": "HULUNBUIR",
        "ccer_generation": "NEW",
        "space": "SIM-CCER",
        "serial_lo": 1,
        "serial_hi": 100_001,
    },
    "quota": {
        "family": "REDUCTION_QUOTA",
        "mechanism": "REGIONAL_QUOTA",
        "registry": "SIM 自治区碳减排量指标登记簿（模拟）",
        "project": "SIM-ES-HEATING-01",
        "project_name_en": "Simulated energy saving in the heating of forest farms",
        "project_name_zh": "林场供热节能改造模拟项目",
        "methodology": "SIM-METHOD-ES",
        "site_parcels": ["SIM-HEATING-PLANTS"],
        "activity": "energy saving 节能降碳",
        "monitoring_start": "2024-01-01",
        "monitoring_end": "2024-12-31",
        "vintage": 2024,
        "source_category": "ENERGY_SAVING",
        "source_facility": "SIM forest-farm heating plants, outside the national ETS",
        "league": "HULUNBUIR",
        "ccer_generation": "NONE",
        "space": "SIM-QUOTA",
        "serial_lo": 1,
        "serial_hi": 50_001,
    },
}


def sink(owner: str, name_zh: str, name_en: str, quantity: int, serial_lo: int) -> dict[str, object]:
    """An issuance of the family OTHER_SINK: what the article sold without saying under which mechanism."""
    return {
        "family": "OTHER_SINK",
        "mechanism": "NOT_STATED",
        "registry": "SIM not stated in the source",
        "project": f"SIM-SINK-{owner}",
        "project_name_en": f"{name_en}: carbon sink, mechanism not stated",
        "project_name_zh": f"{name_zh}碳汇（机制未列明）",
        "methodology": "",
        "site_parcels": [f"SIM-{owner}-FOREST"],
        "activity": "forest carbon sink 林业碳汇",
        "monitoring_start": "2022-01-01",
        "monitoring_end": "2022-12-31",
        "vintage": 2022,
        "source_category": "NONE",
        "source_facility": "",
        "league": "HULUNBUIR",
        "ccer_generation": "NONE",
        "space": "SIM-SINK",
        "serial_lo": serial_lo,
        "serial_hi": serial_lo + quantity,
    }


@dataclass(frozen=True, slots=True)
class LotPlan:
    """A serial block that is brought in for an owner."""

    issuance: str
    owner: str
    serial_lo: int
    tonnes: int


LOTS: Final = (
    LotPlan("ccer", "SENGONG", 1, 60_000),
    LotPlan("ccer", "HLBE-FOREST", 60_001, 30_000),
    LotPlan("ccer", "HN-YIMIN", 90_001, 10_000),
    LotPlan("quota", "SENGONG", 1, 25_000),
    LotPlan("quota", "HLBE-FOREST", 25_001, 25_000),
    LotPlan("sink-sengong", "SENGONG", 1, 500_000),
    LotPlan("sink-hulunbuir", "HLBE-FOREST", 500_001, 120_000),
)


async def play(stage: Stage, screen: Screen) -> None:
    """Record four issuances, admit seven lots, list two books."""
    issued = await _record_issuances(stage)
    await _show_that_one_person_is_not_enough(stage, screen, issued["ccer"])
    rows = []
    for plan in LOTS:
        lot = await _admit_lot(stage, plan, issued[plan.issuance])
        stage.lots[f"{plan.issuance}/{plan.owner}"] = lot
        serials = f"SIM {plan.serial_lo:,} – {plan.serial_lo + plan.tonnes - 1:,}"
        owner = stage.desk(plan.owner).firm.short
        rows.append((lot, plan.issuance, screen.word(owner.en, owner.zh), serials, tonnes(plan.tonnes)))
    heads = (
        screen.head("lot", "批次"),
        screen.head("issuance", "签发"),
        screen.head("owner", "持有人"),
        screen.head("serials", "序列号"),
        screen.head("tonnes", "数量（吨）"),
    )
    screen.table(heads, rows, "<<<<>")
    screen.say(
        "Serials are shown with both ends; on the wire a range is half-open: serial_hi is the first one after it.",
        "此处序列号含首尾两端；接口中的区间为左闭右开，serial_hi 是区间之后的第一个序列号。",
        indent="    ",
    )
    await _list_books(stage, screen)


async def _record_issuances(stage: Stage) -> dict[str, str]:
    documents = {
        **ISSUANCES,
        "sink-sengong": sink("SENGONG", "内蒙古森工集团", "Inner Mongolia Forest Industry", 500_000, 1),
        "sink-hulunbuir": sink("HLBE-FOREST", "呼伦贝尔林业集团", "Hulunbuir Forestry", 120_000, 500_001),
    }
    issued = {}
    for name, document in documents.items():
        # A reduction quota is issued with the regulator's approval, everything else with a second operator's.
        second = stage.staff.regulator if name == "quota" else stage.staff.operator_b
        issued[name] = await _propose_and_approve(stage.staff.operator_a, second, "ISSUANCE", document)
    return issued


async def _admit_lot(stage: Stage, plan: LotPlan, issuance: str) -> str:
    lock = f"SIM-LOCK-{plan.issuance.upper()}-{plan.serial_lo}"
    document: dict[str, object] = {
        "issuance": issuance,
        "owner": stage.desk(plan.owner).id,
        "serial_lo": plan.serial_lo,
        "serial_hi": plan.serial_lo + plan.tonnes,
        "lock_reference": lock,
    }
    return await _propose_and_approve(
        stage.staff.operator_a, stage.staff.operator_b, "LOT_ADMISSION", document, evidence=lock
    )


async def _propose_and_approve(
    first: ExchangeClient, second: ExchangeClient, action: str, document: dict[str, object], evidence: str = ""
) -> str:
    """Two persons; the id of what was made."""
    proposal = await first.proposals.propose(action, document)
    approved = await second.proposals.approve(proposal, evidence)
    assert approved.created is not None
    return approved.created


async def _show_that_one_person_is_not_enough(stage: Stage, screen: Screen, issuance: str) -> None:
    """The same person tries to approve their own proposal, and a second person reads another lock receipt."""
    document: dict[str, object] = {
        "issuance": issuance,
        "owner": stage.desk("SENGONG").id,
        "serial_lo": 1,
        "serial_hi": 60_001,
        "lock_reference": "SIM-LOCK-READ-BY-A",
    }
    first, second = stage.staff.operator_a, stage.staff.operator_b
    proposal = await first.proposals.propose("LOT_ADMISSION", document)
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
        "Operator B rejects that proposal; the real ones follow, each by two persons:",
        "运营人员 B 驳回该申请；以下各批次均由两人先后经办、复核：",
    )
    screen.line()


async def _list_books(stage: Stage, screen: Screen) -> None:
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
    screen.line()
    screen.say(
        f"Listed {FOREST_CCER}: forestry CCER = one project × one vintage year (T10)\n"
        f"Listed {ENERGY_QUOTA}: reduction quota = category × vintage × league\n"
        "Prices are simulated; the continuous book is the profile for a licensed or simulated market.",
        f"{FOREST_CCER} 上市：林业 CCER，按项目 × 减排量产生年度（T10）\n"
        f"{ENERGY_QUOTA} 上市：碳减排量指标，按来源类别 × 年度 × 盟市\n"
        "价格为模拟；连续交易仅用于持牌或模拟市场。",
    )
