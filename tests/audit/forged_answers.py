"""What a forger of the log would write so that the registry has said something else; beside all the others."""

from __future__ import annotations

from exchange.core.commands.registry import RequestKind
from exchange.core.events.credits import Cause, UnitsChanged
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistryContradicted, RegistrySilent
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
