"""What holds tonnes fast: each encumbrance counts once on every tonne that it holds, until two persons lift it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from exchange.audit.double_count.ends import Ends
from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.layers import Layers
from exchange.audit.double_count.persons import Persons
from exchange.audit.double_count.places import AWAY, Places
from exchange.audit.double_count.spans import Span, SpanMap
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsEncumbered, UnitsFreed
from exchange.core.events.uses import ClaimApproved, ReleaseApproved, ReleaseSent


class Holds:
    """Follows encumbrances."""

    def __init__(self, notebook: Notebook, places: Places, persons: Persons, ends: Ends) -> None:
        """Nothing is held fast yet."""
        self._tell = notebook.tell
        self._places = places
        self._persons = persons
        self._ends = ends
        self._standing: set[int] = set()
        self._of_lot: dict[int, Layers] = {}
        self._tonnes: dict[int, Counter[int]] = {}
        """How many tonnes of each lot an encumbrance holds."""

    def set(self, event: EncumbranceSet) -> None:
        """An encumbrance, of which nothing is held fast yet."""
        self._standing.add(event.encumbrance)
        self._tonnes.setdefault(event.encumbrance, Counter())

    def held(self, event: UnitsEncumbered) -> None:
        """It holds these serials fast; those that it held already (they were out and came back) still count once."""
        if event.encumbrance not in self._standing:
            self._tell("HELD-MISCOUNTED", encumbrance=event.encumbrance, lot=event.lot, problem="does not stand")
            return
        layers = self._of_lot.setdefault(event.lot, Layers())
        for serials in event.ranges:
            fresh = layers.lay(event.encumbrance, serials.lo, serials.hi)
            self._tonnes[event.encumbrance][event.lot] += _tonnes(fresh)

    def freed(self, event: UnitsFreed) -> None:
        """It lets these serials go, because two persons have agreed to that."""
        self._is_agreed("UnitsFreed", event.encumbrance)
        for serials in event.ranges:
            self._let_go(event.encumbrance, event.lot, serials.lo, serials.hi)

    def _let_go(self, encumbrance: int, lot: int, lo: int, hi: int) -> None:
        layers = self._of_lot.get(lot)
        if layers is not None and encumbrance in self._tonnes:
            self._tonnes[encumbrance][lot] -= _tonnes(layers.take(encumbrance, lo, hi))

    def lifted(self, event: EncumbranceLifted) -> None:
        """It holds nothing any more: all that it held was told to be free."""
        self._is_agreed("EncumbranceLifted", event.encumbrance)
        self._standing.discard(event.encumbrance)
        for lot, tonnes in self._tonnes.get(event.encumbrance, Counter()).items():
            for lo, hi in self._of_lot[lot].where(event.encumbrance) if tonnes else ():
                self._tell("HELD-MISCOUNTED", encumbrance=event.encumbrance, lot=lot, lo=lo, hi=hi, problem="not freed")
                self._of_lot[lot].take(event.encumbrance, lo, hi)
        self._tonnes.pop(event.encumbrance, None)

    def going(self, event: ClaimApproved | ReleaseApproved | ReleaseSent) -> None:
        """What was chosen for a use or a release may be held fast by now: then it does not go."""
        number = event.claim if isinstance(event, ClaimApproved) else event.release
        end = self._ends.ends.get(number)
        chosen = {} if end is None else end.chosen
        for lot, (lo, hi) in ((lot, span) for lot, spans in chosen.items() for span in spans):
            for a, b, holding in self._counts(lot, lo, hi):
                if holding:
                    self._tell("HELD-MOVED", what=type(event).__name__, end=number, lot=lot, lo=a, hi=b)

    def _is_agreed(self, what: str, encumbrance: int) -> None:
        if not self._persons.may_lift(encumbrance):
            self._tell("ONE-PERSON", what=what, encumbrance=encumbrance)

    def end(self) -> None:
        """What changed in the entry is held fast by as many as it says, where it changed twice by the last of these."""
        later: dict[int, SpanMap[None]] = {}
        for lot, lo, hi, _, after in reversed(self._places.changes):
            if after.state in AWAY:
                self._gone(lot, lo, hi)
            elif after.encumbered or lot in self._of_lot:
                checked = later.setdefault(lot, SpanMap())
                for a, b in list(checked.free(lo, hi)):
                    self._check(lot, a, b, after.encumbered)
                    checked.add(a, b, None)

    def _gone(self, lot: int, lo: int, hi: int) -> None:
        """What is gone is held no more; if it comes back, it is told again what holds it."""
        layers = self._of_lot.get(lot)
        for a, b, holding in () if layers is None else layers.clear(lo, hi):
            for encumbrance in holding:
                self._tonnes[encumbrance][lot] -= b - a

    def conclude(self) -> None:
        """All parcels of which anything is held fast, or says that it is."""
        for lot, parcels in self._places.parcels.items():
            for lo, (hi, standing) in parcels.items():
                if standing.state not in AWAY and (standing.encumbered or lot in self._of_lot):
                    self._check(lot, lo, hi, standing.encumbered)

    def _check(self, lot: int, lo: int, hi: int, said: int) -> None:
        for a, b, holding in self._counts(lot, lo, hi):
            if holding != said:
                self._tell("HELD-MISCOUNTED", lot=lot, lo=a, hi=b, said=said, holding=holding)

    def _counts(self, lot: int, lo: int, hi: int) -> Iterator[tuple[int, int, int]]:
        """Stretch by stretch: how many encumbrances hold it."""
        return ((a, b, len(holding)) for a, b, holding in self.over(lot, lo, hi))

    def over(self, lot: int, lo: int, hi: int) -> Iterable[tuple[int, int, frozenset[int]]]:
        """Stretch by stretch which encumbrances hold it."""
        layers = self._of_lot.get(lot)
        return ((lo, hi, frozenset[int]()),) if layers is None else layers.over(lo, hi)


def _tonnes(spans: Iterable[Span]) -> int:
    return sum(hi - lo for lo, hi in spans)
