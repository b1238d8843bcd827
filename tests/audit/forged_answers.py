"""What a forger of the log would write so that the registry has said something else; beside all the others."""

from __future__ import annotations

from exchange.core.events.credits import Cause, UnitsChanged
from exchange.core.events.registry import RegistryAnswered, RegistryContradicted, RegistrySilent
from tests.audit.forged_names import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


@found_by("NO-STATEMENT")
def a_silence_locks(history: History) -> None:
    entry, event = history.first(UnitsChanged, cause=Cause.LOCK_CONFIRMED)
    event.cause = Cause.LOCK_UNANSWERED
    entry[:] = [RegistrySilent(one.request) if isinstance(one, RegistryAnswered) else one for one in entry]


@found_by("ANSWER-WRONG")
def an_answer_about_more_serials(history: History) -> None:
    history.only(RegistryAnswered).serials.hi += 100


@found_by("ANSWER-WRONG")
def a_contradiction_about_more_serials(history: History) -> None:
    history.only(RegistryContradicted).serials.hi += 100
