"""A registry and a venue in their simplest form, serial by serial, to hold the comparison of whole ranges against.

Nothing here knows of ranges that are cut, of walks or of states that fit: each serial has the list of the requests
about it, and what a true list may say of it follows from that list alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from random import Random
from typing import Final, TypeVar

from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.events.credits import ParcelState
from exchange.registry.books import Books, Ours, Sent
from exchange.registry.messages import MAKES, Held, Kind, Recorded

Value = TypeVar("Value")

SPACE: Final = "CCER-15"
LOT: Final = 7
SERIALS: Final = range(1, 9)
FIRMS: Final = ("WOOD", "STEEL")
ACCOUNTS: Final = ("NATIONAL-1", "NATIONAL-2")

_WAITS: Final = {
    Kind.RELEASE: ParcelState.PENDING_OUT,
    Kind.CANCEL: ParcelState.PENDING_CANCEL,
}
_DONE: Final = {
    Kind.LOCK: ParcelState.ACTIVE,
    Kind.RELEASE: ParcelState.OUT,
    Kind.CANCEL: ParcelState.CANCELLED,
}


@dataclass(slots=True)
class Asked:
    """A request: what we keep of it, from which state it took the serials, and what the registry has made of it."""

    sent: Sent
    before: ParcelState
    outcome: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a list says of one serial."""

    kind: Kind
    name: str
    reference: str
    receipt: str


