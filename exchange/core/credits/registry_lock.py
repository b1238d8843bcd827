"""Requests to the national registry: one for each range that shall be locked, released or cancelled.

A request has a reference of ours that is unique for ever, so the registry does it once however often it hears of it.
It stays open until the registry has said what became of it: that no answer came in time is written down and changes
nothing else, above all it never unlocks anything.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

from exchange.core.commands.instruments import Family
from exchange.core.commands.projects import ProjectTerms
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.credits.spelling import folded_number
from exchange.core.serials import SerialRange
from exchange.core.values import (
    MICROS_PER_DAY,
    MICROS_PER_SECOND,
    Day,
    EncumbranceId,
    LotId,
    Micros,
    ParticipantId,
    RequestId,
    day_of,
    derived_id,
    maker_of,
)

_LONGEST_CODE: Final = 12
_MOST_INITIALS: Final = 8
_DIGITS: Final = 8

CLOCKS_APART: Final = Micros(3_600 * MICROS_PER_SECOND)
"""How far the registry's clock may be from ours: an hour. Clocks that are looked after differ by seconds, and one hour
is what people get wrong by hand; more would let another day than the true one onto a certificate, less would refuse a
true statement for its clock alone.
"""

PLAY_REGISTRY: Final = "SANDBOX"
"""The registry of what a sandbox gives to play with."""


def is_national(terms: ProjectTerms, in_sandbox: bool) -> bool:
    """Whether the national registry keeps a project's units; of a sandbox's play units no registry knows."""
    play = in_sandbox and terms.registry == PLAY_REGISTRY
    return terms.family is Family.FORESTRY_CCER and not play


class RequestStatus(IntEnum):
    """OPEN until the answer, SILENT when it is late; then what the registry said."""

    OPEN = 1
    SILENT = 2
    CONFIRMED = 3
    REFUSED = 4

    @property
    def is_open(self) -> bool:
        """Whether an answer is still to come."""
        return self in (RequestStatus.OPEN, RequestStatus.SILENT)


ANSWERED = {RegistryOutcome.CONFIRMED: RequestStatus.CONFIRMED, RegistryOutcome.REFUSED: RequestStatus.REFUSED}


NO_ENCUMBRANCE: Final = EncumbranceId(0)


class Act(NamedTuple):
    """What the registry shall do: all that tells one request from another. ``space`` is the name of the serial space,
    ``subject`` the claim or release that it is for, 0 for a lock, and ``account`` the national account that a release
    goes to, "" of all others.
    """

    kind: RequestKind
    lot: LotId
    owner: ParticipantId
    space: str
    serials: SerialRange
    subject: int
    account: str


@dataclass(slots=True)
class Request:
    """One request. ``subject`` is the claim or release that it is for, 0 for a lock; ``returning`` says that a lock is
    for units that were out, and ``account`` to which national account a release goes. ``reference`` is ours, and
    ``asked_at`` the instant of the entry that made it. ``receipt`` and ``message`` are the registry's, "" until it has
    answered. Where it has said something else afterwards, ``dispute`` is the number of that statement and ``disputed``
    what holds the units since.
    """

    request: RequestId
    kind: RequestKind
    lot: LotId
    owner: ParticipantId
    serials: SerialRange
    subject: int
    returning: bool
    account: str
    asked_at: Micros
    reference: str
    status: RequestStatus = RequestStatus.OPEN
    receipt: str = ""
    message: str = ""
    dispute: str = ""
    disputed: EncumbranceId = NO_ENCUMBRANCE

    def can_be_stated(self, stated_at: Micros, now: Micros) -> bool:
        """Whether the registry can have said something about it at that instant, if it is heard ``now``: nobody answers
        before being asked, or later than the answer is heard, but for what the clocks differ.
        """
        return self.asked_at - CLOCKS_APART <= stated_at <= now + CLOCKS_APART

    def can_be_dated(self, stated_on: Day, now: Micros) -> bool:
        """The same for the day of a paper, which has no hour: not before the first that it can bear, nor to come."""
        return self.earliest_paper() <= stated_on <= day_of(now)

    def earliest_paper(self) -> Day:
        """The first day that its paper can bear: the one before that of the request in China. West of China it is
        still that day by the registry's own calendar, when a request of the morning is answered at once.
        """
        return day_of(Micros(self.asked_at - MICROS_PER_DAY))


@dataclass(slots=True)
class Requests:
    """All requests that were ever made, by id and by what they are for, and the receipts that were ever given, folded:
    ``receipts`` has those that the national registry itself has given, ``papers`` those that persons have typed (rule
    CANCEL for registries without a line). One in two spellings is still one.

    Each paper vouches once and for nothing that the registry has vouched for. The registry's own word is held against
    its own word alone: what persons type, by mistake or on purpose, cannot stop a true statement.
    """

    by_id: dict[RequestId, Request] = field(default_factory=dict)
    receipts: set[str] = field(default_factory=set)
    papers: set[str] = field(default_factory=set)
    of_subject: dict[int, list[RequestId]] = field(default_factory=dict)

    def add(self, request: Request) -> None:
        """Enter a request."""
        self.by_id[request.request] = request
        if request.subject:
            self.of_subject.setdefault(request.subject, []).append(request.request)

    def answer(self, request: Request, outcome: RegistryOutcome, receipt: str, message: str, *, on_paper: bool) -> None:
        """Write the registry's answer down; a receipt serves once (refused before)."""
        request.status = ANSWERED[outcome]
        request.receipt, request.message = receipt, message
        self.use_receipt(receipt, on_paper=on_paper)

    def use_receipt(self, receipt: str, *, on_paper: bool) -> None:
        """Note that a receipt was given, if it was: on paper, or by the registry itself, in an answer or in what
        contradicts one.
        """
        if receipt:
            (self.papers if on_paper else self.receipts).add(folded_number(receipt))

    def is_receipt_used(self, receipt: str, *, on_paper: bool) -> bool:
        """Whether this receipt, in whatever spelling, vouches for something already that stands against its use."""
        number = folded_number(receipt)
        return bool(receipt) and (number in self.receipts or (on_paper and number in self.papers))

    def are_answered(self, subject: int) -> bool:
        """Whether nothing more is to be heard about a claim or release."""
        return not any(self.by_id[number].status.is_open for number in self.of_subject.get(subject, ()))


