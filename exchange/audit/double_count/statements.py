"""What the registry said: each request has one answer, each receipt serves once, and units go by nothing else."""

from __future__ import annotations

from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.spans import Span, joined
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.credits.spelling import folded
from exchange.core.events.credits import Cause, UnitsChanged
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistrySilent, RequestKind

_CONFIRMED: Final = RegistryOutcome.CONFIRMED
_REFUSED: Final = RegistryOutcome.REFUSED

_SAID: Final[dict[Cause, tuple[RequestKind, RegistryOutcome | None]]] = {
    Cause.LOCK_CONFIRMED: (RequestKind.LOCK, _CONFIRMED),
    Cause.LOCK_REFUSED: (RequestKind.LOCK, _REFUSED),
    Cause.LOCK_UNANSWERED: (RequestKind.LOCK, None),
    Cause.RETURN_REFUSED: (RequestKind.LOCK, _REFUSED),
    Cause.RELEASED: (RequestKind.RELEASE, _CONFIRMED),
    Cause.CANCELLED: (RequestKind.CANCEL, _CONFIRMED),
}
"""Changes that only the registry makes: by which answer to which kind of request; None is its silence."""

_GIVEN_BACK: Final = {Cause.USE_REFUSED: RequestKind.CANCEL, Cause.RELEASE_REFUSED: RequestKind.RELEASE}
"""What the registry has refused is free again when all of a use or release is settled: of which kind it was asked."""

SIGNATURE_BYTES: Final = 64
"""Of Ed25519 (RFC 8032)."""

_NOT_LOCKED: Final = "the national registry was not asked to lock it"


class Statements:
    """Follows requests and their answers."""

    def __init__(self, notebook: Notebook, origins: Origins) -> None:
        """Nothing was asked yet."""
        self._tell = notebook.tell
        self._origins = origins
        self.asked: Final[dict[int, RegistryAsked]] = {}
        self.receipts: Final[dict[int, str]] = {}
        """By request the receipt of its answer."""
        self._receipts: dict[str, int] = {}
        self._references: set[str] = set()
        self._closed: set[int] = set()
        self._heard: dict[int, RegistryOutcome | None] = {}
        self._refused: dict[tuple[int, RequestKind, int], list[Span]] = {}

    def begin(self) -> None:
        """The next entry."""
        self._heard.clear()

    def ask(self, event: RegistryAsked) -> None:
        """A request, with a reference that no other has."""
        if event.reference in self._references or event.request in self.asked:
            self._tell("REQUEST-TWICE", request=event.request, reference=event.reference)
        self._references.add(event.reference)
        self.asked[event.request] = event

    def answer(self, event: RegistryAnswered) -> None:
        """An answer: to a request that is open, with a receipt that is new where it confirms."""
        confirmed = event.outcome is _CONFIRMED
        if event.request not in self.asked or event.request in self._closed or (confirmed and not event.receipt):
            self._tell("ANSWER-WRONG", request=event.request, receipt=event.receipt)
        if self._is_of_national_units(event.request) and len(event.signature) != SIGNATURE_BYTES:
            self._tell("ANSWER-WRONG", request=event.request, problem="the national registry has not signed it")
        self._closed.add(event.request)
        if event.receipt:
            other = self._receipts.setdefault(folded(event.receipt), event.request)
            if other != event.request:
                self._tell("RECEIPT-TWICE", receipt=event.receipt, request=event.request, other=other)
            self.receipts[event.request] = event.receipt
        self._heard[event.request] = event.outcome
        asked = self.asked.get(event.request)
        if asked is not None and event.outcome is _REFUSED:
            serials = (asked.serials.lo, asked.serials.hi)
            self._refused.setdefault((asked.subject, asked.kind, asked.lot), []).append(serials)

    def _is_of_national_units(self, request: int) -> bool:
        asked = self.asked.get(request)
        origin = None if asked is None else self._origins.lots.get(asked.lot)
        return origin is not None and origin.is_national

    def silence(self, event: RegistrySilent) -> None:
        """No answer in time, which is none."""
        self._heard[event.request] = None

    def changed(self, event: UnitsChanged) -> None:
        """Units that change by the registry's word: it was given in this entry, about just these serials."""
        if event.cause is Cause.ADMITTED_HERE:
            origin = self._origins.lots.get(event.lot)
            if origin is not None and origin.is_national:
                self._tell("NOT-LOCKED", lot=event.lot, problem=_NOT_LOCKED)
            return
        spans: list[Span] = [(serials.lo, serials.hi) for serials in event.ranges]
        if not self._is_stated(event, spans):
            self._tell("NO-STATEMENT", lot=event.lot, lo=spans[0][0], cause=event.cause.name, subject=event.subject)

    def _is_stated(self, event: UnitsChanged, spans: list[Span]) -> bool:
        given_back = _GIVEN_BACK.get(event.cause)
        if given_back is not None:
            return joined(self._refused.get((event.subject, given_back, event.lot), [])) == joined(spans)
        said = _SAID.get(event.cause)
        if said is None:
            return True
        kind, outcome = said
        request = self.asked.get(event.subject)
        heard = event.subject in self._heard and self._heard[event.subject] is outcome
        return request is not None and heard and _is_about(request, kind, event.lot, spans)


def _is_about(request: RegistryAsked, kind: RequestKind, lot: int, spans: list[Span]) -> bool:
    """Whether a request is of a kind and about these serials of a lot, all of them and no others."""
    return (request.kind, request.lot, [(request.serials.lo, request.serials.hi)]) == (kind, lot, spans)
