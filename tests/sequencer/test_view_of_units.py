"""The committed view follows units through their life and says what the core's state says, however it was built."""

from __future__ import annotations

import pytest

from exchange.core.credits.states import GONE
from exchange.core.events.credits import Parcel
from exchange.core.serials import SerialRange
from exchange.sequencer.committed_view import CommittedView
from tests.sequencer.test_committed_view import Recording, orders_after, restored, view_of
from tests.support.market import Market
from tests.support.unit_story import UnitStory


@pytest.fixture(scope="module")
def told() -> Recording:
    """A market in which everything has become of units, with an order that holds some."""
    recording = Recording()
    story = UnitStory(recording.market)
    story.sell(30)
    story.tell()
    return recording


@pytest.fixture
def view(told: Recording) -> CommittedView:
    """The view of all of it."""
    return view_of(told.entries)


def test_projects_and_facilities(told: Recording, view: CommittedView) -> None:
    known = told.market.state.credits.projects
    assert {number: event.terms for number, event in view.projects.by_id.items()} == {
        number: project.terms for number, project in known.projects.items()
    }
    assert view.projects.codes == known.codes
    assert {code: event.terms for code, event in view.projects.facilities.items()} == known.facilities
    issued = {number: sum(view.units.issuances[one].serials.tonnes for one in many)
              for number, many in view.projects.issuances.items()}  # fmt: skip
    assert sum(issued.values()) == sum(period.issued for period in known.periods.values())


def shelf(told: Market) -> dict[tuple[int, int], Parcel]:
    """All parcels of the state by lot and first serial."""
    state = told.state
    return {
        (lot.lot, parcel.lo): parcel
        for lot in state.credits.lots.values()
        for parcel, _ in state.parcels.pieces(lot.lot, lot.serials)
    }


def test_every_parcel_stands_where_the_state_has_it(told: Recording, view: CommittedView) -> None:
    parcels = {(lot, lo): parcel for lot, many in view.units.parcels.items() for lo, parcel in many.items()}
    assert parcels == shelf(told.market)
    for owner, lots in view.units.held.items():
        assert all(parcel.state not in GONE for many in lots.values() for parcel in many.values()), owner
    assert any(view.units.gone.values())


def test_what_is_gone_is_added_up_by_lot_and_by_serials(view: CommittedView) -> None:
    for lot, parcels in view.units.parcels.items():
        gone = [parcel for parcel in parcels.values() if parcel.state in GONE]
        whole = view.units.lots[lot].serials
        tonnes = sum(parcel.hi - parcel.lo for parcel in gone)
        assert view.units.spent(lot) == view.units.spent(lot, whole.lo, whole.hi) == tonnes
        assert all(view.units.spent(lot, parcel.lo, parcel.lo + 1) == 1 for parcel in gone)


def test_what_is_held_is_held_by_orders_set_aside_or_encumbered(told: Recording, view: CommittedView) -> None:
    by_orders = 0
    for owner, lots in view.units.held.items():
        for lot in lots:
            aside = view.units.aside(lot, owner)
            by_orders += view.lot_balance(owner, lot).debits_pending - aside.waiting - aside.encumbered
    assert by_orders == sum(part.quantity for order in told.market.state.orders.by_id.values()
                            for part in order.lots_held) == 30  # fmt: skip


def test_requests_uses_and_releases(told: Recording, view: CommittedView) -> None:
    state = told.market.state
    assert {number: (row.status, row.receipt) for number, row in view.requests.by_id.items()} == {
        number: (request.status, request.receipt) for number, request in state.requests.by_id.items()
    }
    assert {
        number: (row.status, row.quantity, row.covers, row.converted) for number, row in view.uses.by_id.items()
    } == {
        number: (claim.status, claim.quantity, claim.covers, claim.converted)
        for number, claim in state.claims.claims.items()
    }
    assert {key: tonnes for key, tonnes in view.uses.surrendered.items() if tonnes} == {
        key: tonnes for key, tonnes in state.claims.surrendered.items() if tonnes
    }
    assert {key: duty.due for key, duty in view.uses.obligations.items()} == state.claims.due
    assert {number: row.status for number, row in view.releases.by_id.items()} == {
        number: release.status for number, release in state.claims.releases.items()
    }
    assert [back.quantity for back in view.releases.returns] == [10]


def test_what_holds_units_fast_is_what_the_parcels_count(told: Recording, view: CommittedView) -> None:
    counted = 0
    for lot, parcels in view.units.parcels.items():
        for parcel in parcels.values():
            if parcel.state not in GONE:
                holding = view.encumbrances.holding(lot, SerialRange(parcel.lo, parcel.hi))
                assert len(holding) == parcel.encumbered, parcel
                counted += parcel.encumbered
    assert counted > 0
    state = told.market.state
    assert {number for number, row in view.encumbrances.by_id.items() if not row.lifted_at} == set(
        state.encumbrances.standing
    )
    assert {number: row.replaced for number, row in view.encumbrances.reversals.items()} == {
        number: reversal.replaced for number, reversal in state.encumbrances.reversals.items()
    }


def test_budgets_and_imports(told: Recording, view: CommittedView) -> None:
    state = told.market.state
    assert view.plans.budgets.plans == state.budgets.plans
    assert view.plans.budgets.adjustments == state.budgets.adjustments
    assert {number: bool(row.committed_at) for number, row in view.imports.by_id.items()} == {
        number: one.committed for number, one in state.imports.by_id.items()
    }
    for number, row in view.imports.by_id.items():
        # The state needs the rows no more once lots tell of them; readers are still shown what was in the file.
        assert len(row.rows) == len(row.lots) if row.committed_at else row.rows == state.imports.by_id[number].rows


def test_a_proposal_knows_what_it_made(view: CommittedView) -> None:
    made = {row.made.name for row in view.governance.proposals.values()}
    assert made >= {"PROJECT", "ISSUANCE", "LOT", "USE", "RELEASE", "REVERSAL", "IMPORT", "PERSON", "NOTHING"}


def test_the_image_is_the_whole_view(told: Recording, view: CommittedView) -> None:
    orders = told.market.state.orders.by_id
    data = view.to_image(orders)
    again = restored(view, orders)
    assert again.to_image(orders) == data
    assert (again.uses.by_lot, again.units.of_issuance) == (view.uses.by_lot, view.units.of_issuance)
    assert again.units.of_space == view.units.of_space
    assert any(again.uses.by_lot.values())
    assert again.uses.surrendered == {
        key: n for key, n in view.uses.surrendered.items() if key in again.uses.surrendered
    }
    for lot, parcels in view.units.parcels.items():
        for parcel in parcels.values():
            serials = SerialRange(parcel.lo, parcel.hi)
            assert again.encumbrances.holding(lot, serials) == view.encumbrances.holding(lot, serials)


def test_a_restored_view_goes_on_as_the_other_one(told: Recording) -> None:
    half = len(told.entries) // 2
    begun = restored(view_of(told.entries[:half]), orders_after(told.market, half))
    orders = told.market.state.orders.by_id
    assert view_of(told.entries[half:], begun).to_image(orders) == view_of(told.entries).to_image(orders)
