"""Holding units fast and letting them go again; sells that are no longer covered end, newest first (INV-11).

An encumbrance can be about a million parcels, and no entry may take that long. So it is a mass command in chunks, and
while it is worked off nothing can be sold, used or released anywhere: from its place in the log on no unit of its scope
moves. Most are done with in their first entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from exchange.core.commands.encumbrances import ContinueEncumbering, Encumber, EncumbranceKind, LiftEncumbrance
from exchange.core.credits.encumbrance import Encumbrance
from exchange.core.credits.lots import Lot
from exchange.core.credits.parcels import is_sellable
from exchange.core.credits.states import GONE
from exchange.core.events.credits import Parcel
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsEncumbered
from exchange.core.events.orders import CancelReason
from exchange.core.events.uses import LotRanges
from exchange.core.handlers.agreements import end_uncovered
from exchange.core.handlers.changing import encumber_part
from exchange.core.handlers.execution import end_resting
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.step import Step
from exchange.core.orders import Order
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import NOBODY, EncumbranceId, LotId, ParticipantId, PersonId, ProjectId

CHUNK: Final = 500
"""How many parcels one entry holds fast or lets go at the most."""


def encumber(step: Step, command: Encumber) -> Refusal | None:
    """Hold units fast at once, by project, vintage or serials; one person is enough."""
    refusal = _refuse_scope(step.state, command)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    lo, hi = command.serial_lo, command.serial_hi
    if command.lot and not hi:
        whole = step.state.credits.lots[command.lot].serials
        lo, hi = whole.lo, whole.hi
    scope = (command.project, command.vintage, command.lot, lo, hi)
    _begin(step, command.kind, scope, command.reference, command.actor)
    return None


def _refuse_scope(state: ExchangeState, command: Encumber) -> Refusal | None:
    """Either a project or a lot; a vintage only of a project, serials only of a lot and inside of it."""
    if bool(command.project) == bool(command.lot) or not is_text(command.reference):
        return Refusal(RejectReason.INVALID_FIELD)
    if command.project:
        if command.serial_lo or command.serial_hi:
            return Refusal(RejectReason.INVALID_FIELD)
        return None if command.project in state.credits.projects.projects else Refusal(RejectReason.PROJECT_NOT_FOUND)
    lot = state.credits.lots.get(command.lot)
    if lot is None:
        return Refusal(RejectReason.LOT_NOT_FOUND)
    if command.vintage:
        return Refusal(RejectReason.INVALID_FIELD)
    if not command.serial_lo and not command.serial_hi:
        return None
    inside = lot.serials.lo <= command.serial_lo < command.serial_hi <= lot.serials.hi
    return None if inside else Refusal(RejectReason.SERIALS_INVALID)


Scope = tuple[ProjectId, int, LotId, int, int]
"""Project, vintage, lot, and serials of the lot."""


def _begin(step: Step, kind: EncumbranceKind, scope: Scope, reference: str, by: PersonId) -> None:
    number = EncumbranceId(step.new_id())
    made = Encumbrance(number, kind, *scope, reference, lifted=False, working=True, at_lot=LotId(0), at_serial=0, units=[])
    step.state.encumbrances.add(made)
    step.created = number
    step.emit(EncumbranceSet(number, kind, *scope, reference, by))
    continue_encumbering(step, made)


def suspend_units(step: Step, lot: Lot, serials: SerialRange, reference: str) -> None:
    """Hold serials of a lot fast because their registry contradicts itself or us; persons decide what follows."""
    scope = (ProjectId(0), 0, lot.lot, serials.lo, serials.hi)
    _begin(step, EncumbranceKind.SUSPENSION, scope, reference, PersonId(NOBODY))


def go_on(step: Step, command: ContinueEncumbering) -> Refusal | None:
    """Do the next chunk of an encumbrance that is being set or lifted."""
    made = step.state.encumbrances.working.get(command.encumbrance)
    if made is None:
        return Refusal(RejectReason.ENCUMBRANCE_NOT_FOUND)
    # -- everything is checked; nothing below may fail --
    continue_encumbering(step, made)
    return None


def continue_encumbering(step: Step, made: Encumbrance) -> None:
    """Hold the next parcels fast, or let the next ones go when it is lifted; done when there is no full chunk any more."""
    change = -1 if made.lifted else 1
    chunk = list(islice(_parts_of(step.state, made), CHUNK))
    for lot, parcel, part in chunk:
        if change > 0 and is_sellable(parcel):
            _uncover(step, lot, parcel.owner, part.tonnes)
        encumber_part(step, lot, part, change)
        made.at_lot, made.at_serial = lot.lot, part.hi
        if change > 0:
            made.units.append(LotRanges(lot.lot, (part,)))
            step.emit(UnitsEncumbered(made.encumbrance, lot.lot, (part,)))
    if len(chunk) < CHUNK:
        step.state.encumbrances.finish(made)
        if made.lifted:
            step.emit(EncumbranceLifted(made.encumbrance))


def _parts_of(state: ExchangeState, made: Encumbrance) -> Iterator[tuple[Lot, Parcel, SerialRange]]:
    """What of the scope is on a firm's account, behind the place that was reached; lots by id, serials upwards."""
    return _held_parts(state, made) if made.lifted else _live_parts(state, made)


