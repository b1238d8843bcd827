"""Bodies that can be sent as they are, once their ids and hashes are one's own: every kind of proposal, and its end.

They stand in the OpenAPI document beside those of orders (:mod:`exchange.api.order_examples`) and, the same, in
docs/PROPOSALS.md in both languages. Tests hold them to the models, and the rulebook to what the core takes.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from exchange.api.example import Example, proposal, rule
from exchange.api.meanings import SUMMARY_ZH
from exchange.api.order_examples import ORDER_EXAMPLES
from exchange.api.registry_examples import REGISTRY_EXAMPLES
from exchange.api.resources.proposals import ApproveIn, ProposeIn, RejectIn, WithdrawalIn
from exchange.api.unit_examples import CSV_EXAMPLE, UNIT_EXAMPLES, UNIT_PROPOSALS
from exchange.api.venue_examples import AGREEMENT_EXAMPLES, KEY_EXAMPLES, PUBLIC_KEY, VENUE_EXAMPLES

SECRET_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ACTION_HASH: Final = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"

_FEE: Final = (
    "parts per million of traded value",
    "this venue's own rule / 本交易场所自定",
    "Each side pays this share of the traded value.",
    "买卖双方按成交金额的此比例缴纳手续费。",
)
"""What both entries of the rule say, but for the value and its first day."""

PROPOSALS: Final[dict[str, Example]] = {
    "withdrawal": proposal(
        "A trader: pay money of the own participant out",
        "交易员：本方出金",
        "WITHDRAWAL",
        amount="1500000.00",
        bank_account="ICBC-6222-0200-1234",
    ),
    "project of forestry CCER": proposal(
        "An operator: record a project on its own ground; its estimate is recorded and never becomes units",
        "运营人员：登记项目及其地块；预估量仅作记录，不构成减排量",
        "PROJECT",
        code="SIM-CCER-AFF-02",
        family="FORESTRY_CCER",
        mechanism="CCER",
        registry="全国温室气体自愿减排注册登记系统",
        name_en="Afforestation in the Greater Khingan range (simulated)",
        name_zh="大兴安岭造林碳汇项目（模拟）",
        methodology="CCER-14-001-V01",
        site_parcels=["INM/HULUNBUIR/GENHE/F03/012/03", "INM/HULUNBUIR/GENHE/F03/012/04"],
        activity="AFFORESTATION",
        league="HULUNBUIR",
        ccer_generation="NEW",
        started="2013-04-01",
        crediting_start="2020-10-01",
        crediting_end="2050-09-30",
        estimate_kg=22_514_200,
        estimate_years=30,
        uniqueness_declaration="SIM-DECL-2026-0017",
    ),
    "project of a reduction quota": proposal(
        "An operator: the same for a reduction quota, with the plant that reduces; the regulator approves",
        "运营人员：登记碳减排量指标项目及其减排设施；由主管部门复核",
        "PROJECT",
        code="SIM-ES-HEATING-02",
        family="REDUCTION_QUOTA",
        mechanism="REGIONAL_QUOTA",
        registry="自治区碳减排量指标登记簿",
        name_en="Energy saving in the heating of forest farms (simulated)",
        name_zh="林场供热节能改造项目（模拟）",
        methodology="SIM-METHOD-ES",
        site_parcels=["SIM-HEATING-PLANTS/2"],
        activity="ENERGY_SAVING",
        league="HULUNBUIR",
        source_category="ENERGY_SAVING",
        source_facility="林场供热站（模拟）",
        started="2023-06-01",
        crediting_start="2024-01-01",
        crediting_end="2033-12-31",
    ),
    "facility of the national market": proposal(
        "An operator or the regulator: a facility that the national market covers from a year on",
        "运营人员或主管部门：登记自某年度起纳入全国碳市场的设施",
        "FACILITY",
        code="SIM-STEEL-01",
        name_en="Blast furnaces of a steel works (simulated)",
        name_zh="某钢铁厂高炉（模拟）",
        operating_firm="91150000701465268U",
        sector="STEEL",
        league="BAOTOU",
        covered_from=2024,
    ),
    "issuance of CCER": proposal(
        "An operator: record an issuance of forestry CCER, 100,000 of the 120,000 t that were verified",
        "运营人员：登记林业 CCER 签发，核证 120,000 吨中的 100,000 吨",
        "ISSUANCE",
        project="prj-20",
        monitoring_start="2024-01-01",
        monitoring_end="2024-12-31",
        verified=120_000,
        applied_on="2025-06-30",
        space="SIM-CCER-2",
        serial_text="CCER-SIM-{lo:9}-{hi:9}",
        serial_lo=1,
        serial_hi=100_001,
    ),
    "issuance of a reduction quota": proposal(
        "An operator: record an issuance of reduction quota, 50,000 t; the regulator approves",
        "运营人员：登记碳减排量指标签发，50,000 吨；由主管部门复核",
        "ISSUANCE",
        project="prj-21",
        monitoring_start="2025-01-01",
        monitoring_end="2025-12-31",
        verified=50_000,
        applied_on="2026-02-28",
        space="SIM-QUOTA-2",
        serial_lo=1,
        serial_hi=50_001,
    ),
    "issuance against a cancelled CCER": proposal(
        "An operator: quota of an ecosystem sink, against the CCER that was cancelled for it",
        "运营人员：登记生态系统碳汇类指标签发，凭为此注销的 CCER",
        "ISSUANCE",
        project="prj-22",
        monitoring_start="2024-01-01",
        monitoring_end="2024-12-31",
        verified=120_000,
        applied_on="2025-06-30",
        space="SIM-SINK-1",
        serial_lo=1,
        serial_hi=501,
        converted="use-88",
    ),
    "lot admission": proposal(
        "An operator or the owner's trader: admit 60,000 t; CCER can be sold once the registry has locked them",
        "运营人员或持有人的交易员：转入某次签发中的 60,000 吨；CCER 须待登记机构锁定后方可出售",
        "LOT_ADMISSION",
        issuance="iss-24",
        owner="par-11",
        serial_lo=1,
        serial_hi=60_001,
        lock_reference="LOCK-2026-000417",
    ),
    **UNIT_PROPOSALS,
    "rulebook": proposal(
        "An operator or the regulator: a fee from a later day on, until then the one of today; no other rule changes",
        "运营人员或主管部门：自某日起收取手续费，此前仍按现行费率；其他规则不变",
        "RULEBOOK",
        profile="licensed-continuous (simulated)",
        rules=[
            rule("FEE", 0, "2023-11-16", *_FEE),
            rule("FEE", 300, "2027-01-01", *_FEE),
        ],
    ),
    "staff": proposal(
        "An operator or the regulator: a new person of the venue, with the hash of their secret and their public key",
        "运营人员或主管部门：登记交易场所的新人员，附其本人所生成密钥串的摘要与公钥",
        "STAFF",
        name="王工",
        role="OPERATOR",
        secret_hash=SECRET_HASH,
        public_key=PUBLIC_KEY,
    ),
    "trader": proposal(
        "An operator, or a trader for the own participant: a new trader, with the hash of the secret and a public key",
        "运营人员，或交易员为本方：登记新交易员，附密钥串的摘要与公钥",
        "TRADER",
        participant="par-11",
        name="李敏",
        secret_hash=SECRET_HASH,
        public_key=PUBLIC_KEY,
    ),
    "key replacement": proposal(
        "For a person who lost every key: revoke them all and enter a new first one",
        "为遗失全部密钥的人员：吊销其所有密钥，登记新的首个密钥",
        "KEY_REPLACEMENT",
        person="per-108",
        secret_hash=SECRET_HASH,
        public_key=PUBLIC_KEY,
    ),
    "resume the market": proposal(
        "An operator or the regulator: lift the halt of the whole market",
        "运营人员或主管部门：恢复整个市场的交易",
        "RESUME",
    ),
    "resume an instrument": proposal(
        "The same for one instrument",
        "恢复单个标的的交易",
        "RESUME",
        instrument="ins-49",
    ),
}
"""Bodies of ``POST /v1/proposals``; each of the action types is there."""

EXAMPLES: Final[dict[type[BaseModel], dict[str, Example]]] = {
    ProposeIn: PROPOSALS,
    WithdrawalIn: {
        "withdrawal": Example(
            "The same as a proposal of type WITHDRAWAL, shorter",
            "与 WITHDRAWAL 类型的申请相同，写法更短",
            {"amount": "1500000.00", "bank_account": "ICBC-6222-0200-1234"},
        )
    },
    ApproveIn: {
        "approve": Example(
            "The hash of what was proposed: `action_hash` of the proposal that was read and checked",
            "申请内容的摘要：即已核对的那份申请的 `action_hash`",
            {"action_hash": ACTION_HASH},
        ),
        "approve on a receipt": Example(
            "With the receipt of a registry, read again from the paper",
            "复核登记机构回执时，另须对照原件重新录入回执编号",
            {"action_hash": ACTION_HASH, "evidence": "CANCEL-2026-000311"},
        ),
        "approve a lot admission": Example(
            "With the lock reference, read again from the registry's receipt",
            "复核批次转入时，另须对照注册登记系统的凭证重新录入锁定凭证编号",
            {"action_hash": ACTION_HASH, "evidence": "LOCK-2026-000417"},
        ),
    },
    RejectIn: {
        "reject": Example(
            "With the reason, which the proposer reads",
            "驳回须写明理由，供经办人查看",
            {"reason": "锁定凭证编号与注册登记系统的凭证不符"},
        )
    },
}
"""Model of a body → its examples by name, for what two persons do."""

ALL_EXAMPLES: Final = {
    **EXAMPLES,
    **ORDER_EXAMPLES,
    **AGREEMENT_EXAMPLES,
    **KEY_EXAMPLES,
    **VENUE_EXAMPLES,
    **UNIT_EXAMPLES,
    **REGISTRY_EXAMPLES,
}
"""The same for all bodies that have any."""


def openapi_examples(body: type[BaseModel]) -> dict[str, Any]:
    """The examples of a body as OpenAPI has them (an "Example Object" by name), or nothing."""
    return {
        name: {"summary": example.en, SUMMARY_ZH: example.zh, "value": example.body}
        for name, example in ALL_EXAMPLES.get(body, {}).items()
    }


__all__ = ["ALL_EXAMPLES", "CSV_EXAMPLE", "EXAMPLES", "PROPOSALS", "openapi_examples"]
