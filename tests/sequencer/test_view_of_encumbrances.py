"""The committed view of what holds units fast, also between the entries in which it lets go portion by portion."""

from __future__ import annotations

import pytest

from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind, LiftEncumbrance
from exchange.core.commands.uses import Pick, ReleaseUnits
from exchange.core.events.encumbrances import EncumbranceLifted, UnitsFreed
from exchange.core.handlers import encumbering
from exchange.core.serials import SerialRange
from exchange.core.values import EncumbranceId, LotId, ProjectId
from exchange.sequencer.committed_view import CommittedView
from tests.sequencer.test_committed_view import Recording, orders_after, restored, view_of

NO_LOT = LotId(0)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Recording:
    """Three lots of two firms are frozen, and the freeze is lifted: one parcel in each entry."""
    monkeypatch.setattr(encumbering, "CHUNK", 1)
    recording = Recording()
    market = recording.market
    for owner in (wood := market.firm("WOOD"), market.firm("STEEL"), wood):
        market.lot(owner, 100)
    project = market.project("P1")
    frozen = market.done(Encumber(market.regulator, EncumbranceKind.FREEZE, project, 0, NO_LOT, 0, 0, "order 1"))
    market.finish_jobs()
    market.agree(LiftEncumbrance(market.operator, EncumbranceId(frozen.created)), market.regulator)
    market.finish_jobs()
    return recording


def holding(view: CommittedView) -> list[LotId]:
    """The lots of which something is held fast, after the parcels are found to say the same."""
    found = []
    for lot, parcels in view.units.parcels.items():
        for parcel in parcels.values():
            held = view.encumbrances.holding(lot, SerialRange(parcel.lo, parcel.hi))
            assert len(held) == parcel.encumbered, (lot, parcel)
            found += [lot] if held else []
    return found


def test_each_portion_is_free_when_it_is_told_and_a_start_in_between_knows_it(told: Recording) -> None:
    freeing = [n for n, entry in enumerate(told.entries, 1) if any(type(e) is UnitsFreed for e in entry.events)]
    assert len(freeing) == 3
    lots = list(told.market.state.credits.lots)
    for left, until in zip((lots[1:], lots[2:], []), freeing, strict=True):
        view = view_of(told.entries[:until])
        assert holding(view) == left
        again = restored(view, orders_after(told.market, until))
        assert holding(again) == left
        assert holding(view_of(told.entries[until:], again)) == []
        assert again.to_image(told.market.state.orders.by_id) == view_of(told.entries).to_image(
            told.market.state.orders.by_id
        )
    assert any(type(event) is EncumbranceLifted for event in told.entries[freeing[-1] - 1].events)


def test_what_came_back_counts_once(told: Recording) -> None:
    """Ten tonnes are sent out, frozen on their way, and come back while the freeze stands."""
    market = told.market
    wood, lot = next((firm, lot) for firm in market.traders for lot in market.state.credits.lots)
    release = ReleaseUnits(market.traders[wood], wood, (Pick(lot, 1, 11),), "N-1")
    market.agree(release, market.second)
    market.cool_down()
    scope = (ProjectId(0), 0, lot, 1, 101)
    frozen = EncumbranceId(market.done(Encumber(market.operator, EncumbranceKind.FREEZE, *scope, "order 2")).created)
    market.finish_jobs()
    market.registry_confirms()
    market.agree(ReturnUnits(market.operator, lot, wood, 1, 11, "back"), market.second, "back")
    market.registry_confirms()
    view = view_of(told.entries)
    assert lot in holding(view)
    row = view.encumbrances.by_id[frozen]
    assert row.quantity == sum(part.tonnes for units in row.units for part in units.ranges) == 100