def reference_of(venue: str, request: RequestId, at: Micros, act: Act) -> str:
    """Our reference of a request that is made at an instant: unique for ever, and the same however often it is sent.

    It stands on papers and in addresses, so it has the venue's short code in it and not its name. A venue may live
    twice, put back from a backup or begun anew beside a registry that lives on. Then the numbers of its requests come
    again, and the registry still has its answers to the old ones; so the reference ends in digits of the instant and of
    what is asked for, by which no two requests of any life are one.
    """
    seq, n = maker_of(request)
    assert derived_id(seq, n) == request
    return f"{short_code(venue)}-req-{seq}-{n}-{_digest(at, act)}"


def _digest(at: Micros, act: Act) -> str:
    """Eight hex digits of the SHA-256 over the instant and the act, a fact to a line; names have no line ends."""
    place = (act.lot, act.owner, act.space, act.serials.lo, act.serials.hi)
    facts = (at, int(act.kind), *place, act.subject, act.account)
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()[:_DIGITS].upper()


def short_code(venue: str) -> str:
    """A venue's name as a registry can write it: a name that is short and plain already, else the initials of its words
    in ASCII and four hex digits of its SHA-256, by which two venues of the same initials differ.
    """
    if venue.isascii() and venue.isalnum() and len(venue) <= _LONGEST_CODE:
        return venue
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter == "_") else " " for letter in venue)
    initials = "".join(word[0] for word in plain.split() if word[0].isalpha())[:_MOST_INITIALS].upper()
    digits = hashlib.sha256(venue.encode()).hexdigest()[:4].upper()
    return f"{initials}-{digits}" if initials else digits
