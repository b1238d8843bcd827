"""Carbon budgets of the region and its leagues (盟市), what covered facilities have to surrender, and the report that
reconciles them to the tonne.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Final

from pydantic import Field
from starlette.responses import Response

from exchange.access.authority import Audience
from exchange.api.csv_stream import BYTE_ORDER_MARK, csv_response
from exchange.api.fields import Model, PageQuery, ReadQuery, Text, TonnesNumber, YearNumber, words
from exchange.api.language import Language
from exchange.api.league_report import LeagueLine, LeagueReport, league_report
from exchange.api.league_table import AGREES, OTHER_PLANS, headings, in_words, other_plans
from exchange.api.listing import CSV, CSV_FOR_EXCEL, JSON
from exchange.api.operations import Call, Document, Read
from exchange.api.outputs import Dated, Page, name_of
from exchange.api.paging import page
from exchange.api.read_log import logged_rows
from exchange.api.validation import invalid
from exchange.core.commands.instruments import League
from exchange.core.credits.budgets import Budget, is_plan_period
from exchange.core.credits.claims import offset_cap
from exchange.core.credits.project import covers
from exchange.core.credits.spelling import folded_number
from exchange.core.rejections import TEXTS, RejectReason
from exchange.core.rulebook import OFFSET_CAP_RULE, rules_in_force
from exchange.sequencer.committed_view import CommittedView


class BudgetModel(Model):
    """A plan of the region (league NONE) or of one league for the years from ``first_year`` to ``last_year``."""

    league: Annotated[str, name_of(League)]
    first_year: int
    last_year: int
    planned: int


class BudgetPage(Page):
    """Plans."""

    items: list[BudgetModel]


class ObligationModel(Model):
    """How much a covered facility has to surrender nationally for a year, and how much CCER may stand for it.

    ``cap`` is 5 % of ``due``, rounded down (rule OFFSET-CAP); ``claimed`` is what approved uses have taken of it, and
    ``left`` what is free: what is merely proposed, by whomever, takes nothing.
    """

    facility: str
    year: int
    due: int
    cap: int
    claimed: int
    left: int


class ObligationPage(Page):
    """Duties to surrender."""

    items: list[ObligationModel]


NO_FIGURE: Final = (RejectReason.FACILITY_NOT_COVERED.name, RejectReason.OBLIGATION_NOT_SET.name)
"""Why there may be no figure, in the words of a refused use."""


class OffsetCap(Dated):
    """How much CCER may stand for what a facility has to surrender; ``due`` is what is recorded, or was asked with.

    ``covered`` says whether the facility is in the national market in that year: only then can it surrender at all.
    Where it is not, or nothing is recorded and no ``due`` was asked with, the numbers are null, ``why`` has the code
    and ``detail`` the sentence for it.
    """

    facility: str
    year: int
    covered: bool
    recorded: bool
    due: int | None
    cap: int | None
    claimed: int
    left: int | None
    why: Annotated[str | None, Field(pattern="^(?:" + "|".join(NO_FIGURE) + ")$", examples=[None])]
    detail: str | None


class OffsetCapQuery(ReadQuery):
    """A facility, a year, and ``due`` to try another figure than the recorded one."""

    facility: Text
    year: YearNumber
    due: TonnesNumber | None = None


class LeagueLineModel(Model):
    """One league's account over some years, in tonnes; league NONE is the region, all twelve together.

    ``planned`` is null where no plan is for just these years: GET /v1/budgets has all plans. ``issued`` are units of
    these vintages (quota that CCER were converted into not a second time), ``used_at_home`` what was used in the league
    that made it, replacement of losses included, which moves nothing. ``replaced`` is what of ``used_at_home`` and
    ``from_leagues`` replaced losses of this league's projects. ``replaced_outside`` is what this league made and what
    replaced losses of projects of no league of this region: it is used up, moves nothing, and is in no other column.
    ``net`` is what the adjustments add to the account or take off it.
    """

    league: Annotated[str, name_of(League)]
    first_year: int
    last_year: int
    planned: int | None
    issued: int
    used_at_home: int
    replaced: int
    to_leagues: int
    from_leagues: int
    to_national: int
    to_provinces: int
    replaced_outside: int
    net: int


class LeagueReportAnswer(Dated):
    """The accounts of the region and the twelve leagues. ``agrees`` says whether the booked adjustments, the uses and
    releases themselves, and the ledger come to the same, to the tonne; false is an alarm.

    Units of no league of this region are in none of these lines: used in a league, they add nothing to its account.
    """

    first_year: int
    last_year: int
    agrees: bool
    items: list[LeagueLineModel]


class LeagueQuery(ReadQuery):
    """One year, or a plan period of five (2026 to 2030); ``last_year`` is ``first_year`` unless given."""

    first_year: YearNumber
    last_year: YearNumber | None = None
    format: Annotated[str, words(JSON, CSV, CSV_FOR_EXCEL)] = JSON


# --- plans and duties ------------------------------------------------------------------------------------------------


def budgets(call: Call) -> Document:
    """The plans of the region and its leagues."""
    plans = call.services.view.plans.budgets.plans
    rows = list(enumerate((plans[key] for key in sorted(plans)), start=1))
    return page(rows, lambda row: row[0], lambda row: budget_document(row[1]), call.query)


def budget_document(budget: Budget) -> Document:
    """A plan as it is shown."""
    return {
        "league": budget.league.name,
        "first_year": budget.first_year,
        "last_year": budget.last_year,
        "planned": budget.planned,
    }


def obligations(call: Call) -> Document:
    """What covered facilities have to surrender nationally, and how much of it is claimed with CCER."""
    view = call.services.view
    duties = view.uses.obligations
    rows = list(enumerate(sorted(duties), start=1))
    return page(rows, lambda row: row[0], lambda row: _obligation(view, row[1]), call.query)


def _obligation(view: CommittedView, key: tuple[str, int]) -> Document:
    duty = view.uses.obligations[key]
    cap, claimed = _cap(view, duty.due), view.uses.surrendered.get(key, 0)
    return {
        "facility": duty.facility,
        "year": duty.year,
        "due": duty.due,
        "cap": cap,
        "claimed": claimed,
        "left": max(cap - claimed, 0),
    }


def _cap(view: CommittedView, due: int) -> int:
    """By the rule in force today."""
    rulebook = view.governance.rulebook
    assert rulebook is not None, "nothing is recorded before the venue has a rulebook"
    return offset_cap(due, rules_in_force(rulebook.rules, view.markets.day)[OFFSET_CAP_RULE].value)


def offset_cap_of(call: Call) -> Document:
    """Reckon how much CCER may stand for what a facility has to surrender for a year."""
    query: OffsetCapQuery = call.query
    view, key = call.services.view, (folded_number(query.facility), query.year)
    facility, duty = view.projects.facility(query.facility), view.uses.obligations.get(key)
    covered = facility is not None and covers(facility, query.year)
    due = query.due if query.due is not None else None if duty is None else duty.due
    due = due if covered else None
    claimed = view.uses.surrendered.get(key, 0)
    cap = None if due is None else _cap(view, due)
    missing = RejectReason.OBLIGATION_NOT_SET if covered else RejectReason.FACILITY_NOT_COVERED
    return {
        "facility": query.facility,
        "year": query.year,
        "covered": covered,
        "recorded": duty is not None,
        "due": due,
        "cap": cap,
        "claimed": claimed,
        "left": None if cap is None else max(cap - claimed, 0),
        "why": missing.name if due is None else None,
        "detail": getattr(TEXTS[missing], call.language) if due is None else None,
    }


# --- the report ------------------------------------------------------------------------------------------------------


async def leagues(call: Call) -> Document | Response:
    """The carbon accounts of the region and its leagues over a year or a plan period, reconciled to the tonne."""
    query: LeagueQuery = call.query
    last_year = query.last_year or query.first_year
    if not is_plan_period(query.first_year, last_year):
        raise invalid("query/last_year", "PLAN_PERIOD")
    report = league_report(call.services.view, query.first_year, last_year)
    years = {"first_year": query.first_year, "last_year": last_year}
    if query.format == JSON and not call.headers.wants_csv():
        items = [line_document(line, years) for line in report.lines]
        return {**years, "agrees": report.agrees, "items": items}
    rows = logged_rows(call, _lines(report))
    columns = [*LeagueLineModel.model_fields, AGREES]

    def shown(line: LeagueLine) -> Document:
        return {**line_document(line, years), AGREES: report.agrees}

    if query.format == CSV_FOR_EXCEL:
        columns.append(OTHER_PLANS)
        heads = headings(columns, call.language)
        return await csv_response(
            call,
            "leagues",
            columns,
            rows,
            lambda line: _for_people(line, shown(line), call.language),
            BYTE_ORDER_MARK,
            heads,
        )
    return await csv_response(call, "leagues", columns, rows, shown)


async def _lines(report: LeagueReport) -> AsyncGenerator[LeagueLine, None]:
    for line in report.lines:
        yield line


def _for_people(line: LeagueLine, shown: Document, language: Language) -> Document:
    return {**in_words(shown, language), OTHER_PLANS: other_plans(line, language)}


def line_document(line: LeagueLine, years: Document) -> Document:
    """One league's account."""
    return {
        "league": line.league.name,
        **years,
        "planned": line.planned,
        "issued": line.issued,
        "used_at_home": line.used_at_home,
        "replaced": line.replaced,
        "to_leagues": line.to_leagues,
        "from_leagues": line.from_leagues,
        "to_national": line.to_national,
        "to_provinces": line.to_provinces,
        "replaced_outside": line.replaced_outside,
        "net": line.net,
    }


REPORT_WEIGHT: Final = 5
"""It looks at every use and every lot."""

OPERATIONS = (
    Read(path="/v1/budgets", audience=Audience.SUPERVISION, query=PageQuery, handle=budgets, answer=BudgetPage),
    Read(
        path="/v1/obligations",
        audience=Audience.SUPERVISION,
        query=PageQuery,
        handle=obligations,
        answer=ObligationPage,
    ),
    Read(
        path="/v1/offset-cap",
        audience=Audience.EVERYBODY,
        query=OffsetCapQuery,
        handle=offset_cap_of,
        answer=OffsetCap,
    ),
    Read(
        path="/v1/reports/leagues",
        audience=Audience.SUPERVISION,
        query=LeagueQuery,
        handle=leagues,
        answer=LeagueReportAnswer,
        csv=True,
        weight=REPORT_WEIGHT,
    ),
)
