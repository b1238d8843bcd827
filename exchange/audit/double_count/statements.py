"""What the registry said: each request has one answer, each receipt serves once, and units go by nothing else.

All that it says it has signed, with a key that it had when it was written down; or two persons have read it on paper.
What the signature is over is put together here again from the request, so that the log alone proves it, without
anything of the line to the registry.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

from exchange.access.public_keys import has_signed
from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.people import People
from exchange.audit.double_count.persons import Persons
from exchange.audit.double_count.spans import Span, joined
from exchange.core.canonical import CanonicalError
from exchange.core.codec import decode_command
from exchange.core.commands.registry import AnswerRequest, RegistryOutcome, RequestKind
from exchange.core.credits.spelling import folded_number
from exchange.core.events.credits import Cause, MarketTag, ParcelState, UnitsChanged
from exchange.core.events.registry import (
    RegistryAnswered,
    RegistryAsked,
    RegistryContradicted,
    RegistrySilent,
)
from exchange.core.serials import SerialRange
from exchange.core.values import MICROS_PER_DAY, Micros, day_of, maker_of

_CONFIRMED: Final = RegistryOutcome.CONFIRMED
_REFUSED: Final = RegistryOutcome.REFUSED

_SAID: Final[dict[Cause, tuple[RequestKind, RegistryOutcome | None]]] = {
    Cause.LOCK_REFUSED: (RequestKind.LOCK, _REFUSED),
    Cause.LOCK_UNANSWERED: (RequestKind.LOCK, None),
    Cause.RETURN_REFUSED: (RequestKind.LOCK, _REFUSED),
}
"""Changes that only the registry makes and that leave units in their market: by which answer to which kind of request;
None is its silence.
"""

_GIVEN_BACK: Final = {Cause.USE_REFUSED: RequestKind.CANCEL, Cause.RELEASE_REFUSED: RequestKind.RELEASE}
"""What the registry has refused is free again when all of a use or release is settled: of which kind it was asked."""

SIGNATURE_BYTES: Final = 64
"""Of Ed25519 (RFC 8032)."""

_PURPOSE: Final = "carbon-registry-statement/1"
"""What the registry signs a statement for."""

_NEW: Final = 0
"""The tag of units that were not here before."""

AN_HOUR: Final = 3_600_000_000
"""In microseconds: so far the clock of the registry may be from the exchange's."""

_UNSIGNED: Final = "the national registry has not signed it"
_NOT_ITS_UNITS: Final = "the national registry does not keep these units"
_NOT_LOCKED: Final = "the national registry was not asked to lock it"


