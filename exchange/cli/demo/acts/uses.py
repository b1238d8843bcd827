"""Tonnes are used: for a new project, and for a power plant's surrender under its cap, with the registry's receipt."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import httpx

from exchange.cli.demo.acts.units import ANSWER_SECONDS, ENERGY_QUOTA, FOREST_CCER
from exchange.cli.demo.cast import Desk, Stage
from exchange.cli.demo.drawing import below, name_of, tonnes
from exchange.cli.demo.four_eyes import agree
from exchange.cli.demo.refusals import refused
from exchange.cli.demo.words import USE_STATES, in_chinese, in_english
from exchange.cli.problem import CommandError
from exchange.cli.terminal import Screen
from exchange.client.models import Certificate, ProposedUse, Use

PLANT: Final = "SIM-HNYM-1"
ROLLING_LINE: Final = "SIM-ROLLING-1"
STEEL_CODE, POWER_CODE = "91150200MA0NBAG01G", "91150700MA0NYEM01N"
"""Made-up credit codes (统一社会信用代码) of the two firms."""

COMPLIANCE_YEAR: Final = 2025
DUE: Final = 130_019
"""Simulated; 5 % of it are 6,500.95 tonnes."""

SURRENDERED: Final = 6_500
OFFSET: Final = 5_000

Document = dict[str, object]

SURRENDER: Final[Document] = {"facility": PLANT, "year": COMPLIANCE_YEAR, "beneficiary_code": POWER_CODE}

OPEN: Final = ("PROPOSED", "PENDING")


async def play(stage: Stage, screen: Screen) -> None:
    """A use that is over at once, one that waits for the registry, and two that the law does not let through."""
    offset = await _new_project(stage, screen)
    await _covered_plant(stage, screen)
    await _cap(stage, screen)
    surrender = await _surrender(stage, screen)
    for desk, use in ((stage.desk("BAOGANG"), offset), (stage.desk("HN-YIMIN"), surrender)):
        await _certificate(stage, screen, desk, use)


async def _approved(stage: Stage, desk: Desk, purpose: str, details: Document, symbol: str, quantity: int) -> Use:
    """Proposed by the firm, signed; approved by operator A, signed; as it stands when the registry has answered."""
    proposed = await _proposed(stage, desk, purpose, details, symbol, quantity)
    proposal = await stage.staff.operator_a.proposals.get(proposed.proposal)
    await stage.staff.operator_a.proposals.approve(proposal)
    desk.client.connection.seen_seq = stage.staff.operator_a.connection.seen_seq
    deadline = time.monotonic() + ANSWER_SECONDS
    while (use := await desk.client.uses.get(proposed.id)).status in OPEN:
        if time.monotonic() > deadline:
            raise CommandError(
                "the simulated registry did not answer in time. 模拟登记机构未及时答复",
                f"read {stage.registry.log_file} 请查看日志文件",
            )
        await asyncio.sleep(0.05)
    stage.uses[use.purpose] = use.id
    return use


async def _proposed(
    stage: Stage, desk: Desk, purpose: str, details: Document, symbol: str, quantity: int
) -> ProposedUse:
    """The firm uses units of a book for itself."""
    beneficiary = {"beneficiary_en": desk.firm.name_en, "beneficiary_zh": desk.firm.name_zh}
    return await desk.client.uses.propose(
        purpose, {**beneficiary, **details}, instrument=stage.instruments[symbol], quantity=quantity
    )


def _tell(screen: Screen, desk: Desk, use: Use, english: str, chinese: str) -> None:
    """What a use came to, with its serials and receipts."""
    receipts = ", ".join(use.receipts)
    for language in screen.languages:
        told = in_english if language == "en" else in_chinese
        words = (english if language == "en" else chinese, told(USE_STATES, use.status))
        screen.line(f"  {name_of(desk.firm.short, language)} {words[0]} → {screen.paint(words[1], 'cyan')}")
        for part in use.units:
            screen.line(f"  {below(language)}{'serials' if language == 'en' else '序列号'} {part.serial_text}")
        if receipts:
            screen.line(f"  {below(language)}{'receipt' if language == 'en' else '登记机构注销回执'} {receipts}")


async def _new_project(stage: Stage, screen: Screen) -> Use:
    """Quota for a steel firm's new line: quota is this region's own, so it is retired at once."""
    baogang = stage.desk("BAOGANG")
    details: Document = {
        "beneficiary_code": STEEL_CODE,
        "facility": ROLLING_LINE,
        "year": COMPLIANCE_YEAR,
        "offset_project": "SIM rolling line 轧钢线（模拟）",
        "intensity": "HIGH",
        "league": "BAOTOU",
    }
    use = await _approved(stage, baogang, "NEW_PROJECT_OFFSET", details, ENERGY_QUOTA, OFFSET)
    _tell(
        screen,
        baogang,
        use,
        f"uses {tonnes(use.quantity)} t of quota for a new project in Baotou; retired at once, they cover"
        f" {tonnes(use.covers)} t",
        f"为包头的新上项目使用碳减排量指标 {tonnes(use.quantity)} 吨，即时核销，可抵 {tonnes(use.covers)} 吨",
    )
    return use


async def _covered_plant(stage: Stage, screen: Screen) -> None:
    """The power plant is in the national market, so regional quota cannot serve it as well."""
    yimin = stage.desk("HN-YIMIN")
    facility: Document = {
        "code": PLANT,
        "name_en": "Huaneng Yimin unit 1 (simulated)",
        "name_zh": "华能伊敏 1 号机组（模拟）",
        "operating_firm": POWER_CODE,
        "sector": "POWER",
        "league": "HULUNBUIR",
        "covered_from": 2021,
    }
    await agree(stage, "FACILITY", facility, by_regulator=True)
    await agree(stage, "OBLIGATION", {"facility": PLANT, "year": COMPLIANCE_YEAR, "due": DUE}, by_regulator=True)
    screen.say(
        f"The regulator enters {PLANT} as a facility of the national market, and its simulated duty for"
        f" {COMPLIANCE_YEAR}: {tonnes(DUE)} t.",
        f"主管部门登记全国碳市场设施 {PLANT} 及其 {COMPLIANCE_YEAR} 年度应清缴量（模拟）：{tonnes(DUE)} 吨。",
    )
    details: Document = {
        "beneficiary_code": POWER_CODE,
        "facility": PLANT,
        "year": COMPLIANCE_YEAR,
        "offset_project": "SIM unit 2 二期（模拟）",
        "intensity": "HIGH",
        "league": "HULUNBUIR",
    }
    await refused(
        screen,
        yimin.client,
        yimin.firm.short,
        f"uses 1,000 t of quota for {PLANT}",
        f"为 {PLANT} 使用碳减排量指标 1,000 吨",
        lambda: _proposed(stage, yimin, "NEW_PROJECT_OFFSET", details, ENERGY_QUOTA, 1_000),
    )


async def _cap(stage: Stage, screen: Screen) -> None:
    """The calculator says how much CCER the plant may surrender; one tonne more is refused."""
    yimin = stage.desk("HN-YIMIN")
    yimin.client.connection.seen_seq = stage.staff.regulator.connection.seen_seq
    cap = await yimin.client.budgets.offset_cap(PLANT, COMPLIANCE_YEAR)
    screen.say(
        f"The calculator: CCER may stand for 5 % of {tonnes(cap.due or 0)} t, rounded down: {tonnes(cap.cap or 0)} t.",
        f"抵销上限计算：{tonnes(cap.due or 0)} 吨的 5 %，向下取整为 {tonnes(cap.cap or 0)} 吨。",
    )
    await refused(
        screen,
        yimin.client,
        yimin.firm.short,
        f"surrenders {tonnes(SURRENDERED + 1)} t of CCER",
        f"以 CCER 清缴抵销 {tonnes(SURRENDERED + 1)} 吨",
        lambda: _proposed(stage, yimin, "NATIONAL_SURRENDER", SURRENDER, FOREST_CCER, SURRENDERED + 1),
    )


async def _surrender(stage: Stage, screen: Screen) -> Use:
    yimin = stage.desk("HN-YIMIN")
    use = await _approved(stage, yimin, "NATIONAL_SURRENDER", SURRENDER, FOREST_CCER, SURRENDERED)
    _tell(
        screen,
        yimin,
        use,
        f"surrenders {tonnes(use.quantity)} t of CCER; the national registry has cancelled them",
        f"以 CCER 清缴抵销 {tonnes(use.quantity)} 吨，登记机构已注销",
    )
    return use


async def _certificate(stage: Stage, screen: Screen, desk: Desk, use: Use) -> None:
    """The certificate, and what its check page says to anybody."""
    certificate = await desk.client.uses.certificate(use.id)
    stage.certificates.append(certificate.page)
    confirmed = await _check_page_confirms(stage, certificate)
    verdicts = ("the check page confirms it", "查验页面核对一致") if confirmed else ("NOT CONFIRMED", "未能核对")
    english, chinese = (screen.paint(verdict, "green" if confirmed else "red") for verdict in verdicts)
    screen.say(
        f"{name_of(desk.firm.short, 'en')} certificate {certificate.number} → {english}\n"
        f"{below('en')}check page {stage.url}{certificate.page}",
        f"{name_of(desk.firm.short, 'zh')} 证书 {certificate.number} → {chinese}\n"
        f"{below('zh')}查验页面 {stage.url}{certificate.page}",
    )
    if not confirmed:
        raise CommandError("a certificate was not confirmed by its check page. 证书未获查验页面确认")


async def _check_page_confirms(stage: Stage, certificate: Certificate) -> bool:
    """Whether the public page has the number, says that it is valid, and shows the hash of the JSON."""
    async with httpx.AsyncClient(base_url=stage.url, trust_env=False) as anybody:
        page = await anybody.get(certificate.page)
    wanted = (certificate.number, certificate.sha256, "有效")
    return page.status_code == httpx.codes.OK and all(text in page.text for text in wanted)
