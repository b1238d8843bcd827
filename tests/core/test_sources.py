"""A plant is found to be inside the national market after units of it were issued (rule ETS-SOURCE)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.projects import FacilityTerms, Sector, SetFacility
from exchange.core.events.encumbrances import EncumbranceSet, UnitsEncumbered
from exchange.core.events.orders import OrderCancelled
from exchange.core.handlers import encumbering
from exchange.core.image import decode_state, encode_state
from exchange.core.invariants import InvariantBrokenError, check_all
from exchange.core.rejections import RejectReason as R
from exchange.core.values import EncumbranceId, IssuanceId, LotId, Side
from tests.support.market import FIRM, Market

QUOTA = Family.REDUCTION_QUOTA


class Plant:
    """A firm with quota of its plant for 2023 and for 2024, twenty tonnes each; half of each came in."""

    def __init__(self) -> None:
        self.market = market = Market()
        self.owner, self.buyer = market.firm("owner"), market.firm("buyer", cash=10**7)
        self.issuances: dict[int, IssuanceId] = {}
        self.lots: dict[int, LotId] = {}
        for lo, year in ((1, 2023), (101, 2024)):
            issuance = market.issue(lo, lo + 20, QUOTA, vintage=year, space="Q")
            self.issuances[year] = issuance
            self.lots[year] = market.admit(issuance, self.owner, lo, lo + 10)
        self.code = market.project_terms("Q", QUOTA).source_facility

    def enters(self, since: int, until: int = 0) -> int:
        """The regulator says from which year to which the plant is inside the national market; what that creates."""
        terms = FacilityTerms(f" {self.code.upper()}", "Plant", "电厂", FIRM, Sector.POWER, League.BAOTOU, since, until)
        return self.market.agree(SetFacility(self.market.operator, terms), self.market.regulator)

    def held(self, year: int) -> int:
        """How many tonnes of a year's lot something holds fast."""
        lot = self.market.state.credits.lots[self.lots[year]]
        pieces = self.market.state.parcels.pieces(lot.lot, lot.serials)
        return sum(part.tonnes for parcel, part in pieces if parcel.encumbered)

    def suspensions(self) -> list[EncumbranceId]:
        """What holds them, in order."""
        return list(self.market.state.encumbrances.standing)

    def admitting(self, year: int) -> AdmitLot:
        """The other half comes in."""
        lo = self.market.state.credits.issuances[self.issuances[year]].serials.lo + 10
        return AdmitLot(self.market.operator, self.issuances[year], self.owner, lo, lo + 10, f"lock {year}")

    def lifting(self, number: EncumbranceId) -> R | None:
        """Why two persons cannot lift a suspension."""
        return self.market.give(Propose(self.market.operator, LiftEncumbrance(self.market.operator, number))).reason

    def coming_in(self, year: int) -> R | None:
        """Why the other half cannot come in."""
        return self.market.give(Propose(self.market.operator, self.admitting(year))).reason


@pytest.fixture
def plant() -> Plant:
    """The plant, of which nobody has said anything."""
    return Plant()


def test_what_was_issued_for_covered_years_is_held_fast_and_no_more_comes_in(plant: Plant) -> None:
    assert plant.enters(2024) == 0, "a facility has no number"
    assert (plant.held(2023), plant.held(2024)) == (0, 10)
    assert (plant.coming_in(2023), plant.coming_in(2024)) == (None, R.SOURCE_COVERED)
    made = plant.market.state.encumbrances.standing[plant.suspensions()[0]]
    assert (made.vintage, made.reference) == (2024, f"source inside the national market:  {plant.code.upper()}")


def test_the_approval_asks_again(plant: Plant) -> None:
    """The lot was proposed before the plant was entered."""
    market = plant.market
    proposal, action_hash = market.propose(plant.admitting(2024))
    plant.enters(2024)
    assert market.give(Approve(market.second, proposal, action_hash, "lock 2024")).reason is R.SOURCE_COVERED


