"""Where units come from, as the naive exchange does it: projects, facilities, issuances, lots, files of units."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exchange.core.commands.approvals import Action
from exchange.core.commands.credits import AdmitLot, CommitImport, ImportRow, StageUnits
from exchange.core.commands.instruments import Family
from exchange.core.commands.projects import ProjectTerms, RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.registry import RequestKind
from exchange.core.commands.uses import SetBudget, SetObligation
from exchange.core.events.credits import ParcelState
from exchange.core.values import ClaimId, Day, IssuanceId, ProjectId, Tonnes
from tests.oracle import holding, registry
from tests.oracle.ledger import REGISTRY
from tests.oracle.things import NaiveImport, NaiveIssuance, NaiveLot, NaiveProject

if TYPE_CHECKING:
    from tests.oracle.exchange import NaiveExchange


def folded(text: str, gap: str = "") -> str:
    """What two spellings of a name have in common, as far as these tests spell names."""
    return gap.join(unicodedata.normalize("NFKC", text).casefold().split())


def bare(name: str) -> str:
    """The letters and numbers of a name; as far as these tests spell names."""
    letters = re.sub(r"[\W_]+", "-", folded(name, gap=" "))
    return re.sub(r"(?<!\d)-|-(?!\d)", "", re.sub(r"(?<!\d)0+(?=\d)", "", letters))


def known_as(name: str) -> str:
    """By what a receipt, the paper of a lock or a facility is known."""
    return bare(name) or folded(name)


def is_credit_code(code: str) -> bool:
    """Whether eighteen signs are a firm's code: each counts three times as much as the one before it, modulo 31."""
    signs = folded(code).upper()
    places = ["0123456789ABCDEFGHJKLMNPQRTUWXY".find(sign) for sign in signs]
    if len(places) != 18 or -1 in places:
        return False
    total, weight = places.pop(), 1
    for place in places:
        total, weight = total + place * weight, weight * 3
    return total % 31 == 0


def is_quota(twin: NaiveExchange, action: Action) -> bool:
    """Whether an action makes reduction quota."""
    if isinstance(action, RegisterProject):
        return action.terms.family is Family.REDUCTION_QUOTA
    if isinstance(action, RecordIssuance) and action.project in twin.projects:
        return twin.projects[action.project].terms.family is Family.REDUCTION_QUOTA
    if not isinstance(action, CommitImport) or action.staged not in twin.imports:
        return False
    named = [project_called(twin, row.project) for row in twin.imports[action.staged].rows]
    return any(project and twin.projects[project].terms.family is Family.REDUCTION_QUOTA for project in named)


def terms_of(twin: NaiveExchange, lot: int) -> ProjectTerms:
    """What the project of a lot is."""
    return twin.projects[project_of(twin, lot)].terms


def project_of(twin: NaiveExchange, lot: int) -> int:
    """The project of a lot."""
    return twin.issuances[twin.lots[lot].issuance].project


def project_called(twin: NaiveExchange, code: str) -> int:
    """The project with a code in whatever spelling; 0 when there is none."""
    return next((number for number, one in twin.projects.items() if folded(one.terms.code) == folded(code)), 0)


def is_covered(twin: NaiveExchange, code: str, year: int) -> bool:
    """Whether this is a facility of the national market in a year."""
    for terms in twin.facilities:
        if known_as(terms.code) == known_as(code):
            return 0 < terms.covered_from <= year and (terms.covered_to == 0 or year <= terms.covered_to)
    return False


def is_hidden(twin: NaiveExchange, code: str, firm: str, year: int) -> bool:
    """Whether a firm of which some facility is covered then names one that is not its own."""
    own = [terms.code for terms in twin.facilities if folded(terms.operating_firm) == folded(firm)]
    return any(is_covered(twin, one, year) for one in own) and known_as(code) not in map(known_as, own)


def good_of(terms: ProjectTerms, vintage: int) -> tuple[Family, str, int]:
    """What makes two tonnes the same: quota has no project, but a source and a league."""
    if terms.family is Family.REDUCTION_QUOTA:
        return terms.family, f"{terms.source_category.name} {terms.league.name}", vintage
    return terms.family, terms.code, vintage


def register_project(twin: NaiveExchange, action: RegisterProject) -> None:
    """A project more."""
    twin.projects[twin.new_id()] = NaiveProject(action.terms)


