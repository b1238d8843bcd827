"""What can be wrong with using and releasing: claims, replacements, surrenders, offsets, releases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exchange.core.commands import Command
from exchange.core.commands.approvals import Approve
from exchange.core.commands.encumbrances import (
    Encumber,
    EncumbranceKind,
)
from exchange.core.commands.governance import AdoptRulebook, Verified
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import FacilityTerms, Sector, SetFacility
from exchange.core.commands.registry import SendRelease
from exchange.core.commands.uses import (
    CallOffRelease,
    Intensity,
    Neutrality,
    Pick,
    Purpose,
    RevokeClaim,
    SetObligation,
)
from exchange.core.handlers import encumbering
from exchange.core.handlers.replacing import NO_DETAILS
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Day, LotId, PersonId, ProjectId, Tonnes
from tests.core.units_world import FIRM_2, HOME, NOTHING, SURRENDERS, UNITS_WORLD
from tests.core.violations import NOBODY_KNOWS, Wrong, closing, halted, right, wrong
from tests.core.wrong_units import BY_PERSONS, FULL, LONG, PROPOSERS, proposal, texts
from tests.support.market import FIRM, Market, rules

U = UNITS_WORLD
M = U.market


# -- stages: what happens to the market before the command comes --


def encumbering_others(market: Market) -> None:
    """Other units are just being held fast, and that is not done yet."""
    chunk = encumbering.CHUNK
    try:
        encumbering.CHUNK = 1  # type: ignore[misc]
        scope = (ProjectId(0), 0, U.theirs, 311, 351)
        market.done(Encumber(market.operator, EncumbranceKind.PLEDGE, *scope, "loan"))
    finally:
        encumbering.CHUNK = chunk  # type: ignore[misc]
    assert market.state.encumbrances.working


def encumbered(lo: int, hi: int) -> Any:
    """Serials of the forest firm's CCER are held fast."""

    def stage(market: Market) -> None:
        scope = (ProjectId(0), 0, U.ccer, lo, hi)
        market.done(Encumber(market.operator, EncumbranceKind.PLEDGE, *scope, "loan"))

    return stage


def mill_covered(market: Market) -> None:
    """The second mill is in the national market too."""
    terms = FacilityTerms("mill-2", "Mill 2", "二厂", FIRM_2, Sector.STEEL, League.HOHHOT, 2024, 0)
    market.agree(SetFacility(market.operator, terms), market.regulator)


def another_entered(market: Market) -> None:
    """The third mill is known, and is another firm's."""
    terms = FacilityTerms("MILL-3", "Mill 3", "三厂", FIRM_2, Sector.STEEL, League.BAOTOU, 0, 0)
    market.agree(SetFacility(market.operator, terms), market.regulator)


def entered_in_baotou(market: Market) -> None:
    """The third mill is known as the firm's own, but stands elsewhere."""
    terms = FacilityTerms("MILL-3", "Mill 3", "三厂", FIRM_2, Sector.STEEL, League.BAOTOU, 0, 0)
    market.agree(SetFacility(market.operator, terms), market.regulator)


def mill_left(market: Market) -> None:
    """The first mill was only in the national market for a year."""
    terms = FacilityTerms("MILL-1", "Mill", "钢厂", FIRM, Sector.STEEL, League.BAOTOU, 2024, 2024)
    market.agree(SetFacility(market.operator, terms), market.regulator)


def due_lowered(market: Market) -> None:
    """The first mill has to surrender less than was thought."""
    market.agree(SetObligation(market.operator, "MILL-1", 2025, Tonnes(199)), market.regulator)


def exception_made(market: Market) -> None:
    """A rulebook lets covered facilities use quota, by an article."""
    book = tuple(
        replace(rule, value=1, verified=Verified.YES) if rule.rule == "ETS-BUYER" else rule for rule in rules()
    )
    market.agree(AdoptRulebook(market.operator, "exception", book), market.regulator)


