"""What can be wrong with bringing units in: projects, issuances, locks, the registry's word, files of units."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exchange.core.commands import Command
from exchange.core.commands.approvals import Action, Approve, Propose
from exchange.core.commands.credits import RequestLock, ReturnUnits, StageUnits
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import (
    LAND_SINKS,
    Activity,
    CcerGeneration,
    FacilityTerms,
    Mechanism,
    RegisterProject,
    Sector,
    SetFacility,
)
from exchange.core.commands.registry import (
    AnswerOnPaper,
    AnswerRequest,
    GiveUpWaiting,
    RegistryOutcome,
    RequestKind,
)
from exchange.core.rejections import RejectReason as R
from exchange.core.values import (
    LATEST_INSTANT,
    MAX_QUANTITY,
    MICROS_PER_DAY,
    MICROS_PER_SECOND,
    Micros,
    PersonId,
    day_of,
    day_start,
)
from tests.core.units_world import UNITS_WORLD, ccer_terms, sink_terms
from tests.core.violations import NOBODY_KNOWS, Wrong, right, wrong
from tests.support.market import FIRM

U = UNITS_WORLD
M = U.market
LONG, FULL = "x" * 201, "x" * 200
HOUR = 3_600 * MICROS_PER_SECOND

BY_STRANGERS = (wrong(R.NOT_AUTHORISED, actor=U.trader), wrong(R.NOT_AUTHORISED, actor=NOBODY_KNOWS))
BY_PERSONS = (*BY_STRANGERS, wrong(R.NOT_AUTHORISED, actor=M.operator))
"""For what only the program itself may do."""

PROPOSERS = (
    wrong(R.NOT_AUTHORISED, actor=M.auditor),
    wrong(R.NOT_AUTHORISED, action__actor=M.auditor),
    wrong(R.NOT_AUTHORISED, actor=U.trader, action__actor=U.trader),
    wrong(R.NOT_AUTHORISED, actor=NOBODY_KNOWS),
)
"""For what operators propose."""


def proposal(action: Action) -> Propose:
    """The command that proposes an action in its actor's name."""
    return Propose(action.actor, action)


def texts(*names: str, empty: bool = True) -> tuple[Wrong, ...]:
    """Each of these texts is too long, or empty where it must not be."""
    values = (LONG, "") if empty else (LONG,)
    return tuple(wrong(R.INVALID_FIELD, **{name: value}) for name in names for value in values)


# -- projects and facilities --

PROJECT = proposal(RegisterProject(M.operator, ccer_terms(M, "N1")))
WRONG_PROJECT = (
    *PROPOSERS,
    *texts(*(f"action__terms__{name}" for name in ("code", "registry", "name_en", "name_zh"))),
    *texts(*(f"action__terms__{name}" for name in ("methodology", "source_facility")), empty=False),
    wrong(R.INVALID_FIELD, action__terms__uniqueness_declaration=LONG),
    wrong(R.INVALID_FIELD, action__terms__site_parcels=()),
    wrong(R.INVALID_FIELD, action__terms__site_parcels=("",)),
    wrong(R.INVALID_FIELD, action__terms__site_parcels=(LONG,)),
    wrong(R.INVALID_FIELD, action__terms__site_parcels=tuple(f"INM/{n}" for n in range(101))),
    wrong(R.INVALID_FIELD, action__terms__estimate_kg=1, touches="action__terms__estimate_years"),
    wrong(R.INVALID_FIELD, action__terms__estimate_years=1, touches="action__terms__estimate_kg"),
    wrong(R.INVALID_FIELD, action__terms__estimate_kg=10**15 + 1, action__terms__estimate_years=1),
    wrong(R.INVALID_FIELD, action__terms__estimate_kg=1, action__terms__estimate_years=101),
    wrong(R.INVALID_FIELD, action__terms__estimate_kg=-1, action__terms__estimate_years=-1),
    *(wrong(R.PROJECT_CODE_TAKEN, action__terms__code=code) for code in ("U1", "u1.", " Ｕ１")),
    wrong(R.PROJECT_INVALID, action__terms__family=Family.REDUCTION_QUOTA),
    wrong(R.PROJECT_INVALID, action__terms__family=Family.OTHER_SINK),
    *(
        wrong(R.PROJECT_INVALID, action__terms__mechanism=other, touches="action__terms__family")
        for other in (Mechanism.VCS, Mechanism.OTHER)
    ),
    wrong(R.PROJECT_INVALID, action__terms__source_category=SourceCategory.CCUS),
    *(wrong(R.PROJECT_INVALID, action__terms__activity=one) for one in Activity if 5 < one < 12),
    wrong(R.PROJECT_INVALID, action__terms__ccer_generation=CcerGeneration.NONE),
    wrong(R.PROJECT_INVALID, action__terms__started=20231332),
    wrong(R.PROJECT_INVALID, action__terms__crediting_end=20121231),
    wrong(R.PROJECT_INVALID, action__terms__crediting_end=20521332),
    wrong(R.PROJECT_INVALID, action__terms__crediting_end=21010101),
    wrong(R.PROJECT_INVALID, action__terms__crediting_start=20121231, touches="action__terms__started"),
    *(
        wrong(R.SITE_PARCELS_INVALID, action__terms__site_parcels=parcels)
        for parcels in (
            ("INM/N1", "inm / Ｎ1"),
            ("INM/N1/3", "INM/N1"),
            ("INM／N1", "INM/N1/3"),
            ("//",),
            (" . /。",),
            ("-／#\\§",),
        )
    ),
    wrong(R.SITE_PARCELS_INVALID, action__terms__site_parcels=("INM/2/3/4/5/6/7/8/9",)),
    wrong(R.STARTED_TOO_EARLY, action__terms__started=20121108),
    wrong(R.UNIQUENESS_MISSING, action__terms__uniqueness_declaration=""),
)