def set_facility(twin: NaiveExchange, action: SetFacility) -> None:
    """A facility is known, in place of what was known of it; what it should not have yielded is held fast."""
    others = [terms for terms in twin.facilities if known_as(terms.code) != known_as(action.terms.code)]
    twin.facilities = [*others, action.terms]
    made = {
        (one.project, one.start // 10_000) for one in twin.issuances.values() if is_of(twin, one, action.terms.code)
    }
    holding.suspend_years(twin, sorted(one for one in made if is_covered(twin, action.terms.code, one[1])))


def is_of(twin: NaiveExchange, issuance: NaiveIssuance, code: str) -> bool:
    """Whether an issuance is of this facility."""
    return known_as(twin.projects[issuance.project].terms.source_facility) == known_as(code)


def record_issuance(twin: NaiveExchange, action: RecordIssuance) -> None:
    """An issuance more."""
    issue(twin, twin.new_id(), action)


def issue(twin: NaiveExchange, number: int, action: RecordIssuance) -> None:
    """Serials of a registry for a time of a project."""
    twin.issuances[number] = NaiveIssuance(
        action.project,
        action.monitoring_start,
        action.monitoring_end,
        action.verified,
        action.space,
        action.serial_text,
        action.serial_lo,
        action.serial_hi,
        action.converted,
    )
    if action.converted:
        twin.claims[action.converted].converted += action.serial_hi - action.serial_lo


def admit_lot(twin: NaiveExchange, action: AdmitLot) -> None:
    """A lot comes in."""
    bring_in(twin, twin.new_id(), action)


def bring_in(twin: NaiveExchange, lot: int, action: AdmitLot) -> None:
    """Serials of an issuance come in; those of the national registry wait for its lock."""
    issuance = twin.issuances[action.issuance]
    terms, vintage = twin.projects[issuance.project].terms, issuance.start // 10_000
    lo, hi = action.serial_lo, action.serial_hi
    twin.lots[lot] = NaiveLot(good_of(terms, vintage), lo, hi, action.issuance, action.owner)
    twin.locks.append(action.lock_reference)
    twin.ledger.move(REGISTRY, action.owner, lot, hi - lo)
    for tonne in twin.tonnes.admit(lot, lo, hi, action.owner, twin.day):
        tonne.held = holding.holders_of(twin, lot, tonne.serial, is_new=True)
        if terms.family is Family.FORESTRY_CCER:
            tonne.state = ParcelState.LOCK_REQUESTED
    if terms.family is Family.FORESTRY_CCER:
        registry.ask(twin, RequestKind.LOCK, (lot, lo, hi), action.owner)


# -- files --


def stage_rows(twin: NaiveExchange, command: StageUnits) -> None:
    """The good rows wait; which they are is a question of refusals, so ``numbers`` has their places in the portion."""
    begun = twin.imports.setdefault(command.staged or twin.new_id(), NaiveImport(command.actor, []))
    begun.rows += [command.rows[place] for place in twin.numbers.pop("row", [])]


def issuance_of(twin: NaiveExchange, actor: int, row: ImportRow) -> RecordIssuance:
    """The issuance that a row of a file asks for."""
    return RecordIssuance(
        actor,  # type: ignore[arg-type]
        ProjectId(project_called(twin, row.project)),
        Day(row.monitoring_start),
        Day(row.monitoring_end),
        Tonnes(row.verified),
        Day(row.applied_on),
        row.space,
        row.serial_text,
        row.serial_lo,
        row.serial_hi,
        ClaimId(0),
    )


def commit_import(twin: NaiveExchange, action: CommitImport) -> None:
    """All rows come in."""
    begun = twin.imports[action.staged]
    rows, begun.rows, begun.committed = begun.rows, [], True
    for row in rows:
        issuance, lot = twin.number("issuance"), twin.number("lot")
        issue(twin, issuance, issuance_of(twin, begun.by, row))
        bring_in(twin, lot, lot_of(action, IssuanceId(issuance), row))


def lot_of(action: CommitImport, issuance: IssuanceId, row: ImportRow) -> AdmitLot:
    """The lot that a row of a file asks for."""
    return AdmitLot(action.actor, issuance, row.owner, row.serial_lo, row.serial_hi, row.lock_reference)


def trial_of(twin: NaiveExchange) -> NaiveExchange:
    """A copy in which issuances and lots can be entered without leaving a trace."""
    trial = copy.copy(twin)
    trial.issuances, trial.lots, trial.locks = dict(twin.issuances), dict(twin.lots), list(twin.locks)
    return trial


def try_row(trial: NaiveExchange, number: int, actor: int, row: ImportRow) -> None:
    """Enter a row into a copy, as an issuance and a lot of this number."""
    issue(trial, number, issuance_of(trial, actor, row))
    terms = trial.projects[trial.issuances[number].project].terms
    good = good_of(terms, row.monitoring_start // 10_000)
    trial.lots[number] = NaiveLot(good, row.serial_lo, row.serial_hi, number, row.owner)
    trial.locks.append(row.lock_reference)


# -- plans --


def set_obligation(twin: NaiveExchange, action: SetObligation) -> None:
    """How much a facility owes for a year."""
    twin.due_tonnes[known_as(action.facility), action.year] = action.due


def set_budget(twin: NaiveExchange, action: SetBudget) -> None:
    """A plan, in place of an earlier one for the same years."""
    twin.plans[action.league, action.first_year, action.last_year] = action.planned


COMMANDS: dict[type, Callable[[NaiveExchange, Any], None]] = {StageUnits: stage_rows}
ACTIONS: dict[type, Callable[[NaiveExchange, Any], None]] = {
    RegisterProject: register_project,
    SetFacility: set_facility,
    RecordIssuance: record_issuance,
    AdmitLot: admit_lot,
    CommitImport: commit_import,
    SetObligation: set_obligation,
    SetBudget: set_budget,
}
