"""Where tonnes stand: every serial of a lot in one parcel at all times, and every change of it told as what it is.

Parcels change by being closed and opened. What is opened must be, serial for serial, what was closed, or a new lot;
what differs then between a serial's old and new parcel must be told by another event of the same entry: a new holder by
a movement, a new state by a change of state that the table of steps allows.
"""

from __future__ import annotations

import hashlib
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.spans import Span, joined, overlaps
from exchange.audit.double_count.steps import STEPS
from exchange.core.events.credits import (
    Cause,
    LotAdmitted,
    MarketTag,
    Parcel,
    ParcelsMoved,
    ParcelsReshaped,
    ParcelState,
    UnitsChanged,
)

NOBODY: Final = 0
"""The holder of what is not here yet or not here any more."""


class Standing(NamedTuple):
    """How a parcel stands; ``owner`` is who had it last where it is on nobody's account."""

    owner: int
    tag: int
    state: int
    encumbered: int


class Change(NamedTuple):
    """Serials of a lot that stood one way before and stand another way now; ``before`` is None for new ones."""

    lot: int
    lo: int
    hi: int
    before: Standing | None
    after: Standing


Stretch = tuple[int, int, Standing]
"""Serials and how they stand."""

SPENT: Final = frozenset((ParcelState.RETIRED, ParcelState.CANCELLED, ParcelState.EXPORTED))
AWAY: Final = SPENT | {ParcelState.OUT, ParcelState.RETURN_REQUESTED}
"""The states in which a tonne is on no firm's account."""

WHILE_HELD: Final = frozenset(
    (
        Cause.LOCK_REQUESTED,
        Cause.LOCK_CONFIRMED,
        Cause.LOCK_REFUSED,
        Cause.LOCK_UNANSWERED,
        Cause.USE_WITHDRAWN,
        Cause.USE_REFUSED,
        Cause.RELEASE_WITHDRAWN,
        Cause.RELEASE_REFUSED,
        Cause.CANCELLED,
        Cause.RELEASED,
    )
)
"""What may happen to units that are held fast: they come in or come free, and what the registry has done is done."""


def is_sellable(standing: Standing) -> bool:
    """Whether a tonne that stands so can be sold."""
    return standing[1:] == (MarketTag.REGIONAL, ParcelState.ACTIVE, 0)


def holder_of(standing: Standing | None) -> int:
    """On whose account a tonne is."""
    return NOBODY if standing is None or standing.state in AWAY else standing.owner


