"""What the national registry says about our requests, and what its silence does: it never unlocks anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exchange.core.commands.instruments import League
from exchange.core.commands.registry import AnswerOnPaper, AnswerRequest, GiveUpWaiting, RegistryOutcome, RequestKind
from exchange.core.credits.registry_lock import ANSWERED, Request, RequestStatus
from exchange.core.credits.spelling import is_name
from exchange.core.credits.states import ASKED, ENDING, LEAVING, RETURNING, UNKNOWN, Standing
from exchange.core.events.credits import Cause
from exchange.core.events.registry import RegistryAnswered, RegistryContradicted, RegistrySilent
from exchange.core.events.uses import LotRanges
from exchange.core.handlers.asking import is_national
from exchange.core.handlers.changing import change_units
from exchange.core.handlers.encumbering import encumber_returned, suspend_units
from exchange.core.handlers.fulfilment import adjust_budgets, note_answer
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.step import Step
from exchange.core.rejections import Refusal, RejectReason, first_of
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.timers import TimerKind
from exchange.core.values import LATEST_INSTANT, Day, Micros, day_of, day_start, is_day

_CONFIRMED: Final = RegistryOutcome.CONFIRMED
SIGNATURE_BYTES: Final = 64


def answer_request(step: Step, command: AnswerRequest) -> Refusal | None:
    """Take the registry's statement: the first one counts, and one that contradicts it holds the units fast.

    A statement about another range or another act than we asked for is refused: it is not an answer. Neither is one
    about units that another registry keeps, or of an instant at which nobody can have made it. The same statement again
    changes nothing, so that it can be sent as often as the registry likes.
    """
    request = step.state.requests.by_id.get(command.request)
    refusal = _refuse_statement(step, request, command)
    if refusal is not None:
        return refusal
    assert request is not None
    # -- everything is checked; nothing below may fail --
    if request.status.is_open:
        said = (*_spoken_of(command), command.receipt, command.message, command.stated_at)
        _settle(step, request, RegistryAnswered(request.request, *said, command.signature))
    else:
        _dispute(step, request, command)
    return None


def _dispute(step: Step, request: Request, command: AnswerRequest) -> None:
    """The registry has said something else before: what it is about is held fast until two persons decide.

    The receipt that it gives with it vouches for nothing else from now on. It may be one that was used before: a lie is
    held fast like any other contradiction.
    """
    step.state.requests.use_receipt(command.receipt, on_paper=False)
    step.emit(RegistryContradicted(request.request, *_spoken_of(command), command.receipt, command.message))
    lot = step.state.credits.lots[request.lot]
    request.dispute = command.message
    request.disputed = suspend_units(step, lot, request.serials, command.message)


def _spoken_of(command: AnswerRequest) -> tuple[RequestKind, str, RegistryOutcome, SerialRange]:
    """What the registry spoke of: it is written down as it was said, and need not be believed to be what was asked."""
    return command.kind, command.account, command.outcome, _serials_of(command)


def _serials_of(command: AnswerRequest) -> SerialRange:
    return SerialRange(command.serials_lo, command.serials_hi)


def _refuse_statement(step: Step, request: Request | None, command: AnswerRequest) -> Refusal | None:
    state = step.state
    if request is None:
        return Refusal(RejectReason.REQUEST_NOT_FOUND)
    texts = is_text(command.message) and (not command.receipt or is_name(command.receipt))
    receipt_given = bool(command.receipt) or command.outcome is not _CONFIRMED
    dated = 0 <= command.stated_at <= LATEST_INSTANT
    well_formed = texts and receipt_given and dated and len(command.signature) == SIGNATURE_BYTES
    return first_of(
        _refuse_repetition(state, request, command),
        None if well_formed else Refusal(RejectReason.INVALID_FIELD),
        _refuse_receipt(state, command.receipt, on_paper=False) if request.status.is_open else None,
        _refuse_other_registry(state, request),
        _refuse_other_serials(request, command),
        _refuse_other_act(request, command),
        _refuse_other_time(request, command.stated_at, step.at),
    )


def _refuse_repetition(state: ExchangeState, request: Request, command: AnswerRequest) -> Refusal | None:
    """What was said before, or contradicts while the last contradiction still holds the units, changes nothing.

    So a registry can send each of its statements as often as it likes, and one that lies cannot fill the log with it.
    """
    if request.status.is_open:
        return None
    same = (ANSWERED[command.outcome], command.receipt) == (request.status, request.receipt)
    known = same or command.message == request.dispute or request.disputed in state.encumbrances.standing
    return Refusal(RejectReason.REQUEST_CLOSED) if known else None


def _refuse_other_serials(request: Request, command: AnswerRequest) -> Refusal | None:
    """A registry speaks of just the range that it was asked about: what it says of another one answers nothing."""
    return None if _serials_of(command) == request.serials else Refusal(RejectReason.STATEMENT_OF_OTHER_SERIALS)


def _refuse_other_act(request: Request, command: AnswerRequest) -> Refusal | None:
    """It speaks of just what it was asked to do: an old word about a lock, under whatever reference, cancels nothing,
    and one about a release to another account is none about this.
    """
    same = (command.kind, command.account) == (request.kind, request.account)
    return None if same else Refusal(RejectReason.STATEMENT_OF_OTHER_REQUEST)


def _refuse_other_registry(state: ExchangeState, request: Request) -> Refusal | None:
    """The national registry speaks for what it keeps: units of all others end on paper, which two persons read."""
    return None if is_national(state, request.lot) else Refusal(RejectReason.REQUEST_OF_OTHER_REGISTRY)


def _refuse_other_time(request: Request, stated_at: Micros, now: Micros) -> Refusal | None:
    """When it was stated becomes the day of a cancellation on a certificate, so it has to be possible."""
    return None if request.can_be_stated(stated_at, now) else Refusal(RejectReason.STATEMENT_OUT_OF_TIME)


def _refuse_receipt(state: ExchangeState, receipt: str, *, on_paper: bool) -> Refusal | None:
    """One receipt vouches for one range: a registry may answer everything with the same paper."""
    is_used = state.requests.is_receipt_used(receipt, on_paper=on_paper)
    return Refusal(RejectReason.RECEIPT_USED) if is_used else None


def _settle(step: Step, request: Request, said: RegistryAnswered) -> None:
    """Write the answer down and do what it says."""
    step.state.requests.answer(request, said.outcome, said.receipt, said.message, on_paper=not said.signature)
    step.state.timers.clear(TimerKind.REGISTRY_ANSWER, request.request)
    step.emit(said)
    _EFFECTS[request.kind](step, request, said.outcome is _CONFIRMED)
    if request.subject:
        note_answer(step, request)


def _change(step: Step, request: Request, before: Standing, cause: Cause) -> None:
    lot = step.state.credits.lots[request.lot]
    change_units(step, lot, request.owner, (request.serials,), before, cause, request.request)


def _after_lock(step: Step, request: Request, confirmed: bool) -> None:
    if request.returning:
        before, refused = RETURNING, Cause.RETURN_REFUSED
    else:
        before, refused = (UNKNOWN if _was_silent(step, request) else ASKED), Cause.LOCK_REFUSED
    _change(step, request, before, Cause.LOCK_CONFIRMED if confirmed else refused)
    if confirmed and request.returning:
        encumber_returned(step, step.state.credits.lots[request.lot], request.owner, request.serials)
        # It counts in its own league again, from where the release took it.
        returned = (LotRanges(request.lot, (request.serials,)),)
        adjust_budgets(step, returned, League.NONE, "", request.request, sign=-1)


def _was_silent(step: Step, request: Request) -> bool:
    """Whether the units of an answered lock stand in LOCK_UNKNOWN, since the answer came late."""
    pieces = step.state.parcels.live(request.lot, request.serials, request.owner)
    return any((parcel.tag, parcel.state) == UNKNOWN for parcel, _ in pieces)


def _after_release(step: Step, request: Request, confirmed: bool) -> None:
    """What is refused stays set aside until all of the release is settled, so that no other can have it meanwhile."""
    if confirmed:
        _change(step, request, LEAVING, Cause.RELEASED)
        released = (LotRanges(request.lot, (request.serials,)),)
        adjust_budgets(step, released, League.NONE, "", request.subject)


def _after_cancel(step: Step, request: Request, confirmed: bool) -> None:
    """The same for a claim."""
    if confirmed:
        _change(step, request, ENDING, Cause.CANCELLED)


_EFFECTS: Final[dict[RequestKind, Callable[[Step, Request, bool], None]]] = {
    RequestKind.LOCK: _after_lock,
    RequestKind.RELEASE: _after_release,
    RequestKind.CANCEL: _after_cancel,
}


def give_up_waiting(step: Step, command: GiveUpWaiting) -> Refusal | None:
    """No answer came in time: what was to be locked is unknown from now on, everything else stays as it is."""
    state = step.state
    request = state.requests.by_id.get(command.request)
    if request is None:
        return Refusal(RejectReason.REQUEST_NOT_FOUND)
    due = state.timers.of.get((TimerKind.REGISTRY_ANSWER, request.request))
    if request.status is not RequestStatus.OPEN or due is None or step.at < due:
        return Refusal(RejectReason.NOT_DUE)
    # -- everything is checked; nothing below may fail --
    request.status = RequestStatus.SILENT
    state.timers.clear(TimerKind.REGISTRY_ANSWER, request.request)
    step.emit(RegistrySilent(request.request))
    if request.kind is RequestKind.LOCK and not request.returning:
        _change(step, request, ASKED, Cause.LOCK_UNANSWERED)
    return None


def refuse_receipt(state: ExchangeState, action: AnswerOnPaper) -> Refusal | None:
    """Whether the request is open, and its units are of a registry that cannot answer by itself."""
    request = state.requests.by_id.get(action.request)
    if request is None:
        return Refusal(RejectReason.REQUEST_NOT_FOUND)
    if not request.status.is_open:
        return Refusal(RejectReason.REQUEST_CLOSED)
    if is_national(state, request.lot):
        return Refusal(RejectReason.REGISTRY_ANSWERS_ITSELF)
    if not _is_paper(action):
        return Refusal(RejectReason.INVALID_FIELD)
    return first_of(
        _refuse_receipt(state, action.receipt, on_paper=True), _refuse_other_day(request, action.stated_on, state.at)
    )


def _refuse_other_day(request: Request, stated_on: Day, now: Micros) -> Refusal | None:
    """The same of a paper: it may be entered weeks later, and the day of the cancellation is that which it bears."""
    if request.can_be_dated(stated_on, now):
        return None
    possible = (("earliest", request.earliest_paper()), ("latest", day_of(now)))
    return Refusal(RejectReason.STATEMENT_OUT_OF_TIME, possible)


def _is_paper(action: AnswerOnPaper) -> bool:
    """A confirmation has a receipt and needs no reason; a refusal has a reason, and there is nothing to receipt. Both
    bear a day.
    """
    if not is_day(action.stated_on):
        return False
    if action.outcome is _CONFIRMED:
        return is_name(action.receipt) and not action.reason
    return is_text(action.reason) and not action.receipt


def answer_on_paper(step: Step, action: AnswerOnPaper) -> None:
    """Two persons have read the paper; it stands for the registry's own word, of the instant at which its day began."""
    request = step.state.requests.by_id[action.request]
    act = (request.kind, request.account)
    read = (*act, action.outcome, request.serials, action.receipt, action.reason)
    _settle(step, request, RegistryAnswered(request.request, *read, day_start(action.stated_on), b""))