def ratio_raised(market: Market) -> None:
    """A rulebook asks for twenty tonnes for one of a project that is not carbon-intensive, by an article."""
    book = (replace(rule, value=20_000_000, verified=Verified.YES) for rule in rules() if rule.rule == "DIFF-LOW")
    market.agree(AdoptRulebook(market.operator, "ratio", tuple(book)), market.regulator)


HALTED = wrong(R.INSTRUMENT_HALTED, encumbering_others)
OWN = (
    wrong(R.NOT_AUTHORISED, actor=M.operator, action__actor=M.operator),
    wrong(R.NOT_AUTHORISED, actor=M.auditor),
    wrong(R.NOT_AUTHORISED, action__actor=M.auditor),
    wrong(R.NOT_AUTHORISED, action__participant=U.steel),
    wrong(R.NOT_AUTHORISED, action__participant=NOBODY_KNOWS),
)
"""For what a trader proposes for the own firm."""


def picks(*given: tuple[LotId, int, int]) -> tuple[Pick, ...]:
    """Named serials."""
    return tuple(Pick(*one) for one in given)


# -- uses --

USE = proposal(U.use(U.pick(71, 81)))
AWAY = replace(NOTHING, league=League.NONE)
EVENT = replace(NOTHING, neutrality=Neutrality.MEETING, event="零碳会议", event_day=Day(20261001))
AMOUNT = "action__picks action__quantity"
WRONG_USE = (
    *OWN,
    wrong(R.INSTRUMENT_NOT_FOUND, action__instrument=NOBODY_KNOWS),
    wrong(R.LOT_NOT_FOUND, action__picks=picks((U.theirs, 311, 321)), touches=AMOUNT),
    wrong(R.LOT_NOT_FOUND, action__picks=picks((NOBODY_KNOWS, 311, 321)), touches=AMOUNT),  # type: ignore[arg-type]
    HALTED,
    wrong(R.INVALID_FIELD, action__instrument=U.instrument, touches="action__picks"),
    *texts("action__details__beneficiary_en", "action__details__beneficiary_zh"),
    *(
        wrong(R.INVALID_FIELD, **{f"action__details__{name}": LONG})
        for name in ("beneficiary_code", "facility", "project", "event", "province")
    ),
    *(wrong(R.INVALID_FIELD, action__details__year=year) for year in (-1, 10_000)),
    *(wrong(R.INVALID_FIELD, action__details__event_day=day) for day in (20260231, -1)),
    *(
        wrong(R.PURPOSE_DETAILS, action__details__beneficiary_code=code)
        for code in ("911501", FIRM.replace("0X", "1X"), "MILL", f"{FIRM}\N{ZERO WIDTH SPACE}")
    ),
    wrong(R.INVALID_FIELD, action__purpose=Purpose.FORCED),
    *(
        wrong(R.INVALID_FIELD, action__picks=given, touches=AMOUNT)
        for given in (
            (),
            picks((U.ccer, 71, 76), (U.ccer, 0, 0)),
            picks((U.ccer, 0, 0), (U.ccer, 0, 0)),
            picks((U.ccer, 71, 76), (U.ccer, 75, 80)),
            picks(*((U.ccer, 71 + n, 72 + n) for n in range(101))),
        )
    ),
    *(
        wrong(R.SERIALS_INVALID, action__picks=picks((U.ccer, lo, hi)), touches=AMOUNT)
        for lo, hi in ((71, 71), (81, 71), (0, 81), (71, 2**63 - 1))
    ),
    *(wrong(R.QUANTITY_OUT_OF_RANGE, action__quantity=tonnes) for tonnes in (0, 10**9 + 1)),
    *(wrong(R.QUANTITY_DIFFERS, action__quantity=tonnes) for tonnes in (9, 11)),
    wrong(R.PURPOSE_DETAILS, action__details__league=League.NONE, touches="action__purpose"),
    wrong(R.PURPOSE_DETAILS, action__details__province="山西", touches="action__purpose"),
    wrong(R.PURPOSE_DETAILS, action__details__year=2025, touches="action__purpose action__details__facility"),
    wrong(R.PURPOSE_DETAILS, action__details__intensity=Intensity.LOW, touches="action__purpose"),
    wrong(R.PURPOSE_DETAILS, action__details__neutrality=Neutrality.EVENT, touches="action__purpose"),
    wrong(R.PURPOSE_DETAILS, action__purpose=Purpose.NEW_PROJECT_OFFSET, touches="action__details"),
    wrong(R.PURPOSE_DETAILS, action__purpose=Purpose.INTER_PROVINCE, touches="action__details"),
    *(
        wrong(
            R.PURPOSE_DETAILS,
            action__details=replace(EVENT, event_day=Day(day)),
            action__purpose=Purpose.EVENT_NEUTRALITY,
        )
        for day in (20181231, 21010101)
    ),
    *(
        wrong(R.PURPOSE_DETAILS, action__details=replace(AWAY, province=name), action__purpose=Purpose.INTER_PROVINCE)
        for name in ("内蒙古", "Inner Mongolia", "火星", " ", "")
    ),
    *(
        wrong(R.UNITS_NOT_THERE, action__picks=given, touches=AMOUNT)
        for given in (
            picks((U.ccer, 1, 11)),
            picks((U.ccer, 41, 51)),
            picks((U.ccer, 51, 61)),
            picks((U.ccer, 66, 76)),
            picks((U.ccer, 91, 101)),
            picks((U.ccer, 101, 111)),
            picks((U.ccer, 186, 196)),
            picks((U.ccer, 196, 206)),
            picks((U.waiting_lot, 651, 661)),
        )
    ),
    wrong(R.MIXED_UNITS, action__picks=picks((U.ccer, 71, 76), (U.local, 421, 426)), touches=AMOUNT),
    wrong(R.MIXED_UNITS, action__picks=picks((U.unknown, 521, 526), (U.local, 421, 426)), touches=AMOUNT),
    wrong(R.INSUFFICIENT_TONNES, action__picks=picks((U.ccer, 71, 91), (U.ccer, 131, 191)), action__quantity=80),
)

