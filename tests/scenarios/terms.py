"""How a scenario describes projects, facilities, and which units are meant; what it does not say is plausible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import (
    Activity,
    CcerGeneration,
    FacilityTerms,
    Mechanism,
    ProjectTerms,
    RecordIssuance,
    Sector,
)
from exchange.core.commands.uses import Intensity, Neutrality, Pick, Purpose, UseDetails
from exchange.core.credits.spelling import folded, is_firm_code
from exchange.core.values import ClaimId, Day, LotId, ProjectId, Tonnes
from tests.scenarios.language import ScenarioError, Words, count, serial_range
from tests.support.market import Market

FAMILIES: Final = {"ccer": Family.FORESTRY_CCER, "quota": Family.REDUCTION_QUOTA, "sink": Family.OTHER_SINK}

Ids = Callable[[str], int]
"""What the scenario calls something."""


def league(name: str) -> League:
    """``hohhot``; ``region`` and nothing at all are the region as a whole."""
    return League.NONE if name in ("", "region") else League[name.upper()]


def project_terms(market: Market, words: Words) -> ProjectTerms:
    """``Woods family ccer league hinggan site INM/HLB/01,INM/HLB/02 activity methane mechanism vcs generation old
    source ccus facility P-1 started 20130101 crediting 20130101-20521231 estimate 22514200/30 declares paper``.
    """
    family = FAMILIES[words.option("family", "ccer")]
    options = {name: words.option(name) for name in _PROJECT_OPTIONS}
    code = words.next()
    terms = market.project_terms(f"{code}-QUOTA" if family is Family.REDUCTION_QUOTA else code, family)
    for name, given in options.items():
        if given:
            terms = replace(terms, **_PROJECT_OPTIONS[name](given))
    return terms


def _crediting(text: str) -> dict[str, Any]:
    first, _, last = text.partition("-")
    return {"crediting_start": Day(count(first)), "crediting_end": Day(count(last))}


def _estimate(text: str) -> dict[str, Any]:
    kilograms, _, years = text.partition("/")
    return {"estimate_kg": count(kilograms), "estimate_years": count(years)}


_PROJECT_OPTIONS: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "league": lambda text: {"league": league(text)},
    "site": lambda text: {"site_parcels": tuple(text.split(","))},
    "activity": lambda text: {"activity": Activity[text.upper()]},
    "mechanism": lambda text: {"mechanism": Mechanism[text.upper()]},
    "generation": lambda text: {"ccer_generation": CcerGeneration[text.upper()]},
    "source": lambda text: {"source_category": SourceCategory[text.upper()]},
    "facility": lambda text: {"source_facility": text},
    "started": lambda text: {"started": Day(count(text))},
    "crediting": _crediting,
    "estimate": _estimate,
    "declares": lambda text: {"uniqueness_declaration": "" if text == "nothing" else text},
}


def facility_terms(words: Words) -> FacilityTerms:
    """``Mill of Steel sector steel league baotou from 2024 to 2026``; without ``to`` for ever, ``from 0`` for never."""
    sector, where = Sector[words.option("sector", "steel").upper()], league(words.option("league", "baotou"))
    first, last, firm = count(words.option("from", "2024")), count(words.option("to", "0")), words.option("of")
    code = words.next()
    return FacilityTerms(code, code, code, firm_code(firm or code), sector, where, first, last)


def firm_code(name: str) -> str:
    """A credit code for a firm of this name, with the character that checks it."""
    signs = "".join(sign for sign in folded(name).upper() if sign in CODE_SIGNS).ljust(17, "0")[:17]
    return next(signs + last for last in CODE_SIGNS if is_firm_code(signs + last))


def issuance(market: Market, ids: Ids, words: Words) -> RecordIssuance:
    """``1-100 family ccer project P1 vintage 2023 space CCER`` and, where it matters, ``period 20230101-20230630
    verified 500 applied 20240101 text VCS-{lo}-{hi} against c1``.
    """
    family, project = FAMILIES[words.option("family", "ccer")], words.option("project", "P1")
    vintage, space = count(words.option("vintage", "2023")), words.option("space", "CCER")
    period, verified, applied = words.option("period"), words.option("verified"), words.option("applied")
    text, against = words.option("text"), words.option("against")
    lo, hi = serial_range(words.next())
    action = market.issuance(lo, hi, family, project, vintage, space)
    if project.startswith("no-"):
        action = replace(action, project=ProjectId(ids(project)))
    if period:
        first, _, last = period.partition("-")
        action = replace(action, monitoring_start=Day(count(first)), monitoring_end=Day(count(last)))
    if verified:
        action = replace(action, verified=Tonnes(count(verified)))
    if applied:
        action = replace(action, applied_on=Day(count(applied)))
    return replace(action, serial_text=text, converted=ClaimId(ids(against) if against else 0))


def pick(ids: Ids, text: str) -> Pick:
    """``N1`` for whatever the rule takes of a lot, ``N1:11-20`` for these serials."""
    name, colon, serials = text.partition(":")
    lo, hi = serial_range(serials) if colon else (0, 0)
    return Pick(LotId(ids(name)), lo, hi)


def picks(ids: Ids, words: Words) -> tuple[Pick, ...]:
    """All words that are left."""
    return tuple(pick(ids, text) for text in words.rest().split())


def one_range(ids: Ids, text: str) -> Pick:
    """``N1:11-20``: these serials, or an error of the scenario."""
    picked = pick(ids, text)
    if not picked.hi:
        raise ScenarioError(f"which serials of {text}?")
    return picked


CODE_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""What a credit code is written with."""

PURPOSES: Final = {
    "surrender": Purpose.NATIONAL_SURRENDER,
    "new-project": Purpose.NEW_PROJECT_OFFSET,
    "event": Purpose.EVENT_NEUTRALITY,
    "voluntary": Purpose.VOLUNTARY,
    "compensation": Purpose.ECO_COMPENSATION,
    "another-province": Purpose.INTER_PROVINCE,
    "forced": Purpose.FORCED,
    "conversion": Purpose.CONVERSION,
}


def use_details(who: str, words: Words) -> UseDetails:
    """``facility Mill year 2025 firm Steel plant New intensity high neutral meeting called Naadam on 20260711 province
    Shanxi league hohhot beneficiary Steel``; what is not named is left empty.
    """
    beneficiary = words.option("beneficiary", who)
    return UseDetails(
        beneficiary,
        beneficiary,
        firm_code(words.option("firm", who)),
        words.option("facility"),
        count(words.option("year", "0")),
        words.option("plant"),
        Intensity[words.option("intensity", "none").upper()],
        Neutrality[words.option("neutral", "none").upper()],
        words.option("called"),
        Day(count(words.option("on", "0"))),
        words.option("province"),
        league(words.option("league")),
    )