class Places:
    """Follows the parcels of every lot."""

    def __init__(self, notebook: Notebook, origins: Origins) -> None:
        """No lot is here yet."""
        self._tell = notebook.tell
        self._origins = origins
        self.parcels: Final[dict[int, dict[int, tuple[int, Standing]]]] = {}
        """By lot and first serial: the serial behind the last one, and how the parcel stands."""
        self.changes: Final[list[Change]] = []
        """All that changed in the entry that is being read."""
        self._untold: dict[int, list[Change]] = {}
        self._moved: list[tuple[int, int, int, int, int]] = []

    def begin(self) -> None:
        """The next entry."""
        self.changes.clear()
        self._moved.clear()

    # --- parcels -----------------------------------------------------------------------------------------------------

    def lot(self, event: LotAdmitted) -> None:
        """A lot that has no parcels yet; they must come in the same entry."""
        self.parcels.setdefault(event.lot, {})

    def reshaped(self, event: ParcelsReshaped) -> None:
        """Parcels ceased and others began: the same serials, or all of a new lot."""
        lot = int(event.lot)
        mine = self.parcels.get(lot)
        if mine is None:
            self._tell("TWO-PLACES", lot=lot, problem="no such lot")
            return
        before: list[Stretch] = []
        for serials in event.closed:
            hi, standing = mine.pop(serials.lo, (0, None))
            if standing is None or hi != serials.hi:
                self._tell("TWO-PLACES", lot=lot, lo=serials.lo, hi=serials.hi, problem="closed and was not there")
                continue
            before.append((serials.lo, hi, standing))
        after = [(parcel.lo, parcel.hi, _standing(parcel)) for parcel in event.opened]
        changes = self._born(lot, mine, after) if not event.closed else differences(lot, before, after)
        for lo, hi, standing in after:
            if lo in mine:
                self._tell("TWO-PLACES", lot=lot, lo=lo, hi=hi, problem="opened and was there")
            mine[lo] = (hi, standing)
        if changes is None:
            self._tell("TWO-PLACES", lot=lot, problem="other serials were opened than closed")
        elif changes:
            self._note(lot, changes)

    def _born(self, lot: int, mine: dict[int, tuple[int, Standing]], after: list[Stretch]) -> list[Change] | None:
        """What is opened and closes nothing is a whole lot, and the lot had none before."""
        origin = self._origins.lots.get(lot)
        whole = origin is not None and joined(stretch[:2] for stretch in after) == [(origin.lo, origin.hi)]
        return [Change(lot, lo, hi, None, standing) for lo, hi, standing in after] if whole and not mine else None

    def _note(self, lot: int, changes: list[Change]) -> None:
        self.changes.extend(changes)
        restated = [change for change in changes if _place(change.before) != change.after[1:3]]
        if restated:
            self._untold.setdefault(lot, []).extend(restated)

    # --- states ------------------------------------------------------------------------------------------------------

    def changed(self, event: UnitsChanged) -> None:
        """Serials are told to have gone from one state to another: just so, and by an allowed step."""
        ranges = [(serials.lo, serials.hi) for serials in event.ranges]
        before, after = (int(event.tag_before), int(event.state_before)), (int(event.tag), int(event.state))
        if (before, after) not in STEPS.get(event.cause, ()):
            self._tell("STEP-FORBIDDEN", lot=event.lot, **_named(before, after), cause=event.cause.name)
        done = self._take_untold(int(event.lot), ranges)
        fits = all((_place(change.before), change.after[1:3]) == (before, after) for change in done)
        fits = fits and all(change.after.owner == event.owner for change in done if not _stays_away(change))
        if not fits or joined(change[1:3] for change in done) != joined(ranges):
            self._tell("STEP-UNTOLD", lot=event.lot, lo=ranges[0][0], hi=ranges[-1][1], cause=event.cause.name)
        if event.cause not in WHILE_HELD and any(change.before and change.before.encumbered for change in done):
            self._tell("HELD-MOVED", lot=event.lot, lo=ranges[0][0], hi=ranges[-1][1], cause=event.cause.name)

    def _take_untold(self, lot: int, ranges: Sequence[Span]) -> list[Change]:
        """The changes of state that lie in these ranges; they are told by now."""
        ordered = sorted(ranges)
        told: list[Change] = []
        rest: list[Change] = []
        for change in self._untold.get(lot, ()):
            at = bisect_right(ordered, (change.lo, sys.maxsize)) - 1
            (told if at >= 0 and change.hi <= ordered[at][1] else rest).append(change)
        self._untold[lot] = rest
        return told

    # --- holders -----------------------------------------------------------------------------------------------------

    def moved(self, event: ParcelsMoved) -> None:
        """Serials are told to have gone from one holder to another."""
        for serials in event.ranges:
            self._moved.append((int(event.lot), int(event.source), int(event.target), serials.lo, serials.hi))

    def end(self) -> None:
        """The entry is over: everything that changed in it was told, and nothing else."""
        for lot, changes in self._untold.items():
            for change in changes:
                self._tell("STEP-UNTOLD", lot=lot, lo=change.lo, hi=change.hi, state=change.after.state)
        self._untold.clear()
        rehoused = [change for change in self.changes if holder_of(change.before) != holder_of(change.after)]
        for lot, lo, hi, before, after in self.changes:
            if before is not None and before.owner != after.owner and not holder_of(before) and not holder_of(after):
                self._tell("MOVED-UNTOLD", lot=lot, lo=lo, hi=hi, problem="was gone and has another last owner")
        if rehoused or self._moved:
            self._check_movements(rehoused)

    def _check_movements(self, rehoused: list[Change]) -> None:
        seen = [(c.lot, holder_of(c.before), holder_of(c.after), c.lo, c.hi) for c in rehoused]
        if _by_journey(seen) != _by_journey(self._moved):
            lot = (seen or self._moved)[0][0]
            self._tell("MOVED-UNTOLD", lot=lot, seen=_told(seen), told=_told(self._moved))
        for change in rehoused:
            before = change.before
            if before is None or not (holder_of(before) and holder_of(change.after)):
                continue
            if before.encumbered:
                self._tell("HELD-MOVED", lot=change.lot, lo=change.lo, hi=change.hi)
            if not (is_sellable(before) and is_sellable(change.after)):
                self._tell("SOLD-UNSELLABLE", lot=change.lot, lo=change.lo, hi=change.hi, state=before.state)

    # --- at the end --------------------------------------------------------------------------------------------------

    def conclude(self) -> None:
        """All parcels of all lots once more, by serial space: no serial in two of them, and each lot all there."""
        spaces: dict[int, list[Span]] = defaultdict(list)
        for lot, origin in self._origins.lots.items():
            spans = [(lo, hi) for lo, (hi, _) in self.parcels.get(lot, {}).items()]
            spaces[origin.space] += spans
            if joined(spans) != [(origin.lo, origin.hi)]:
                self._tell("TWO-PLACES", lot=lot, problem="its parcels are not all of it")
        for space, spans in spaces.items():
            for lo, hi in overlaps(sorted(spans)):
                self._tell("TWO-PLACES", space=space, lo=lo, hi=hi)

    def spent(self) -> int:
        """How many tonnes are used up for good."""
        parcels = (parcel for mine in self.parcels.values() for parcel in mine.items())
        return sum(hi - lo for lo, (hi, standing) in parcels if standing.state in SPENT)

    def stretches(self, lot: int) -> list[Stretch]:
        """The parcels of a lot in order of serials."""
        return sorted((lo, hi, standing) for lo, (hi, standing) in self.parcels.get(lot, {}).items())

    def lots(self) -> Iterator[tuple[int, str]]:
        """Every lot in words: its serials, how they stand, where they are from, for whom they came in and on which
        paper. Log and tables are compared by them.
        """
        for lot, origin in self._origins.lots.items():
            stretches, came = self.stretches(lot), origin.admitted
            stand = f"{origin.lo}-{origin.hi} of {origin.space} in {len(stretches)} parcels {digest_of(stretches)}"
            yield lot, f"{stand}, of {came.issuance}, for {came.owner}: {came.lock_reference}"


