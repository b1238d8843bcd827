"""The actions about the life of units that need two persons, as they are proposed on the wire and shown again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from exchange.access.ids import Kind, id_text, id_text_or_none
from exchange.access.principal import Principal
from exchange.api.fields import (
    Body,
    Code,
    DayText,
    Encumbrance,
    Hash,
    Import,
    Lot,
    Name,
    OptionalName,
    OptionalText,
    Participant,
    Project,
    Quantity,
    Reference,
    Request,
    Reversal,
    Serial,
    Text,
    Use,
    Whole,
    Year,
    lacking,
    named,
)
from exchange.api.operations import Document
from exchange.api.proposing import firm_meant
from exchange.api.resources.projects import facility_document, terms_document
from exchange.api.resources.releases import ReleaseFields
from exchange.api.resources.uses import UseFields, details_document
from exchange.api.wire import day_text
from exchange.core.commands.approvals import Action
from exchange.core.commands.credits import CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import (
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import (
    Activity,
    CcerGeneration,
    FacilityTerms,
    Mechanism,
    ProjectTerms,
    RegisterProject,
    Sector,
    SetFacility,
)
from exchange.core.commands.registry import AnswerOnPaper, RegistryOutcome
from exchange.core.commands.uses import Pick, ReleaseUnits, RevokeClaim, SetBudget, SetObligation, UseUnits
from exchange.core.values import (
    MAX_QUANTITY,
    ClaimId,
    Day,
    EncumbranceId,
    ImportId,
    LotId,
    ParticipantId,
    ProjectId,
    RequestId,
    ReversalId,
    Tonnes,
)

_MAX_ESTIMATE_KG: Final = 10**15
_MAX_ESTIMATE_YEARS: Final = 100
_MAX_SITE_PARCELS: Final = 100

PlannedTonnes = Annotated[int, Whole(0, MAX_QUANTITY, 500_000)]


class ProjectAction(Body):
    """Record a project; nothing can be issued for what is not one. That of a reduction quota the regulator approves.

    ``site_parcels`` are paths from the larger to the smaller unit. The estimate is recorded and never becomes units.
    """

    type: Literal["PROJECT"]
    code: Code
    family: Annotated[Family, named(Family)]
    mechanism: Annotated[Mechanism, named(Mechanism)] = Mechanism.NOT_STATED
    registry: Name
    name_en: Text
    name_zh: Text
    methodology: OptionalText = ""
    site_parcels: Annotated[list[Name], Field(min_length=1, max_length=_MAX_SITE_PARCELS)]
    activity: Annotated[Activity, named(Activity)]
    league: Annotated[League, named(League)] = League.NONE
    source_category: Annotated[SourceCategory, named(SourceCategory)] = SourceCategory.NONE
    source_facility: OptionalName = ""
    ccer_generation: Annotated[CcerGeneration, named(CcerGeneration)] = CcerGeneration.NONE
    started: DayText
    crediting_start: DayText
    crediting_end: DayText
    estimate_kg: Annotated[int, Whole(0, _MAX_ESTIMATE_KG, 22_514_200)] = 0
    estimate_years: Annotated[int, Whole(0, _MAX_ESTIMATE_YEARS, 30)] = 0
    uniqueness_declaration: OptionalText = ""

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return RegisterProject(who.person, self._terms())

    def _terms(self) -> ProjectTerms:
        return ProjectTerms(
            self.code,
            self.family,
            self.mechanism,
            self.registry,
            self.name_en,
            self.name_zh,
            self.methodology,
            tuple(self.site_parcels),
            self.activity,
            self.league,
            self.source_category,
            self.source_facility,
            self.ccer_generation,
            Day(self.started),
            Day(self.crediting_start),
            Day(self.crediting_end),
            self.estimate_kg,
            self.estimate_years,
            self.uniqueness_declaration,
        )


class FacilityAction(Body):
    """Enter a facility, or change what is known of it and of its years in the national market; the regulator approves.

    Without ``covered_to`` it is covered until further notice, without ``covered_from`` it is not covered at all: so a
    firm that runs covered facilities can name its others.
    """

    type: Literal["FACILITY"]
    code: Name
    name_en: Text
    name_zh: Text
    operating_firm: Text
    sector: Annotated[Sector, named(Sector)]
    league: Annotated[League, named(League)] = League.NONE
    covered_from: Year | None = None
    covered_to: Year | None = None

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        terms = FacilityTerms(
            self.code,
            self.name_en,
            self.name_zh,
            self.operating_firm,
            self.sector,
            self.league,
            self.covered_from or 0,
            self.covered_to or 0,
        )
        return SetFacility(who.person, terms)


class ReturnAction(Body):
    """Take serials back that went to the national market; they are here again once the registry has locked them anew.

    ``owner`` is who holds them there now: a trader brings in for the own participant, which is the default.
    """

    type: Literal["RETURN"]
    lot: Lot
    owner: Participant | None = None
    serial_lo: Serial
    serial_hi: Serial
    lock_reference: Reference

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        owner = firm_meant(who, ReturnUnits, self.owner, "owner")
        return ReturnUnits(who.person, LotId(self.lot), owner, self.serial_lo, self.serial_hi, self.lock_reference)


class ImportAction(Body):
    """Issue and admit all rows of an import, or none; ``rows_hash`` is that of the rows that were looked at."""

    type: Literal["IMPORT"]
    staged: Import
    rows_hash: Hash

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return CommitImport(who.person, ImportId(self.staged), self.rows_hash)


class ReceiptAction(Body):
    """What a registry that this venue has no line to has written about a request: CONFIRMED with the ``receipt`` that
    it gave, which the second person reads again, or REFUSED for a ``reason``, without a receipt. ``stated_on`` is the
    day that the paper bears.

    A use of which everything is refused comes to nothing, and its units are free again.
    """

    type: Literal["RECEIPT"]
    request: Request
    stated_on: DayText
    outcome: Annotated[RegistryOutcome, named(RegistryOutcome)] = RegistryOutcome.CONFIRMED
    receipt: Reference | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _of_its_outcome(self) -> Self:
        """A confirmation has a receipt and a refusal a reason; the core looks at everything else."""
        needed = "receipt" if self.outcome is RegistryOutcome.CONFIRMED else "reason"
        if getattr(self, needed) is None:
            raise lacking(needed)
        return self

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        written = (Day(self.stated_on), self.receipt or "", self.outcome, self.reason or "")
        return AnswerOnPaper(who.person, RequestId(self.request), *written)


class UseAction(UseFields):
    """Use units of the own account for one purpose; the same as ``POST /v1/uses``."""

    type: Literal["USE"]

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return self.use(who)


class ReleaseAction(ReleaseFields):
    """Release serials of the own account to the national market; the same as ``POST /v1/releases``."""

    type: Literal["RELEASE"]

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return self.release(who)


class UseRevocationAction(Body):
    """Take the effect of a fulfilled use away, because its units proved wrong; the regulator approves.

    The units stay used: nothing that was cancelled comes back. What they had replaced of a reversal is owed again.
    """

    type: Literal["USE_REVOCATION"]
    use: Use
    reason: Text

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return RevokeClaim(who.person, ClaimId(self.use), self.reason)


class ObligationAction(Body):
    """Record how many tonnes a covered facility has to surrender nationally for a year; the regulator approves."""

    type: Literal["OBLIGATION"]
    facility: Name
    year: Year
    due: PlannedTonnes

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return SetObligation(who.person, self.facility, self.year, Tonnes(self.due))


class BudgetAction(Body):
    """Set the plan of the region (league NONE) or of one league; the regulator approves.

    Both years are equal for an annual plan, and four apart for a plan period such as 2026 to 2030.
    """

    type: Literal["BUDGET"]
    league: Annotated[League, named(League)] = League.NONE
    first_year: Year
    last_year: Year
    planned: PlannedTonnes

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return SetBudget(who.person, self.league, self.first_year, self.last_year, Tonnes(self.planned))


class LiftAction(Body):
    """Let the units of an encumbrance go again."""

    type: Literal["LIFT"]
    encumbrance: Encumbrance

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return LiftEncumbrance(who.person, EncumbranceId(self.encumbrance))


class ReversalAction(Body):
    """Record that stored carbon was lost again (fire, pests, felling): as many other tonnes of ``responsible`` are to
    be cancelled.
    """

    type: Literal["REVERSAL"]
    project: Project
    vintage: Year | None = None
    responsible: Participant
    quantity: Quantity
    cause: Text

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return ReportReversal(
            who.person,
            ProjectId(self.project),
            self.vintage or 0,
            ParticipantId(self.responsible),
            Tonnes(self.quantity),
            self.cause,
        )


class ReversalWithdrawalAction(Body):
    """Take back a reversal that was entered by mistake; the regulator approves.

    Only as long as nothing was cancelled for it, nor is about to be; uses that were revoked do not count.
    """

    type: Literal["REVERSAL_WITHDRAWAL"]
    reversal: Reversal
    reason: Text

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return WithdrawReversal(who.person, ReversalId(self.reversal), self.reason)


class ForcedCancellationAction(Body):
    """Cancel units of whoever has to replace a reversal, as many as are owed or there; the regulator approves."""

    type: Literal["FORCED_CANCELLATION"]
    reversal: Reversal

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return ForceCancellation(who.person, ReversalId(self.reversal))


# --- the same, shown -------------------------------------------------------------------------------------------------


def _project(action: RegisterProject) -> Document:
    return {"type": "PROJECT", **terms_document(action.terms)}


def _facility(action: SetFacility) -> Document:
    return {"type": "FACILITY", **facility_document(action.terms)}


def _return(action: ReturnUnits) -> Document:
    return {
        "type": "RETURN",
        "lot": id_text(Kind.LOT, action.lot),
        "owner": id_text(Kind.PARTICIPANT, action.owner),
        "serial_lo": action.serial_lo,
        "serial_hi": action.serial_hi,
        "lock_reference": action.lock_reference,
    }


def _import(action: CommitImport) -> Document:
    return {"type": "IMPORT", "staged": id_text(Kind.IMPORT, action.staged), "rows_hash": action.rows_hash.hex()}


def _receipt(action: AnswerOnPaper) -> Document:
    return {
        "type": "RECEIPT",
        "request": id_text(Kind.REQUEST, action.request),
        "stated_on": day_text(action.stated_on),
        "outcome": action.outcome.name,
        "receipt": action.receipt or None,
        "reason": action.reason or None,
    }


def _pick(pick: Pick) -> Document:
    lot = id_text(Kind.LOT, pick.lot)
    return {"lot": lot, "serial_lo": pick.lo, "serial_hi": pick.hi} if pick.hi else {"lot": lot}


def _use(action: UseUnits) -> Document:
    return {
        "type": "USE",
        "purpose": action.purpose.name,
        "participant": id_text(Kind.PARTICIPANT, action.participant),
        "picks": [_pick(pick) for pick in action.picks],
        "instrument": id_text_or_none(Kind.INSTRUMENT, action.instrument),
        "quantity": action.quantity,
        **details_document(action.details),
        "reversal": id_text_or_none(Kind.REVERSAL, action.reversal),
    }


def _release(action: ReleaseUnits) -> Document:
    return {
        "type": "RELEASE",
        "participant": id_text(Kind.PARTICIPANT, action.participant),
        "picks": [_pick(pick) for pick in action.picks],
        "national_account": action.national_account,
    }


def _use_revocation(action: RevokeClaim) -> Document:
    return {"type": "USE_REVOCATION", "use": id_text(Kind.USE, action.claim), "reason": action.reason}


def _obligation(action: SetObligation) -> Document:
    return {"type": "OBLIGATION", "facility": action.facility, "year": action.year, "due": action.due}


def _budget(action: SetBudget) -> Document:
    return {
        "type": "BUDGET",
        "league": action.league.name,
        "first_year": action.first_year,
        "last_year": action.last_year,
        "planned": action.planned,
    }


def _lift(action: LiftEncumbrance) -> Document:
    return {"type": "LIFT", "encumbrance": id_text(Kind.ENCUMBRANCE, action.encumbrance)}


def _reversal(action: ReportReversal) -> Document:
    return {
        "type": "REVERSAL",
        "project": id_text(Kind.PROJECT, action.project),
        "vintage": action.vintage or None,
        "responsible": id_text(Kind.PARTICIPANT, action.responsible),
        "quantity": action.quantity,
        "cause": action.cause,
    }


def _reversal_withdrawal(action: WithdrawReversal) -> Document:
    return {
        "type": "REVERSAL_WITHDRAWAL",
        "reversal": id_text(Kind.REVERSAL, action.reversal),
        "reason": action.reason,
    }


def _forced_cancellation(action: ForceCancellation) -> Document:
    return {"type": "FORCED_CANCELLATION", "reversal": id_text(Kind.REVERSAL, action.reversal)}


UNIT_DOCUMENTS: Final[dict[type, Callable[[Any], Document]]] = {
    RegisterProject: _project,
    SetFacility: _facility,
    ReturnUnits: _return,
    CommitImport: _import,
    AnswerOnPaper: _receipt,
    UseUnits: _use,
    ReleaseUnits: _release,
    RevokeClaim: _use_revocation,
    SetObligation: _obligation,
    SetBudget: _budget,
    LiftEncumbrance: _lift,
    ReportReversal: _reversal,
    ForceCancellation: _forced_cancellation,
    WithdrawReversal: _reversal_withdrawal,
}
"""Type of an action → how it is shown."""