class World:
    """Both sides. ``about`` has the requests about each serial, oldest first, and ``there`` what the registry has;
    ``refused`` are serials that are still set aside for what was refused.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self.asked: list[Asked] = []
        self.state = dict.fromkeys(SERIALS, ParcelState.ADMITTED)
        self.refused: set[int] = set()
        self.about: dict[int, list[Asked]] = {serial: [] for serial in SERIALS}
        self.there: dict[int, Said | None] = dict.fromkeys(SERIALS)

    # --- what happens ---

    def step(self) -> None:
        """Something that can happen happens."""
        waiting = [one for one in self.asked if one.sent.status.is_open]
        if waiting and self._random.random() < 0.6:
            self._go_on(self._random.choice(waiting))
        else:
            self._begin(*self._some_range())

    def _some_range(self) -> tuple[int, int]:
        """Serials from one on that stand in one state, of which none but the first can wait for an answer."""
        lo = self._random.choice(SERIALS)
        hi = lo + 1
        while hi in SERIALS and self._alike(lo, hi) and self._random.random() < 0.7:
            hi += 1
        return lo, hi

    def _alike(self, one: int, other: int) -> bool:
        """Whether one request may be about both. Their pasts may differ: a release takes from several locks."""
        waits = any(asked.sent.status.is_open for asked in self.about[other])
        return self.state[one] is self.state[other] and not waits

    def _begin(self, lo: int, hi: int) -> None:
        state, last = self.state[lo], self.about[lo][-1:]
        if last and last[0].sent.status.is_open:
            return
        if state is ParcelState.ADMITTED:
            self._ask(Kind.LOCK, lo, hi, ParcelState.LOCK_REQUESTED)
        elif state is ParcelState.ACTIVE:
            self._put(lo, hi, _WAITS[self._random.choice([Kind.RELEASE, Kind.RELEASE, Kind.CANCEL])])
        elif state is ParcelState.OUT:
            self._ask(Kind.LOCK, lo, hi, ParcelState.RETURN_REQUESTED)
        elif state in _WAITS.values():
            self._send_or_call_off(lo, hi, state)

    def _send_or_call_off(self, lo: int, hi: int, state: ParcelState) -> None:
        """What was set aside is asked for, or given back; what was refused is only given back."""
        if self.refused.intersection(range(lo, hi)) or self._random.random() < 0.3:
            self.refused.difference_update(range(lo, hi))
            self._put(lo, hi, ParcelState.ACTIVE)
        else:
            self._ask(Kind.RELEASE if state is ParcelState.PENDING_OUT else Kind.CANCEL, lo, hi, state)

    def _ask(self, kind: Kind, lo: int, hi: int, state: ParcelState) -> None:
        account = self._random.choice(ACCOUNTS) if kind is Kind.RELEASE else ""
        names = (f"r-{len(self.asked)}", kind, SPACE, LOT, lo, hi, self._random.choice(FIRMS))
        asked = Asked(Sent(*names, RequestStatus.OPEN, "", account=account), self.state[lo])
        self.asked.append(asked)
        for serial in range(lo, hi):
            self.about[serial].append(asked)
        self._put(lo, hi, state)

    def _put(self, lo: int, hi: int, state: ParcelState) -> None:
        self.state.update(dict.fromkeys(range(lo, hi), state))

    def _go_on(self, asked: Asked) -> None:
        """The registry does or refuses what it was asked; later it says so, or is late."""
        if asked.outcome:
            self._hear(asked)
        elif self._random.random() < 0.2:
            self._be_late(asked)
        elif self._random.random() < 0.3:
            asked.outcome = "REFUSED"
        else:
            asked.outcome, asked.receipt = "CONFIRMED", f"receipt of {asked.sent.reference}"
            for serial in range(asked.sent.lo, asked.sent.hi):
                self.there[serial] = self.line_after(asked, serial)

    def _be_late(self, asked: Asked) -> None:
        asked.sent = replace(asked.sent, status=RequestStatus.SILENT)
        if self.state[asked.sent.lo] is ParcelState.LOCK_REQUESTED:
            self._put(asked.sent.lo, asked.sent.hi, ParcelState.LOCK_UNKNOWN)

    def _hear(self, asked: Asked) -> None:
        sent = replace(asked.sent, status=RequestStatus[asked.outcome], receipt=asked.receipt)
        asked.sent = sent
        self._put(sent.lo, sent.hi, _DONE[sent.kind] if asked.outcome == "CONFIRMED" else asked.before)
        if asked.outcome == "REFUSED" and sent.kind in _WAITS:
            self.refused.update(range(sent.lo, sent.hi))

    # --- what the lists say ---

    def line_after(self, asked: Asked, serial: int) -> Said:
        """What a true list says of a serial once a request about it is done: a cancellation leaves it in the name of
        the firm for which it was locked.
        """
        sent, name = asked.sent, asked.sent.account or asked.sent.holder
        if sent.kind is Kind.CANCEL:
            locks = [
                one.sent for one in self.about[serial] if one.sent.kind is Kind.LOCK and one.outcome == "CONFIRMED"
            ]
            name = locks[-1].holder
        return Said(sent.kind, name, sent.reference, asked.receipt)

    def may_say(self, serial: int, said: Said | None) -> bool:
        """Whether a true list may say this of a serial, as far as we can know: what was confirmed last, word for word;
        or what we have asked since, if the registry does not tell us elsewhere that this came to something else.
        """
        known = [one for one in self.about[serial] if one.sent.status is RequestStatus.CONFIRMED]
        open_ = [one for one in self.about[serial] if one.sent.status.is_open]
        if said == (self.line_after(known[-1], serial) if known else None):
            return True
        return said is not None and any(self._may_have_done(one, serial, said) for one in open_)

    def _may_have_done(self, asked: Asked, serial: int, said: Said) -> bool:
        """Of what the registry has on record the receipt is known; of all else it can be any."""
        line = self.line_after(asked, serial)
        if not asked.outcome:
            return replace(line, receipt=said.receipt) == said
        return asked.outcome == "CONFIRMED" and line == said

    def books(self) -> Books:
        """Our side."""
        ours = [
            Ours(SPACE, LOT, lo, hi, FIRMS[0], state) for lo, hi, state in _runs([(n, self.state[n]) for n in SERIALS])
        ]
        return Books(1, ours, [one.sent for one in self.asked])

    def records(self) -> list[Recorded]:
        """What the registry has on record."""
        return [
            Recorded(one.sent.reference, one.sent.kind, SPACE, one.sent.lo, one.sent.hi, one.outcome, one.receipt)
            for one in self.asked
            if one.outcome
        ]


def lines(there: dict[int, Said | None]) -> list[Held]:
    """The registry's list, neighbours of whom it says the same on one line."""
    return [
        Held(SPACE, lo, hi, MAKES[said.kind], said.name, said.reference, said.receipt)
        for lo, hi, said in _runs([(serial, there[serial]) for serial in SERIALS])
        if said is not None
    ]


def _runs(values: list[tuple[int, Value]]) -> list[tuple[int, int, Value]]:
    """Neighbours with the same value as one range."""
    runs = []
    for value, group in groupby(values, key=lambda one: one[1]):
        serials = [serial for serial, _ in group]
        runs.append((serials[0], serials[-1] + 1, value))
    return runs