class Statements:
    """Follows requests and their answers."""

    def __init__(self, notebook: Notebook, origins: Origins, people: People, persons: Persons) -> None:
        """Nothing was asked yet."""
        self._notebook = notebook
        self._tell = notebook.tell
        self._origins = origins
        self._people = people
        self._persons = persons
        self._at = Micros(0)
        self._command = b""
        self._asked_at: dict[int, Micros] = {}
        self.asked: Final[dict[int, RegistryAsked]] = {}
        self.words: Final[dict[int, str]] = {}
        """By entry everything that was said: answers, with their signatures, and what contradicted them."""
        self._given: dict[str, int] = {}
        self._signed: dict[str, int] = {}
        self._references: set[str] = set()
        self._closed: set[int] = set()
        self._heard: dict[int, RegistryOutcome | None] = {}
        self._refused: dict[tuple[int, RequestKind, int], list[Span]] = {}

    def begin(self, at: int, command: bytes) -> None:
        """The next entry: its instant, and the command that made it."""
        self._heard.clear()
        self._at, self._command = Micros(at), command

    def ask(self, event: RegistryAsked) -> None:
        """A request, with a reference that no other has, in this life of the venue or in another."""
        if event.reference in self._references or event.request in self.asked:
            self._tell("REQUEST-TWICE", request=event.request, reference=event.reference)
        if not event.reference.endswith(self._ending(event)):
            self._tell("REFERENCE-WRONG", request=event.request, reference=event.reference)
        self._references.add(event.reference)
        self.asked[event.request] = event
        self._asked_at[event.request] = self._at

    def _ending(self, asked: RegistryAsked) -> str:
        """How the reference of a request ends: with its numbers, and the digits of its time and of what it asks for."""
        seq, n = maker_of(asked.request)
        place = (asked.lot, asked.owner, self._origins.space_name(asked.lot), asked.serials.lo, asked.serials.hi)
        facts = (self._at, int(asked.kind), *place, asked.subject, asked.account)
        digits = hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()[:8].upper()
        return f"-req-{seq}-{n}-{digits}"

    def answer(self, event: RegistryAnswered) -> None:
        """An answer: to a request that is open, with a receipt that is new where it confirms."""
        confirmed = event.outcome is _CONFIRMED
        if event.request not in self.asked or event.request in self._closed or (confirmed and not event.receipt):
            self._tell("ANSWER-WRONG", request=event.request, receipt=event.receipt)
        self._check_act(event)
        self._check_time(event)
        self._check_registry(event)
        self._check_signature(event)
        self._closed.add(event.request)
        self._note(event, "answers", event.stated_at, event.signature.hex())
        other = self._first_given_for(event)
        if other != event.request:
            self._tell("RECEIPT-TWICE", receipt=event.receipt, request=event.request, other=other)
        self._heard[event.request] = event.outcome
        asked = self.asked.get(event.request)
        if asked is not None and event.outcome is _REFUSED:
            serials = (asked.serials.lo, asked.serials.hi)
            self._refused.setdefault((asked.subject, asked.kind, asked.lot), []).append(serials)

    def _first_given_for(self, event: RegistryAnswered | RegistryContradicted) -> int:
        """The request about which this receipt was given first, be it in an answer or in what contradicts one: from
        then on it vouches for nothing else. A paper is held against all that were given, what the registry itself says
        only against what it has said itself: no paper that persons have typed makes its word untrue.
        """
        if not event.receipt:
            return event.request
        number = folded_number(event.receipt)
        first = self._given.setdefault(number, event.request)
        on_paper = isinstance(event, RegistryAnswered) and not event.signature
        return first if on_paper else self._signed.setdefault(number, event.request)

    def _check_act(self, event: RegistryAnswered | RegistryContradicted) -> None:
        """Whoever is asked about some serials or for some act and speaks of others has answered nothing."""
        asked, said = self.asked.get(event.request), event.serials
        if asked is None:
            return
        if asked.serials != said:
            self._tell("ANSWER-WRONG", request=event.request, lo=said.lo, hi=said.hi, problem="about other serials")
        if (asked.kind, asked.account) != (event.kind, event.account):
            self._tell("ANSWER-WRONG", request=event.request, kind=event.kind.name, problem="about another act")

    def _check_registry(self, event: RegistryAnswered) -> None:
        """The national registry signs what it says of the units that it keeps, and says nothing of any others: of those
        their own registry writes on paper, and where it refuses there is a reason and nothing to receipt.
        """
        problem = ""
        if self._is_of_national_units(event.request):
            problem = _UNSIGNED if len(event.signature) != SIGNATURE_BYTES else ""
        elif event.signature:
            problem = _NOT_ITS_UNITS
        elif event.outcome is _REFUSED and (event.receipt or not event.message):
            problem = "refused on paper, with a receipt or for no reason"
        if problem:
            self._tell("ANSWER-WRONG", request=event.request, problem=problem)

    def _check_time(self, said: RegistryAnswered) -> None:
        """Nobody answers before being asked, or later than the answer was heard, but for what two clocks may differ. A
        paper bears a day: none before the last one before that of the request, since west of China it is still that,
        and none to come.
        """
        asked_at = self._asked_at.get(said.request)
        if asked_at is None:
            return
        if said.signature:
            possible = asked_at - AN_HOUR <= said.stated_at <= self._at + AN_HOUR
        else:
            possible = day_of(Micros(asked_at - MICROS_PER_DAY)) <= day_of(said.stated_at) <= day_of(self._at)
        if not possible:
            self._tell("ANSWER-WRONG", request=said.request, stated_at=said.stated_at, problem="of an impossible time")

    # --- what it has signed ------------------------------------------------------------------------------------------

    def _check_signature(self, event: RegistryAnswered) -> None:
        """Under an answer is the registry's signature, or two persons have read it on paper."""
        if event.signature:
            signed = self._is_signed(self._stated(event), event.signature)
        else:
            signed = self._persons.is_read_on_paper(event)
        if not signed:
            self._tell("NOT-SIGNED", request=event.request, receipt=event.receipt, message=event.message)

    def contradicted(self, event: RegistryContradicted) -> None:
        """The registry's other word about a request: the signature under it stands in the command of the entry."""
        self._check_act(event)
        self._first_given_for(event)
        self._note(event, "contradicts", self._at, "")
        if not self._is_of_national_units(event.request):
            self._tell("ANSWER-WRONG", request=event.request, problem=_NOT_ITS_UNITS)
        said = self._said()
        if said is None or _contradiction(said) != event:
            self._tell("NOT-SIGNED", request=event.request, message=event.message, problem="another command")
        elif not self._is_signed(self._stated(said), said.signature):
            self._tell("NOT-SIGNED", request=event.request, message=event.message)
        if said is not None:
            self._check_time(said)

    def _said(self) -> RegistryAnswered | None:
        """What the registry says in the command of this entry; None where it says nothing."""
        try:
            command = decode_command(self._command)
        except CanonicalError:
            return None
        if not isinstance(command, AnswerRequest):
            return None
        about = (command.request, command.kind, command.account, command.outcome)
        said = (SerialRange(command.serials_lo, command.serials_hi), command.receipt, command.message)
        return RegistryAnswered(*about, *said, command.stated_at, command.signature)

    def _stated(self, said: RegistryAnswered) -> bytes:
        """What the signature must be over, b"" where nothing was asked: canonical JSON (RFC 8785). The act and the
        serials are those that were spoken of, and their space is that of what was asked about.
        """
        asked = self.asked.get(said.request)
        if asked is None:
            return b""
        document = {
            "account": said.account,
            "kind": said.kind.name,
            "message": said.message,
            "outcome": said.outcome.name,
            "purpose": _PURPOSE,
            "receipt": said.receipt,
            "reference": asked.reference,
            "serial_hi": said.serials.hi,
            "serial_lo": said.serials.lo,
            "space": self._origins.space_name(asked.lot),
            "stated_at": said.stated_at,
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    def _is_signed(self, stated: bytes, signature: bytes) -> bool:
        return any(has_signed(key, signature, stated) for key in self._people.registry_keys())

    # --- beside the tables -------------------------------------------------------------------------------------------

    def asked_at(self, request: int) -> Micros:
        """When a request was made."""
        return self._asked_at[request]

    def is_answered(self, request: int) -> bool:
        """Whether a request has its answer."""
        return request in self._closed

    def _note(self, said: RegistryAnswered | RegistryContradicted, how: str, stated_at: Micros, signature: str) -> None:
        """What was said in this entry, in words. The table knows of a contradiction when it was heard, and no more."""
        times = f"of {stated_at}, heard at {self._at}"
        words = f"{how} {said.request}: {said.outcome.name} {times}, under {signature or 'nothing'}: {said.receipt}"
        self.words[self._notebook.seq] = words

    # --- what it is about --------------------------------------------------------------------------------------------

    def _is_of_national_units(self, request: int) -> bool:
        asked = self.asked.get(request)
        origin = None if asked is None else self._origins.lots.get(asked.lot)
        return origin is not None and origin.is_national

    def silence(self, event: RegistrySilent) -> None:
        """No answer in time, which is none."""
        self._heard[event.request] = None

    def changed(self, event: UnitsChanged) -> None:
        """Units that change by the registry's word: it was given in this entry, about just these serials."""
        if event.tag_before == _NEW:
            origin = self._origins.lots.get(event.lot)
            if origin is not None and origin.is_national and event.tag == MarketTag.REGIONAL:
                self._tell("NOT-LOCKED", lot=event.lot, problem=_NOT_LOCKED)
            return
        spans: list[Span] = [(serials.lo, serials.hi) for serials in event.ranges]
        if not self._is_stated(event, spans):
            self._tell("NO-STATEMENT", lot=event.lot, lo=spans[0][0], cause=event.cause.name, subject=event.subject)

    def _is_stated(self, event: UnitsChanged, spans: list[Span]) -> bool:
        given_back = _GIVEN_BACK.get(event.cause)
        if given_back is not None:
            return joined(self._refused.get((event.subject, given_back, event.lot), [])) == joined(spans)
        said = _demanded(event)
        if said is None:
            return True
        kind, outcome = said
        request = self.asked.get(event.subject)
        heard = event.subject in self._heard and self._heard[event.subject] is outcome
        theirs = request is not None and request.owner == event.owner
        return request is not None and heard and theirs and _is_about(request, kind, event.lot, spans)


def _contradiction(said: RegistryAnswered) -> RegistryContradicted:
    """A statement as it is told where the request was answered otherwise before."""
    act = (said.request, said.kind, said.account, said.outcome, said.serials)
    return RegistryContradicted(*act, said.receipt, said.message)


def _demanded(event: UnitsChanged) -> tuple[RequestKind, RegistryOutcome | None] | None:
    """The word that a change needs. Where units get to says it, whatever cause is told: nothing comes here from the
    national market but locked, nothing goes there but released, and nothing is cancelled but by the registry.
    """
    if event.state == ParcelState.CANCELLED:
        return RequestKind.CANCEL, _CONFIRMED
    if event.tag != event.tag_before:
        return (RequestKind.LOCK if event.tag == MarketTag.REGIONAL else RequestKind.RELEASE), _CONFIRMED
    return _SAID.get(event.cause)


def _is_about(request: RegistryAsked, kind: RequestKind, lot: int, spans: list[Span]) -> bool:
    """Whether a request is of a kind and about these serials of a lot, all of them and no others."""
    return (request.kind, request.lot, [(request.serials.lo, request.serials.hi)]) == (kind, lot, spans)