REVERSAL = "action__reversal"
REPLACE = proposal(replace(U.use(U.pick(71, 74)), details=NO_DETAILS, reversal=U.fire))
WRONG_REPLACE = (
    *OWN[:1],
    HALTED,
    *(wrong(R.REVERSAL_NOT_FOUND, action__reversal=reversal) for reversal in (NOBODY_KNOWS, U.pests)),
    *(wrong(R.PURPOSE_DETAILS, action__purpose=purpose) for purpose in (Purpose.ECO_COMPENSATION, Purpose.FORCED)),
    wrong(R.PURPOSE_DETAILS, action__details__league=HOME),
    wrong(R.PURPOSE_DETAILS, action__details__beneficiary_en="Wood"),
    wrong(R.NOTHING_TO_REPLACE, action__reversal=U.felled, touches=AMOUNT),
    wrong(R.MORE_THAN_OWED, action__picks=picks((U.ccer, 71, 75)), action__quantity=4, touches=REVERSAL),
    *(
        wrong(R.FAMILY_CANNOT_SERVE, action__picks=picks(serials), touches=f"{AMOUNT} {REVERSAL}")
        for serials in ((U.local, 421, 424), (U.unknown, 521, 524))
    ),
    wrong(R.UNITS_NOT_THERE, action__picks=picks((U.ccer, 1, 4)), touches=AMOUNT),
)

SELLING = "action__instrument action__quantity"
USE_ANY = proposal(replace(U.use(), instrument=U.instrument, quantity=Tonnes(10)))
WRONG_USE_ANY = (
    *OWN[:1],
    wrong(R.INSTRUMENT_NOT_FOUND, action__instrument=NOBODY_KNOWS),
    HALTED,
    wrong(R.INVALID_FIELD, action__instrument=0, touches="action__picks"),
    wrong(R.INVALID_FIELD, action__picks=picks((U.ccer, 71, 81)), touches="action__instrument"),
    *(wrong(R.QUANTITY_OUT_OF_RANGE, action__quantity=tonnes) for tonnes in (0, 10**9 + 1)),
    wrong(R.INSUFFICIENT_TONNES, action__quantity=76, touches=SELLING),
)