def digest_of(stretches: Iterable[Stretch]) -> str:
    """SHA-256, in hex, over how the serials of a lot stand, upwards."""
    rows = (f"{lo}-{hi}:{s.owner}:{s.tag}:{s.state}:{s.encumbered};" for lo, hi, s in stretches)
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def differences(lot: int, before: list[Stretch], after: list[Stretch]) -> list[Change] | None:
    """What became of serials, stretch by stretch where it is not the same; None when they are not the same serials."""
    changes: list[Change] = []
    olds, news = sorted(before, reverse=True), sorted(after, reverse=True)
    while olds and news:
        (lo, old_hi, old), (new_lo, new_hi, new) = olds.pop(), news.pop()
        if lo != new_lo:
            return None
        hi = min(old_hi, new_hi)
        if old != new:
            changes.append(Change(lot, lo, hi, old, new))
        if hi < old_hi:
            olds.append((hi, old_hi, old))
        if hi < new_hi:
            news.append((hi, new_hi, new))
    return changes if not olds and not news else None


def _standing(parcel: Parcel) -> Standing:
    return Standing(parcel.owner, parcel.tag, parcel.state, parcel.encumbered)


def _place(standing: Standing | None) -> tuple[int, int]:
    """Tag and state; (0, 0) of what was not here."""
    return (0, 0) if standing is None else (int(standing.tag), int(standing.state))


def _stays_away(change: Change) -> bool:
    """Whether a tonne was on no firm's account and still is: it keeps whoever had it last."""
    return change.before is not None and change.before.state in AWAY and change.after.state in AWAY


def _named(before: tuple[int, int], after: tuple[int, int]) -> dict[str, str]:
    return {"before": f"{before[0]}/{before[1]}", "after": f"{after[0]}/{after[1]}"}


def _by_journey(rows: Iterable[tuple[int, int, int, int, int]]) -> dict[tuple[int, int, int], list[Span]]:
    """The serials of each journey (lot, from, to), joined."""
    journeys: dict[tuple[int, int, int], list[Span]] = defaultdict(list)
    for lot, source, target, lo, hi in rows:
        journeys[lot, source, target].append((lo, hi))
    return {journey: joined(spans) for journey, spans in journeys.items()}


def _told(rows: Sequence[tuple[int, int, int, int, int]]) -> str:
    """The first few journeys as text."""
    return ", ".join(f"{lo}-{hi} {source}>{target}" for _, source, target, lo, hi in rows[:3]) or "-"
