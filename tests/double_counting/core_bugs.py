"""Bugs that the core could have around the registry, each as the functions that have it and what it would do then.

They are no attempts, since nobody can ask for them: the core goes wrong by itself, with whole histories that agree with
themselves. So no command is refused with a code, and the database and both proofs are all that stands behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple

from exchange.core.commands.credits import AdmitLot, ReturnUnits
from exchange.core.commands.encumbrances import ForceCancellation
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.registry import AnswerOnPaper, RegistryOutcome, RequestKind
from exchange.core.commands.uses import Intensity, Purpose, UseUnits
from exchange.core.credits.claims import Claim, ClaimStatus
from exchange.core.credits.registry_lock import Request
from exchange.core.credits.spelling import folded_number
from exchange.core.credits.states import ENDING, LEAVING
from exchange.core.events.credits import Cause
from exchange.core.events.registry import RegistryAnswered
from exchange.core.events.uses import ClaimApproved, ClaimEnded, ReleaseEnded
from exchange.core.handlers import approvals, asking, fulfilment, giving_way, registry, uses
from exchange.core.handlers.changing import change_all
from exchange.core.handlers.step import Step
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, IssuanceId, ParticipantId, Ppm, ReleaseId, Tonnes, day_start
from tests.double_counting.attempts import Off
from tests.double_counting.careless import HANDLERS, no_objection, yes
from tests.double_counting.scene import CCER, FOR_MILL, OTHER, QUOTA, Scene


class Bug(NamedTuple):
    """A bug of the core: the functions in which it is, what happens then, by which name the database refuses it, and
    which check of both proofs finds it where the database does not.
    """

    core: tuple[Off, ...]
    happen: Callable[[Scene], object]
    guard: str
    check: str


BUGS: Final[dict[str, Bug]] = {}


def bug(guard: str, check: str, *core: Off) -> Callable[[Callable[[Scene], object]], Callable[[Scene], object]]:
    """Enter a history into the catalogue."""

    def enter(happen: Callable[[Scene], object]) -> Callable[[Scene], object]:
        BUGS[happen.__name__] = Bug(core, happen, guard, check)
        return happen

    return enter


def _taken_for(family: Family) -> Off:
    """All units are taken for those of one family when a use is approved."""

    def always(*_: Any) -> Family:
        return family

    return Off(f"{HANDLERS}.uses:family_of", always)


def _effects(**kinds: Any) -> Off:
    """Something else happens on an answer than should, at once."""
    given = {RequestKind[name]: effect for name, effect in kinds.items()}
    return Off(f"{HANDLERS}.registry:_EFFECTS", {**registry._EFFECTS, **given})


def _afterwards(note: Callable[[Step, Request], None]) -> Off:
    """Something else happens on an answer than should, when all of it is settled."""
    return Off(f"{HANDLERS}.registry:note_answer", note)


def _asking(ask: Callable[..., None]) -> Off:
    """Something else is asked than was approved."""
    return Off(f"{HANDLERS}.uses:ask_registry", ask)


# --- which way units end ---------------------------------------------------------------------------------------------

_KIND: Final = "parcel_changes_end_as_their_kind"


@bug(_KIND, "ENDED-WRONG", _taken_for(QUOTA))
def ccer_are_retired_here_and_the_registry_is_not_asked(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))


@bug(_KIND, "ENDED-WRONG", _taken_for(QUOTA))
def ccer_go_to_another_province_and_the_registry_is_not_asked(scene: Scene) -> None:
    scene.used(scene.serials(1, 11), purpose=Purpose.INTER_PROVINCE, league=League.NONE, province="Hebei")


@bug(_KIND, "ENDED-WRONG", _taken_for(QUOTA))
def units_of_another_registry_are_retired_without_a_receipt(scene: Scene) -> None:
    scene.used(scene.of(scene.lot(scene.wood, 20, OTHER, project="O1"), 5))


@bug(_KIND, "ENDED-WRONG", _taken_for(QUOTA))
def sink_quota_stands_on_ccer_that_were_only_retired_here(scene: Scene) -> None:
    claim = scene.converted(1, 11)
    scene.admit(IssuanceId(scene.agree(scene.sink_quota(claim, 10), scene.regulator)), scene.wood, 5_001, 5_011)


@bug(_KIND, "ENDED-WRONG", _taken_for(CCER))
def quota_is_cancelled_by_a_receipt(scene: Scene) -> None:
    scene.used(scene.quota(101, 111))
    (request,) = scene.open_requests()
    scene.agree(AnswerOnPaper(scene.operator, request.request, scene.today(), "paper 7"), scene.second, "paper 7")


def _confirm_what_is_refused(step: Step, action: AnswerOnPaper) -> None:
    request = step.state.requests.by_id[action.request]
    act = (request.kind, request.account)
    said = (*act, RegistryOutcome.CONFIRMED, request.serials, "paper 7", "", day_start(action.stated_on), b"")
    registry._settle(step, request, RegistryAnswered(request.request, *said))


_READING: Final = replace(approvals.ACTIONS[AnswerOnPaper], execute=_confirm_what_is_refused)


@bug(
    "registry_answers_read_by_two",
    "NOT-SIGNED",
    Off(f"{HANDLERS}.approvals:ACTIONS", {**approvals.ACTIONS, AnswerOnPaper: _READING}),
)
def what_another_registry_refuses_to_cancel_is_cancelled(scene: Scene) -> None:
    scene.used(scene.of(scene.lot(scene.wood, 20, OTHER, project="O1"), 5))
    (request,) = scene.open_requests()
    refused = ("", RegistryOutcome.REFUSED, "account closed")
    scene.agree(AnswerOnPaper(scene.operator, request.request, scene.today(), *refused), scene.second)


def _done_at_once(step: Step, claim: Claim) -> None:
    step.state.claims.approve(claim)
    step.emit(ClaimApproved(claim.claim))
    step.created = claim.claim
    fulfilment.fulfil(step, claim, claim.units)


@bug("claims_of_spent_units", "ENDED-WRONG", Off(f"{HANDLERS}.uses:approve_claim", _done_at_once))
def a_use_of_quota_is_done_and_its_units_are_only_set_aside(scene: Scene) -> None:
    scene.used(scene.quota(101, 111))


# --- what comes free again -------------------------------------------------------------------------------------------


def _free_claim(step: Step, claim: Claim) -> None:
    change_all(step, claim.units, claim.participant, ENDING, Cause.USE_WITHDRAWN, claim.claim)
    step.state.claims.end(claim)
    step.emit(ClaimEnded(claim.claim))


def _free_what_was_cancelled(step: Step, request: Request) -> None:
    _free_claim(step, step.state.claims.claims[ClaimId(request.subject)])


def _free_what_was_released(step: Step, request: Request) -> None:
    release = step.state.claims.releases[ReleaseId(request.subject)]
    change_all(step, release.units, release.participant, LEAVING, Cause.RELEASE_WITHDRAWN, release.release)
    step.emit(ReleaseEnded(release.release))


def _free_what_is_pending(step: Step, action: UseUnits) -> None:
    """With the use that is rejected, which is right, all that were approved."""
    uses.withdraw_use(step, action)
    for claim in step.state.claims.claims.values():
        if claim.status is ClaimStatus.PENDING:
            _free_claim(step, claim)


_IN_TIME: Final = "parcel_changes_taken_back_in_time"
_STEPS: Final = approvals.ACTIONS
_REJECTING: Final = Off(
    f"{HANDLERS}.approvals:ACTIONS", {**_STEPS, UseUnits: replace(_STEPS[UseUnits], release=_free_what_is_pending)}
)


@bug(_IN_TIME, "TAKEN-BACK", _effects(CANCEL=no_objection), _afterwards(_free_what_was_cancelled))
def what_the_registry_has_cancelled_is_free_and_used_again(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))
    scene.registry_confirms()
    scene.used(scene.serials(5, 11))


@bug(_IN_TIME, "TAKEN-BACK", _effects(RELEASE=no_objection), _afterwards(_free_what_was_released))
def what_the_registry_has_released_is_free_here(scene: Scene) -> None:
    scene.sent_out(61, 71)


@bug(_IN_TIME, "TAKEN-BACK", _REJECTING)
def what_the_registry_is_asked_to_cancel_is_free_before_it_answers(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))
    proposal, _ = scene.propose(scene.use(scene.serials(41, 42)))
    scene.reject(proposal)


def _all_give_way(step: Step, *_: Any) -> None:
    for claim in list(step.state.claims.proposed.values()):
        giving_way._end(step, claim)


@bug("proposals_ended_by_somebody", "ONE-PERSON", Off(f"{HANDLERS}.reversals:give_way", _all_give_way))
def an_order_ends_the_use_of_a_firm_that_owes_nothing(scene: Scene) -> None:
    theirs = scene.use(scene.of(scene.lot(scene.steel, 10), 5))
    theirs.actor, theirs.participant = scene.traders[scene.steel], scene.steel
    scene.propose(theirs)
    scene.agree(ForceCancellation(scene.operator, scene.lost(3)), scene.regulator)


@bug("proposals_end_with_their_units", "CLAIM-WRONG", Off(f"{HANDLERS}.uses:withdraw_claim", no_objection))
def a_use_is_rejected_and_its_units_stay_set_aside(scene: Scene) -> None:
    proposal, _ = scene.propose(scene.use(scene.serials(1, 11)))
    scene.reject(proposal)


def _take_as_refused(step: Step, request: Request) -> None:
    claim = step.state.claims.claims[ClaimId(request.subject)]
    change_all(step, claim.units, claim.participant, ENDING, Cause.USE_REFUSED, claim.claim)
    step.state.claims.end(claim)
    step.emit(ClaimEnded(claim.claim))


@bug(
    "parcel_changes_refused_by_the_registry",
    "NO-STATEMENT",
    _effects(CANCEL=no_objection),
    _afterwards(_take_as_refused),
)
def a_confirmation_is_taken_for_a_refusal(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))
    scene.registry_confirms()


# --- what is done on the registry's word -----------------------------------------------------------------------------


@bug("registry_requests_done", "NOT-DONE", _effects(CANCEL=no_objection), _afterwards(no_objection))
def nothing_is_done_when_the_registry_has_cancelled(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))
    scene.registry_confirms()


@bug("registry_requests_done", "NOT-DONE", _effects(RELEASE=no_objection), _afterwards(no_objection))
def nothing_is_done_when_the_registry_has_released(scene: Scene) -> None:
    scene.sent_out(61, 71)


@bug("registry_requests_done", "NOT-DONE", _effects(LOCK=no_objection))
def nothing_is_done_when_the_registry_has_locked(scene: Scene) -> None:
    _, request = scene.waiting_lot()
    scene.done(scene.answer(request))


# --- what is asked of it ---------------------------------------------------------------------------------------------

_WANTED: Final = "registry_requests_wanted"


def _ask_for_more(step: Step, kind: RequestKind, lot: Any, owner: ParticipantId, serials: Any, subject: int) -> None:
    asking.ask_registry(step, kind, lot, owner, serials, subject)
    asking.ask_registry(step, RequestKind.RELEASE, lot, owner, SerialRange(51, 61), subject + 1, account="N-1")


@bug(_WANTED, "ASKED-WRONG", _asking(_ask_for_more))
def a_release_is_asked_for_that_nobody_made(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))


def _ask_for_another(step: Step, kind: RequestKind, lot: Any, owner: ParticipantId, serials: Any, subject: int) -> None:
    other = next(firm for firm in step.state.register.participants if firm != owner)
    asking.ask_registry(step, kind, lot, other, serials, subject)


@bug(_WANTED, "ASKED-WRONG", _asking(_ask_for_another))
def a_cancellation_is_asked_for_in_another_firms_name(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))


def _ask_for_less(step: Step, kind: RequestKind, lot: Any, owner: ParticipantId, serials: Any, subject: int) -> None:
    asking.ask_registry(step, kind, lot, owner, SerialRange(serials.lo, serials.hi - 1), subject)


@bug(_WANTED, "ASKED-WRONG", _asking(_ask_for_less))
def a_cancellation_is_asked_for_a_tonne_less(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))


def _ask_afterwards(step: Step, request: Request) -> None:
    fulfilment.note_answer(step, request)
    lot = step.state.credits.lots[request.lot]
    asking.ask_registry(step, RequestKind.CANCEL, lot, request.owner, request.serials, request.subject)


@bug("registry_requests_once_for_a_range", "ASKED-WRONG", _afterwards(_ask_afterwards))
def what_was_cancelled_is_to_be_cancelled_again(scene: Scene) -> None:
    scene.used(scene.serials(1, 11))
    scene.registry_confirms()


@bug(_WANTED, "ASKED-WRONG", _taken_for(CCER))
def the_registry_is_to_cancel_quota(scene: Scene) -> None:
    scene.used(scene.quota(101, 111))


# --- what a use covers ------------------------------------------------------------------------------------------------


def _twice(quantity: Tonnes, _: Ppm) -> Tonnes:
    return Tonnes(2 * quantity)


def _generous(*_: Any) -> Ppm:
    return Ppm(500_000)


@bug(
    "claims_cover_by_their_ratio",
    "CLAIM-WRONG",
    Off(f"{HANDLERS}.uses:covered", _twice),
    Off(f"{HANDLERS}.fulfilment:covered", _twice),
)
def a_use_covers_twice_what_it_uses(scene: Scene) -> None:
    scene.used(scene.quota(101, 111))


@bug("claims_ratio_of_a_new_project", "CLAIM-WRONG", Off(f"{HANDLERS}.uses:ratio_for", _generous))
def one_tonne_covers_two_by_a_ratio_that_nobody_adopted(scene: Scene) -> None:
    scene.used(scene.quota(101, 111))


# --- by what names things are told apart -----------------------------------------------------------------------------


def _folded_if_small(name: str) -> str:
    return name if name != name.lower() else folded_number(name)


_UNFOLDED: Final = (
    Off("exchange.core.credits.lots:folded_number", _folded_if_small),
    Off("exchange.store.projections.credits:folded_number", _folded_if_small),
)
"""Papers in capital letters are compared, and written into the tables, as they were typed."""


@bug("lots_lock_named", "PAPER-TWICE", *_UNFOLDED)
def one_paper_in_two_spellings_is_two_papers(scene: Scene) -> None:
    issuance = scene.issue(501, 601)
    paper = scene.state.credits.lots[scene.saved].lock_reference.upper().replace("-", " -")
    scene.agree(AdmitLot(scene.operator, issuance, scene.wood, 501, 601, paper), scene.second, paper)


@bug("lock_papers_are_names", "PAPER-TWICE", *_UNFOLDED)
def units_come_back_on_their_first_paper_in_another_spelling(scene: Scene) -> None:
    paper = f" {scene.state.credits.lots[scene.forest].lock_reference.upper()}."
    scene.sent_out(1, 31)
    scene.agree(ReturnUnits(scene.operator, scene.forest, scene.steel, 1, 31, paper), scene.second, paper)


@bug("projects_named", "NAME-WRONG", Off(f"{HANDLERS}.projects:is_name", yes))
def a_project_is_entered_again_with_a_letter_of_another_script(scene: Scene) -> None:
    scene.new_project("\N{CYRILLIC CAPITAL LETTER ER}1", site_parcels=("INM/P9",))


@bug("claims_named", "NAME-WRONG", Off("exchange.core.credits.claims:is_name", yes))
def quota_is_used_for_a_facility_whose_name_only_looks_known(scene: Scene) -> None:
    mill = FOR_MILL | {"facility": "I\N{CYRILLIC CAPITAL LETTER ES}P-1", "league": League.BAOTOU}
    new = {"project": "New", "intensity": Intensity.LOW}
    scene.used(scene.quota(101, 111), purpose=Purpose.NEW_PROJECT_OFFSET, **mill, **new)