QUOTA_PROJECT = proposal(RegisterProject(M.operator, M.project_terms("N2", Family.REDUCTION_QUOTA)))
WRONG_QUOTA_PROJECT = (
    wrong(R.PROJECT_INVALID, action__terms__source_facility=""),
    wrong(R.INVALID_FIELD, action__terms__source_facility=" . "),
    wrong(R.PROJECT_INVALID, action__terms__league=League.NONE),
    *(wrong(R.PROJECT_INVALID, action__terms__activity=one) for one in LAND_SINKS),
    wrong(R.PROJECT_INVALID, action__terms__source_category=SourceCategory.NONE),
    wrong(R.PROJECT_INVALID, action__terms__mechanism=Mechanism.CCER),
    wrong(R.PROJECT_INVALID, action__terms__ccer_generation=CcerGeneration.NEW),
)

FACILITY = proposal(
    SetFacility(M.operator, FacilityTerms("MILL-9", "Mill", "钢厂", FIRM, Sector.STEEL, League.BAOTOU, 2024, 0))
)
WRONG_FACILITY = (
    *PROPOSERS,
    *texts("action__terms__code", "action__terms__name_en", "action__terms__name_zh"),
    wrong(R.INVALID_FIELD, action__terms__code=" . "),
    *(
        wrong(R.INVALID_FIELD, action__terms__operating_firm=code)
        for code in ("", FIRM[:-1], f"{FIRM}0", f"{FIRM[:-1]}W", LONG)
    ),
    *(wrong(R.INVALID_FIELD, action__terms__covered_from=year) for year in (-1, 1989, 2101)),
    wrong(R.INVALID_FIELD, action__terms__covered_from=0, action__terms__covered_to=2025),
    *(wrong(R.INVALID_FIELD, action__terms__covered_to=year) for year in (2023, 2101)),
    *(
        wrong(
            R.SECTOR_NOT_COVERED_YET,
            action__terms__sector=sector,
            action__terms__covered_from=year,
            touches="action__terms__covered_to",
        )
        for sector, year in zip(Sector, (2020, 2023, 2023, 2023), strict=False)
    ),
)

# -- issuances --

