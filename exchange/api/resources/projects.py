"""Projects, the monitoring periods that units were issued for, and the facilities of the national market."""

from __future__ import annotations

from typing import Annotated, Final

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.fields import Code, Model, PageQuery
from exchange.api.operations import Call, Document, Read
from exchange.api.outputs import Dated, DayOut, Page, ProjectOut, name_of
from exchange.api.paging import page
from exchange.api.problems import ProblemError
from exchange.api.wire import day_text
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import Activity, CcerGeneration, FacilityTerms, Mechanism, ProjectTerms, Sector
from exchange.core.credits.spelling import folded
from exchange.core.events.credits import ProjectRegistered
from exchange.core.rejections import RejectReason
from exchange.core.values import Day, ProjectId
from exchange.sequencer.committed_view import CommittedView

_KG_OF_A_DECIMAL: Final = 100
"""An estimate is shown in tonnes with one decimal."""


class MonitoringPeriod(Model):
    """A monitoring period of a project: what was verified for it, and how much of that was issued."""

    monitoring_start: DayOut
    monitoring_end: DayOut
    verified: int
    issued: int


class ProjectModel(Model):
    """A project as two persons recorded it, with its monitoring periods and what was issued for them.

    ``estimate_kg`` is what it expects over ``estimate_years``: recorded, and never units. ``estimate_per_year`` follows
    from the two, in tonnes, half-up to one decimal, and is never multiplied back.
    """

    id: ProjectOut
    code: str
    family: Annotated[str, name_of(Family)]
    mechanism: Annotated[str, name_of(Mechanism)]
    registry: str
    name_en: str
    name_zh: str
    methodology: str
    site_parcels: list[str]
    activity: Annotated[str, name_of(Activity)]
    league: Annotated[str, name_of(League)]
    source_category: Annotated[str, name_of(SourceCategory)]
    source_facility: str
    ccer_generation: Annotated[str, name_of(CcerGeneration)]
    started: DayOut
    crediting_start: DayOut
    crediting_end: DayOut
    estimate_kg: int
    estimate_years: int
    estimate_per_year: str | None
    uniqueness_declaration: str
    periods: list[MonitoringPeriod]
    issued: int


class ProjectAnswer(ProjectModel, Dated):
    """One project."""


class ProjectPage(Page):
    """Projects."""

    items: list[ProjectModel]


class ProjectQuery(PageQuery):
    """The one with a code, in whatever spelling."""

    code: Code | None = None


class FacilityModel(Model):
    """A facility, in the national market from year ``covered_from`` to ``covered_to``, both included; or never."""

    code: str
    name_en: str
    name_zh: str
    operating_firm: str
    sector: Annotated[str, name_of(Sector)]
    league: Annotated[str, name_of(League)]
    covered_from: int | None
    covered_to: int | None


class FacilityPage(Page):
    """Facilities."""

    items: list[FacilityModel]


def terms_document(terms: ProjectTerms) -> Document:
    """What a project is, as it is proposed and shown."""
    return {
        "code": terms.code,
        "family": terms.family.name,
        "mechanism": terms.mechanism.name,
        "registry": terms.registry,
        "name_en": terms.name_en,
        "name_zh": terms.name_zh,
        "methodology": terms.methodology,
        "site_parcels": list(terms.site_parcels),
        "activity": terms.activity.name,
        "league": terms.league.name,
        "source_category": terms.source_category.name,
        "source_facility": terms.source_facility,
        "ccer_generation": terms.ccer_generation.name,
        "started": day_text(terms.started),
        "crediting_start": day_text(terms.crediting_start),
        "crediting_end": day_text(terms.crediting_end),
        "estimate_kg": terms.estimate_kg,
        "estimate_years": terms.estimate_years,
        "uniqueness_declaration": terms.uniqueness_declaration,
    }


def facility_document(terms: FacilityTerms) -> Document:
    """A facility, as it is proposed and shown."""
    return {
        "code": terms.code,
        "name_en": terms.name_en,
        "name_zh": terms.name_zh,
        "operating_firm": terms.operating_firm,
        "sector": terms.sector.name,
        "league": terms.league.name,
        "covered_from": terms.covered_from or None,
        "covered_to": terms.covered_to or None,
    }


def estimate_per_year(kilograms: int, years: int) -> str | None:
    """Tonnes a year of an estimate, half-up to one decimal; None for no estimate.

    >>> estimate_per_year(22_514_200, 30)
    '750.5'
    """
    if not years:
        return None
    decimals = (2 * kilograms + _KG_OF_A_DECIMAL * years) // (2 * _KG_OF_A_DECIMAL * years)
    return f"{decimals // 10}.{decimals % 10}"


def project_document(event: ProjectRegistered, view: CommittedView) -> Document:
    """A project with its periods."""
    terms = event.terms
    periods = period_documents(event.project, view)
    return {
        "id": id_text(Kind.PROJECT, event.project),
        **terms_document(terms),
        "estimate_per_year": estimate_per_year(terms.estimate_kg, terms.estimate_years),
        "periods": periods,
        "issued": sum(period["issued"] for period in periods),
    }


def period_documents(project: ProjectId, view: CommittedView) -> list[Document]:
    """The monitoring periods of a project in the order of their first days."""
    verified: dict[tuple[Day, Day], int] = {}
    issued: dict[tuple[Day, Day], int] = {}
    for number in view.projects.issuances.get(project, ()):
        one = view.units.issuances[number]
        period = (one.monitoring_start, one.monitoring_end)
        verified[period] = one.verified
        issued[period] = issued.get(period, 0) + one.serials.tonnes
    return [
        {
            "monitoring_start": day_text(period[0]),
            "monitoring_end": day_text(period[1]),
            "verified": verified[period],
            "issued": issued[period],
        }
        for period in sorted(verified)
    ]


def every(call: Call) -> Document:
    """All projects, or the one with a code."""
    projects, code = call.services.view.projects, call.query.code
    rows = list(projects.by_id.values())
    if code is not None:
        number = projects.codes.get(folded(code))
        rows = [] if number is None else [projects.by_id[number]]
    view = call.services.view
    return page(rows, lambda row: row.project, lambda row: project_document(row, view), call.query)


def one(call: Call) -> Document:
    """One project."""
    number = ProjectId(id_number(Kind.PROJECT, call.path["project"]))
    view = call.services.view
    event = view.projects.by_id.get(number)
    if event is None:
        raise ProblemError(RejectReason.PROJECT_NOT_FOUND)
    return project_document(event, view)


def facilities(call: Call) -> Document:
    """The facilities that were entered: for a year in which the national market covers one, it can neither yield
    regional quota nor have it used for it.
    """
    rows = list(enumerate(call.services.view.projects.facilities.values(), start=1))
    return page(rows, lambda row: row[0], lambda row: facility_document(row[1].terms), call.query)


OPERATIONS = (
    Read(path="/v1/projects", audience=Audience.EVERYBODY, query=ProjectQuery, handle=every, answer=ProjectPage),
    Read(
        path="/v1/projects/{project}",
        audience=Audience.EVERYBODY,
        handle=one,
        answer=ProjectAnswer,
        missing=(RejectReason.PROJECT_NOT_FOUND,),
    ),
    Read(path="/v1/facilities", audience=Audience.EVERYBODY, query=PageQuery, handle=facilities, answer=FacilityPage),
)
