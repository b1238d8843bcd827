"""Holding units fast, letting them go, and replacing what was lost again, as the naive exchange does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exchange.core.commands.encumbrances import (
    ContinueEncumbering,
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.uses import Purpose
from exchange.core.events.credits import ParcelState
from tests.oracle import origins, uses
from tests.oracle.agreements import close
from tests.oracle.ledger import Run, Tonne, runs
from tests.oracle.things import NaiveClaim, NaiveEncumbrance, NaiveLot, NaiveRelease, NaiveReversal, Part

if TYPE_CHECKING:
    from tests.oracle.exchange import NaiveExchange

WAITING_FOR_A_LOCK = (ParcelState.ADMITTED, ParcelState.LOCK_REQUESTED, ParcelState.LOCK_UNKNOWN)
"""Where a tonne is that has never been in this market."""

MOST_ENDED = 500
"""How many sells and agreements one order of the regulator ends."""


def is_about(twin: NaiveExchange, made: NaiveEncumbrance, lot: int, serial: int) -> bool:
    """Whether a tonne is of what shall be held fast."""
    if made.project:
        vintage = twin.lots[lot].good[2]
        return origins.project_of(twin, lot) == made.project and made.vintage in (0, vintage)
    if made.is_doubt and made.lot != lot:
        return is_of(made, twin.claims.get(twin.issuances[twin.lots[lot].issuance].converted))
    return made.lot == lot and made.lo <= serial < made.hi


def is_of(made: NaiveEncumbrance, claim: NaiveClaim | None) -> bool:
    """Whether an encumbrance is about any of a use's tonnes."""
    return claim is not None and any(
        made.lot == lot and any(made.lo <= serial < made.hi for serial in range(lo, hi)) for lot, lo, hi in claim.units
    )


def is_in_doubt(twin: NaiveExchange, claim: NaiveClaim) -> bool:
    """Whether the registry contradicts itself or us about a use's tonnes, as far as nobody has decided."""
    return any(made.is_doubt and made.status != "lifted" and is_of(made, claim) for made in twin.encumbrances.values())


def is_for_good(twin: NaiveExchange, made: NaiveEncumbrance) -> bool:
    """Whether a doubt is about CCER against which quota came in whose ground is gone."""
    against = {twin.issuances[lot.issuance].converted for lot in twin.lots.values()}
    revoked = (claim for number, claim in twin.claims.items() if number in against and claim.status == "revoked")
    return made.is_doubt and any(is_of(made, claim) for claim in revoked)


def is_of_covered(twin: NaiveExchange, made: NaiveEncumbrance) -> bool:
    """Whether it holds what a plant has yielded that is still known to be in the national market."""
    if not made.is_of_source:
        return False
    return origins.is_covered(twin, twin.projects[made.project].terms.source_facility, made.vintage)


def holders_of(twin: NaiveExchange, lot: int, serial: int, *, is_new: bool = False) -> set[int]:
    """What holds a tonne that comes in. What is still being set comes to a new lot by itself, but not to an old one."""
    stand = ("standing",) if is_new else ("standing", "setting")
    known = twin.encumbrances.items()
    return {number for number, made in known if made.status in stand and is_about(twin, made, lot, serial)}


def encumber(twin: NaiveExchange, command: Encumber) -> None:
    """Hold units fast; a lot without serials is all of it."""
    lo, hi = command.serial_lo, command.serial_hi
    if command.lot and not hi:
        lo, hi = twin.lots[command.lot].lo, twin.lots[command.lot].hi
    number = twin.new_id()
    scope = (command.project, command.vintage, command.lot, lo, hi)
    reconciled = command.reference.startswith("registry reconciliation: ")
    suspends = command.kind is EncumbranceKind.SUSPENSION
    begin(twin, number, NaiveEncumbrance(*scope, command.actor, reconciled, suspends))


def suspend(twin: NaiveExchange, part: Part) -> None:
    """The program suspends serials of a lot by itself."""
    begin(twin, twin.new_id(), NaiveEncumbrance(0, 0, *part, 0))


def suspend_years(twin: NaiveExchange, years: list[tuple[int, int]]) -> None:
    """The program suspends what was issued for projects and years, unless it does so by now; the first one begins."""
    held = {
        (made.project, made.vintage)
        for made in twin.encumbrances.values()
        if made.is_of_source and made.status in ("setting", "standing")
    }
    first = twin.new_id()
    new = [one for one in years if one not in held]
    for number, (project, vintage) in enumerate(new, first):
        twin.encumbrances[number] = NaiveEncumbrance(project, vintage, 0, 0, 0, 0)
        twin.worked_on.append(number)
    if new:
        go_on(twin, first)