ISSUE = proposal(U.issuance(U.new, 5_001, 5_101, 2024))
IN_2023 = {"action__monitoring_start": 20230101, "action__monitoring_end": 20231231}
SERIALS = "action__serial_lo action__serial_hi"
PERIOD = "action__monitoring_start action__monitoring_end action__applied_on action__project action__verified"
WRONG_ISSUE = (
    *PROPOSERS,
    wrong(R.PROJECT_NOT_FOUND, action__project=NOBODY_KNOWS),
    *texts("action__space"),
    *(wrong(R.INVALID_FIELD, action__space=name) for name in ("ＣＣＥＲ", "碳信用", "VCS-VCU\ufe0f")),
    *(
        wrong(R.INVALID_FIELD, action__serial_text=text)
        for text in (
            "{lo}",
            "{hi}",
            "{hi}-{lo}",
            "{lo}-{hi}-{hi}",
            "{lo:0}-{hi}",
            "{lo:x}-{hi}",
            "{lo}{hi}",
            "{lo}-{hi}" + LONG,
        )
    ),
    *(wrong(R.QUANTITY_OUT_OF_RANGE, action__verified=tonnes) for tonnes in (0, 10**12 + 1)),
    wrong(R.SERIALS_INVALID, action__serial_lo=0),
    wrong(R.SERIALS_INVALID, action__serial_hi=5_001, touches=SERIALS),
    wrong(R.SERIALS_INVALID, action__serial_hi=5_001 + MAX_QUANTITY + 1, touches=SERIALS),
    wrong(R.SERIALS_INVALID, action__serial_lo=2**62, action__serial_hi=2**62 + 1),
    wrong(R.SERIALS_OVERLAP, action__serial_lo=2_041, action__serial_hi=2_042, touches="action__space"),
    wrong(R.SERIALS_OVERLAP, action__serial_lo=200, action__serial_hi=202, touches="action__space"),
    *(wrong(R.PERIOD_INVALID, action__monitoring_start=day, touches=PERIOD) for day in (20240230, 20250101)),
    wrong(R.PERIOD_INVALID, action__monitoring_start=20231231, touches="action__monitoring_end"),
    *(wrong(R.PERIOD_INVALID, action__monitoring_end=day, touches=PERIOD) for day in (20250101, 20230101, 20241332)),
    *(wrong(R.PERIOD_INVALID, action__applied_on=day, touches=PERIOD) for day in (20241230, 20260925, 20250229)),
    wrong(R.PERIOD_INVALID, action__monitoring_start=20120101, action__monitoring_end=20121231),
    *(wrong(R.SPACE_SPELT_OTHERWISE, action__space=name) for name in ("u", "U.", "-U")),
    wrong(R.SERIALS_OF_ANOTHER_SPACE, action__serial_text="ACR-US-1-{lo}-{hi}", touches="action__space"),
    wrong(R.GROUND_TAKEN, action__monitoring_start=20230601, action__monitoring_end=20231130, touches=PERIOD),
    wrong(R.GROUND_TAKEN, action__project=U.above, **IN_2023, touches=PERIOD),
    wrong(R.VERIFIED_DIFFERS, action__verified=999, **IN_2023, touches=PERIOD),
    wrong(R.VERIFIED_EXCEEDED, action__verified=99, touches=f"{SERIALS} {PERIOD}"),
    wrong(R.VERIFIED_EXCEEDED, action__serial_hi=6_002, touches=f"{SERIALS} {PERIOD}"),
    wrong(R.REDUCTION_TOO_OLD, action__monitoring_start=20200922, action__monitoring_end=20201231, touches=PERIOD),
    wrong(
        R.REDUCTION_TOO_OLD,
        action__monitoring_start=20201001,
        action__monitoring_end=20201031,
        action__applied_on=20251002,
        touches=PERIOD,
    ),
    wrong(R.SOURCE_COVERED, action__project=U.covered, touches=PERIOD),
    wrong(R.CONVERSION_INVALID, action__converted=NOBODY_KNOWS, touches=PERIOD),
    wrong(R.CONVERSION_INVALID, action__converted=U.conversion, touches=PERIOD),
)

SINK = proposal(replace(U.issuance(U.sink, 7_001, 7_021), converted=U.conversion))
WRONG_SINK = (
    wrong(R.GROUND_TAKEN, action__converted=0),
    *(wrong(R.CONVERSION_INVALID, action__converted=claim) for claim in (NOBODY_KNOWS, U.fulfilled, U.revoked)),
    wrong(R.CONVERSION_INVALID, action__converted=U.pending),
    wrong(R.CONVERSION_INVALID, action__project=U.foreign_sink),
    wrong(R.CONVERSION_INVALID, action__monitoring_start=20220101, action__monitoring_end=20221231),
    wrong(R.CONVERSION_EXCEEDED, action__serial_hi=7_022),
)