def _live_parts(state: ExchangeState, made: Encumbrance) -> Iterator[tuple[Lot, Parcel, SerialRange]]:
    for number in state.credits.lots_of_scope(made.project, made.lot):
        if number < made.at_lot:
            continue
        lot = state.credits.lots[number]
        serials = made.scope(lot, state.credits.issuances[lot.issuance].project)
        if serials is None:
            continue
        if number == made.at_lot:
            serials = SerialRange(max(serials.lo, made.at_serial), serials.hi)
        yield from _live(state, lot, serials)


def _live(state: ExchangeState, lot: Lot, serials: SerialRange) -> Iterator[tuple[Lot, Parcel, SerialRange]]:
    pieces = [piece for piece in state.parcels.pieces(lot.lot, serials) if piece[0].state not in GONE]
    for parcel, part in sorted(pieces, key=lambda piece: piece[1].lo):
        yield lot, parcel, part


def _held_parts(state: ExchangeState, made: Encumbrance) -> Iterator[tuple[Lot, Parcel, SerialRange]]:
    """What the encumbrance holds and is still on a firm's account: what was cancelled meanwhile is out of reach."""
    for units in made.units:
        lot = state.credits.lots[units.lot]
        for serials in units.ranges:
            if (lot.lot, serials.lo) >= (made.at_lot, made.at_serial):
                yield from _live(state, lot, serials)


def _uncover(step: Step, lot: Lot, owner: ParticipantId, tonnes: int) -> None:
    """End sells of the owner that hold this lot, newest first, and then agreements, until the tonnes are free."""
    balances = step.state.balances
    if balances.available(owner, lot.lot) >= tonnes:
        return
    for order in _sells_holding(step.state, owner, lot.lot):
        end_resting(step, order, CancelReason.ENCUMBERED)
        if balances.available(owner, lot.lot) >= tonnes:
            return
    end_uncovered(step, owner, lot.lot, tonnes)


def _sells_holding(state: ExchangeState, owner: ParticipantId, lot: LotId) -> list[Order]:
    """The owner's open sells that hold tonnes of a lot, newest first."""
    own = state.orders.own.get(owner)
    if own is None:
        return []
    numbers = [
        number
        for entered in own.by_key.values()
        for shelf in entered.sells.values()
        for number in shelf
        if any(part.lot == lot for part in state.orders.by_id[number].lots_held)
    ]
    return [state.orders.by_id[number] for number in sorted(numbers, reverse=True)]


def encumber_new_lot(step: Step, lot: Lot) -> int:
    """How many encumbrances a new lot is born under, each of which has it among its units from here on."""
    state = step.state
    project = state.credits.issuances[lot.issuance].project
    born = 0
    for made in state.encumbrances.standing.values():
        # One that is still being worked off comes to the new lot by itself.
        serials = None if made.working else made.scope(lot, project)
        if serials is not None:
            made.units.append(LotRanges(lot.lot, (serials,)))
            step.emit(UnitsEncumbered(made.encumbrance, lot.lot, (serials,)))
            born += 1
    return born


def encumber_returned(step: Step, lot: Lot, serials: SerialRange) -> None:
    """Units have come back under encumbrances that stand by now: each holds them fast at once."""
    state = step.state
    project = state.credits.issuances[lot.issuance].project
    for made in state.encumbrances.standing.values():
        scope = None if made.working else made.scope(lot, project)
        if scope is None or not scope.overlaps(serials):
            continue
        part = SerialRange(max(scope.lo, serials.lo), min(scope.hi, serials.hi))
        encumber_part(step, lot, part, 1)
        made.units.append(LotRanges(lot.lot, (part,)))
        step.emit(UnitsEncumbered(made.encumbrance, lot.lot, (part,)))


def refuse_lifting(state: ExchangeState, action: LiftEncumbrance) -> Refusal | None:
    """Only what stands, and all of it, can be lifted."""
    made = state.encumbrances.by_id.get(action.encumbrance)
    if made is None:
        return Refusal(RejectReason.ENCUMBRANCE_NOT_FOUND)
    if made.lifted:
        return Refusal(RejectReason.ENCUMBRANCE_LIFTED)
    return Refusal(RejectReason.INSTRUMENT_HALTED) if made.working else None


def lift_encumbrance(step: Step, action: LiftEncumbrance) -> None:
    """Let the units go, in chunks as they were taken."""
    made = step.state.encumbrances.by_id[action.encumbrance]
    step.state.encumbrances.lift(made)
    continue_encumbering(step, made)
