"""Why the naive exchange refuses what is asked of units that are here; see :mod:`tests.oracle.refusals`.

What the law says is asked of the lots that are meant, whether their tonnes suffice or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from typing import Any

from exchange.core.commands.credits import RequestLock, ReturnUnits
from exchange.core.commands.encumbrances import (
    ContinueEncumbering,
    Encumber,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.participants import ParticipantRole
from exchange.core.commands.projects import CcerGeneration
from exchange.core.commands.registry import AnswerOnPaper, AnswerRequest, GiveUpWaiting, RegistryOutcome, SendRelease
from exchange.core.commands.uses import (
    CallOffRelease,
    Intensity,
    Neutrality,
    Pick,
    Purpose,
    ReleaseUnits,
    RevokeClaim,
    UseDetails,
    UseUnits,
)
from exchange.core.events.credits import ParcelState
from exchange.core.rejections import RejectReason as R
from exchange.core.values import LATEST_INSTANT
from tests.oracle import choices, holding, origins, registry, uses
from tests.oracle.common_refusals import MAX_QUANTITY, OPERATOR, REGISTRY, REGULATOR, TRADER, Reasons, is_day
from tests.oracle.exchange import NaiveExchange
from tests.oracle.origin_refusals import lock_paper, of_one_origin
from tests.oracle.things import NaiveRelease

CCER, QUOTA, OTHER = Family.FORESTRY_CCER, Family.REDUCTION_QUOTA, Family.OTHER_SINK

SERVES: dict[Purpose, set[Family]] = {
    Purpose.NATIONAL_SURRENDER: {CCER},
    Purpose.NEW_PROJECT_OFFSET: {CCER, QUOTA},
    Purpose.EVENT_NEUTRALITY: {CCER, QUOTA, OTHER},
    Purpose.VOLUNTARY: {CCER, QUOTA, OTHER},
    Purpose.ECO_COMPENSATION: {CCER, QUOTA, OTHER},
    Purpose.INTER_PROVINCE: {CCER, QUOTA},
    Purpose.CONVERSION: {CCER},
}
"""Which units serve which purpose."""

ABROAD_NAMES = ("Shanxi", "山西", "Hebei", "河北")
"""Provinces that these tests know."""

ABROAD = (Purpose.NATIONAL_SURRENDER, Purpose.INTER_PROVINCE, Purpose.CONVERSION)
"""The purposes that are in no league of the region."""


def _is_text(text: str) -> bool:
    return 1 <= len(text) <= 200


def _is_working(twin: NaiveExchange) -> bool:
    return any(made.working for made in twin.encumbrances.values())


# -- the registry --


def _request_lock(twin: NaiveExchange, command: RequestLock) -> Reasons:
    if command.lot not in twin.lots:
        yield R.LOT_NOT_FOUND
    elif not registry.waiting(twin, command.lot):
        yield R.UNITS_NOT_THERE


def _answer(twin: NaiveExchange, command: AnswerRequest) -> Reasons:
    request = twin.requests.get(command.request)
    if request is None:
        yield R.REQUEST_NOT_FOUND
        return
    if not _is_text(command.message) or len(command.signature) != 64 or len(command.receipt) > 200:
        yield R.INVALID_FIELD
    confirmed = command.outcome is RegistryOutcome.CONFIRMED
    if (confirmed and not command.receipt) or not 0 <= command.stated_at <= LATEST_INSTANT:
        yield R.INVALID_FIELD
    if (command.serials_lo, command.serials_hi) != (request.lo, request.hi):
        yield R.STATEMENT_OF_OTHER_SERIALS
    if not request.asked_at - registry.HOUR <= command.stated_at <= twin.at + registry.HOUR:
        yield R.STATEMENT_OUT_OF_TIME
    if twin.lots[request.lot].good[0] is not CCER:
        yield R.REQUEST_OF_OTHER_REGISTRY
    if (command.kind, command.account) != (request.kind, request.account):
        yield R.STATEMENT_OF_OTHER_REQUEST
    if request.open:
        yield from _receipt(command.receipt, registry.signed(twin))
        return
    same = ("confirmed" if confirmed else "refused", command.receipt) == (request.status, request.receipt)
    if same or command.message == request.dispute or registry.is_disputed(twin, request):
        yield R.REQUEST_CLOSED


def _receipt(receipt: str, given: list[str]) -> Reasons:
    if receipt and origins.known_as(receipt) in [origins.known_as(paper) for paper in given]:
        yield R.RECEIPT_USED


def _answer_on_paper(twin: NaiveExchange, action: AnswerOnPaper) -> Reasons:
    request = twin.requests.get(action.request)
    if request is None:
        yield R.REQUEST_NOT_FOUND
        return
    if not request.open:
        yield R.REQUEST_CLOSED
    if twin.lots[request.lot].good[0] is CCER:
        yield R.REGISTRY_ANSWERS_ITSELF
    refused = action.outcome is RegistryOutcome.REFUSED
    said, unsaid = (action.reason, action.receipt) if refused else (action.receipt, action.reason)
    if not _is_text(said) or unsaid or not is_day(action.stated_on):
        yield R.INVALID_FIELD
    elif not registry.day_before(request.asked_at) <= action.stated_on <= registry.china_day(twin.at):
        yield R.STATEMENT_OUT_OF_TIME
    yield from _receipt(action.receipt, [*registry.signed(twin), *(one.receipt for one in twin.requests.values())])


def _give_up(twin: NaiveExchange, command: GiveUpWaiting) -> Reasons:
    request = twin.requests.get(command.request)
    if request is None:
        yield R.REQUEST_NOT_FOUND
    elif request.status != "open" or twin.at < request.answer_by:
        yield R.NOT_DUE


def _send_release(twin: NaiveExchange, command: SendRelease) -> Reasons:
    release = twin.releases.get(command.release)
    if release is None:
        yield R.RELEASE_NOT_FOUND
    elif release.status != "cooling" or not _leaves_about_now(twin, release) or _is_working(twin):
        yield R.NOT_DUE


def _leaves_about_now(twin: NaiveExchange, release: NaiveRelease) -> bool:
    """Whether it leaves at this hour; the program may be an hour late."""
    hours = uses.leaving_hours(twin, release)
    return hours is not None and hours[0] <= twin.at < hours[1] + uses.HOUR


def _return(twin: NaiveExchange, action: ReturnUnits) -> Reasons:
    if action.owner not in twin.firms:
        yield R.PARTICIPANT_NOT_FOUND
    yield from lock_paper(twin, action.lock_reference)
    if action.lot not in twin.lots:
        yield R.LOT_NOT_FOUND
        return
    lo, hi = action.serial_lo, action.serial_hi
    if not (1 <= lo < hi <= 2**62 and hi - lo <= MAX_QUANTITY):
        yield R.SERIALS_INVALID
    there = [tonne for tonne in twin.tonnes.of(action.lot, lo, hi) if tonne.state is ParcelState.OUT]
    if len(there) != hi - lo:
        yield R.UNITS_NOT_THERE


# -- uses --


def _use(twin: NaiveExchange, action: UseUnits) -> Reasons:
    if action.instrument and action.instrument not in twin.instruments:
        yield R.INSTRUMENT_NOT_FOUND
        return
    if _names_foreign(twin, action.participant, action.picks):
        yield R.LOT_NOT_FOUND
        return
    if _is_working(twin):
        yield R.INSTRUMENT_HALTED
    yield from _form(action)
    yield from _replacement_says(action) if action.reversal else _details(action.purpose, action.details)
    lots = uses.lots_for(twin, action) if action.picks or action.instrument else []
    meant = lots if action.picks else [lot for lot in lots if twin.tonnes.sellable(lot, action.participant)]
    yield from _law(twin, action, meant)
    if action.quantity * 10**6 < uses.ratio_today(twin, action.details):
        yield R.COVERS_NOTHING
    if not set(_form(action)):
        short = set(_cover(twin, action.participant, action.picks, action.quantity, lots))
        yield from short
        yield from () if short else of_one_origin(twin, action, uses.choose(twin, action))


def _names_foreign(twin: NaiveExchange, firm: int, picks: tuple[Pick, ...]) -> bool:
    return any(pick.lot not in twin.tonnes.lots_of(firm) for pick in picks)


def _form(action: UseUnits) -> Reasons:
    """Either serials, or lots, or a good, and so many tonnes as they are."""
    picks = action.picks
    if bool(picks) == bool(action.instrument):
        yield R.INVALID_FIELD
    if not choices.are_of_one_kind(picks):
        yield R.INVALID_FIELD
        return
    if not choices.are_ranges(picks):
        yield R.SERIALS_INVALID
        return
    if choices.is_named_twice(picks):
        yield R.INVALID_FIELD
    if not 1 <= action.quantity <= MAX_QUANTITY:
        yield R.QUANTITY_OUT_OF_RANGE
    elif picks and picks[0].hi and sum(pick.hi - pick.lo for pick in picks) != action.quantity:
        yield R.QUANTITY_DIFFERS


def _details(purpose: Purpose, details: UseDetails) -> Reasons:
    """What a purpose must say, and no more."""
    if purpose not in SERVES or not (_is_text(details.beneficiary_en) and _is_text(details.beneficiary_zh)):
        yield R.INVALID_FIELD
        return
    if details.event_day and not is_day(details.event_day):
        yield R.INVALID_FIELD
    offset = purpose is Purpose.NEW_PROJECT_OFFSET
    of_facility = offset or purpose is Purpose.NATIONAL_SURRENDER
    wanted = [
        (bool(details.facility), details.year > 0) == (of_facility, of_facility),
        origins.is_credit_code(details.beneficiary_code) or not (of_facility or details.beneficiary_code),
        (bool(details.project), details.intensity is not Intensity.NONE) == (offset, offset),
        _neutral(details) == {purpose is Purpose.EVENT_NEUTRALITY},
        purpose is not Purpose.EVENT_NEUTRALITY or 20190101 <= details.event_day <= 21001231,
        details.province == "" if purpose is not Purpose.INTER_PROVINCE else details.province in ABROAD_NAMES,
        (details.league is League.NONE) == (purpose in ABROAD),
    ]
    if not all(wanted):
        yield R.PURPOSE_DETAILS


def _replacement_says(action: UseUnits) -> Reasons:
    """What replaces a loss is for nobody, and nothing is to be said of it."""
    if action.purpose is not Purpose.VOLUNTARY or any(astuple(action.details)):
        yield R.PURPOSE_DETAILS


def _neutral(details: UseDetails) -> set[bool]:
    return {bool(details.event), details.event_day > 0, details.neutrality is not Neutrality.NONE}


def _law(twin: NaiveExchange, action: UseUnits, lots: list[int]) -> Reasons:
    """What the rules say of such units for this purpose."""
    terms = [origins.terms_of(twin, lot) for lot in lots]
    details = action.details
    if action.purpose in SERVES and any(one.family not in SERVES[action.purpose] for one in terms):
        yield R.FAMILY_CANNOT_SERVE
    if len({one.family is QUOTA for one in terms}) == 2:
        yield R.MIXED_UNITS
    if action.purpose is Purpose.CONVERSION and twin.firms[action.participant].role is ParticipantRole.BUYER:
        yield R.ROLE_CANNOT_SELL
    if action.reversal:
        yield from _replaces(twin, action, {one.family for one in terms})
        return
    if action.purpose is not Purpose.NATIONAL_SURRENDER:
        if any(one.family is QUOTA for one in terms) and details.facility and not twin.rules["ETS-BUYER"]:
            if origins.is_covered(twin, details.facility, details.year):
                yield R.BUYER_COVERED
            if origins.is_hidden(twin, details.facility, details.beneficiary_code, details.year):
                yield R.FACILITY_NOT_THE_FIRMS
        yield from _whose(twin, details)
        return
    if twin.day >= twin.rules["OLD-CCER"] and any(one.ccer_generation is CcerGeneration.OLD for one in terms):
        yield R.OLD_CCER
    yield from _share(twin, action)


def _whose(twin: NaiveExchange, details: UseDetails) -> Reasons:
    """A known facility has a firm and a league."""
    for terms in twin.facilities:
        if origins.known_as(terms.code) == origins.known_as(details.facility):
            if origins.folded(terms.operating_firm) != origins.folded(details.beneficiary_code):
                yield R.FACILITY_NOT_THE_FIRMS
            if details.league and terms.league and details.league != terms.league:
                yield R.FACILITY_IN_ANOTHER_LEAGUE


def _replaces(twin: NaiveExchange, action: UseUnits, families: set[Family]) -> Reasons:
    """Only the firm that owes, only what is owed, and of what was lost."""
    reversal = twin.reversals.get(action.reversal)
    if reversal is None or reversal.firm != action.participant:
        yield R.REVERSAL_NOT_FOUND
        return
    left = holding.owed(twin, action.reversal)
    if left == 0:
        yield R.NOTHING_TO_REPLACE
    elif action.quantity > left:
        yield R.MORE_THAN_OWED
    if families - {twin.projects[reversal.project].terms.family}:
        yield R.FAMILY_CANNOT_SERVE


def _share(twin: NaiveExchange, action: UseUnits) -> Reasons:
    """Of what a facility owes five per cent can be CCER, rounded down; what is merely proposed takes nothing of it."""
    facility, year = action.details.facility, action.details.year
    if not origins.is_covered(twin, facility, year):
        yield R.FACILITY_NOT_COVERED
        return
    if set(_whose(twin, action.details)):
        yield R.FACILITY_NOT_THE_FIRMS
        return
    due = twin.due_tonnes.get((origins.known_as(facility), year))
    if due is None:
        yield R.OBLIGATION_NOT_SET
    elif action.quantity + uses.surrendered(twin, facility, year) > due * twin.rules["OFFSET-CAP"] // 10_000:
        yield R.OFFSET_CAP


def _cover(twin: NaiveExchange, firm: int, picks: tuple[Pick, ...], quantity: int, lots: list[int]) -> Reasons:
    """Whether the tonnes are there, and no order needs them."""
    if not (picks and picks[0].hi):
        if len(twin.pick(firm, lots, quantity)) < quantity:
            yield R.INSUFFICIENT_TONNES
        return
    serials = [(int(pick.lot), serial) for pick in picks for serial in range(pick.lo, pick.hi)]
    mine = {(one.lot, one.serial) for one in twin.tonnes.all if one.owner == firm and one.sellable}
    if not set(serials) <= mine:
        yield R.UNITS_NOT_THERE
        return
    for lot in {pick.lot for pick in picks}:
        if sum(one == lot for one, _ in serials) > twin.available(firm, lot):
            yield R.INSUFFICIENT_TONNES


def _use_again(twin: NaiveExchange, proposal: int) -> Reasons:
    """A use that was chosen: can it still go, and does the law still let it?"""
    made, action = twin.claims[uses.of_proposal(twin.claims, proposal)], twin.proposals[proposal].action
    assert isinstance(action, UseUnits)
    yield from _chosen_again(twin, made.units)
    yield from _law(twin, action, [lot for lot, _, _ in made.units])
    yield from of_one_origin(twin, action, made.units)


def _chosen_again(twin: NaiveExchange, units: list[tuple[int, int, int]]) -> Reasons:
    if _is_working(twin):
        yield R.INSTRUMENT_HALTED
    if any(tonne.held for tonne in uses.tonnes_in(twin, units)):
        yield R.UNITS_ENCUMBERED


def _revoke(twin: NaiveExchange, action: RevokeClaim) -> Reasons:
    claim = twin.claims.get(action.claim)
    if claim is None:
        yield R.CLAIM_NOT_FOUND
        return
    if not _is_text(action.reason):
        yield R.INVALID_FIELD
    if claim.status != "fulfilled":
        yield R.CLAIM_CLOSED
    if claim.converted and _is_working(twin):
        yield R.INSTRUMENT_HALTED


# -- releases --


def _release(twin: NaiveExchange, action: ReleaseUnits) -> Reasons:
    picks, firm = action.picks, action.participant
    if _names_foreign(twin, firm, picks):
        yield R.LOT_NOT_FOUND
        return
    if _is_working(twin):
        yield R.INSTRUMENT_HALTED
    if any(twin.lots[pick.lot].good[0] is not CCER for pick in picks):
        yield R.NOT_OF_NATIONAL_REGISTRY
    named = bool(picks) and all(pick.hi for pick in picks)
    if not (named and _is_text(action.national_account) and choices.are_of_one_kind(picks)):
        yield R.INVALID_FIELD
        return
    if not choices.are_ranges(picks):
        yield R.SERIALS_INVALID
        return
    if choices.is_named_twice(picks):
        yield R.INVALID_FIELD
    yield from _cover(twin, firm, picks, 0, [])


def _release_again(twin: NaiveExchange, proposal: int) -> Reasons:
    release = twin.releases[uses.of_proposal(twin.releases, proposal)]
    yield from _chosen_again(twin, release.units)


def _call_off(twin: NaiveExchange, command: CallOffRelease) -> Reasons:
    release = twin.releases.get(command.release)
    if release is None or release.firm != command.participant:
        yield R.RELEASE_NOT_FOUND
    elif not uses.can_be_called_off(twin, release):
        yield R.RELEASE_NOT_CALLABLE


# -- holding fast --


def _encumber(twin: NaiveExchange, command: Encumber) -> Reasons:
    if command.project and command.project not in twin.projects:
        yield R.PROJECT_NOT_FOUND
    if command.lot and command.lot not in twin.lots:
        yield R.LOT_NOT_FOUND
    serials = (command.serial_lo, command.serial_hi) != (0, 0)
    of_project, of_lot = bool(command.project), bool(command.lot)
    vintage = command.vintage == 0 or command.vintage in range(1990, 2101)
    if of_project == of_lot or not vintage or not _is_text(command.reference):
        yield R.INVALID_FIELD
    if (of_project and serials) or (of_lot and command.vintage):
        yield R.INVALID_FIELD
    lot = twin.lots.get(command.lot)
    if lot and serials and not lot.lo <= command.serial_lo < command.serial_hi <= lot.hi:
        yield R.SERIALS_INVALID


def _continue(twin: NaiveExchange, command: ContinueEncumbering) -> Reasons:
    if command.encumbrance not in twin.worked_on:
        yield R.ENCUMBRANCE_NOT_FOUND


def _lift(twin: NaiveExchange, action: LiftEncumbrance) -> Reasons:
    made = twin.encumbrances.get(action.encumbrance)
    if made is None:
        yield R.ENCUMBRANCE_NOT_FOUND
    elif made.working:
        yield R.INSTRUMENT_HALTED
    elif made.status == "lifted":
        yield R.ENCUMBRANCE_LIFTED
    elif holding.is_of_covered(twin, made):
        yield R.SOURCE_COVERED
    elif holding.is_for_good(twin, made):
        yield R.CONVERSION_INVALID


def _report(twin: NaiveExchange, action: ReportReversal) -> Reasons:
    if action.responsible not in twin.firms:
        yield R.PARTICIPANT_NOT_FOUND
    if action.project not in twin.projects:
        yield R.PROJECT_NOT_FOUND
    if not _is_text(action.cause) or not (action.vintage == 0 or action.vintage in range(1990, 2101)):
        yield R.INVALID_FIELD
    if not 1 <= action.quantity <= MAX_QUANTITY:
        yield R.QUANTITY_OUT_OF_RANGE
        return
    vintages = holding.brought_in(twin, action.project, action.responsible)
    if not vintages or action.vintage not in {0, *vintages}:
        yield R.NOTHING_BROUGHT_IN
    elif action.quantity > holding.can_be_lost(twin, action.project, action.responsible, action.vintage):
        yield R.REVERSAL_EXCEEDED


def _force(twin: NaiveExchange, action: ForceCancellation) -> Reasons:
    reversal = twin.reversals.get(action.reversal)
    if reversal is None:
        yield R.REVERSAL_NOT_FOUND
        return
    if _is_working(twin):
        yield R.INSTRUMENT_HALTED
    if holding.owed(twin, action.reversal) <= 0 or not holding.is_anything_there(twin, reversal):
        yield R.NOTHING_TO_REPLACE


def _withdraw(twin: NaiveExchange, action: WithdrawReversal) -> Reasons:
    reversal = twin.reversals.get(action.reversal)
    if reversal is None:
        yield R.REVERSAL_NOT_FOUND
        return
    if holding.owed(twin, action.reversal) != reversal.quantity:
        yield R.REVERSAL_REPLACED
    if not _is_text(action.reason):
        yield R.INVALID_FIELD


COMMANDS: dict[type, tuple[Any, bool, Callable[[NaiveExchange, Any], Reasons]]] = {
    RequestLock: ((OPERATOR,), False, _request_lock),
    AnswerRequest: ((REGISTRY,), False, _answer),
    GiveUpWaiting: ((), False, _give_up),
    SendRelease: ((), False, _send_release),
    CallOffRelease: ((TRADER,), True, _call_off),
    Encumber: ((OPERATOR, REGULATOR), False, _encumber),
    ContinueEncumbering: ((), False, _continue),
}
ACTIONS: dict[type, Callable[[NaiveExchange, Any], Reasons]] = {
    ReturnUnits: _return,
    AnswerOnPaper: _answer_on_paper,
    UseUnits: _use,
    ReleaseUnits: _release,
    RevokeClaim: _revoke,
    LiftEncumbrance: _lift,
    ReportReversal: _report,
    ForceCancellation: _force,
    WithdrawReversal: _withdraw,
}
AGAIN: dict[type, Callable[[NaiveExchange, int], Reasons]] = {UseUnits: _use_again, ReleaseUnits: _release_again}
"""What is asked of what was chosen, when a second person decides."""
