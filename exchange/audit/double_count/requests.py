"""What the registry was asked for and what was done on its word: nothing else is asked, and all that it did is done.

A use that is approved, a release that is sent and a lock that is wanted ask the registry for just their serials, in the
same entry and never again; what it has done is done here in the entry of its answer. So nothing can come free that is
gone in the registry, and nothing can be gone here that the registry was never asked about. Only quota ends without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.spans import Span, joined
from exchange.audit.double_count.statements import Statements
from exchange.core.commands.instruments import Family
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.events.credits import Cause, UnitsChanged
from exchange.core.events.registry import RegistryAnswered, RegistryAsked
from exchange.core.events.uses import (
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    LotRanges,
    ReleaseEnded,
    ReleaseMade,
    ReleaseSent,
)

_CONFIRMED: Final = RegistryOutcome.CONFIRMED
_REFUSED: Final = RegistryOutcome.REFUSED

_DONE: Final = {
    (RequestKind.LOCK, _CONFIRMED): frozenset({Cause.LOCK_CONFIRMED}),
    (RequestKind.LOCK, _REFUSED): frozenset({Cause.LOCK_REFUSED, Cause.RETURN_REFUSED}),
    (RequestKind.RELEASE, _CONFIRMED): frozenset({Cause.RELEASED}),
    (RequestKind.CANCEL, _CONFIRMED): frozenset({Cause.CANCELLED}),
}
"""By which step an answer is carried out at once. What is not released or cancelled waits for the rest of its release
or use.
"""

_HERE: Final = (Cause.RETIRED, Cause.EXPORTED)
_SPENDS: Final = (*_HERE, Cause.CANCELLED)
_LOCKS: Final = (Cause.LOCK_REQUESTED, Cause.RETURN_REQUESTED)
_TAKES_BACK: Final = (Cause.USE_WITHDRAWN, Cause.RELEASE_WITHDRAWN)

NO_SUBJECT: Final = 0
"""What a lock is for."""


class Wanted(NamedTuple):
    """A request: of which kind, for which use or release, whose and about which serials, and to which account."""

    kind: RequestKind
    subject: int
    owner: int
    lot: int
    lo: int
    hi: int
    account: str = ""


class Chosen(NamedTuple):
    """What a use or a release is of, and the national account that a release goes to."""

    owner: int
    units: tuple[LotRanges, ...]
    account: str = ""


class Requests:
    """Follows what is to be asked of the registry, what it is asked, and what is done when it has answered."""

    def __init__(self, notebook: Notebook, origins: Origins, statements: Statements) -> None:
        """Nothing was asked yet."""
        self._tell = notebook.tell
        self._origins = origins
        self._statements = statements
        self._chosen: dict[int, Chosen] = {}
        self._under_way: set[int] = set()
        """Uses that are approved and releases that are sent: nobody takes them back any more."""
        self._spent: dict[int, dict[int, list[Span]]] = {}
        """What is used up, by use and lot."""
        self._wanted: Counter[Wanted] = Counter()
        self._asked: Counter[Wanted] = Counter()
        self._to_do: dict[int, frozenset[Cause]] = {}
        self._taken_back: set[int] = set()
        self._over: set[int] = set()

    # --- what is asked -----------------------------------------------------------------------------------------------

    def claim(self, event: ClaimMade) -> None:
        """A use, of which nobody has been asked anything."""
        self._chosen[event.claim] = Chosen(event.participant, event.units)

    def release(self, event: ReleaseMade) -> None:
        """The same of a release."""
        self._chosen[event.release] = Chosen(event.participant, event.units, event.national_account)

    def approved(self, event: ClaimApproved) -> None:
        """All of a use but quota is to be cancelled."""
        self._want(RequestKind.CANCEL, event.claim)

    def sent(self, event: ReleaseSent) -> None:
        """All of a release is to be released."""
        self._want(RequestKind.RELEASE, event.release)

    def _want(self, kind: RequestKind, number: int) -> None:
        self._under_way.add(number)
        owner, units, account = self._chosen.get(number, Chosen(0, ()))
        for part in units:
            if not self._is_quota(part.lot):
                about = (kind, number, owner, part.lot)
                self._wanted.update(Wanted(*about, one.lo, one.hi, account) for one in part.ranges)

    def ask(self, event: RegistryAsked) -> None:
        """What was really asked."""
        about = (event.kind, event.subject, event.owner, event.lot)
        self._asked[Wanted(*about, event.serials.lo, event.serials.hi, event.account)] += 1

    def answered(self, event: RegistryAnswered) -> None:
        """What is to be done now."""
        asked = self._statements.asked.get(event.request)
        if asked is not None and (asked.kind, event.outcome) in _DONE:
            self._to_do[event.request] = _DONE[asked.kind, event.outcome]

    # --- what is done ------------------------------------------------------------------------------------------------

    def changed(self, event: UnitsChanged) -> None:
        """A step that a lock begins with, that carries an answer out, that ends units or that takes them back."""
        if event.cause in self._to_do.get(event.subject, ()):
            del self._to_do[event.subject]
        if event.cause in _LOCKS:
            about = (RequestKind.LOCK, NO_SUBJECT, event.owner, event.lot)
            self._wanted.update(Wanted(*about, one.lo, one.hi) for one in event.ranges)
        elif event.cause in _SPENDS:
            self._spend(event)
        elif event.cause in _TAKES_BACK:
            self._take_back(event)

    def _is_quota(self, lot: int) -> bool:
        origin = self._origins.lots.get(lot)
        return origin is not None and origin.terms.family is Family.REDUCTION_QUOTA

    def _spend(self, event: UnitsChanged) -> None:
        """Quota ends here, everything else where it is registered."""
        if self._is_quota(event.lot) is not (event.cause in _HERE):
            self._tell("ENDED-WRONG", lot=event.lot, lo=event.ranges[0].lo, cause=event.cause.name)
        asked = None if event.cause in _HERE else self._statements.asked.get(event.subject)
        use = event.subject if asked is None else asked.subject
        self._spent.setdefault(use, {}).setdefault(event.lot, []).extend(_spans(event))

    def _take_back(self, event: UnitsChanged) -> None:
        """All that was chosen of a lot comes free, while nobody has approved the use or sent the release."""
        chosen = self._chosen.get(event.subject)
        units = () if chosen is None else chosen.units
        own = [(one.lo, one.hi) for part in units if part.lot == event.lot for one in part.ranges]
        if event.subject in self._under_way or joined(own) != joined(_spans(event)):
            self._tell("TAKEN-BACK", lot=event.lot, lo=event.ranges[0].lo, cause=event.cause.name, end=event.subject)
        self._taken_back.add(event.subject)

    def ended(self, event: ClaimEnded | ReleaseEnded) -> None:
        """A use or a release came to nothing."""
        self._over.add(event.claim if isinstance(event, ClaimEnded) else event.release)

    def fulfilled(self, event: ClaimFulfilled) -> None:
        """A use is done: all of its units are used up by now, for it."""
        spent = self._spent.get(event.claim, {})
        for part in event.units:
            if joined(spent.get(part.lot, [])) != joined((one.lo, one.hi) for one in part.ranges):
                self._tell("ENDED-WRONG", claim=event.claim, lot=part.lot, problem="its units are not used up")

    # --- beside the tables -------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[int, str]]:
        """Every request in words."""
        for number, one in self._statements.asked.items():
            yield number, in_words(one, self._statements.asked_at(number), self._statements.is_answered(number))

    # --- the entry is over -------------------------------------------------------------------------------------------

    def end(self) -> None:
        """All was asked that should be and nothing else; all is done that was answered; what is taken back is over."""
        if self._wanted != self._asked:
            for one in {*self._wanted, *self._asked}:
                if self._wanted[one] != self._asked[one]:
                    facts = {**one._asdict(), "kind": one.kind.name}
                    self._tell("ASKED-WRONG", **facts, wanted=self._wanted[one], asked=self._asked[one])
        for request in self._to_do:
            self._tell("NOT-DONE", request=request)
        for number in self._taken_back - self._over:
            self._tell("TAKEN-BACK", end=number, problem="it goes on")
        for heard in (self._wanted, self._asked, self._to_do, self._taken_back, self._over):
            heard.clear()


def in_words(asked: RegistryAsked, at: int, is_answered: bool) -> str:
    """A request in words, with its instant and that until which an answer is waited for: log and tables are compared
    by them.
    """
    said, serials = "answered" if is_answered else "open", asked.serials
    about = f"{asked.kind.name} {serials.lo}-{serials.hi} of lot {asked.lot} of {asked.owner} for {asked.subject}"
    return f"{about} at {at} until {asked.answer_by} as {asked.reference}: {said}"


def _spans(event: UnitsChanged) -> list[Span]:
    return [(serials.lo, serials.hi) for serials in event.ranges]