# -- locks --

ASK_AGAIN = RequestLock(M.operator, U.refused_lot)
WRONG_ASK_AGAIN = (
    *BY_STRANGERS,
    wrong(R.LOT_NOT_FOUND, lot=NOBODY_KNOWS),
    *(wrong(R.UNITS_NOT_THERE, lot=lot) for lot in (U.ccer, U.waiting_lot, U.local)),
)

RETURN = proposal(ReturnUnits(M.operator, U.ccer, U.steel, 91, 101, "back-1"))
WRONG_RETURN = (
    wrong(R.NOT_AUTHORISED, actor=M.auditor),
    wrong(R.NOT_AUTHORISED, actor=M.regulator, action__actor=M.regulator),
    wrong(R.NOT_AUTHORISED, actor=U.trader, action__actor=U.trader, touches="action__owner"),
    wrong(R.PARTICIPANT_NOT_FOUND, action__owner=NOBODY_KNOWS),
    wrong(R.LOT_NOT_FOUND, action__lot=NOBODY_KNOWS),
    *texts("action__lock_reference"),
    wrong(R.SERIALS_INVALID, action__serial_lo=0),
    wrong(R.SERIALS_INVALID, action__serial_hi=91, touches="action__serial_lo"),
    *(wrong(R.LOCK_REFERENCE_USED, action__lock_reference=paper) for paper in ("lock-1", "ＬＯＣＫ-1", "lock_01")),
    wrong(R.UNITS_NOT_THERE, action__serial_lo=90, touches="action__serial_hi action__lot"),
    wrong(R.UNITS_NOT_THERE, action__serial_hi=102, touches="action__serial_lo action__lot"),
    wrong(R.UNITS_NOT_THERE, action__lot=U.theirs),
)

# -- the registry's word --

ANSWER = AnswerRequest(
    M.registry,
    U.waiting,
    RequestKind.LOCK,
    "",
    RegistryOutcome.CONFIRMED,
    651,
    701,
    "receipt-new",
    "message-new",
    M.now(),
    bytes(64),
)
ASKED_AT = M.state.requests.by_id[U.waiting].asked_at
SAID: dict[str, Any] = {"outcome": RegistryOutcome.REFUSED, "receipt": ""}
WRONG_ANSWER = (
    *BY_PERSONS,
    wrong(R.NOT_AUTHORISED, actor=M.regulator),
    wrong(R.REQUEST_NOT_FOUND, request=NOBODY_KNOWS),
    wrong(R.REQUEST_CLOSED, request=U.refused, **SAID),
    *texts("message"),
    *texts("receipt"),
    wrong(R.INVALID_FIELD, outcome=RegistryOutcome.REFUSED, receipt=LONG),
    wrong(R.INVALID_FIELD, signature=bytes(63)),
    wrong(R.INVALID_FIELD, stated_at=-1),
    wrong(R.INVALID_FIELD, stated_at=LATEST_INSTANT + 1),
    *(wrong(R.RECEIPT_USED, receipt=paper, touches="request") for paper in U.receipts),
    wrong(R.STATEMENT_OF_OTHER_SERIALS, serials_lo=652),
    wrong(R.STATEMENT_OF_OTHER_SERIALS, serials_hi=702),
    wrong(R.REQUEST_OF_OTHER_REGISTRY, request=U.on_paper, touches="serials_lo serials_hi"),
    wrong(R.STATEMENT_OUT_OF_TIME, stated_at=ASKED_AT - HOUR - 1),
    wrong(R.STATEMENT_OUT_OF_TIME, stated_at=M.now() + 2 * HOUR),
    wrong(R.STATEMENT_OF_OTHER_REQUEST, kind=RequestKind.RELEASE),
    wrong(R.STATEMENT_OF_OTHER_REQUEST, kind=RequestKind.CANCEL),
    wrong(R.STATEMENT_OF_OTHER_REQUEST, account="NATIONAL-7"),
)

SILENCE = GiveUpWaiting(PersonId(0), U.overdue)
WRONG_SILENCE = (
    *BY_PERSONS,
    wrong(R.REQUEST_NOT_FOUND, request=NOBODY_KNOWS),
    *(wrong(R.NOT_DUE, request=request) for request in (U.fresh, U.waiting, U.refused)),
)

