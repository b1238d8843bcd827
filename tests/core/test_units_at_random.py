"""Units moved at random, whatever is asked: every invariant holds after each command, and a restart changes nothing.

The chunks are small, so that much happens while units are half held fast.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from exchange.core.approvals import ProposalStatus, evidence_of
from exchange.core.commands.approvals import Action, Approve, Propose, RejectProposal
from exchange.core.commands.credits import RequestLock, ReturnUnits
from exchange.core.commands.encumbrances import (
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
)
from exchange.core.commands.instruments import League
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import CallOffRelease, Pick, Purpose, ReleaseUnits, RevokeClaim, UseUnits
from exchange.core.events.credits import ParcelState
from exchange.core.handlers import encumbering, reversals
from exchange.core.handlers.replacing import NO_DETAILS
from exchange.core.image import decode_state, encode_state
from exchange.core.invariants import check_all
from exchange.core.machine import due
from exchange.core.values import LotId, ParticipantId, ProjectId, Side, Tonnes, day_of
from tests.core.units_world import NO_INSTRUMENT, NOTHING, UNITS_WORLD

if TYPE_CHECKING:
    from collections.abc import Callable

U = UNITS_WORLD
SEEDS = range(24)
STEPS = 120


class Walk:
    """One walk: at each step something is asked that may or may not be possible."""

    def __init__(self, seed: int) -> None:
        """Start from the world in which units are everywhere."""
        self.random, self.market, self.papers = Random(seed), U.copy(), 0
        self.firms = ((U.wood, U.trader), (U.steel, U.other))
        self.moves: tuple[tuple[Callable[[], None], int], ...] = (
            (self.use, 12),
            (self.release, 6),
            (self.decide, 16),
            (self.registry_speaks, 14),
            (self.encumber, 3),
            (self.lift, 5),
            (self.come_back, 5),
            (self.trade, 12),
            (self.replace, 5),
            (self.revoke, 2),
            (self.call_off, 2),
            (self.ask_again, 2),
            (self.program_goes_on, 12),
            (self.time_passes, 2),
            (self.restart, 2),
        )

    def go(self, steps: int) -> None:
        """So many moves, and then whatever the program still has to do."""
        moves, weights = zip(*self.moves, strict=True)
        for move in self.random.choices(moves, weights, k=steps):
            move()
        self.market.finish_jobs()
        check_all(self.market.state)

    def propose(self, action: Action) -> None:
        self.market.give(Propose(action.actor, action))

    def serials(self, lot: LotId) -> tuple[int, int]:
        whole = self.market.state.credits.lots[lot].serials
        lo = self.random.randrange(whole.lo, whole.hi)
        return lo, min(whole.hi, lo + self.random.choice((1, 5, 30, 200)))

    def pick(self, firm: ParticipantId) -> Pick:
        """Serials that a firm can sell, mostly; some of any lot otherwise."""
        shelf = self.market.state.parcels.held
        held = [(lot, parcel) for (lot, owner), own in shelf.items() for parcel in own if owner == firm]
        if not held or self.random.random() < 0.1:
            lot = self.random.choice(list(self.market.state.credits.lots))
            return Pick(lot, *self.serials(lot))
        lot, parcel = self.random.choice(held)
        lo = self.random.randrange(parcel.lo, parcel.hi)
        return Pick(lot, lo, min(parcel.hi, lo + self.random.choice((1, 3, 8, 30))))

    def use(self) -> None:
        firm, trader = self.random.choice(self.firms)
        picks = tuple(self.pick(firm) for _ in range(self.random.choice((1, 1, 2))))
        purpose, details = self.random.choice(
            (
                (Purpose.VOLUNTARY, NOTHING),
                (Purpose.INTER_PROVINCE, replace(NOTHING, league=League.NONE, province="山西")),
                (Purpose.CONVERSION, replace(NOTHING, league=League.NONE)),
                (Purpose.NATIONAL_SURRENDER, replace(NOTHING, league=League.NONE, facility="MILL-1", year=2025)),
            )
        )
        quantity = Tonnes(sum(pick.hi - pick.lo for pick in picks))
        self.propose(UseUnits(trader, firm, NO_INSTRUMENT, picks, quantity, purpose, details))

    def release(self) -> None:
        firm, trader = self.random.choice(self.firms)
        self.propose(ReleaseUnits(trader, firm, (self.pick(firm),), "N-1"))

    def decide(self) -> None:
        is_open = [one for one in self.market.state.proposals.values() if one.status is ProposalStatus.OPEN]
        if not is_open:
            return
        one = self.random.choice(is_open)
        if self.random.random() < 0.25:
            self.market.give(RejectProposal(self.market.second, one.proposal, "no"))
            return
        approver = self.random.choice((self.market.second, self.market.regulator))
        self.market.give(Approve(approver, one.proposal, one.action_hash, evidence_of(one.action)))

    def registry_speaks(self) -> None:
        requests = list(self.market.state.requests.by_id.values())
        is_open = [one for one in requests if one.status.is_open]
        asked = self.random.choice(is_open if is_open and self.random.random() < 0.9 else requests)
        outcome = self.random.choice((RegistryOutcome.CONFIRMED, RegistryOutcome.CONFIRMED, RegistryOutcome.REFUSED))
        self.market.give(self.market.answer(asked, outcome))

    def encumber(self) -> None:
        kind = self.random.choice(list(EncumbranceKind))
        if self.random.random() < 0.3:
            project = self.random.choice((U.new, U.old, U.quota))
            self.market.give(Encumber(self.market.regulator, kind, project, 2023, LotId(0), 0, 0, "case"))
            return
        lot = self.random.choice(list(self.market.state.credits.lots))
        lo, hi = self.serials(lot)
        self.market.give(Encumber(self.market.operator, kind, ProjectId(0), 0, lot, lo, hi, "case"))

    def lift(self) -> None:
        standing = list(self.market.state.encumbrances.standing)
        self.propose(LiftEncumbrance(self.market.operator, self.random.choice(standing or [U.lifted])))

    def come_back(self) -> None:
        gone = self.market.state.parcels.gone.items()
        out = [(lot, parcel) for (lot, _), own in gone for parcel in own if parcel.state is ParcelState.OUT]
        if out:
            lot, parcel = self.random.choice(out)
            lo = self.random.randrange(parcel.lo, parcel.hi)
            hi = self.random.randrange(lo + 1, parcel.hi + 1)
            self.papers += 1
            firm, _ = self.random.choice(self.firms)
            self.propose(ReturnUnits(self.market.operator, lot, firm, lo, hi, f"back-{self.papers}"))

    def trade(self) -> None:
        firm, _ = self.random.choice(self.firms)
        instrument = self.random.choice(list(self.market.state.listing.instruments))
        side, price = self.random.choice(list(Side)), self.random.choice((2_900, 3_000, 3_100))
        self.market.give(self.market.order(firm, instrument, side, self.random.choice((1, 3, 20)), price))

    def replace(self) -> None:
        firm, _ = self.random.choice(self.firms)
        if self.random.random() < 0.5:
            tonnes = Tonnes(self.random.choice((1, 10, 100)))
            self.propose(ReportReversal(self.market.operator, U.new, 2023, firm, tonnes, "fire"))
        reversal = self.random.choice(list(self.market.state.encumbrances.reversals.values()))
        self.propose(ForceCancellation(self.market.operator, reversal.reversal))
        if reversal.owed <= 0:
            return
        mine = [trader for one, trader in self.firms if one == reversal.responsible]
        firm, trader = (reversal.responsible, mine[0]) if mine else self.random.choice(self.firms)
        pick = self.pick(firm)
        pick.hi = min(pick.hi, pick.lo + reversal.owed)
        units = (NO_INSTRUMENT, (pick,), Tonnes(pick.hi - pick.lo))
        self.propose(UseUnits(trader, firm, *units, Purpose.VOLUNTARY, NO_DETAILS, reversal.reversal))

    def revoke(self) -> None:
        claim = self.random.choice(list(self.market.state.claims.claims))
        self.propose(RevokeClaim(self.market.operator, claim, "false"))

    def call_off(self) -> None:
        firm, trader = self.random.choice(self.firms)
        release = self.random.choice(list(self.market.state.claims.releases))
        self.market.give(CallOffRelease(trader, firm, release))

    def ask_again(self) -> None:
        lot = self.random.choice(list(self.market.state.credits.lots))
        self.market.give(RequestLock(self.market.operator, lot))

    def program_goes_on(self) -> None:
        command = due(self.market.state, self.market.now())
        if command is not None:
            self.market.done(command)

    def time_passes(self) -> None:
        self.market.wait(self.random.choice((60, 3_700, 90_000)))
        if day_of(self.market.now()) > self.market.state.session.day:
            self.market.end_day()

    def restart(self) -> None:
        image = encode_state(self.market.state)
        self.market.state = decode_state(image)
        assert encode_state(self.market.state) == image


@pytest.mark.parametrize("seed", SEEDS)
def test_no_walk_breaks_an_invariant(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    size = Random(seed).choice((1, 2, 3, 500))
    monkeypatch.setattr(encumbering, "CHUNK", size)
    monkeypatch.setattr(reversals, "MOST_ENDED", size)
    Walk(seed).go(STEPS)
