"""Holding units fast and letting them go again; sells that are no longer covered end, newest first (INV-11).

An encumbrance can be about a million parcels, and no entry may take that long. So it is a mass command in chunks, and
while it is worked off nothing can be sold, used or released anywhere: from its place in the log on no unit of its scope
moves. Most are done with in their first entry.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice, takewhile
from typing import Final

from exchange.core.commands.encumbrances import ContinueEncumbering, Encumber, EncumbranceKind, LiftEncumbrance
from exchange.core.credits.encumbrance import EVERY_VINTAGE, NO_LOT, Encumbrance
from exchange.core.credits.lots import Lot
from exchange.core.credits.parcels import is_sellable
from exchange.core.events.credits import Parcel
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsEncumbered, UnitsFreed
from exchange.core.handlers.changing import encumber_parts
from exchange.core.handlers.conversions import is_for_good, lots_against
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.projects import VINTAGES
from exchange.core.handlers.step import Step
from exchange.core.handlers.uncovering import Uncovering
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.serials import RangeSet, SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import NOBODY, EncumbranceId, LotId, ParticipantId, PersonId, ProjectId

CHUNK: Final = 500
"""How many parcels one entry holds fast or lets go at the most, and how many sells it ends."""

Piece = tuple[Lot, Parcel, SerialRange]
"""Serials of a lot that lie in one parcel."""


def refuse_while_encumbering(state: ExchangeState) -> Refusal | None:
    """Nothing leaves its place while units are being held fast: it may be just those."""
    return Refusal(RejectReason.INSTRUMENT_HALTED) if state.encumbrances.working else None


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
    lot = state.credits.lots.get(command.lot)
    if command.lot and lot is None:
        return Refusal(RejectReason.LOT_NOT_FOUND)
    if command.project and command.project not in state.credits.projects.projects:
        return Refusal(RejectReason.PROJECT_NOT_FOUND)
    if bool(command.project) == bool(command.lot) or not is_text(command.reference):
        return Refusal(RejectReason.INVALID_FIELD)
    with_serials = bool(command.serial_lo or command.serial_hi)
    if lot is None:
        fits = not with_serials and (command.vintage == EVERY_VINTAGE or command.vintage in VINTAGES)
        return None if fits else Refusal(RejectReason.INVALID_FIELD)
    if command.vintage != EVERY_VINTAGE:
        return Refusal(RejectReason.INVALID_FIELD)
    lowest, highest = lot.serials.lo, lot.serials.hi
    if not with_serials or lowest <= command.serial_lo < command.serial_hi <= highest:
        return None
    return Refusal(RejectReason.SERIALS_INVALID, (("lowest_serial", lowest), ("highest_serial", highest)))


Scope = tuple[ProjectId, int, LotId, int, int]
"""Project, vintage, lot, and serials of the lot."""


def _begin(step: Step, kind: EncumbranceKind, scope: Scope, reference: str, by: PersonId) -> EncumbranceId:
    made = _enter(step, kind, scope, reference, by)
    step.created = made.encumbrance
    continue_encumbering(step, made)
    return made.encumbrance


def _enter(step: Step, kind: EncumbranceKind, scope: Scope, reference: str, by: PersonId) -> Encumbrance:
    """A new encumbrance, which holds nothing yet."""
    number = EncumbranceId(step.new_id())
    made = Encumbrance(number, kind, *scope, reference, by, lifted=False, working=True)
    step.state.encumbrances.add(made)
    step.emit(EncumbranceSet(number, kind, *scope, reference, by))
    return made


def suspend_units(step: Step, lot: Lot, serials: SerialRange, reference: str) -> EncumbranceId:
    """Hold serials of a lot fast because there is doubt about them, and all quota that was issued against them; persons
    decide what follows.
    """
    scope = (ProjectId(0), EVERY_VINTAGE, lot.lot, serials.lo, serials.hi)
    return _begin(step, EncumbranceKind.SUSPENSION, scope, reference, PersonId(NOBODY))


def suspend_vintages(step: Step, vintages: Iterable[tuple[ProjectId, int]], reference: str) -> None:
    """Hold all units of these projects and years fast, also those to come, since their source is inside the national
    market. Where such a suspension stands that is enough.

    The first one begins at once. The program goes on with the others by itself, so that an entry does no more than one
    chunk however many years there are; until then nothing moves anywhere.
    """
    standing = {(one.project, one.vintage) for one in step.state.encumbrances.standing.values() if one.is_of_source}
    made = [
        _enter(step, EncumbranceKind.SUSPENSION, (*one, NO_LOT, 0, 0), reference, PersonId(NOBODY))
        for one in vintages
        if one not in standing
    ]
    if made:
        continue_encumbering(step, made[0])


def go_on(step: Step, command: ContinueEncumbering) -> Refusal | None:
    """Do the next chunk of an encumbrance that is being set or lifted."""
    made = step.state.encumbrances.working.get(command.encumbrance)
    if made is None:
        return Refusal(RejectReason.ENCUMBRANCE_NOT_FOUND)
    # -- everything is checked; nothing below may fail --
    continue_encumbering(step, made)
    return None


def continue_encumbering(step: Step, made: Encumbrance) -> None:
    """Hold the next parcels fast, or let the next ones go when it is lifted, until there is nothing left to do."""
    is_done = _let_go(step, made) if made.lifted else _hold_fast(step, made)
    if is_done:
        step.state.encumbrances.finish(made)
        if made.lifted:
            step.emit(EncumbranceLifted(made.encumbrance))


# --- setting ---------------------------------------------------------------------------------------------------------


def _hold_fast(step: Step, made: Encumbrance) -> bool:
    """Hold a chunk fast; whether that was all. Where too many sells stand in the way, the next entry goes on there."""
    uncovering = Uncovering(step, CHUNK)
    chunk = list(islice(_parts_to_hold(step.state, made), CHUNK))
    free = list(takewhile(lambda piece: _is_free(uncovering, piece), chunk))
    for lot, pieces in _by_lot(free):
        encumber_parts(step, lot, [(parcel.owner, part) for parcel, part in pieces], 1)
        held = RangeSet.of(part for _, part in pieces)
        for serials in held:
            made.units.hold(lot.lot, serials)
        made.at_lot, made.at_serial = lot.lot, held.highs[-1]
        step.emit(UnitsEncumbered(made.encumbrance, lot.lot, tuple(held)))
    return len(free) == len(chunk) < CHUNK


def _is_free(uncovering: Uncovering, piece: Piece) -> bool:
    lot, parcel, part = piece
    return not is_sellable(parcel) or uncovering.frees(lot, parcel.owner, part.tonnes)


def _by_lot(pieces: Iterable[Piece]) -> Iterator[tuple[Lot, list[tuple[Parcel, SerialRange]]]]:
    """Pieces that stand in the order of their lots, lot by lot."""
    for _, of_lot in groupby(pieces, key=lambda piece: piece[0].lot):
        own = list(of_lot)
        yield own[0][0], [(parcel, part) for _, parcel, part in own]


def _parts_to_hold(state: ExchangeState, made: Encumbrance) -> Iterator[Piece]:
    """What of the scope is on a firm's account behind the place that was reached; lots by id, serials upwards.

    What came back from the national market meanwhile is held already.
    """
    lots = _lots_of(state, made)
    for number in lots[bisect_left(lots, made.at_lot) :]:
        lot = state.credits.lots[number]
        serials = _serials_of(state, made, lot)
        if serials is None:
            continue
        if number == made.at_lot:
            serials = SerialRange(max(serials.lo, made.at_serial), serials.hi)
        for missing in made.units.missing_of(number, serials):
            yield from ((lot, parcel, part) for parcel, part in state.parcels.live(number, missing))


def _lots_of(state: ExchangeState, made: Encumbrance) -> Sequence[LotId]:
    """The lots that it reaches, by id: quota that was issued against cancelled units came in after them."""
    lots = state.credits.lots_of_scope(made.project, made.lot)
    return [*lots, *lots_against(state, made)] if made.is_doubt else lots


def _serials_of(state: ExchangeState, made: Encumbrance, lot: Lot) -> SerialRange | None:
    """What it reaches of one of these lots: all of it where its quota was issued against what is in doubt."""
    if made.is_doubt and lot.lot != made.lot:
        return lot.serials
    return made.scope(lot, state.credits.issuances[lot.issuance].project)


def encumber_new_lot(step: Step, lot: Lot) -> int:
    """How many encumbrances a new lot is born under, each of which has it among its units from here on.

    No doubt is among them, since against a cancellation that is in doubt nothing comes in. Nor does anything come in of
    a source inside the national market; of one that was found outside again, until that suspension is lifted too, it
    does.
    """
    state = step.state
    project = state.credits.issuances[lot.issuance].project
    born = 0
    for made in state.encumbrances.standing.values():
        # One that is still being worked off comes to the new lot by itself.
        serials = None if made.working else made.scope(lot, project)
        if serials is not None:
            made.units.hold(lot.lot, serials)
            step.emit(UnitsEncumbered(made.encumbrance, lot.lot, (serials,)))
            born += 1
    return born


def encumber_returned(step: Step, lot: Lot, owner: ParticipantId, serials: SerialRange) -> None:
    """Units have come back under encumbrances that stand by now: each holds them fast at once.

    One that is still being worked off, too: it may have passed their place.
    """
    state = step.state
    project = state.credits.issuances[lot.issuance].project
    for made in state.encumbrances.standing.values():
        scope = made.scope(lot, project)
        if scope is None or not scope.overlaps(serials):
            continue
        part = SerialRange(max(scope.lo, serials.lo), min(scope.hi, serials.hi))
        encumber_parts(step, lot, [(owner, part)], 1)
        made.units.hold(lot.lot, part)
        step.emit(UnitsEncumbered(made.encumbrance, lot.lot, (part,)))


# --- lifting ---------------------------------------------------------------------------------------------------------


def refuse_lifting(state: ExchangeState, action: LiftEncumbrance) -> Refusal | None:
    """Only what stands, and all of it, can be lifted; but nothing that should never have been issued: quota that
    nothing stands behind any more, and units of a source that is inside the national market.
    """
    made = state.encumbrances.by_id.get(action.encumbrance)
    if made is None:
        return Refusal(RejectReason.ENCUMBRANCE_NOT_FOUND)
    if made.working:
        return Refusal(RejectReason.INSTRUMENT_HALTED)
    if made.lifted:
        return Refusal(RejectReason.ENCUMBRANCE_LIFTED)
    if _is_of_covered_source(state, made):
        return Refusal(RejectReason.SOURCE_COVERED)
    return Refusal(RejectReason.CONVERSION_INVALID) if is_for_good(state, made) else None


def _is_of_covered_source(state: ExchangeState, made: Encumbrance) -> bool:
    """Whether it holds what a facility has yielded that is still known as inside the national market then."""
    return made.is_of_source and state.credits.projects.is_source_covered(made.project, made.vintage)


def lift_encumbrance(step: Step, action: LiftEncumbrance) -> None:
    """Let the units go, in chunks as they were taken."""
    made = step.state.encumbrances.by_id[action.encumbrance]
    step.state.encumbrances.lift(made)
    continue_encumbering(step, made)


def _let_go(step: Step, made: Encumbrance) -> bool:
    """Let a chunk go; whether that was all. What it holds is on firms' accounts, since nothing holds what is gone."""
    chunk = list(islice(_held_parts(step.state, made), CHUNK))
    for lot, pieces in _by_lot(chunk):
        encumber_parts(step, lot, [(parcel.owner, part) for parcel, part in pieces], -1)
        freed = RangeSet.of(part for _, part in pieces)
        for serials in freed:
            made.units.let_go(lot.lot, serials)
        step.emit(UnitsFreed(made.encumbrance, lot.lot, tuple(freed)))
    return not made.units.lots


def _held_parts(state: ExchangeState, made: Encumbrance) -> Iterator[Piece]:
    for number in sorted(made.units.lots):
        lot = state.credits.lots[number]
        for serials in made.units.lots[number]:
            yield from ((lot, parcel, part) for parcel, part in state.parcels.live(number, serials))