EARLIEST_PAPER = day_of(Micros(M.state.requests.by_id[U.on_paper].asked_at - MICROS_PER_DAY))
ON_PAPER = proposal(AnswerOnPaper(M.operator, U.on_paper, M.today(), "paper-1"))
REFUSED_ON_PAPER: dict[str, Any] = {
    "action__outcome": RegistryOutcome.REFUSED,
    "action__receipt": "",
    "action__reason": "not of this account",
}
REFUSED_AT_LENGTH = {**REFUSED_ON_PAPER, "action__reason": FULL}
WRONG_ON_PAPER = (
    *PROPOSERS,
    wrong(R.REQUEST_NOT_FOUND, action__request=NOBODY_KNOWS),
    wrong(R.REQUEST_CLOSED, action__request=U.refused),
    wrong(R.REGISTRY_ANSWERS_ITSELF, action__request=U.waiting),
    *texts("action__receipt"),
    *(wrong(R.INVALID_FIELD, action__stated_on=day) for day in (0, 20_260_231, 26_921)),
    wrong(R.INVALID_FIELD, action__reason="because"),
    wrong(R.INVALID_FIELD, **{**REFUSED_ON_PAPER, "action__receipt": "paper-1"}),
    wrong(R.INVALID_FIELD, **{**REFUSED_ON_PAPER, "action__reason": ""}),
    wrong(R.INVALID_FIELD, **{**REFUSED_ON_PAPER, "action__reason": LONG}),
    *(wrong(R.RECEIPT_USED, action__receipt=paper) for paper in U.receipts),
    wrong(R.STATEMENT_OUT_OF_TIME, action__stated_on=day_of(Micros(day_start(EARLIEST_PAPER) - 1))),
    wrong(R.STATEMENT_OUT_OF_TIME, action__stated_on=day_of(Micros(day_start(M.today()) + MICROS_PER_DAY))),
)

# -- files of units --

ROW = U.row(2, 4_001, 4_011)
STAGE = StageUnits(M.operator, U.staged, (ROW,))
WRONG_STAGE = (
    *BY_STRANGERS,
    wrong(R.IMPORT_NOT_FOUND, staged=NOBODY_KNOWS),
    wrong(R.IMPORT_NOT_FOUND, actor=M.second, touches="staged"),
    wrong(R.IMPORT_COMMITTED, staged=U.committed),
    *(wrong(R.INVALID_FIELD, rows=(replace(ROW, line=line),)) for line in (0, 10**9)),
    *(wrong(R.INVALID_FIELD, rows=(replace(ROW, project=code),)) for code in ("", LONG)),
    wrong(R.TOO_MANY_ROWS, rows=()),
    wrong(R.TOO_MANY_ROWS, rows=(ROW,) * 101),
    wrong(R.TOO_MANY_ROWS, rows=(replace(ROW, space="字" * 200, serial_text="{lo}{hi}" + "字" * 190),) * 50),
)

COMMIT = proposal(U.commit(U.staged))
WRONG_COMMIT = (
    *PROPOSERS,
    wrong(R.IMPORT_NOT_FOUND, action__staged=NOBODY_KNOWS),
    wrong(R.IMPORT_COMMITTED, action__staged=U.committed),
    wrong(R.HASH_MISMATCH, action__rows_hash=bytes(32)),
    wrong(R.HASH_MISMATCH, action__staged=U.other_rows),
)

LATE = proposal(U.commit(U.late))

QUOTA_FILE, QUOTA_FILE_HASH = M.propose(U.commit(U.quota_rows))
APPROVE_QUOTA = Approve(M.regulator, QUOTA_FILE, QUOTA_FILE_HASH, "")
WRONG_APPROVE_QUOTA = (wrong(R.APPROVER_NOT_ENTITLED, actor=M.second), wrong(R.HASH_MISMATCH, action_hash=b""))