def test_sells_that_it_uncovers_end(plant: Plant) -> None:
    market = plant.market
    instrument = market.instrument(family=QUOTA)
    market.done(market.order(plant.owner, instrument, Side.SELL, 5, 3_000))
    told = len(market.told)
    plant.enters(2023, 2023)
    assert [event for event in market.told[told:] if isinstance(event, OrderCancelled)]


def test_many_years_are_many_suspensions_and_nothing_moves_until_all_are_set(plant: Plant) -> None:
    """One entry begins one of them; the program goes on with the others."""
    told = len(plant.market.told)
    plant.enters(2021)
    events = plant.market.told[told:]
    assert [event.vintage for event in events if isinstance(event, EncumbranceSet)] == [2023, 2024]
    assert [event.lot for event in events if isinstance(event, UnitsEncumbered)] == [plant.lots[2023]]
    assert plant.lifting(plant.suspensions()[0]) is not None
    assert plant.market.state.encumbrances.working
    plant.market.finish_jobs()
    assert (plant.held(2023), plant.held(2024)) == (10, 10)


def test_it_goes_on_in_chunks_where_there_is_much(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encumbering, "CHUNK", 1)
    plant.enters(2024)
    assert plant.market.state.encumbrances.working
    plant.market.finish_jobs()
    assert plant.held(2024) == 10


def test_said_again_it_is_not_suspended_twice(plant: Plant) -> None:
    plant.enters(2024)
    plant.enters(2024)
    plant.enters(2023)
    plant.market.finish_jobs()
    made = [plant.market.state.encumbrances.by_id[number].vintage for number in plant.suspensions()]
    assert made == [2024, 2023]


def test_it_is_lifted_by_the_regulator_when_the_plant_is_known_otherwise(plant: Plant) -> None:
    market = plant.market
    plant.enters(2024)
    (number,) = plant.suspensions()
    assert plant.lifting(number) is R.SOURCE_COVERED
    plant.enters(2025)
    assert plant.held(2024) == 10, "a correction alone lets nothing go"
    proposal, action_hash = market.propose(LiftEncumbrance(market.operator, number))
    assert market.give(Approve(market.second, proposal, action_hash, "")).reason is R.APPROVER_NOT_ENTITLED
    market.done(Approve(market.regulator, proposal, action_hash, ""))
    assert plant.held(2024) == 0
    plant.enters(2024)
    assert plant.held(2024) == 10, "it can be found covered again"


def test_what_comes_in_before_it_is_lifted_is_born_under_it(plant: Plant) -> None:
    market = plant.market
    plant.enters(2024)
    plant.enters(0)
    lot = market.agree(plant.admitting(2024), market.second, "lock 2024")
    plant.lots[2024] = LotId(lot)
    assert plant.held(2024) == 10


def test_what_is_being_let_go_is_held_again(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plant is found to be covered while the program still lets its units go."""
    market = plant.market
    market.agree(plant.admitting(2024), market.second, "lock 2024")
    plant.enters(2024)
    plant.enters(2025)
    monkeypatch.setattr(encumbering, "CHUNK", 1)
    market.agree(LiftEncumbrance(market.operator, plant.suspensions()[0]), market.regulator)
    plant.enters(2024)
    market.finish_jobs()
    assert plant.held(2024) == 10
    assert len(plant.suspensions()) == 1


def test_the_sweep_sees_units_of_a_covered_plant_that_nothing_holds(plant: Plant) -> None:
    """As they would be if the plant had been entered and nothing else done."""
    state = plant.market.state
    plant.enters(2025)
    check_all(state)
    known = state.credits.projects.facilities
    known.update({code: replace(terms, covered_from=2024) for code, terms in known.items()})
    with pytest.raises(InvariantBrokenError, match="INV-11"):
        check_all(state)


def test_an_image_has_it(plant: Plant) -> None:
    plant.enters(2024)
    again = decode_state(encode_state(plant.market.state))
    check_all(again)
    assert again.encumbrances == plant.market.state.encumbrances