USE_LOT = proposal(replace(U.use(), picks=picks((U.ccer, 0, 0), (U.old_ccer, 0, 0)), quantity=Tonnes(10)))
WRONG_USE_LOT = (
    wrong(R.LOT_NOT_FOUND, action__picks=picks((U.theirs, 0, 0)), touches=AMOUNT),
    wrong(R.INVALID_FIELD, action__picks=picks((U.ccer, 0, 0), (U.ccer, 0, 0)), touches=AMOUNT),
    wrong(R.MIXED_UNITS, action__picks=picks((U.ccer, 0, 0), (U.local, 0, 0)), touches=AMOUNT),
    wrong(R.INSUFFICIENT_TONNES, action__quantity=500, touches=AMOUNT),
    wrong(R.INSUFFICIENT_TONNES, action__picks=picks((U.waiting_lot, 0, 0)), touches=AMOUNT),
)

SURRENDER = proposal(U.use(U.pick(71, 81), purpose=Purpose.NATIONAL_SURRENDER, league=League.NONE, **SURRENDERS))
FACILITY = "action__details__facility action__details__year"
FIRM_CODE = "action__details__beneficiary_code"
HIDING = f"{AMOUNT} {FACILITY} {FIRM_CODE}"
WRONG_SURRENDER = (
    wrong(R.PURPOSE_DETAILS, action__details__league=League.HOHHOT),
    wrong(R.PURPOSE_DETAILS, action__details__facility="", touches=FACILITY),
    wrong(R.PURPOSE_DETAILS, action__details__year=0, touches=FACILITY),
    wrong(R.FACILITY_NOT_COVERED, action__details__facility="MILL-2", touches=FACILITY),
    wrong(R.FACILITY_NOT_COVERED, action__details__year=2023, touches=FACILITY),
    wrong(R.OBLIGATION_NOT_SET, action__details__year=2026, touches=FACILITY),
    *(wrong(R.PURPOSE_DETAILS, action__details__beneficiary_code=code, touches=FIRM_CODE) for code in ("", "S1")),
    wrong(R.FACILITY_NOT_THE_FIRMS, action__details__beneficiary_code=FIRM_2, touches=f"{AMOUNT} {FACILITY} mill"),
    wrong(R.FAMILY_CANNOT_SERVE, action__picks=picks((U.local, 421, 431)), touches=AMOUNT),
    wrong(R.OLD_CCER, action__picks=picks((U.old_ccer, 201, 211)), touches=AMOUNT),
    wrong(
        R.OFFSET_CAP,
        action__picks=picks((U.ccer, 71, 82), (U.ccer, 131, 171)),
        action__quantity=51,
        touches=FACILITY,
    ),
)

NEW_MILL: dict[str, Any] = {
    "project": "New mill",
    "intensity": Intensity.LOW,
    "facility": "MILL-3",
    "year": 2025,
    "beneficiary_code": FIRM_2,
}
OWN_MILL = replace(NOTHING, **{**NEW_MILL, **SURRENDERS, "league": League.BAOTOU})
NO_NAMES = ("", " 。", "M\N{CYRILLIC CAPITAL LETTER I}LL-3")
OFFSET = proposal(U.use(Pick(U.local, 421, 431), purpose=Purpose.NEW_PROJECT_OFFSET, **NEW_MILL))
WRONG_OFFSET = (
    wrong(R.PURPOSE_DETAILS, action__details__project=""),
    wrong(R.PURPOSE_DETAILS, action__details__intensity=Intensity.NONE),
    *(wrong(R.PURPOSE_DETAILS, action__details__facility=code, touches=FACILITY) for code in NO_NAMES),
    wrong(R.PURPOSE_DETAILS, action__details__year=0, touches=FACILITY),
    *(
        wrong(R.PURPOSE_DETAILS, action__details__beneficiary_code=code, touches=FIRM_CODE)
        for code in (
            "",
            FIRM[:-1],
            f"{FIRM}0",
            FIRM.replace("0", "。"),
            FIRM.replace("0", "零"),
            FIRM.replace("N", "M"),
            FIRM.replace("0X", "X0"),
            "91150100MA0N0STL01",
        )
    ),
    wrong(R.FAMILY_CANNOT_SERVE, action__picks=picks((U.unknown, 521, 531)), touches=AMOUNT),
    wrong(R.BUYER_COVERED, action__details__facility="mill-1.", touches=f"{AMOUNT} {FACILITY}"),
    wrong(R.FACILITY_NOT_THE_FIRMS, action__details__beneficiary_code=f" {FIRM.lower()}", touches=HIDING),
    wrong(R.FACILITY_NOT_THE_FIRMS, another_entered, action__details__beneficiary_code=FIRM, touches=f"{HIDING} mill"),
    wrong(R.FACILITY_IN_ANOTHER_LEAGUE, entered_in_baotou, touches=f"{HIDING} mill action__details__league"),
    wrong(R.COVERS_NOTHING, ratio_raised),
)

