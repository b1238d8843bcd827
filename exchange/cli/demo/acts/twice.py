"""Two attempts to count a tonne twice: the same serials for another purpose, the same forest under another scheme."""

from __future__ import annotations

from exchange.cli.demo.acts.origins import FOREST_PLOTS, issuance
from exchange.cli.demo.cast import OPERATOR_A, Stage
from exchange.cli.demo.four_eyes import agree
from exchange.cli.demo.refusals import refused
from exchange.cli.terminal import Screen
from exchange.client import Pick


async def play(stage: Stage, screen: Screen) -> None:
    """Both are refused, each with its code, and change nothing."""
    await _the_same_serials(stage, screen)
    await _the_same_forest(stage, screen)


async def _the_same_serials(stage: Stage, screen: Screen) -> None:
    """What was surrendered shall make a meeting carbon-neutral as well."""
    yimin = stage.desk("HN-YIMIN")
    surrender = await yimin.client.uses.get(stage.uses["NATIONAL_SURRENDER"])
    part = surrender.units[0]
    await refused(
        screen,
        yimin.client,
        yimin.firm.short,
        "uses the surrendered serials once more, for a zero-carbon meeting",
        "将已清缴的同一序列号再用于零碳会议",
        lambda: yimin.client.uses.propose(
            "EVENT_NEUTRALITY",
            {
                "beneficiary_en": yimin.firm.name_en,
                "beneficiary_zh": yimin.firm.name_zh,
                "neutrality": "MEETING",
                "event": "SIM meeting 会议（模拟）",
                "event_day": "2026-12-01",
                "league": "HULUNBUIR",
            },
            picks=[Pick(part.lot, part.serial_lo, part.serial_hi)],
        ),
    )


async def _the_same_forest(stage: Stage, screen: Screen) -> None:
    """A part of the CCER project's forest comes again, with another scheme's serials, for months that were issued."""
    operator = stage.staff.operator_a
    project: dict[str, object] = {
        "code": "SIM-VCS-4711",
        "family": "OTHER_SINK",
        "mechanism": "VCS",
        "registry": "SIM Verra registry",
        "name_en": "Simulated: the same plot under another scheme",
        "name_zh": "同一小班另报其他机制（模拟）",
        "site_parcels": [f"{FOREST_PLOTS[0]}/B"],
        "activity": "AFFORESTATION",
        "started": "2016-04-01",
        "crediting_start": "2020-01-01",
        "crediting_end": "2049-12-31",
    }
    document = issuance(2023, 800, "SIM-VCS", 1, "")
    document["project"] = await agree(stage, "PROJECT", project)
    await refused(
        screen,
        operator,
        OPERATOR_A,
        "records an issuance for a part of the same forest and year, under another scheme",
        "以其他机制为同一林地、同一年度再次登记签发",
        lambda: operator.proposals.propose("ISSUANCE", document),
    )
    screen.say(
        "Both guards stand twice: in the exchange's core, and as constraints of the database behind it.",
        "两道防线均有两层：交易所核心一层，其后数据库约束一层。",
    )