def begin(twin: NaiveExchange, number: int, made: NaiveEncumbrance) -> None:
    """A new encumbrance, and its first portion."""
    twin.encumbrances[number] = made
    twin.worked_on.append(number)
    go_on(twin, number)


def go_on(twin: NaiveExchange, number: int) -> None:
    """The next portion of what is being held fast or let go."""
    made = twin.encumbrances[number]
    if made.status == "setting" and hold_portion(twin, number, made):
        made.status = "standing"
    elif made.status == "lifting" and let_go_portion(twin, number):
        made.status = "lifted"
    if not made.working:
        twin.worked_on.remove(number)


def hold_portion(twin: NaiveExchange, number: int, made: NaiveEncumbrance) -> bool:
    """So many parcels as are held fast at once, behind the last one; whether that were all.

    Sells that need the tonnes end, and of those no more at once either.
    """
    left = [
        one
        for one in twin.tonnes.all
        if one.live and number not in one.held and (one.lot, one.serial) >= made.at
        and is_about(twin, made, one.lot, one.serial)
    ]  # fmt: skip
    portion = runs(left)[: twin.held_at_once]
    may_end = twin.held_at_once
    for run in portion:
        if run[0].sellable:
            ended = uncover(twin, run[0].owner, run[0].lot, len(run), may_end)
            if ended is None:
                return False
            may_end -= ended
        for tonne in run:
            tonne.held.add(number)
        made.at = (run[-1].lot, run[-1].serial + 1)
    return len(portion) < twin.held_at_once


def uncover(twin: NaiveExchange, firm: int, lot: int, tonnes: int, most: int) -> int | None:
    """End a firm's sells of a lot, newest first, then agreements, until so many tonnes are free; how many were ended.

    None when more would have to end than may.
    """
    ended = 0
    while twin.available(firm, lot) < tonnes:
        if ended == most:
            return None
        end_newest(twin, firm, lot)
        ended += 1
    return ended


def end_newest(twin: NaiveExchange, firm: int, lot: int) -> None:
    """One order or, when there is none, one agreement that needs tonnes of the lot."""
    sells = [order for order in twin.orders.values() if order.firm == firm and lot in order.lots]
    if sells:
        twin.end(max(sells, key=lambda order: order.order), "ENCUMBERED")
        return
    agreed = {number: one for number, one in twin.agreements.items() if one.seller == firm and lot in one.lots}
    close(twin, agreed[max(agreed)], "ended")


def lift(twin: NaiveExchange, action: LiftEncumbrance) -> None:
    """Let units go again, and the first portion of them at once."""
    twin.encumbrances[action.encumbrance].status = "lifting"
    twin.worked_on.append(int(action.encumbrance))
    go_on(twin, action.encumbrance)


def let_go_portion(twin: NaiveExchange, number: int) -> bool:
    """So many parcels as are let go at once; whether that were all."""
    for run in runs(held_by(twin, number))[: twin.held_at_once]:
        for tonne in run:
            tonne.held.remove(number)
    return not held_by(twin, number)


def held_by(twin: NaiveExchange, number: int) -> list[Tonne]:
    """What an encumbrance holds."""
    return [tonne for tonne in twin.tonnes.all if number in tonne.held]


def continue_encumbering(twin: NaiveExchange, command: ContinueEncumbering) -> None:
    """The program goes on."""
    go_on(twin, command.encumbrance)


# -- what was lost again --


def brought_in(twin: NaiveExchange, project: int, firm: int) -> list[int]:
    """Of which year each tonne of a project is that a firm has brought in and answers for."""
    mine = [number for number, lot in twin.lots.items() if lot.brought_by == firm and not is_of_other_tonnes(twin, lot)]
    own = [lot for lot in mine if origins.project_of(twin, lot) == project]
    here = [tonne.lot for tonne in twin.tonnes.all if tonne.state not in WAITING_FOR_A_LOCK]
    return [twin.lots[lot].good[2] for lot in here if lot in own]


def is_of_other_tonnes(twin: NaiveExchange, lot: NaiveLot) -> bool:
    """Whether it is quota, and the CCER behind it are cancelled: then they are what can be lost."""
    behind = twin.claims.get(twin.issuances[lot.issuance].converted)
    return behind is not None and behind.status != "revoked"


