"""What the follower notes about the life of units: projects, requests, uses, releases, what holds units fast.

Of a tonne it knows who has it, in which state it is and what holds it fast, serial by serial, and from nothing but the
events.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from exchange.core import events as e
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.credits.claims import ClaimStatus, ReleaseStatus
from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.credits.states import GONE, OUT
from exchange.core.events.credits import ParcelState
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from tests.oracle.origins import known_as

if TYPE_CHECKING:
    from tests.oracle.follower import Follower

Serial = tuple[int, int]
"""Lot and serial of a tonne."""


class UnitNotes:
    """Every tonne by itself: ``standing`` has tag and state, ``holders`` the encumbrances that hold it."""

    def __init__(self) -> None:
        """Nothing has come in yet."""
        self.parcels: dict[int, dict[tuple[int, int], tuple[int, ...]]] = defaultdict(dict)
        self.owners: dict[Serial, int] = {}
        self.standing: dict[Serial, tuple[int, int]] = {}
        self.holders: dict[Serial, set[int]] = defaultdict(set)
        self.facilities: list[Any] = []
        self.due: dict[tuple[str, int], int] = {}
        self.plans: dict[tuple[int, int, int], int] = {}
        self.adjusted: Counter[tuple[int, int, str, int]] = Counter()
        self.imports: dict[int, list[Any]] = {}
        self.committed: set[int] = set()
        self.papers: set[str] = set()

    def reshaped(self, event: e.ParcelsReshaped) -> None:
        """Some parcels are no more, others are new."""
        lot = self.parcels[event.lot]
        for closed in event.closed:
            del lot[closed.lo, closed.hi]
        for opened in event.opened:
            assert (opened.lo, opened.hi) not in lot
            held = (opened.owner, opened.acquired, opened.tag, opened.state, opened.encumbered)
            lot[opened.lo, opened.hi] = held

    def moved(self, event: e.ParcelsMoved) -> None:
        """Each serial goes from who had it; 0 is nobody here."""
        for place in _serials(event.lot, event.ranges):
            assert self.owners.get(place, 0) == event.source
            self.owners[place] = event.target

    def changed(self, event: e.UnitsChanged) -> None:
        """Each serial goes on from where it stood; what is gone is held no more."""
        for place in _serials(event.lot, event.ranges):
            assert self.standing.get(place, (0, 0)) == (event.tag_before, event.state_before), event
            self.standing[place] = (event.tag, event.state)
            if event.state in GONE:
                self.holders[place].clear()

    def encumbered(self, event: e.UnitsEncumbered) -> None:
        """An encumbrance holds some serials more."""
        for place in _serials(event.lot, event.ranges):
            assert event.encumbrance not in self.holders[place], event
            self.holders[place].add(event.encumbrance)

    def freed(self, event: e.UnitsFreed) -> None:
        """An encumbrance holds some serials less."""
        for place in _serials(event.lot, event.ranges):
            self.holders[place].remove(event.encumbrance)

    def lifted(self, encumbrance: int) -> None:
        """An encumbrance that is over holds nothing more."""
        assert not any(encumbrance in holders for holders in self.holders.values())

    def compare(self, state: ExchangeState) -> None:
        """Parcels, and tonne by tonne who has it, where it stands and what holds it."""
        found: dict[int, dict[tuple[int, int], tuple[int, ...]]] = defaultdict(dict)
        for shelf in (state.parcels.held, state.parcels.aside, state.parcels.gone):
            for (number, holder), parcels in shelf.items():
                for one in parcels:
                    assert one.owner == holder
                    found[number][one.lo, one.hi] = (holder, one.acquired, one.tag, one.state, one.encumbered)
        assert {lot: ranges for lot, ranges in self.parcels.items() if ranges} == found
        for lot, ranges in found.items():
            for (lo, hi), (owner, _, tag, stands, count) in ranges.items():
                live = ParcelState(stands) not in GONE
                for serial in range(lo, hi):
                    place = (lot, serial)
                    assert self.standing[place] == (tag, stands), place
                    assert self.owners[place] == (owner if live else 0), place
                    assert len(self.holders[place]) == count, place
        self._compare_sums(state)

    def _compare_sums(self, state: ExchangeState) -> None:
        assert self.facilities == list(state.credits.projects.facilities.values())
        assert self.due == state.claims.due
        assert self.plans == {key: plan.planned for key, plan in state.budgets.plans.items()}
        sums = {key: one.quantity for key, one in state.budgets.adjustments.items()}
        assert dict(self.adjusted) == sums
        assert self.imports == {number: begun.rows for number, begun in state.imports.by_id.items()}
        assert self.committed == {number for number, begun in state.imports.by_id.items() if begun.committed}


def _serials(lot: int, ranges: tuple[SerialRange, ...]) -> list[Serial]:
    return [(lot, serial) for part in ranges for serial in range(part.lo, part.hi)]


def tables_of(state: ExchangeState) -> dict[str, Mapping[Any, Any]]:
    """What of a state is compared field by field with what the events made."""
    return {
        "projects": state.credits.projects.projects,
        "requests": state.requests.by_id,
        "claims": state.claims.claims,
        "releases": state.claims.releases,
        "encumbrances": state.encumbrances.by_id,
        "reversals": state.encumbrances.reversals,
    }


def _set_facility(follower: Follower, event: e.FacilitySet) -> None:
    """A facility under its code; one that was known is known otherwise now, in its place."""
    known = follower.units.facilities
    same = [at for at, terms in enumerate(known) if terms.code.casefold() == event.terms.code.casefold()]
    if same:
        known[same[0]] = event.terms
    else:
        known.append(event.terms)


def _asked(follower: Follower, event: e.RegistryAsked) -> None:
    open_ = {"status": RequestStatus.OPEN, "receipt": "", "message": ""}
    follower.add("requests", event.request, event, "reference", "answer_by", **open_)


def _return_asked(follower: Follower, event: e.ReturnAsked) -> None:
    """What comes back is in the national market, and its paper is new."""
    assert all(follower.units.standing[place] == OUT for place in _serials(event.lot, (event.serials,)))
    paper = known_as(event.lock_reference)
    assert paper not in follower.units.papers
    follower.units.papers.add(paper)


def _answered(follower: Follower, event: e.RegistryAnswered) -> None:
    confirmed = event.outcome is RegistryOutcome.CONFIRMED
    status = RequestStatus.CONFIRMED if confirmed else RequestStatus.REFUSED
    known = follower.things["requests"][event.request]
    assert known["status"] in (RequestStatus.OPEN, RequestStatus.SILENT)
    known |= {"status": status, "receipt": event.receipt, "message": event.message}


def _used(follower: Follower, event: e.ClaimFulfilled) -> None:
    known = follower.things["claims"][event.claim]
    assert event.quantity == sum(len(_serials(part.lot, part.ranges)) for part in event.units) <= known["quantity"]
    known |= {
        "status": ClaimStatus.FULFILLED,
        "units": event.units,
        "quantity": event.quantity,
        "covers": event.covers,
    }


def _status(kind: str, number: str, status: Any) -> Callable[[Follower, Any], None]:
    """A note that a thing has come to a status."""
    return lambda follower, event: follower.things[kind][getattr(event, number)].update(status=status)


def _approved_release(follower: Follower, event: e.ReleaseApproved) -> None:
    cooling = {"status": ReleaseStatus.COOLING, "callable_until": event.callable_until}
    follower.things["releases"][event.release] |= cooling


def _done_release(follower: Follower, event: e.ReleaseDone) -> None:
    status = ReleaseStatus.DONE if event.units else ReleaseStatus.ENDED
    follower.things["releases"][event.release]["status"] = status


def _lifted(follower: Follower, event: e.EncumbranceLifted) -> None:
    follower.units.lifted(event.encumbrance)
    follower.things["encumbrances"][event.encumbrance]["lifted"] = True


def _replaced(follower: Follower, event: e.ReversalReplaced) -> None:
    known = follower.things["reversals"][event.reversal]
    known["replaced"] += event.quantity
    assert event.shortfall == known["quantity"] - known["replaced"]


def _owed_again(follower: Follower, event: e.ReversalOwedAgain) -> None:
    known, claim = follower.things["reversals"][event.reversal], follower.things["claims"][event.claim]
    assert (claim["reversal"], claim["quantity"]) == (event.reversal, event.quantity)
    known["replaced"] -= event.quantity
    assert event.shortfall == known["quantity"] - known["replaced"]


def _withdrawn(follower: Follower, event: e.ReversalWithdrawn) -> None:
    assert not follower.things["reversals"].pop(event.reversal)["replaced"]


def _adjusted(follower: Follower, event: e.BudgetAdjusted) -> None:
    follower.units.adjusted[event.source, event.used_in, event.province, event.year] += event.quantity


def _budget(follower: Follower, event: e.BudgetSet) -> None:
    follower.units.plans[event.league, event.first_year, event.last_year] = event.planned


def _obligation(follower: Follower, event: e.ObligationSet) -> None:
    follower.units.due[known_as(event.facility), event.year] = event.due


def _staged(follower: Follower, event: e.UnitsStaged) -> None:
    follower.units.imports.setdefault(event.staged, []).extend(event.rows)
    assert len(follower.units.imports[event.staged]) == event.total


def _committed(follower: Follower, event: e.ImportCommitted) -> None:
    follower.units.committed.add(event.staged)
    follower.units.imports[event.staged] = []


def _nothing(follower: Follower, event: Any) -> None:
    """For what is told once and changes nothing that could be compared."""


NOTES: dict[type, Callable[[Follower, Any], Any]] = {
    e.ProjectRegistered: lambda f, x: f.add("projects", x.project, x),
    e.FacilitySet: _set_facility,
    e.ParcelsReshaped: lambda f, x: f.units.reshaped(x),
    e.ParcelsMoved: lambda f, x: f.units.moved(x),
    e.UnitsChanged: lambda f, x: f.units.changed(x),
    e.UnitsStaged: _staged,
    e.ImportCommitted: _committed,
    e.RegistryAsked: _asked,
    e.ReturnAsked: _return_asked,
    e.RegistryAnswered: _answered,
    e.RegistrySilent: _status("requests", "request", RequestStatus.SILENT),
    e.RegistryContradicted: _nothing,
    e.ClaimMade: lambda f, x: f.add("claims", x.claim, x, status=ClaimStatus.PROPOSED),
    e.ClaimApproved: _status("claims", "claim", ClaimStatus.PENDING),
    e.ClaimEnded: _status("claims", "claim", ClaimStatus.ENDED),
    e.ClaimFulfilled: _used,
    e.ClaimRevoked: _status("claims", "claim", ClaimStatus.REVOKED),
    e.ReleaseMade: lambda f, x: f.add("releases", x.release, x, status=ReleaseStatus.PROPOSED),
    e.ReleaseApproved: _approved_release,
    e.ReleaseEnded: _status("releases", "release", ReleaseStatus.ENDED),
    e.ReleaseSent: _status("releases", "release", ReleaseStatus.SENT),
    e.ReleaseDone: _done_release,
    e.ObligationSet: _obligation,
    e.BudgetSet: _budget,
    e.BudgetAdjusted: _adjusted,
    e.EncumbranceSet: lambda f, x: f.add("encumbrances", x.encumbrance, x),
    e.UnitsEncumbered: lambda f, x: f.units.encumbered(x),
    e.UnitsFreed: lambda f, x: f.units.freed(x),
    e.EncumbranceLifted: _lifted,
    e.ReversalReported: lambda f, x: f.add("reversals", x.reversal, x, replaced=0),
    e.ReversalReplaced: _replaced,
    e.ReversalOwedAgain: _owed_again,
    e.ReversalWithdrawn: _withdrawn,
}
