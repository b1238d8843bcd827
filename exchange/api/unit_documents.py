"""Serials as answers show them: which lot, which range, and how their registry writes it."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.access.ids import Kind, id_text
from exchange.api.fields import Model
from exchange.api.operations import Document
from exchange.api.outputs import LotOut
from exchange.core.credits.serial_text import serial_text
from exchange.core.events.credits import IssuanceRecorded
from exchange.core.events.uses import LotRanges
from exchange.core.serials import SerialRange
from exchange.core.values import LotId
from exchange.sequencer.committed_view import CommittedView


class UnitRange(Model):
    """Serials of a lot, and how their registry writes them: null only in the answer to a command about a lot that was
    not durable yet when the command came.
    """

    lot: LotOut
    serial_lo: int
    serial_hi: int
    serial_text: str | None
    quantity: int


def issuance_of(view: CommittedView, lot: LotId) -> IssuanceRecorded:
    """The issuance that a lot is of."""
    return view.units.issuances[view.units.lots[lot].issuance]


def range_document(view: CommittedView, lot: LotId, serials: SerialRange) -> Document:
    """One range of a lot."""
    return {
        "lot": id_text(Kind.LOT, lot),
        "serial_lo": serials.lo,
        "serial_hi": serials.hi,
        "serial_text": serial_text(issuance_of(view, lot).serial_text, serials) if lot in view.units.lots else None,
        "quantity": serials.tonnes,
    }


def units_documents(view: CommittedView, units: Iterable[LotRanges]) -> list[Document]:
    """All ranges of some units, lot by lot."""
    return [range_document(view, part.lot, serials) for part in units for serials in part.ranges]
