"""What a forger of the log would write so that the registry has said something else; beside all the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exchange.audit.double_count.statements import AN_HOUR
from exchange.core.codec import COMMANDS, decode_command
from exchange.core.commands.registry import AnswerOnPaper, AnswerRequest, RegistryOutcome, RequestKind
from exchange.core.events.credits import Cause, UnitsChanged
from exchange.core.events.governance import ActionApproved, ActionProposed
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistryContradicted, RegistrySilent
from exchange.core.values import MICROS_PER_DAY, Micros, day_of, day_start
from tests.audit.forged_names import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


def _answer(history: History, kind: RequestKind) -> RegistryAnswered:
    """The first answer about an act of a kind."""
    return next(said for _, said in history.every(RegistryAnswered) if said.kind is kind)


@found_by("NO-STATEMENT")
def a_silence_locks(history: History) -> None:
    entry, event = history.first(UnitsChanged, cause=Cause.LOCK_CONFIRMED)
    event.cause = Cause.LOCK_UNANSWERED
    entry[:] = [RegistrySilent(one.request) if isinstance(one, RegistryAnswered) else one for one in entry]


@found_by("ANSWER-WRONG")
def an_answer_about_more_serials(history: History) -> None:
    history.only(RegistryAnswered).serials.hi += 100


@found_by("ANSWER-WRONG")
def an_answer_about_another_act(history: History) -> None:
    """As the registry's old word about a lock would be, under the reference of a cancellation."""
    _answer(history, RequestKind.CANCEL).kind = RequestKind.LOCK


@found_by("ANSWER-WRONG")
def an_answer_about_a_release_to_a_stranger(history: History) -> None:
    _answer(history, RequestKind.RELEASE).account = "NATIONAL-STRANGER"


@found_by("ANSWER-WRONG")
def a_contradiction_about_another_act(history: History) -> None:
    said = history.only(RegistryContradicted)
    said.kind = RequestKind.RELEASE if said.kind is RequestKind.LOCK else RequestKind.LOCK


@found_by("NOT-SIGNED")
def an_answer_whose_signature_is_over_another_act(history: History) -> None:
    """What was signed of a lock stands as a cancellation in both the request and the answer."""
    said = _answer(history, RequestKind.LOCK)
    said.kind = history.only(RegistryAsked, request=said.request).kind = RequestKind.CANCEL


@found_by("ANSWER-WRONG")
def a_contradiction_about_more_serials(history: History) -> None:
    history.only(RegistryContradicted).serials.hi += 100


@found_by("ANSWER-WRONG")
def a_contradiction_is_about_units_of_another_registry(history: History) -> None:
    event, on_paper = history.only(RegistryContradicted), history.only(RegistryAnswered, signature=b"")
    event.request, event.serials = on_paper.request, on_paper.serials


@found_by("ANSWER-WRONG")
def the_national_registry_answers_for_another(history: History) -> None:
    """With the signature under something that it has really stated."""
    signature = history.only(RegistryAnswered, outcome=RegistryOutcome.CONFIRMED).signature
    history.only(RegistryAnswered, signature=b"").signature = signature


@found_by("RECEIPT-TWICE")
def a_receipt_came_with_a_contradiction(history: History) -> None:
    """And stands for something else afterwards, in another spelling."""
    entry, event = history.first(RegistryContradicted)
    event.receipt = "Lie-7"
    later = history.entries[history.entries.index(entry) + 1 :]
    next(one for after in later for one in after if isinstance(one, RegistryAnswered)).receipt = "LIE / 07"


@found_by("RECEIPT-TWICE")
def a_receipt_is_signed_twice_and_typed_in_between(history: History) -> None:
    first, *_, last = (event for _, event in history.every(RegistryAnswered) if event.receipt and event.signature)
    history.only(RegistryAnswered, receipt="paper 5").receipt = first.receipt = "R-7"
    last.receipt = "r/07"


@found_by("RECEIPT-TWICE")
def a_paper_has_the_receipt_of_what_was_signed_before(history: History) -> None:
    first = next(event for _, event in history.every(RegistryAnswered) if event.receipt and event.signature)
    history.only(RegistryAnswered, receipt="paper 5").receipt = first.receipt.upper()


