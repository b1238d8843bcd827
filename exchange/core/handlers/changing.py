"""Changing units from one state to another: parcels, ledger and the table of allowed steps, always together.

What can be sold stands freely on its owner's account. What is set aside stands there too, but is held, so that no
order can count on it. What is gone stands on an account of the venue that says where it went.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from exchange.core.credits.accounts import account_of
from exchange.core.credits.lots import Lot
from exchange.core.credits.parcels import Change, Shape, is_sellable
from exchange.core.credits.states import GONE, Standing, after
from exchange.core.events.credits import Cause, Parcel, ParcelsMoved, UnitsChanged
from exchange.core.events.participants import Layer, Posting
from exchange.core.events.uses import LotRanges
from exchange.core.handlers.step import Step
from exchange.core.ledger import chart, posting
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import ParticipantId, TransactionId

NO_FIRM: Final = ParticipantId(0)


def is_set_aside(parcel: Parcel) -> bool:
    """Whether a parcel's tonnes are held on a firm's account."""
    return parcel.state not in GONE and not is_sellable(parcel)


def admit_units(step: Step, lot: Lot, owner: ParticipantId, standing: Standing, cause: Cause, encumbered: int) -> None:
    """Book a new lot in from its registry, give its owner the first parcel, and hold it where it cannot be sold yet."""
    state = step.state
    shape = state.parcels.admit(lot, owner, lot.serials, state.session.day, standing, encumbered)
    (parcel,) = shape.opened
    postings: list[Posting] = []
    posting.move(chart.REGISTRY, owner, lot.lot, lot.serials.tonnes, postings)
    if is_set_aside(parcel):
        posting.hold(owner, lot.lot, lot.serials.tonnes, postings)
    transaction = step.book(postings)
    step.emit(ParcelsMoved(transaction, lot.lot, NO_FIRM, owner, (lot.serials,)))
    step.emit(shape)
    step.emit(UnitsChanged(lot.lot, owner, (lot.serials,), 0, 0, *standing, cause, lot.lot))


def change_units(
    step: Step,
    lot: Lot,
    owner: ParticipantId,
    ranges: Iterable[SerialRange],
    before: Standing,
    cause: Cause,
    subject: int,
) -> None:
    """Take serials that all stand in one state the one step that ``cause`` allows from there.

    ``owner`` is whose they are afterwards, or were last.

    Raises:
        KeyError: when there is no such step in the table.
    """
    state = step.state
    standing = after(before, cause)
    returned = before[1] in GONE and standing[1] not in GONE
    change = Change(standing, owner if returned else None, state.session.day if returned else None)
    # What is gone may stand under the names of several who had it last.
    whose = None if before[1] in GONE else owner
    postings: list[Posting] = []
    ranges = tuple(ranges)
    for serials in ranges:
        pieces, shape = state.parcels.change(lot, serials, change, whose)
        there = sum(piece.hi - piece.lo for piece, _ in pieces if (piece.tag, piece.state) == before)
        assert there == serials.tonnes, "units stand elsewhere"
        for piece, changed in pieces:
            _book_change(lot, piece, changed, postings)
            _let_go_of_gone(step.state, lot, piece, changed)
        step.emit(shape)
    transaction = step.book(postings)
    step.emit(UnitsChanged(lot.lot, owner, ranges, *before, *standing, cause, subject))
    if (before[1] in GONE) != (standing[1] in GONE):
        _tell_movement(step, transaction, lot, owner, ranges, returned)


def _let_go_of_gone(state: ExchangeState, lot: Lot, before: Parcel, changed: Parcel) -> None:
    """Nothing holds any more what is gone: the registry did what it was asked for before the units were held fast."""
    if before.encumbered and changed.state in GONE:
        for made in state.encumbrances.holding():
            made.units.let_go(lot.lot, SerialRange(before.lo, before.hi))


def _book_change(lot: Lot, before: Parcel, changed: Parcel, out: list[Posting]) -> None:
    """Give back what was held, move what goes elsewhere, hold what is set aside."""
    tonnes = changed.hi - changed.lo
    source, target = account_of(before), account_of(changed)
    was_aside, is_aside = is_set_aside(before), is_set_aside(changed)
    stays = source == target and was_aside and is_aside
    if was_aside and not stays:
        posting.release(source, lot.lot, tonnes, out)
    if source != target:
        posting.move(source, target, lot.lot, tonnes, out)
    if is_aside and not stays:
        posting.hold(target, lot.lot, tonnes, out)


def _tell_movement(
    step: Step,
    transaction: TransactionId,
    lot: Lot,
    owner: ParticipantId,
    ranges: tuple[SerialRange, ...],
    returned: bool,
) -> None:
    source, target = (NO_FIRM, owner) if returned else (owner, NO_FIRM)
    step.emit(ParcelsMoved(transaction, lot.lot, source, target, ranges))


def change_all(
    step: Step, units: Iterable[LotRanges], owner: ParticipantId, before: Standing, cause: Cause, subject: int
) -> None:
    """The same for serials of several lots."""
    for part in units:
        change_units(step, step.state.credits.lots[part.lot], owner, part.ranges, before, cause, subject)


def encumber_parts(step: Step, lot: Lot, parts: Iterable[tuple[ParticipantId, SerialRange]], by: int) -> None:
    """Put one encumbrance more (``by`` 1) or one less (-1) on serials of a lot, each range on one firm's account."""
    shape, postings, parcels = Shape(), list[Posting](), step.state.parcels
    change = Change(encumbrances=by)
    for owner, serials in parts:
        for piece, changed in parcels.change_within(shape, lot, serials, change, owner):
            _book_change(lot, piece, changed, postings)
    step.emit(shape.told(lot.lot))
    step.book(_summed(postings))


def _summed(postings: Iterable[Posting]) -> list[Posting]:
    """The same postings with one row for each pair of accounts and layer, where many parcels would make many."""
    sums: dict[tuple[Layer, int, int, int], int] = {}
    for one in postings:
        key = (one.layer, one.debit, one.credit, one.asset)
        sums[key] = sums.get(key, 0) + one.amount
    return [Posting(*key, amount) for key, amount in sums.items()]