EDGES: dict[str, tuple[dict[str, Any], ...]] = {
    "register a project": (
        *(right(**{f"action__terms__{name}": FULL}) for name in ("code", "registry", "methodology", "name_zh")),
        right(action__terms__site_parcels=tuple(f"INM/{n}" for n in range(100))),
        right(action__terms__site_parcels=("INM/N1", "INM/N10", "INM/N")),
        right(action__terms__site_parcels=("INM/2/3/4/5/6/7/8",)),
        right(action__terms__site_parcels=("INM/U1",)),
        *(right(action__terms__activity=one) for one in (*LAND_SINKS, Activity.OTHER)),
        right(action__terms__estimate_kg=22_514_200, action__terms__estimate_years=30),
        right(action__terms__started=20121109),
        right(action__terms__crediting_start=20130101, action__terms__crediting_end=20130101),
        right(action__terms__league=League.NONE),
    ),
    "register a quota project": (
        right(action__terms=sink_terms(M, "N3")),
        *(right(action__terms__activity=one) for one in Activity if one not in LAND_SINKS),
        right(action__terms__source_facility="MILL-1"),
    ),
    "set a facility": (
        right(action__terms__code="mill-1"),
        right(action__terms__covered_to=2024),
        right(action__terms__covered_from=1990, action__terms__sector=Sector.OTHER),
        right(action__terms__covered_from=2021, action__terms__sector=Sector.POWER),
        right(action__terms__covered_from=0),
        right(action__terms__operating_firm=f" {FIRM.lower()}"),
        right(action__terms__covered_to=2100),
        right(actor=M.regulator, action__actor=M.regulator),
    ),
    "issue": (
        right(action__serial_lo=2**62 - 1, action__serial_hi=2**62),
        right(action__serial_lo=5_100),
        right(action__space=FULL),
        right(action__serial_text=""),
        right(action__serial_text="{lo}-{hi}" + "x" * 191),
        right(action__verified=100),
        right(action__verified=10**12),
        right(action__monitoring_start=20241231),
        right(action__applied_on=20241231),
        right(action__applied_on=20260924),
        right(**IN_2023),
        right(action__project=U.above),
        right(action__project=U.quota),
        right(action__project=U.covered, **IN_2023),
        right(action__monitoring_start=20200923, action__monitoring_end=20201231, action__applied_on=20250923),
    ),
    "issue sink quota": (right(action__serial_hi=7_002),),
    "return units": (
        right(action__serial_lo=100),
        right(action__owner=U.wood),
        right(actor=U.other, action__actor=U.other),
        right(action__lock_reference=FULL),
    ),
    "answer": (
        right(outcome=RegistryOutcome.REFUSED, receipt=""),
        right(outcome=RegistryOutcome.REFUSED, receipt=FULL),
        right(receipt=FULL, message=FULL),
        right(stated_at=ASKED_AT - HOUR),
        right(stated_at=M.now() + HOUR),
    ),
    "confirm on paper": (
        right(action__receipt=FULL),
        right(action__stated_on=EARLIEST_PAPER),
        right(**REFUSED_ON_PAPER),
        right(**REFUSED_AT_LENGTH),
    ),
    "stage": (
        right(staged=0),
        right(staged=0, actor=M.second),
        right(rows=(ROW,) * 100),
        right(rows=(replace(ROW, line=10**9 - 1),)),
    ),
}
"""What is just inside a limit and must be done."""

TABLE: dict[str, tuple[Command, tuple[Wrong, ...]]] = {
    "register a project": (PROJECT, WRONG_PROJECT),
    "register a quota project": (QUOTA_PROJECT, WRONG_QUOTA_PROJECT),
    "set a facility": (FACILITY, WRONG_FACILITY),
    "issue": (ISSUE, WRONG_ISSUE),
    "issue sink quota": (SINK, WRONG_SINK),
    "ask again for a lock": (ASK_AGAIN, WRONG_ASK_AGAIN),
    "return units": (RETURN, WRONG_RETURN),
    "answer": (ANSWER, WRONG_ANSWER),
    "give up waiting": (SILENCE, WRONG_SILENCE),
    "confirm on paper": (ON_PAPER, WRONG_ON_PAPER),
    "stage": (STAGE, WRONG_STAGE),
    "commit": (COMMIT, WRONG_COMMIT),
    "approve quota in a file": (APPROVE_QUOTA, WRONG_APPROVE_QUOTA),
}

ALWAYS_WRONG: dict[str, tuple[Command, R, tuple[Wrong, ...]]] = {
    "commit what was issued meanwhile": (LATE, R.SERIALS_OVERLAP, (wrong(R.HASH_MISMATCH, action__rows_hash=b""),)),
}
"""Commands that cannot be right in this world, with the refusal that they get, and what is wrong with them besides."""