APPROVE_USE = Approve(M.second, U.used, U.used_hash, "")
WRONG_APPROVE_USE = (
    HALTED,
    wrong(R.APPROVER_NOT_ENTITLED, actor=M.regulator),
    wrong(R.HASH_MISMATCH, action_hash=b""),
    wrong(R.UNITS_ENCUMBERED, encumbered(60, 62)),
)

APPROVE_OFFSET = Approve(M.second, U.offset, U.offset_hash, "")
WRONG_APPROVE_OFFSET = (HALTED, wrong(R.BUYER_COVERED, mill_covered))

APPROVE_SURRENDER = Approve(M.second, U.surrender, U.surrender_hash, "")
WRONG_APPROVE_SURRENDER = (
    wrong(R.FACILITY_NOT_COVERED, mill_left, touches="mill"),
    wrong(R.OFFSET_CAP, due_lowered, touches="mill"),
    wrong(R.UNITS_ENCUMBERED, encumbered(61, 62)),
)

REVOKE = proposal(RevokeClaim(M.operator, U.fulfilled, "false report"))
WRONG_REVOKE = (
    *PROPOSERS,
    wrong(R.CLAIM_NOT_FOUND, action__claim=NOBODY_KNOWS),
    *(wrong(R.CLAIM_CLOSED, action__claim=claim) for claim in (U.pending, U.revoked)),
    *texts("action__reason"),
)

# -- releases --

RELEASE = proposal(U.release(71, 81))
WRONG_RELEASE = (
    *OWN,
    wrong(R.LOT_NOT_FOUND, action__picks=picks((U.theirs, 311, 321))),
    HALTED,
    *texts("action__national_account"),
    *(
        wrong(R.INVALID_FIELD, action__picks=given)
        for given in ((), picks((U.ccer, 0, 0)), picks((U.ccer, 71, 76), (U.ccer, 0, 0)))
    ),
    wrong(R.SERIALS_INVALID, action__picks=picks((U.ccer, 81, 71))),
    wrong(R.UNITS_NOT_THERE, action__picks=picks((U.ccer, 186, 196))),
    wrong(R.UNITS_NOT_THERE, action__picks=picks((U.ccer, 91, 101))),
    wrong(R.NOT_OF_NATIONAL_REGISTRY, action__picks=picks((U.local, 421, 431))),
    wrong(R.NOT_OF_NATIONAL_REGISTRY, action__picks=picks((U.ccer, 71, 81), (U.unknown, 521, 531))),
    wrong(R.INSUFFICIENT_TONNES, action__picks=picks((U.ccer, 71, 91), (U.ccer, 131, 191))),
)

APPROVE_RELEASE = Approve(M.second, U.proposed, U.proposed_hash, "")
WRONG_APPROVE_RELEASE = (HALTED, wrong(R.UNITS_ENCUMBERED, encumbered(130, 131)))

SEND = SendRelease(PersonId(0), U.leaving)
WRONG_SEND = (
    *BY_PERSONS,
    wrong(R.RELEASE_NOT_FOUND, release=NOBODY_KNOWS),
    *(wrong(R.NOT_DUE, release=release) for release in (U.callable, U.gone)),
    wrong(R.NOT_DUE, encumbering_others),
    wrong(R.NOT_DUE, halted),
    wrong(R.NOT_DUE, closing),
)

