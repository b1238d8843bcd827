"""Why the naive exchange refuses what would bring units in; see :mod:`tests.oracle.refusals`."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from exchange.core.canonical import RecordCodec
from exchange.core.commands.credits import AdmitLot, CommitImport, ImportRow, StageUnits
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.participants import ParticipantRole
from exchange.core.commands.projects import (
    Activity,
    CcerGeneration,
    Mechanism,
    ProjectTerms,
    RecordIssuance,
    RegisterProject,
    SetFacility,
)
from exchange.core.commands.uses import Purpose, SetBudget, SetObligation, UseUnits
from exchange.core.rejections import RejectReason as R
from tests.oracle import holding, origins
from tests.oracle.common_refusals import MAX_QUANTITY, OPERATOR, Reasons, is_day
from tests.oracle.exchange import NaiveExchange
from tests.oracle.origins import (
    bare,
    folded,
    is_covered,
    is_credit_code,
    issuance_of,
    known_as,
    project_called,
    terms_of,
)

YEARS = range(1990, 2101)
ON_LAND = {Activity(number) for number in range(1, 6)}
"""What takes carbon up on land: planted, managed, grass, wet, or dug over and green again."""


def _is_text(*texts: str) -> bool:
    return all(1 <= len(text) <= 200 for text in texts)


# -- projects --


def path(site: str) -> tuple[str, ...]:
    """The names on the way to a parcel of ground."""
    return tuple(filter(None, map(bare, re.split(r"[/\\]", unicodedata.normalize("NFKC", site)))))


def is_inside(one: str, other: str) -> bool:
    """Whether one parcel of ground is the other or a part of it."""
    return path(one)[: len(path(other))] == path(other)


def _share_ground(terms: ProjectTerms, other: ProjectTerms) -> bool:
    pairs = [(one, two) for one in terms.site_parcels for two in other.site_parcels]
    done = {terms.activity, other.activity}
    alike = len(done) == 1 or Activity.OTHER in done or done <= ON_LAND
    return alike and any(is_inside(a, b) or is_inside(b, a) for a, b in pairs)


def _project(twin: NaiveExchange, action: RegisterProject) -> Reasons:
    terms = action.terms
    if not _is_text(terms.code, terms.registry, terms.name_en, terms.name_zh, *terms.site_parcels):
        yield R.INVALID_FIELD
    if terms.registry.strip().upper() == "SANDBOX":
        yield R.INVALID_FIELD
    if (terms.estimate_kg > 0) != (terms.estimate_years > 0):
        yield R.INVALID_FIELD
    if project_called(twin, terms.code):
        yield R.PROJECT_CODE_TAKEN
    if not _is_sound(terms):
        yield R.PROJECT_INVALID
    sites = list(terms.site_parcels)
    inside = [is_inside(one, two) for i, one in enumerate(sites) for k, two in enumerate(sites) if i != k]
    if not all(map(path, sites)) or any(inside):
        yield R.SITE_PARCELS_INVALID
    if terms.mechanism is Mechanism.CCER and terms.started <= twin.rules["ELIG-START"]:
        yield R.STARTED_TOO_EARLY
    if terms.mechanism is Mechanism.CCER and not terms.uniqueness_declaration:
        yield R.UNIQUENESS_MISSING


def _is_sound(terms: ProjectTerms) -> bool:
    """Quota names source, league and plant; sinks are on land; only a CCER has a generation; the days are in order."""
    ccer, quota = terms.mechanism is Mechanism.CCER, terms.mechanism is Mechanism.REGIONAL_QUOTA
    if ccer != (terms.family is Family.FORESTRY_CCER) or quota != (terms.family is Family.REDUCTION_QUOTA):
        return False
    if quota and (terms.source_category is SourceCategory.NONE or terms.league is League.NONE):
        return False
    if quota and terms.source_category is not SourceCategory.ECOSYSTEM_SINK and not folded(terms.source_facility):
        return False
    if not quota and terms.source_category is not SourceCategory.NONE:
        return False
    on_land = not quota or terms.source_category is SourceCategory.ECOSYSTEM_SINK
    if terms.activity in (set(Activity) - ON_LAND - {Activity.OTHER} if on_land else ON_LAND):
        return False
    if ccer == (terms.ccer_generation is CcerGeneration.NONE):
        return False
    days = (terms.started, terms.crediting_start, terms.crediting_end)
    return all(map(is_day, days)) and list(days) == sorted(days) and terms.crediting_end // 10_000 in YEARS


def _facility(twin: NaiveExchange, action: SetFacility) -> Reasons:
    terms = action.terms
    until = terms.covered_to == 0 or terms.covered_from <= terms.covered_to <= 2100
    never = (terms.covered_from, terms.covered_to) == (0, 0)
    named = _is_text(terms.code, terms.name_en, terms.name_zh) and is_credit_code(terms.operating_firm)
    if not (named and (never or (until and terms.covered_from in YEARS))):
        yield R.INVALID_FIELD
    elif not never and terms.covered_from < twin.rules.get(f"ETS-{terms.sector.name}", 0):
        yield R.SECTOR_NOT_COVERED_YET


# -- issuances and lots --


def _serials(lo: int, hi: int) -> Reasons:
    if not (1 <= lo < hi <= 2**62 and hi - lo <= MAX_QUANTITY):
        yield R.SERIALS_INVALID


def _issuance(twin: NaiveExchange, action: RecordIssuance) -> Reasons:
    if action.project not in twin.projects:
        yield R.PROJECT_NOT_FOUND
        return
    terms = twin.projects[action.project].terms
    serials = set(range(action.serial_lo, action.serial_hi))
    if not _is_text(action.space):
        yield R.INVALID_FIELD
    if not 1 <= action.verified <= 10**12:
        yield R.QUANTITY_OUT_OF_RANGE
    yield from _serials(action.serial_lo, action.serial_hi)
    in_space = [one for one in twin.issuances.values() if one.space == action.space]
    if any(serials & set(range(one.lo, one.hi)) for one in in_space):
        yield R.SERIALS_OVERLAP
    spaces = {one.space for one in twin.issuances.values()}
    if any(bare(action.space) == bare(space) and action.space != space for space in spaces):
        yield R.SPACE_SPELT_OTHERWISE
    words = _words(action.serial_text)
    known = twin.issuances.values()
    others = {one.space for one in known if words and _words(one.text) == words}
    spaces = {_home(action.serial_text) or bare(action.space), *map(bare, others)}
    if spaces != {bare(action.space)} or any(_could_be(action.serial_text, one.text) for one in known):
        yield R.SERIALS_OF_ANOTHER_SPACE
    yield from _period(twin, terms, action)
    yield from _verified(twin, terms, action, len(serials))
    yield from _conversion(twin, terms, action, len(serials))


def _texts(template: str) -> tuple[str, str, str]:
    """What a template says before, between and behind its numbers."""
    before, _, rest = template.partition("{lo")
    between, _, after = rest.partition("}")[2].partition("{hi")
    return before, between, after.partition("}")[2]


def _words(template: str) -> tuple[str, ...]:
    """What serials say in front of their numbers and behind them; nothing where that is nothing."""
    before, _, after = map(bare, _texts(template))
    return (before, after) if before or after else ()


def _could_be(template: str, other: str) -> bool:
    """Whether the same text can come out of both, with other numbers as the serials."""
    if not (_words(template) and _words(other)):
        return False
    (one, place), (two, other_place) = (_shape(_texts(each)) for each in (template, other))
    return one == two and place != other_place


def _shape(texts: tuple[str, str, str]) -> tuple[str, int]:
    """Letters with a sign for each number, and how many numbers stand before the serials."""
    signs = [re.sub(r"\d+", "#", bare(text)).replace("-", "") for text in texts]
    return "#".join(signs), signs[0].count("#")


def _home(template: str) -> str:
    """The space in which a registry that is known by its serials counts them."""
    front, back = _words(template) or ("", "")
    if "vcsvcu" in f"{front} {back}":
        return "vcsvcu"
    return front if re.match(r"(gs|car|acrus)([0-9]|$)", front) else ""


def _period(twin: NaiveExchange, terms: ProjectTerms, action: RecordIssuance) -> Reasons:
    start, end, applied = action.monitoring_start, action.monitoring_end, action.applied_on
    in_order = [start, end, applied, twin.day] == sorted([start, end, applied, twin.day])
    fits = terms.crediting_start <= start and end <= terms.crediting_end and start // 10_000 == end // 10_000
    if not (all(map(is_day, (start, end, applied))) and in_order and fits and start // 10_000 in YEARS):
        yield R.PERIOD_INVALID
    oldest = max(twin.rules["ELIG-REDUCTION"] + 1, applied - twin.rules["ELIG-VINTAGE"] * 10_000)
    if terms.ccer_generation is CcerGeneration.NEW and start < oldest:
        yield R.REDUCTION_TOO_OLD
    if is_covered(twin, terms.source_facility, start // 10_000):
        yield R.SOURCE_COVERED


def _verified(twin: NaiveExchange, terms: ProjectTerms, action: RecordIssuance, tonnes: int) -> Reasons:
    """No other period overlaps on the same ground, and of this one no more is issued than was verified."""
    start, end = action.monitoring_start, action.monitoring_end
    same = [one for one in twin.issuances.values() if (one.project, one.start, one.end) == (action.project, start, end)]
    ground = [
        one
        for one in twin.issuances.values()
        if not one.converted and _share_ground(terms, twin.projects[one.project].terms)
        and one.start <= end and start <= one.end and one not in same
    ]  # fmt: skip
    if ground and not action.converted and not same:
        yield R.GROUND_TAKEN
    if any(one.verified != action.verified for one in same):
        yield R.VERIFIED_DIFFERS
    verified = same[0].verified if same else action.verified
    if tonnes > verified - sum(one.hi - one.lo for one in same):
        yield R.VERIFIED_EXCEEDED


def _conversion(twin: NaiveExchange, terms: ProjectTerms, action: RecordIssuance, tonnes: int) -> Reasons:
    """Quota of a sink stands on CCER that were cancelled for it: the same tonnes, so of the same league and year."""
    if terms.source_category is not SourceCategory.ECOSYSTEM_SINK:
        if action.converted:
            yield R.CONVERSION_INVALID
        return
    claim = twin.claims.get(action.converted)
    if claim is None or claim.purpose is not Purpose.CONVERSION or claim.status != "fulfilled":
        yield R.CONVERSION_INVALID
        return
    if holding.is_in_doubt(twin, claim):
        yield R.CONVERSION_INVALID
    made = {(terms_of(twin, lot).league, twin.lots[lot].good[2]) for lot, _, _ in claim.units}
    if made != {(terms.league, action.monitoring_start // 10_000)}:
        yield R.CONVERSION_INVALID
    if tonnes > claim.quantity - claim.converted:
        yield R.CONVERSION_EXCEEDED


def _lot(twin: NaiveExchange, action: AdmitLot) -> Reasons:
    yield from new_lot(twin, action.owner, action.lock_reference)
    issuance = twin.issuances.get(action.issuance)
    if issuance is None:
        yield R.ISSUANCE_NOT_FOUND
        return
    if is_covered(twin, twin.projects[issuance.project].terms.source_facility, issuance.start // 10_000):
        yield R.SOURCE_COVERED
    if issuance.converted:
        claim = twin.claims[issuance.converted]
        if claim.status != "fulfilled" or holding.is_in_doubt(twin, claim):
            yield R.CONVERSION_INVALID
        if claim.firm != action.owner:
            yield R.OWNER_NOT_OF_CONVERSION
    lo, hi = action.serial_lo, action.serial_hi
    yield from _serials(lo, hi)
    serials, issued = set(range(lo, hi)), set(range(issuance.lo, issuance.hi))
    lots = [one for one in twin.lots.values() if one.issuance == action.issuance]
    if any(serials & set(range(lot.lo, lot.hi)) for lot in lots):
        yield R.SERIALS_OVERLAP
    if not serials <= issued:
        yield R.OUTSIDE_ISSUANCE


def new_lot(twin: NaiveExchange, owner: int, lock: str) -> Reasons:
    """Whether a firm may bring units in, and on this paper."""
    if owner not in twin.firms:
        yield R.PARTICIPANT_NOT_FOUND
    elif twin.firms[owner].role is ParticipantRole.BUYER:
        yield R.ROLE_CANNOT_SELL
    yield from lock_paper(twin, lock)


def of_one_origin(twin: NaiveExchange, action: UseUnits, units: list[tuple[int, int, int]]) -> Reasons:
    """Quota is of one league and one year, and so are the CCER that are cancelled for it."""
    if action.purpose is not Purpose.CONVERSION:
        return
    leagues = {terms_of(twin, lot).league for lot, _, _ in units}
    years = {twin.lots[lot].good[2] for lot, _, _ in units}
    if League.NONE in leagues or len(leagues) > 1 or len(years) > 1:
        yield R.CONVERSION_MIXED


def lock_paper(twin: NaiveExchange, lock: str) -> Reasons:
    """Whether a lock may be entered on this paper."""
    if not _is_text(lock):
        yield R.INVALID_FIELD
    if known_as(lock) in map(known_as, twin.locks):
        yield R.LOCK_REFERENCE_USED


# -- files --

_ROW = RecordCodec(ImportRow)


def _stage(twin: NaiveExchange, command: StageUnits) -> Reasons:
    begun = twin.imports.get(command.staged)
    if command.staged and (begun is None or begun.by != command.actor):
        yield R.IMPORT_NOT_FOUND
        return
    if begun is not None and begun.committed:
        yield R.IMPORT_COMMITTED
    if not 1 <= len(command.rows) <= 100:
        yield R.TOO_MANY_ROWS


def reasons_against(twin: NaiveExchange, actor: int, row: ImportRow) -> Reasons:
    """What is wrong with a row by itself."""
    issuance = issuance_of(twin, actor, row)
    yield from _issuance(twin, issuance)
    yield from new_lot(twin, row.owner, row.lock_reference)


def judged(
    twin: NaiveExchange, by: int, waiting: list[ImportRow], rows: tuple[ImportRow, ...]
) -> Iterator[tuple[ImportRow, set[R]]]:
    """What is wrong with each row: by itself, or else with its line, or else when those that wait and the good ones
    before it have come in.
    """
    there = list(waiting)
    trial = origins.trial_of(twin)
    # Far from every id that there is.
    numbers = count(-1, -1)
    for row in waiting:
        origins.try_row(trial, next(numbers), by, row)
    for row in rows:
        found = set(reasons_against(twin, by, row)) or set(_line(there, row)) or set(reasons_against(trial, by, row))
        if not found:
            origins.try_row(trial, next(numbers), by, row)
            there.append(row)
        yield row, found


def _line(there: list[ImportRow], row: ImportRow) -> Reasons:
    """Whether its line is that of a row that waits, be it this one."""
    if row in there:
        yield R.WAITS_ALREADY
    elif row.line in [one.line for one in there]:
        yield R.LINE_TAKEN


def staged(twin: NaiveExchange, command: StageUnits) -> tuple[list[ImportRow], list[tuple[int, R]]]:
    """The rows of a portion that wait from now on, and the lines of the others, each with its smallest reason."""
    waiting = twin.imports[command.staged].rows if command.staged else []
    told = list(judged(twin, command.actor, waiting, command.rows))
    return [row for row, found in told if not found], [(row.line, min(found)) for row, found in told if found]


def _commit(twin: NaiveExchange, action: CommitImport) -> Reasons:
    begun = twin.imports.get(action.staged)
    if begun is None:
        yield R.IMPORT_NOT_FOUND
        return
    if begun.committed:
        yield R.IMPORT_COMMITTED
        return
    digest = hashlib.sha256(b"".join(map(_ROW.encode, begun.rows))).digest()
    if digest != action.rows_hash or not begun.rows:
        yield R.HASH_MISMATCH
    yield from next((found for _, found in judged(twin, begun.by, [], tuple(begun.rows)) if found), ())


# -- plans --


def _obligation(twin: NaiveExchange, action: SetObligation) -> Reasons:
    if not _is_text(action.facility):
        yield R.INVALID_FIELD
    if not 0 <= action.due <= MAX_QUANTITY:
        yield R.QUANTITY_OUT_OF_RANGE
    if not is_covered(twin, action.facility, action.year):
        yield R.FACILITY_NOT_COVERED


def _budget(twin: NaiveExchange, action: SetBudget) -> Reasons:
    first, last = action.first_year, action.last_year
    one_year, five_years = first == last, last - first == 4 and first % 5 == 1
    if not (2021 <= first <= last <= 2100 and (one_year or five_years)):
        yield R.PLAN_PERIOD_INVALID
    if not 0 <= action.planned <= 10**12:
        yield R.QUANTITY_OUT_OF_RANGE


COMMANDS: dict[type, tuple[Any, bool, Callable[[NaiveExchange, Any], Reasons]]] = {
    StageUnits: ((OPERATOR,), False, _stage),
}
ACTIONS: dict[type, Callable[[NaiveExchange, Any], Reasons]] = {
    RegisterProject: _project,
    SetFacility: _facility,
    RecordIssuance: _issuance,
    AdmitLot: _lot,
    CommitImport: _commit,
    SetObligation: _obligation,
    SetBudget: _budget,
}