@found_by("NOT-SIGNED")
def a_contradiction_has_another_receipt_than_was_stated(history: History) -> None:
    """So that what it came with can be given for something else."""
    history.only(RegistryContradicted).receipt = "Lie-7"


@found_by("ANSWER-WRONG")
def an_answer_is_from_before_the_question(history: History) -> None:
    event = history.only(RegistryAnswered)
    event.stated_at = Micros(_when(history, RegistryAsked, request=event.request) - AN_HOUR - 1)


@found_by("ANSWER-WRONG")
def an_answer_is_from_the_future(history: History) -> None:
    event = history.only(RegistryAnswered)
    event.stated_at = Micros(_when(history, RegistryAnswered, request=event.request) + AN_HOUR + 1)


@found_by("ANSWER-WRONG")
def a_contradiction_is_from_the_future(history: History) -> None:
    entry, event = history.first(RegistryContradicted)
    place = history.entries.index(entry)
    at, command = history.given[place]
    said = decode_command(command)
    assert isinstance(said, AnswerRequest)
    late = Micros(_when(history, RegistryContradicted, request=event.request) + AN_HOUR + 1)
    history.given[place] = (at, COMMANDS.encode(replace(said, stated_at=late)))


@found_by("ANSWER-WRONG")
def a_paper_is_from_two_days_before_the_question(history: History) -> None:
    paper = history.only(RegistryAnswered, signature=b"")
    asked_on = day_of(_when(history, RegistryAsked, request=paper.request))
    paper.stated_at = Micros(day_start(asked_on) - 2 * MICROS_PER_DAY)


@found_by("ANSWER-WRONG")
def a_paper_is_from_the_day_after_it_was_read(history: History) -> None:
    paper = history.only(RegistryAnswered, signature=b"")
    read_on = day_of(_when(history, RegistryAnswered, request=paper.request))
    paper.stated_at = Micros(day_start(read_on) + MICROS_PER_DAY)


@found_by("NOT-SIGNED")
def a_paper_is_of_another_day_than_was_read(history: History) -> None:
    paper = history.only(RegistryAnswered, signature=b"")
    proposed = next(event for _, event in history.every(ActionProposed) if _is_about(event.action, paper.request))
    assert isinstance(proposed.action, AnswerOnPaper)
    proposed.action.stated_on = day_of(Micros(paper.stated_at - MICROS_PER_DAY))


@found_by("NOT-SIGNED")
def a_paper_has_an_hour(history: History) -> None:
    history.only(RegistryAnswered, signature=b"").stated_at += 1  # type: ignore[assignment]


@found_by("ANSWER-WRONG")
def a_refusal_on_paper_has_a_receipt(history: History) -> None:
    history.only(RegistryAnswered, signature=b"", outcome=RegistryOutcome.REFUSED).receipt = "paper 9"


@found_by("ANSWER-WRONG")
def a_refusal_on_paper_has_no_reason(history: History) -> None:
    history.only(RegistryAnswered, signature=b"", outcome=RegistryOutcome.REFUSED).message = ""


@found_by("NOT-SIGNED")
def a_refusal_on_paper_was_read_as_a_confirmation(history: History) -> None:
    refused = history.only(RegistryAnswered, signature=b"", outcome=RegistryOutcome.REFUSED)
    proposed = next(event for _, event in history.every(ActionProposed) if _is_about(event.action, refused.request))
    assert isinstance(proposed.action, AnswerOnPaper)
    proposed.action.outcome = RegistryOutcome.CONFIRMED


@found_by("NOT-SIGNED")
def one_person_has_read_a_refusal_on_paper(history: History) -> None:
    refused = history.only(RegistryAnswered, signature=b"", outcome=RegistryOutcome.REFUSED)
    proposed = next(event for _, event in history.every(ActionProposed) if _is_about(event.action, refused.request))
    history.drop(ActionApproved, proposal=proposed.proposal)


def _is_about(action: object, request: int) -> bool:
    return isinstance(action, AnswerOnPaper) and action.request == request


def _when(history: History, kind: type[Any], **wanted: Any) -> Micros:
    """The instant of the entry with such an event."""
    entry, _ = history.first(kind, **wanted)
    return history.given[history.entries.index(entry)][0]
