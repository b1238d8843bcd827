"""What can be wrong with plans and with holding fast: obligations, budgets, encumbrances, reversals."""

from __future__ import annotations

from typing import Any

from exchange.core.commands import Command
from exchange.core.commands.encumbrances import (
    ContinueEncumbering,
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.instruments import League
from exchange.core.commands.uses import SetBudget, SetObligation
from exchange.core.rejections import RejectReason as R
from exchange.core.values import EncumbranceId, PersonId, ProjectId, Tonnes
from tests.core.units_world import UNITS_WORLD
from tests.core.violations import NOBODY_KNOWS, Wrong, right, wrong
from tests.core.wrong_units import BY_PERSONS, BY_STRANGERS, FULL, PROPOSERS, proposal, texts
from tests.core.wrong_uses import HALTED

U = UNITS_WORLD
M = U.market

# -- plans --

OBLIGE = proposal(SetObligation(M.operator, "mill-1", 2026, Tonnes(1_000)))
WRONG_OBLIGE = (
    *PROPOSERS,
    *texts("action__facility"),
    *(wrong(R.QUANTITY_OUT_OF_RANGE, action__due=tonnes) for tonnes in (-1, 10**9 + 1)),
    wrong(R.FACILITY_NOT_COVERED, action__facility="MILL-2"),
    wrong(R.FACILITY_NOT_COVERED, action__year=2023),
)

YEARS = "action__first_year action__last_year"
PLAN = proposal(SetBudget(M.operator, League.WUHAI, 2026, 2030, Tonnes(1_000)))
WRONG_PLAN = (
    *PROPOSERS,
    *(wrong(R.QUANTITY_OUT_OF_RANGE, action__planned=tonnes) for tonnes in (-1, 10**12 + 1)),
    *(wrong(R.PLAN_PERIOD_INVALID, action__first_year=year, touches=YEARS) for year in (2020, 2025, 2027, 2031)),
    *(wrong(R.PLAN_PERIOD_INVALID, action__last_year=year, touches=YEARS) for year in (2025, 2027, 2031, 2101)),
)

# -- encumbrances and reversals --

FREEZE = Encumber(M.regulator, EncumbranceKind.FREEZE, ProjectId(0), 0, U.ccer, 131, 141, "order 8")
SCOPE = "project vintage lot serial_lo serial_hi"
WRONG_FREEZE = (
    *BY_STRANGERS,
    wrong(R.NOT_AUTHORISED, actor=M.auditor),
    wrong(R.LOT_NOT_FOUND, lot=NOBODY_KNOWS),
    wrong(R.PROJECT_NOT_FOUND, project=NOBODY_KNOWS),
    wrong(R.INVALID_FIELD, project=U.new, touches=SCOPE),
    wrong(R.INVALID_FIELD, lot=0, touches=SCOPE),
    wrong(R.INVALID_FIELD, project=U.new, lot=0, touches=SCOPE),
    wrong(R.INVALID_FIELD, vintage=2023, touches=SCOPE),
    *(
        wrong(R.INVALID_FIELD, project=U.new, lot=0, serial_lo=0, serial_hi=0, vintage=year, touches=SCOPE)
        for year in (-1, 1989, 2101)
    ),
    *texts("reference"),
    *(wrong(R.SERIALS_INVALID, serial_lo=serial) for serial in (0, 141, 142)),
    *(wrong(R.SERIALS_INVALID, serial_hi=serial, touches="serial_lo") for serial in (0, 131, 202)),
)

LIFT = proposal(LiftEncumbrance(M.operator, U.frozen))
WRONG_LIFT = (
    *PROPOSERS,
    wrong(R.ENCUMBRANCE_NOT_FOUND, action__encumbrance=NOBODY_KNOWS),
    wrong(R.ENCUMBRANCE_LIFTED, action__encumbrance=U.lifted),
)

REPORT = proposal(ReportReversal(M.operator, U.new, 2023, U.wood, Tonnes(10), "pests"))
WRONG_REPORT = (
    *PROPOSERS,
    wrong(R.PARTICIPANT_NOT_FOUND, action__responsible=NOBODY_KNOWS),
    wrong(R.PROJECT_NOT_FOUND, action__project=NOBODY_KNOWS),
    *(wrong(R.INVALID_FIELD, action__vintage=year) for year in (-1, 1989, 2101)),
    *texts("action__cause"),
    *(wrong(R.QUANTITY_OUT_OF_RANGE, action__quantity=tonnes) for tonnes in (0, 10**9 + 1)),
    wrong(R.REVERSAL_EXCEEDED, action__quantity=198, touches="action__project action__vintage action__responsible"),
    *(
        wrong(
            R.NOTHING_BROUGHT_IN, action__vintage=year, touches="action__project action__responsible action__quantity"
        )
        for year in (2020, 2022)
    ),
    wrong(R.NOTHING_BROUGHT_IN, action__responsible=U.mine, touches="action__project action__vintage action__quantity"),
)

WITHDRAW = proposal(WithdrawReversal(M.operator, U.pests, "wrong project"))
WRONG_WITHDRAW = (
    *PROPOSERS,
    wrong(R.REVERSAL_NOT_FOUND, action__reversal=NOBODY_KNOWS),
    wrong(R.REVERSAL_REPLACED, action__reversal=U.felled),
    *texts("action__reason"),
)

FORCE = proposal(ForceCancellation(M.operator, U.fire))
WRONG_FORCE = (
    *PROPOSERS,
    wrong(R.REVERSAL_NOT_FOUND, action__reversal=NOBODY_KNOWS),
    HALTED,
    *(wrong(R.NOTHING_TO_REPLACE, action__reversal=reversal) for reversal in (U.pests, U.felled)),
)

EDGES: dict[str, tuple[dict[str, Any], ...]] = {
    "oblige": (right(action__due=0), right(action__due=10**9), right(actor=M.regulator, action__actor=M.regulator)),
    "plan": (
        right(action__league=League.NONE),
        right(action__planned=0),
        right(action__planned=10**12),
        right(action__first_year=2030),
        right(action__first_year=2021, action__last_year=2025),
        right(action__last_year=2026),
    ),
    "freeze": (
        right(serial_lo=0, serial_hi=0),
        right(serial_lo=1, serial_hi=201),
        right(project=U.new, lot=0, serial_lo=0, serial_hi=0, vintage=2023),
        right(project=U.new, lot=0, serial_lo=0, serial_hi=0),
        right(lot=U.waiting_lot, serial_lo=651, serial_hi=652),
        right(actor=M.operator, reference=FULL),
    ),
    "lift": (right(actor=M.regulator, action__actor=M.regulator),),
    "report a reversal": (
        right(action__quantity=197),
        right(action__vintage=0, action__quantity=197),
        right(action__responsible=U.steel),
        right(action__cause=FULL),
    ),
}
"""What is just inside a limit and must be done."""

TABLE: dict[str, tuple[Command, tuple[Wrong, ...]]] = {
    "oblige": (OBLIGE, WRONG_OBLIGE),
    "plan": (PLAN, WRONG_PLAN),
    "freeze": (FREEZE, WRONG_FREEZE),
    "lift": (LIFT, WRONG_LIFT),
    "report a reversal": (REPORT, WRONG_REPORT),
    "force": (FORCE, WRONG_FORCE),
    "withdraw a reversal": (WITHDRAW, WRONG_WITHDRAW),
}

ALWAYS_WRONG: dict[str, tuple[Command, R, tuple[Wrong, ...]]] = {
    "go on with what is done": (
        ContinueEncumbering(PersonId(0), EncumbranceId(U.frozen)),
        R.ENCUMBRANCE_NOT_FOUND,
        BY_PERSONS,
    ),
}
"""Commands that cannot be right in this world, with the refusal that they get, and what is wrong with them besides."""
