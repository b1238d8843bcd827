"""How a release came to nothing, as the committed view and a start that makes it again tell it."""

from __future__ import annotations

import pytest

from exchange.api.resources.releases import ReleaseEnding, ending_of
from exchange.core.commands.approvals import RejectProposal
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind, ForceCancellation, ReportReversal
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import CallOffRelease, Pick, ReleaseUnits
from exchange.core.credits.claims import ReleaseStatus
from exchange.core.values import LotId, ParticipantId, ProjectId, ReleaseId, ReversalId, Tonnes
from tests.sequencer.test_committed_view import Recording, orders_after, restored, view_of


class Leaving:
    """A firm with a lot of 100 tonnes, ten of which are to leave."""

    def __init__(self) -> None:
        self.told = Recording()
        self.market = self.told.market
        self.wood: ParticipantId = self.market.firm("WOOD")
        self.lot: LotId = self.market.lot(self.wood, 100)
        self.action = ReleaseUnits(self.market.traders[self.wood], self.wood, (Pick(self.lot, 1, 11),), "N-1")

    @property
    def release(self) -> ReleaseId:
        """The one there is."""
        return next(iter(self.market.state.claims.releases))

    def freeze(self, lo: int) -> None:
        """Hold ten serials fast."""
        scope = (ProjectId(0), 0, self.lot, lo, lo + 10)
        self.market.done(Encumber(self.market.operator, EncumbranceKind.FREEZE, *scope, "order"))
        self.market.finish_jobs()

    def ending(self) -> ReleaseEnding:
        """How it has ended, the same in the view and in one that a start made."""
        view = view_of(self.told.entries)
        again = restored(view, orders_after(self.market, len(self.told.entries)))
        row = view.releases.by_id[self.release]
        assert row.status is ReleaseStatus.ENDED
        assert ending_of(again.releases.by_id[self.release], again) is ending_of(row, view)
        return ending_of(row, view)


@pytest.fixture
def leaving() -> Leaving:
    """The firm."""
    return Leaving()


def test_rejected(leaving: Leaving) -> None:
    proposal, _ = leaving.market.propose(leaving.action)
    leaving.market.done(RejectProposal(leaving.market.second, proposal, "no"))
    assert leaving.ending() is ReleaseEnding.REJECTED


def test_called_off_even_where_it_is_frozen(leaving: Leaving) -> None:
    leaving.market.agree(leaving.action, leaving.market.second)
    leaving.freeze(1)
    leaving.market.done(CallOffRelease(leaving.action.actor, leaving.wood, leaving.release))
    assert leaving.ending() is ReleaseEnding.CALLED_OFF


def test_called_off_after_its_time_while_something_else_is_frozen(leaving: Leaving) -> None:
    market = leaving.market
    market.agree(leaving.action, market.second)
    leaving.freeze(11)
    market.wait(60 * 3_600)
    market.done(CallOffRelease(leaving.action.actor, leaving.wood, leaving.release))
    assert leaving.ending() is ReleaseEnding.CALLED_OFF


def test_held_fast_when_it_was_to_leave(leaving: Leaving) -> None:
    leaving.market.agree(leaving.action, leaving.market.second)
    leaving.freeze(5)
    leaving.market.cool_down()
    assert leaving.ending() is ReleaseEnding.HELD_FAST


def test_refused_by_the_registry(leaving: Leaving) -> None:
    market = leaving.market
    market.agree(leaving.action, market.second)
    market.cool_down()
    (asked,) = [request for request in market.state.requests.by_id.values() if request.status.is_open]
    market.done(market.answer(asked, RegistryOutcome.REFUSED))
    assert leaving.ending() is ReleaseEnding.REFUSED


@pytest.mark.parametrize("approved", [False, True])
def test_taken_by_a_forced_cancellation(leaving: Leaving, approved: bool) -> None:
    """The firm owes all that it has, so what it had only set aside to leave is taken, too."""
    market = leaving.market
    if approved:
        market.agree(leaving.action, market.second)
    else:
        market.propose(leaving.action)
    lost = ReportReversal(market.operator, market.project(), 2023, leaving.wood, Tonnes(100), "fire")
    reversal = ReversalId(market.agree(lost, market.second))
    market.agree(ForceCancellation(market.operator, reversal), market.regulator)
    assert leaving.ending() is ReleaseEnding.FORCED_CANCELLATION
