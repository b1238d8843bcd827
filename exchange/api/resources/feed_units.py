"""What one's own event feed shows of the life of units: steps, requests, uses, releases, encumbrances, reversals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from exchange.access.ids import Kind, id_text
from exchange.api.operations import Document
from exchange.api.unit_documents import range_document, units_documents
from exchange.api.wire import day_text, time_text
from exchange.core.events import Event
from exchange.core.events.credits import LotAdmitted, MarketTag, ParcelsReshaped, ParcelState, UnitsChanged
from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalReported,
    ReversalWithdrawn,
    UnitsEncumbered,
    UnitsFreed,
)
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistryContradicted, RegistrySilent
from exchange.core.events.uses import (
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    ReleaseApproved,
    ReleaseDone,
    ReleaseEnded,
    ReleaseMade,
    ReleaseSent,
)
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, LotId, Micros, ParticipantId, ReleaseId, RequestId
from exchange.sequencer.committed_view import CommittedView

Show = Callable[[Any, Micros], Document | None]


class UnitReader:
    """What one participant may see of these events; ``shows`` has the function of each type."""

    def __init__(self, view: CommittedView, participant: ParticipantId) -> None:
        """``view`` tells whose things are that an event names by id only."""
        self._view = view
        self._participant = participant
        self._opened: dict[LotId, list[SerialRange]] = {}
        self.shows: Final[dict[type, Show]] = {
            UnitsChanged: self._changed,
            RegistryAsked: self._asked,
            RegistryAnswered: self._answered,
            RegistrySilent: self._silent,
            RegistryContradicted: self._contradicted,
            ClaimMade: self._use_made,
            ClaimApproved: self._use_moved,
            ClaimEnded: self._use_moved,
            ClaimFulfilled: self._use_fulfilled,
            ClaimRevoked: self._use_revoked,
            ReleaseMade: self._release_made,
            ReleaseApproved: self._release_approved,
            ReleaseEnded: self._release_moved,
            ReleaseSent: self._release_moved,
            ReleaseDone: self._release_done,
            UnitsEncumbered: self._encumbered,
            UnitsFreed: self._freed,
            EncumbranceLifted: self._lifted,
            ReversalReported: self._reversal,
            ReversalReplaced: self._replaced,
            ReversalOwedAgain: self._replaced,
            ReversalWithdrawn: self._withdrawn,
        }

    def begin(self, events: Iterable[Event]) -> None:
        """Note which own parcels change in an entry: events about encumbrances name no owner. What is on the account
        today says nothing about an entry of last year.
        """
        self._opened = {}
        for event in events:
            if isinstance(event, ParcelsReshaped):
                mine = [SerialRange(parcel.lo, parcel.hi) for parcel in event.opened if self._own(parcel.owner)]
                self._opened.setdefault(event.lot, []).extend(mine)
            elif isinstance(event, LotAdmitted) and self._own(event.owner):
                self._opened.setdefault(event.lot, []).append(event.serials)

    def _own(self, participant: int) -> bool:
        return participant == self._participant

    # --- steps and requests ------------------------------------------------------------------------------------------

    def _changed(self, event: UnitsChanged, _at: Micros) -> Document | None:
        if not self._own(event.owner):
            return None
        return {
            "lot": id_text(Kind.LOT, event.lot),
            "ranges": [range_document(self._view, event.lot, serials) for serials in event.ranges],
            "tag_before": MarketTag(event.tag_before).name if event.tag_before else None,
            "state_before": ParcelState(event.state_before).name if event.state_before else None,
            "tag": event.tag.name,
            "state": event.state.name,
            "cause": event.cause.name,
        }

    def _asked(self, event: RegistryAsked, _at: Micros) -> Document | None:
        if not self._own(event.owner):
            return None
        return {
            "request": id_text(Kind.REQUEST, event.request),
            "kind": event.kind.name,
            **range_document(self._view, event.lot, event.serials),
            "reference": event.reference,
            "answer_by": time_text(event.answer_by),
        }

    def _own_request(self, request: RequestId) -> Document | None:
        row = self._view.requests.by_id.get(request)
        if row is None or not self._own(row.terms.owner):
            return None
        return {"request": id_text(Kind.REQUEST, request)}

    def _answered(self, event: RegistryAnswered, _at: Micros) -> Document | None:
        document = self._own_request(event.request)
        if document is None:
            return None
        told = {"outcome": event.outcome.name, "receipt": event.receipt or None, "message": event.message or None}
        return {**document, **told}

    def _silent(self, event: RegistrySilent, _at: Micros) -> Document | None:
        return self._own_request(event.request)

    def _contradicted(self, event: RegistryContradicted, _at: Micros) -> Document | None:
        document = self._own_request(event.request)
        return None if document is None else {**document, "outcome": event.outcome.name, "message": event.message}

    # --- uses --------------------------------------------------------------------------------------------------------

    def _use_made(self, event: ClaimMade, _at: Micros) -> Document | None:
        if not self._own(event.participant):
            return None
        return {
            "use": id_text(Kind.USE, event.claim),
            "purpose": event.purpose.name,
            "units": units_documents(self._view, event.units),
            "quantity": event.quantity,
            "covers": event.covers,
        }

    def _own_use(self, claim: ClaimId) -> Document | None:
        row = self._view.uses.by_id.get(claim)
        if row is None or not self._own(row.terms.participant):
            return None
        return {"use": id_text(Kind.USE, claim)}

    def _use_moved(self, event: ClaimApproved | ClaimEnded, _at: Micros) -> Document | None:
        return self._own_use(event.claim)

    def _use_fulfilled(self, event: ClaimFulfilled, _at: Micros) -> Document | None:
        document = self._own_use(event.claim)
        if document is None:
            return None
        units = units_documents(self._view, event.units)
        told = {"day": day_text(event.day), "units": units, "quantity": event.quantity, "covers": event.covers}
        return {**document, **told}

    def _use_revoked(self, event: ClaimRevoked, _at: Micros) -> Document | None:
        document = self._own_use(event.claim)
        return None if document is None else {**document, "reason": event.reason}

    # --- releases ----------------------------------------------------------------------------------------------------

    def _release_made(self, event: ReleaseMade, _at: Micros) -> Document | None:
        if not self._own(event.participant):
            return None
        return {
            "release": id_text(Kind.RELEASE, event.release),
            "units": units_documents(self._view, event.units),
            "quantity": event.quantity,
            "national_account": event.national_account,
        }

    def _own_release(self, release: ReleaseId) -> Document | None:
        row = self._view.releases.by_id.get(release)
        if row is None or not self._own(row.terms.participant):
            return None
        return {"release": id_text(Kind.RELEASE, release)}

    def _release_approved(self, event: ReleaseApproved, _at: Micros) -> Document | None:
        document = self._own_release(event.release)
        if document is None:
            return None
        times = {"callable_until": time_text(event.callable_until), "leaves_at": time_text(event.leaves_at)}
        return {**document, **times}

    def _release_moved(self, event: ReleaseEnded | ReleaseSent, _at: Micros) -> Document | None:
        return self._own_release(event.release)

    def _release_done(self, event: ReleaseDone, _at: Micros) -> Document | None:
        document = self._own_release(event.release)
        if document is None:
            return None
        return {**document, "units": units_documents(self._view, event.units), "quantity": event.quantity}

    # --- what holds units fast ---------------------------------------------------------------------------------------

    def _own_parts(self, lot: LotId, ranges: Iterable[SerialRange]) -> Iterator[SerialRange]:
        """The parts of these ranges that lie in own parcels which the entry has changed, each once."""
        for serials in ranges:
            reached = serials.lo
            for own in sorted(self._opened.get(lot, ()), key=_first):
                lo, hi = max(reached, own.lo), min(serials.hi, own.hi)
                if lo < hi:
                    yield SerialRange(lo, hi)
                    reached = hi

    def _encumbered(self, event: UnitsEncumbered, _at: Micros) -> Document | None:
        own = [range_document(self._view, event.lot, part) for part in self._own_parts(event.lot, event.ranges)]
        if not own:
            return None
        row = self._view.encumbrances.by_id[event.encumbrance]
        return {
            "encumbrance": id_text(Kind.ENCUMBRANCE, event.encumbrance),
            "kind": row.terms.kind.name,
            "reference": row.terms.reference,
            "units": own,
        }

    def _freed(self, event: UnitsFreed, _at: Micros) -> Document | None:
        own = [range_document(self._view, event.lot, part) for part in self._own_parts(event.lot, event.ranges)]
        return {"encumbrance": id_text(Kind.ENCUMBRANCE, event.encumbrance), "units": own} if own else None

    def _lifted(self, event: EncumbranceLifted, _at: Micros) -> Document | None:
        row = self._view.encumbrances.by_id[event.encumbrance]
        concerned = any(
            units.lot in self._opened and next(self._own_parts(units.lot, units.ranges), None) is not None
            for units in row.units
        )
        return {"encumbrance": id_text(Kind.ENCUMBRANCE, event.encumbrance)} if concerned else None

    def _reversal(self, event: ReversalReported, _at: Micros) -> Document | None:
        if not self._own(event.responsible):
            return None
        return {
            "reversal": id_text(Kind.REVERSAL, event.reversal),
            "project": id_text(Kind.PROJECT, event.project),
            "quantity": event.quantity,
            "cause": event.cause,
        }

    def _withdrawn(self, event: ReversalWithdrawn, _at: Micros) -> Document | None:
        row = self._view.encumbrances.reversals.get(event.reversal)
        if row is None or not self._own(row.terms.responsible):
            return None
        return {"reversal": id_text(Kind.REVERSAL, event.reversal), "reason": event.reason}

    def _replaced(self, event: ReversalReplaced | ReversalOwedAgain, _at: Micros) -> Document | None:
        row = self._view.encumbrances.reversals.get(event.reversal)
        if row is None or not self._own(row.terms.responsible):
            return None
        return {
            "reversal": id_text(Kind.REVERSAL, event.reversal),
            "use": id_text(Kind.USE, event.claim),
            "quantity": event.quantity,
            "shortfall": event.shortfall,
        }


def _first(serials: SerialRange) -> int:
    return serials.lo