CALL_OFF = CallOffRelease(U.trader, U.wood, U.callable)
WRONG_CALL_OFF = (
    wrong(R.NOT_AUTHORISED, actor=M.operator),
    wrong(R.PARTICIPANT_NOT_FOUND, participant=U.steel),
    wrong(R.PARTICIPANT_NOT_FOUND, participant=NOBODY_KNOWS),
    *(wrong(R.RELEASE_NOT_FOUND, release=release) for release in (NOBODY_KNOWS, U.foreign)),
    *(wrong(R.RELEASE_NOT_CALLABLE, release=release) for release in (U.leaving, U.gone)),
)

EDGES: dict[str, tuple[dict[str, Any], ...]] = {
    "use serials": (
        right(action__details__beneficiary_code=""),
        right(action__details__beneficiary_code=FIRM),
        right(action__purpose=Purpose.ECO_COMPENSATION),
        right(action__picks=picks((U.ccer, 76, 81), (U.ccer, 71, 76))),
        right(action__picks=picks((U.ccer, 71, 76), (U.unknown, 521, 526))),
        right(action__picks=picks((U.old_ccer, 201, 211))),
        right(action__picks=picks((U.unknown, 521, 531))),
        right(action__picks=picks((U.ccer, 71, 91), (U.ccer, 131, 186)), action__quantity=75),
        *(
            right(action__purpose=Purpose.EVENT_NEUTRALITY, action__details=replace(EVENT, event_day=Day(day)))
            for day in (20190101, 21001231)
        ),
        right(
            action__purpose=Purpose.INTER_PROVINCE,
            action__details__league=League.NONE,
            action__details__province="山西",
        ),
        right(action__purpose=Purpose.CONVERSION, action__details__league=League.NONE),
    ),
    "replace": (
        right(action__picks=picks((U.ccer, 71, 72)), action__quantity=1),
        right(action__picks=(), action__instrument=U.instrument),
        right(action__picks=picks((U.old_ccer, 201, 204))),
    ),
    "use of an instrument": (right(action__quantity=1), right(action__quantity=75)),
    "use of lots": (right(action__quantity=1), right(action__picks=picks((U.local, 0, 0)))),
    "surrender": (
        right(action__picks=picks((U.ccer, 131, 171)), action__quantity=40),
        right(action__details__facility=" ＭＩＬＬ-1 "),
    ),
    "offset": (
        right(action__details=replace(OWN_MILL, year=2023)),
        right(action__details__beneficiary_code=FIRM.lower(), action__details__year=2023),
        right(action__picks=picks((U.ccer, 71, 81)), action__details=OWN_MILL),
        right(action__picks=picks((U.ccer, 71, 81)), action__details__beneficiary_code=FIRM),
        right(action__picks=picks((U.old_ccer, 201, 211))),
    ),
    "release": (right(action__national_account=FULL), right(action__picks=picks((U.old_ccer, 201, 301)))),
}
"""What is just inside a limit and must be done."""

TABLE: dict[str, tuple[Command, tuple[Wrong, ...]]] = {
    "use serials": (USE, WRONG_USE),
    "replace": (REPLACE, WRONG_REPLACE),
    "use of an instrument": (USE_ANY, WRONG_USE_ANY),
    "use of lots": (USE_LOT, WRONG_USE_LOT),
    "surrender": (SURRENDER, WRONG_SURRENDER),
    "offset": (OFFSET, WRONG_OFFSET),
    "approve a use": (APPROVE_USE, WRONG_APPROVE_USE),
    "approve an offset": (APPROVE_OFFSET, WRONG_APPROVE_OFFSET),
    "approve a surrender": (APPROVE_SURRENDER, WRONG_APPROVE_SURRENDER),
    "revoke": (REVOKE, WRONG_REVOKE),
    "release": (RELEASE, WRONG_RELEASE),
    "approve a release": (APPROVE_RELEASE, WRONG_APPROVE_RELEASE),
    "send a release": (SEND, WRONG_SEND),
    "call off": (CALL_OFF, WRONG_CALL_OFF),
}
