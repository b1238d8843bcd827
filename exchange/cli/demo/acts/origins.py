"""Where tonnes come from: projects and what was verified and issued for them, each entered by two persons."""

from __future__ import annotations

from typing import Final

from exchange.cli.demo import figures
from exchange.cli.demo.cast import Stage
from exchange.cli.demo.drawing import tonnes
from exchange.cli.demo.four_eyes import agree
from exchange.cli.demo.words import FAMILIES, LEAGUES, in_chinese, in_english
from exchange.cli.terminal import Screen

CCER_PROJECT: Final = "SIM-CCER-AFF-01"
CCER_SPACE: Final = "SIM-CCER"
FOREST_PLOTS: Final = ("SIM/INM/HULUNBUIR/GENHE/F03/012/03", "SIM/INM/HULUNBUIR/GENHE/F03/012/04")
"""Sub-compartments (小班) behind league, city, forest farm and compartment: simulated."""

Document = dict[str, object]

PROJECTS: Final[dict[str, Document]] = {
    "ccer": {
        "code": CCER_PROJECT,
        "family": "FORESTRY_CCER",
        "mechanism": "CCER",
        "registry": "SIM 全国温室气体自愿减排注册登记系统（模拟）",
        "name_en": "Simulated afforestation project in the Greater Khingan range",
        "name_zh": "大兴安岭造林碳汇模拟项目",
        "methodology": "CCER-14-001-V01",
        "site_parcels": list(FOREST_PLOTS),
        "activity": "AFFORESTATION",
        "league": "HULUNBUIR",
        "ccer_generation": "NEW",
        "started": "2015-04-20",
        "crediting_start": "2021-01-01",
        "crediting_end": "2055-04-19",
        "uniqueness_declaration": "SIM-UNIQUE-2025-01",
    },
    "quota": {
        "code": "SIM-ES-HEATING-01",
        "family": "REDUCTION_QUOTA",
        "mechanism": "REGIONAL_QUOTA",
        "registry": "SIM 自治区碳减排量指标登记簿（模拟）",
        "name_en": "Simulated energy saving in the heating of forest farms",
        "name_zh": "林场供热节能改造模拟项目",
        "methodology": "SIM-METHOD-ES",
        "site_parcels": ["SIM/HEATING-PLANTS"],
        "activity": "ENERGY_SAVING",
        "league": "HULUNBUIR",
        "source_category": "ENERGY_SAVING",
        "source_facility": "SIM forest-farm heating plants, outside the national ETS",
        "started": "2023-09-01",
        "crediting_start": "2023-09-01",
        "crediting_end": "2030-12-31",
    },
    "estimate": {
        "code": "SIM-BAIYINHUA",
        "family": "OTHER_SINK",
        "registry": "SIM not stated in the source",
        "name_en": "Baiyinhua mine restoration",
        "name_zh": "白音华矿山修复",
        "site_parcels": ["SIM/XILINGOL/BAIYINHUA"],
        "activity": "MINE_RESTORATION",
        "league": "XILINGOL",
        "started": "2023-01-01",
        "crediting_start": "2023-01-01",
        "crediting_end": "2052-12-31",
        "estimate_kg": int(figures.BAIYINHUA_TONNES * 1_000),
        "estimate_years": figures.BAIYINHUA_YEARS,
    },
}


def sink_project(owner: str, name_zh: str, name_en: str) -> Document:
    """A project of the family OTHER_SINK: what the article sold without saying under which mechanism."""
    return {
        "code": f"SIM-SINK-{owner}",
        "family": "OTHER_SINK",
        "registry": "SIM not stated in the source",
        "name_en": f"{name_en}: carbon sink, mechanism not stated",
        "name_zh": f"{name_zh}碳汇（机制未列明）",
        "site_parcels": [f"SIM/{owner}/FOREST"],
        "activity": "FOREST_MANAGEMENT",
        "league": "HULUNBUIR",
        "started": "2021-01-01",
        "crediting_start": "2021-01-01",
        "crediting_end": "2040-12-31",
    }


def issuance(year: int, quantity: int, space: str, serial_lo: int, serial_text: str) -> Document:
    """What was verified for a whole year, all of it issued at once; the project is named when it has an id."""
    return {
        "monitoring_start": f"{year}-01-01",
        "monitoring_end": f"{year}-12-31",
        "verified": quantity,
        "applied_on": f"{year + 1}-06-30",
        "space": space,
        "serial_lo": serial_lo,
        "serial_hi": serial_lo + quantity,
        "serial_text": serial_text,
    }


ISSUANCES: Final[dict[str, Document]] = {
    "ccer": issuance(2023, 100_000, CCER_SPACE, 1, "SIM-CCER-2023-{lo:8}-{hi:8}"),
    "quota": issuance(2024, 50_000, "SIM-QUOTA", 1, "SIM-JPL-2024-{lo:6}-{hi:6}"),
    "sink-sengong": issuance(2022, 500_000, "SIM-SINK", 1, ""),
    "sink-hulunbuir": issuance(2022, 120_000, "SIM-SINK", 500_001, ""),
}


async def play(stage: Stage, screen: Screen) -> None:
    """Record five projects and four issuances; one project stays an estimate."""
    projects = {
        **PROJECTS,
        "sink-sengong": sink_project("SENGONG", "内蒙古森工集团", "Inner Mongolia Forest Industry"),
        "sink-hulunbuir": sink_project("HLBE-FOREST", "呼伦贝尔林业集团", "Hulunbuir Forestry"),
    }
    for name, document in projects.items():
        stage.projects[name] = await agree(stage, "PROJECT", document, by_regulator=_is_quota(document))
    for name, document in ISSUANCES.items():
        whole = {"project": stage.projects[name], **document}
        stage.issuances[name] = await agree(stage, "ISSUANCE", whole, by_regulator=_is_quota(projects[name]))
    _table(screen, projects)
    screen.say(
        "Each project and each issuance takes two persons; reduction quota takes the regulator's approval.\n"
        f"Baiyinhua: {figures.BAIYINHUA_TONNES:,} t expected over {figures.BAIYINHUA_YEARS} years are recorded as an"
        " estimate: nothing was verified, so nothing is issued.",
        "每个项目、每次签发均须两人先后经办、复核；碳减排量指标须经主管部门复核。\n"
        f"白音华：预计 {figures.BAIYINHUA_YEARS} 年 {figures.BAIYINHUA_TONNES:,} 吨，仅作为事前预计量记载；"
        "未经核查，不予签发。",
        indent="    ",
    )


def _is_quota(document: Document) -> bool:
    """Whether the regulator must approve: reduction quota, and the project that it is issued for."""
    return document["family"] == "REDUCTION_QUOTA"


def _table(screen: Screen, projects: dict[str, Document]) -> None:
    rows = []
    for name, document in projects.items():
        issued = ISSUANCES.get(name)
        family, league = str(document["family"]), str(document["league"])
        rows.append(
            (
                str(document["code"]),
                screen.word(in_english(FAMILIES, family), in_chinese(FAMILIES, family)),
                screen.word(in_english(LEAGUES, league), in_chinese(LEAGUES, league)),
                "–" if issued is None else str(issued["monitoring_start"])[:4],
                "–" if issued is None else tonnes(int(str(issued["verified"]))),
            )
        )
    heads = (
        screen.head("project", "项目"),
        screen.head("family", "品类"),
        screen.head("league", "盟市"),
        screen.head("vintage", "年度"),
        screen.head("verified and issued, t", "核查并签发（吨）"),
    )
    screen.table(heads, rows, "<<<<>")
