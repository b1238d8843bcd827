"""A body for every purpose that units are used for, with just the fields that the purpose needs.

``docs/PROPOSALS.md`` shows them beside the table of these fields, and a test holds the two to the core.
"""

from __future__ import annotations

from typing import Any, Final

from exchange.api.example import Example

_STEEL: Final[dict[str, Any]] = {
    "beneficiary_en": "Baotou Steel",
    "beneficiary_zh": "包钢集团",
    "beneficiary_code": "91150000701465268U",
}
_FARM: Final[dict[str, Any]] = {"beneficiary_en": "A dairy of Tongliao", "beneficiary_zh": "通辽某乳业"}

SURRENDER: Final = Example(
    "As many as the rule takes of an instrument, within the 5 % that CCER may stand for",
    "按规则从某一标的中选取，不超过 5% 的抵销上限",
    {
        "purpose": "NATIONAL_SURRENDER",
        "instrument": "ins-49",
        "quantity": 1_200,
        **_STEEL,
        "facility": "SIM-STEEL-01",
        "year": 2025,
    },
)
"""The one that stands for all where one is enough."""

USES: Final[dict[str, Example]] = {
    "national surrender": SURRENDER,
    "a new project": Example(
        "As many of a lot, for a new project of high carbon intensity",
        "以某一批次抵销高碳排放强度的新上项目",
        {
            "purpose": "NEW_PROJECT_OFFSET",
            "picks": [{"lot": "lot-33"}],
            "quantity": 5_000,
            **_STEEL,
            "facility": "SIM-ROLLING-02",
            "year": 2026,
            "offset_project": "热轧新建项目（模拟）",
            "intensity": "HIGH",
            "league": "BAOTOU",
        },
    ),
    "a zero-carbon event": Example(
        "These very serials, for an event",
        "以指定序列号用于零碳活动",
        {
            "purpose": "EVENT_NEUTRALITY",
            "picks": [{"lot": "lot-31", "serial_lo": 201, "serial_hi": 261}],
            "quantity": 60,
            "beneficiary_en": "Hulunbuir winter games office",
            "beneficiary_zh": "呼伦贝尔冬季运动会组委会",
            "neutrality": "EVENT",
            "event": "第十届冬季运动会（模拟）",
            "event_day": "2026-12-20",
            "league": "HULUNBUIR",
        },
    ),
    "a firm of its own accord": Example(
        "For a firm that owes nobody anything",
        "企业自愿注销，并无清缴义务",
        {
            "purpose": "VOLUNTARY",
            "picks": [{"lot": "lot-31", "serial_lo": 501, "serial_hi": 601}],
            **_FARM,
            "league": "TONGLIAO",
        },
    ),
    "environmental damage compensation": Example(
        "What a court or an agreement lays on whoever has done the damage",
        "生态环境损害赔偿，依判决或赔偿协议履行",
        {
            "purpose": "ECO_COMPENSATION",
            "picks": [{"lot": "lot-31", "serial_lo": 601, "serial_hi": 901}],
            **_FARM,
            "league": "TONGLIAO",
        },
    ),
    "another province": Example(
        "For somebody in another province, named in Chinese or in English",
        "用于其他省份，省份以中文或英文填写",
        {
            "purpose": "INTER_PROVINCE",
            "picks": [{"lot": "lot-31", "serial_lo": 901, "serial_hi": 1_001}],
            "beneficiary_en": "A hotel in Hebei",
            "beneficiary_zh": "河北某酒店",
            "province": "河北",
        },
    ),
    "conversion": Example(
        "CCER that are cancelled so that ecosystem-sink quota can be issued against them",
        "注销 CCER，以便据此签发生态系统碳汇类指标",
        {
            "purpose": "CONVERSION",
            "picks": [{"lot": "lot-31", "serial_lo": 1_001, "serial_hi": 1_501}],
            "beneficiary_en": "A forest group",
            "beneficiary_zh": "某林业集团",
        },
    ),
    "a replacement": Example(
        "Of the firm's own accord, what it owes for a reversal; for nobody's benefit",
        "自行补足逆转应补足的数量，不产生任何受益",
        {
            "purpose": "VOLUNTARY",
            "picks": [{"lot": "lot-33", "serial_lo": 2_001, "serial_hi": 2_501}],
            "reversal": "rev-171",
        },
    ),
}
"""Name → body of ``POST /v1/uses``; with ``type`` USE the action of a proposal."""