def can_be_lost(twin: NaiveExchange, project: int, firm: int, vintage: int) -> int:
    """How many tonnes of a project a firm has brought in and does not owe yet: of this vintage, and of all of them."""
    tonnes = brought_in(twin, project, firm)
    known = [one for one in twin.reversals.values() if (one.project, one.firm) == (project, firm)]
    everything = len(tonnes) - sum(one.quantity for one in known)
    if vintage == 0:
        return everything
    return min(everything, tonnes.count(vintage) - sum(one.quantity for one in known if one.vintage == vintage))


def report(twin: NaiveExchange, action: ReportReversal) -> None:
    """So many tonnes are to be replaced."""
    twin.reversals[twin.new_id()] = NaiveReversal(action.project, action.responsible, action.quantity, action.vintage)


def withdraw(twin: NaiveExchange, action: WithdrawReversal) -> None:
    """Nothing was lost."""
    del twin.reversals[action.reversal]


def owed(twin: NaiveExchange, number: int) -> int:
    """What is to be replaced, besides what was and what the registry has not cancelled yet."""
    open_claims = [one for one in twin.claims.values() if one.reversal == number and one.status == "pending"]
    reversal = twin.reversals[number]
    return reversal.quantity - reversal.replaced - sum(one.quantity for one in open_claims)


def replacements(twin: NaiveExchange, reversal: NaiveReversal) -> list[Run]:
    """What can be cancelled instead: of the same family and held by nothing, be it offered for sale or not."""
    family = twin.projects[reversal.project].terms.family
    lots = [lot for lot in twin.tonnes.lots_of(reversal.firm) if twin.lots[lot].good[0] is family]
    return [run for lot in twin.in_order(lots) for run in runs(twin.tonnes.sellable(lot, reversal.firm))]


def aside(twin: NaiveExchange, reversal: NaiveReversal) -> list[int]:
    """The proposals of what the firm has set aside and could be cancelled instead, in the order in which they end."""
    proposed = [one for one in twin.claims.values() if one.status == "proposed"]
    leaving = [one for one in twin.releases.values() if one.status in ("proposed", "cooling")]
    everything: list[NaiveClaim | NaiveRelease] = [*proposed, *leaving]
    mine = [one for one in everything if one.firm == reversal.firm]
    mine.sort(key=lambda one: (one.status == "cooling", -one.proposal))
    return [one.proposal for one in mine if can_replace(twin, reversal, one.units)]


def can_replace(twin: NaiveExchange, reversal: NaiveReversal, units: list[Part]) -> bool:
    """Whether any of these tonnes is of the family that was lost and held by nothing."""
    family = twin.projects[reversal.project].terms.family
    alike = [part for part in units if twin.lots[part[0]].good[0] is family]
    return any(not tonne.held for tonne in uses.tonnes_in(twin, alike))


def is_anything_there(twin: NaiveExchange, reversal: NaiveReversal) -> bool:
    """Whether an order would find anything."""
    return bool(replacements(twin, reversal) or aside(twin, reversal))


def is_short(twin: NaiveExchange, number: int) -> bool:
    """Whether more is owed than the firm could sell of what was lost."""
    return sum(map(len, replacements(twin, twin.reversals[number]))) < owed(twin, number)


def force(twin: NaiveExchange, action: ForceCancellation) -> None:
    """Cancel as much as is owed, or all that is there; sells of it end first, and what the firm has set aside."""
    reversal, missing = twin.reversals[action.reversal], owed(twin, action.reversal)
    for proposal in aside(twin, reversal):
        if is_short(twin, action.reversal):
            twin.proposals[proposal].open = False
            uses.withdraw(twin, proposal)
    units: list[Part] = []
    for run in replacements(twin, reversal):
        taken = run[:missing]
        missing -= len(taken)
        if taken:
            units.append((taken[0].lot, taken[0].serial, taken[-1].serial + 1))
    for lot in dict.fromkeys(part[0] for part in units):
        uncover(twin, reversal.firm, lot, sum(hi - lo for one, lo, hi in units if one == lot), MOST_ENDED)
    details = uses.details_of(twin, action.reversal)
    made = NaiveClaim(0, reversal.firm, Purpose.FORCED, details, units, action.reversal)
    number = twin.number("claim")
    uses.claim(twin, number, made)
    uses.start(twin, number)


COMMANDS: dict[type, Callable[[NaiveExchange, Any], None]] = {
    Encumber: encumber,
    ContinueEncumbering: continue_encumbering,
}
ACTIONS: dict[type, Callable[[NaiveExchange, Any], None]] = {
    LiftEncumbrance: lift,
    ReportReversal: report,
    ForceCancellation: force,
    WithdrawReversal: withdraw,
}
