"""Issuances, lots, parcels and movements."""

from __future__ import annotations

from typing import Any, Final

from exchange.core.credits.serial_text import wording
from exchange.core.credits.spelling import folded_number, folded_space
from exchange.core.events.credits import IssuanceRecorded, LotAdmitted, Parcel, ParcelsMoved, ParcelsReshaped
from exchange.core.events.registry import ReturnAsked
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (IssuanceRecorded, LotAdmitted, ReturnAsked, ParcelsMoved, ParcelsReshaped)

ParcelKey = tuple[int, int, int]
"""Lot, lo, hi."""


class _Shape:
    """Which parcels of earlier batches cease, and which begin and still stand when the batch ends."""

    def __init__(self) -> None:
        self.closed: dict[ParcelKey, None] = {}
        self.opened: dict[ParcelKey, Parcel] = {}

    def reshape(self, event: ParcelsReshaped) -> None:
        """Follow one event."""
        lot = event.lot
        for serials in event.closed:
            key = (lot, serials.lo, serials.hi)
            if self.opened.pop(key, None) is None:
                self.closed[key] = None
        for parcel in event.opened:
            key = (lot, parcel.lo, parcel.hi)
            assert key not in self.opened, "a parcel begins twice"
            self.opened[key] = parcel


def project(history: History) -> Rows:
    """New issuances, lots and papers of locks, parcels that cease and begin, one movement for each range that moved."""
    rows: Rows = {"issuances": [], "lots": [], "lock_papers": [], "movements": []}
    shape = _Shape()
    last_seq = n = 0
    for leaf, event in history:
        if type(event) is ParcelsReshaped:
            shape.reshape(event)
        elif type(event) is ParcelsMoved:
            if leaf.seq != last_seq:
                last_seq, n = leaf.seq, 0
            rows["movements"].extend(_movement_rows(leaf, event, n))
            n += len(event.ranges)
        elif type(event) is LotAdmitted:
            rows["lots"].append(_lot_row(leaf, event))
            rows["lock_papers"].append(_paper_row(leaf, event))
        elif type(event) is ReturnAsked:
            rows["lock_papers"].append(_paper_row(leaf, event))
        else:
            rows["issuances"].append(_issuance_row(leaf, event))
    rows["parcels_closed"] = list(shape.closed)
    rows["parcels_opened"] = [
        (*key, parcel.owner, parcel.acquired, parcel.tag, parcel.state, parcel.encumbered)
        for key, parcel in shape.opened.items()
    ]
    return rows


def _movement_rows(leaf: Leaf, event: ParcelsMoved, first: int) -> list[tuple[Any, ...]]:
    return [
        (leaf.seq, n, leaf.at, event.transaction, event.lot, event.source, event.target, serials.lo, serials.hi)
        for n, serials in enumerate(event.ranges, first)
    ]


def _lot_row(leaf: Leaf, event: LotAdmitted) -> tuple[Any, ...]:
    return (
        event.lot,
        event.issuance,
        event.space,
        event.serials.lo,
        event.serials.hi,
        event.owner,
        event.lock_reference,
        folded_number(event.lock_reference),
        leaf.seq,
        leaf.at,
    )


def _paper_row(leaf: Leaf, event: LotAdmitted | ReturnAsked) -> tuple[Any, ...]:
    return (folded_number(event.lock_reference), event.lock_reference, event.lot, leaf.seq)


def _issuance_row(leaf: Leaf, event: IssuanceRecorded) -> tuple[Any, ...]:
    return (
        event.issuance,
        event.project,
        event.monitoring_start,
        event.monitoring_end,
        event.verified,
        event.applied_on,
        event.vintage,
        event.space,
        event.space_name,
        folded_space(event.space_name),
        event.serial_text,
        wording(event.serial_text),
        event.serials.lo,
        event.serials.hi,
        event.converted or None,
        leaf.seq,
        leaf.at,
    )
