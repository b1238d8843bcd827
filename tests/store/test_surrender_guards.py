"""What is surrendered in the national market, in the database alone: which units can be, and how many for whom.

Each guard is reached by events made by hand; beside each refusal stands what passes. Plant 1 has to surrender 119 t for
2025, of which five can be CCER.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.commands.governance import Rule, Verified
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import CcerGeneration, FacilityTerms, Sector
from exchange.core.commands.uses import Purpose
from exchange.core.events import Event
from exchange.core.events.credits import FacilitySet
from exchange.core.events.governance import ActionApproved, ActionProposed, RulebookAdopted, VenueOpened
from exchange.core.events.markets import DayClosing, DayOpened
from exchange.core.events.uses import ClaimApproved, ClaimEnded, ClaimMade, ObligationSet
from exchange.core.values import (
    ClaimId,
    Day,
    EncumbranceId,
    Fen,
    KeyId,
    ParticipantId,
    PersonId,
    ProjectId,
    ProposalId,
    Tonnes,
)
from tests.store.bypass import Bypass
from tests.store.unit_events import USE, ccer, claimed, waiting
from tests.support.entries import issuance
from tests.support.market import FIRM

SHARE, NATIONAL, OLD = "claims_within_the_share", "claims_of_national_units", "claims_of_no_old_ccer"
LAST_DAY, FIRST_DAY = Day(20261231), Day(20270104)
"""The last trading day before the rule's day, and the first one after it."""

DETAILS = replace(USE, facility="plant １", year=2025, beneficiary_code=FIRM, league=League.NONE)


def rulebook(version: int, share: int = 500, until: int = 20270101) -> RulebookAdopted:
    """The two rules: the share in basis points, and from which day on old CCER cannot be surrendered."""
    values = {"OFFSET-CAP": share, "OLD-CCER": until}
    rules = (Rule(rule, n, "", "basis", Verified.YES, Day(20240101), "rule", "规则") for rule, n in values.items())
    return RulebookAdopted(version, "test", tuple(rules))


def due(tonnes: int, facility: str = "PLANT 1") -> ObligationSet:
    """What a plant has to surrender for 2025."""
    return ObligationSet(facility, 2025, Tonnes(tonnes))


@pytest.fixture
async def venue(bypass: Bypass) -> Bypass:
    """Lot 8 is a hundred tonnes of CCER, serials 3001 to 3100; Plant 1 is covered."""
    plant = FacilityTerms("PLANT 1", "Plant", "厂", FIRM, Sector.STEEL, League.BAOTOU, 2021, 0)
    await bypass.send((VenueOpened("test", LAST_DAY, Fen(0), Tonnes(0)), rulebook(1)), (FacilitySet(plant), due(119)))
    return bypass


async def units(bypass: Bypass, **given: Any) -> None:
    """Lot 8 comes in, of a project with such terms."""
    terms = {"ccer_generation": CcerGeneration.NEW} | given
    await bypass.send((ccer(**terms), issuance(2, 3_001, 4_001, project=ProjectId(2))), waiting(bypass.seq + 1))


def surrendered(number: int, tonnes: int, lot: int = 8, **given: Any) -> ClaimMade:
    """A surrender of serials of its own, by a proposal of its own."""
    lo = (3_001 if lot == 8 else 1) + 10 * (number - 50)
    details = replace(DETAILS, **given)
    purpose = Purpose.NATIONAL_SURRENDER
    return claimed(number, (lo, lo + tonnes), lot, purpose=purpose, details=details, proposal=ProposalId(number))


def approved(number: int) -> tuple[Event, ...]:
    """It is approved by a second person. What the action says is no matter here."""
    action = LiftEncumbrance(PersonId(1), EncumbranceId(1))
    made = ActionProposed(ProposalId(number), PersonId(1), KeyId(1), ParticipantId(0), action, bytes(32))
    return made, ActionApproved(ProposalId(number), PersonId(2)), ClaimApproved(ClaimId(number))


# --- the share -------------------------------------------------------------------------------------------------------


async def test_the_share_is_rounded_down(venue: Bypass) -> None:
    await units(venue)
    await venue.refuse(SHARE, (surrendered(50, 6),))
    await venue.send((surrendered(50, 5),), approved(50))


async def test_what_is_approved_takes_of_it_and_what_is_proposed_does_not(venue: Bypass) -> None:
    await units(venue)
    await venue.send((surrendered(50, 3),), (surrendered(51, 3),), (surrendered(52, 2),), approved(50))
    await venue.refuse(SHARE, approved(51))
    await venue.refuse(SHARE, (surrendered(53, 3),))
    await venue.send(approved(52))


async def test_what_nobody_has_agreed_to_takes_of_it_as_well(venue: Bypass) -> None:
    """A forger who leaves the proposal out has not found a way around it."""
    await units(venue)
    await venue.send((surrendered(50, 3),), (ClaimApproved(ClaimId(50)),))
    await venue.refuse(SHARE, (surrendered(51, 3),))


async def test_two_at_once_are_one_too_many(venue: Bypass) -> None:
    await units(venue)
    await venue.send((surrendered(50, 3), surrendered(51, 3)))
    await venue.refuse(SHARE, approved(50), approved(51))
    await venue.send(approved(51))


async def test_what_came_to_nothing_is_free_again_from_then_on(venue: Bypass) -> None:
    """Of one batch the entries count in their order."""
    await units(venue)
    await venue.send((surrendered(50, 3), surrendered(51, 3), surrendered(52, 3)), approved(50))
    ended = (ClaimEnded(ClaimId(50)),)
    await venue.refuse(SHARE, approved(51), ended)
    await venue.send(ended, approved(51))
    await venue.refuse(SHARE, approved(52))


async def test_another_year_and_another_plant_have_their_own(venue: Bypass) -> None:
    other = FacilityTerms("PLANT 2", "Plant", "厂", FIRM, Sector.STEEL, League.BAOTOU, 2021, 0)
    await units(venue)
    await venue.send((FacilitySet(other), due(119, "PLANT 2"), ObligationSet("Plant1", 2026, Tonnes(119))))
    await venue.send((surrendered(50, 5),), approved(50))
    await venue.send((surrendered(51, 5, year=2026),), (surrendered(52, 5, facility="Plant 2"),))
    await venue.refuse(SHARE, (surrendered(53, 1, facility="PLANT 1 "),))


async def test_the_duty_and_the_rule_are_those_before_the_entry(venue: Bypass) -> None:
    await units(venue)
    await venue.refuse(SHARE, (surrendered(50, 1, year=2024),))
    await venue.send((surrendered(50, 5),), (due(99),))
    await venue.refuse(SHARE, approved(50))
    await venue.send((rulebook(2, share=1_000),), approved(50), (due(1), rulebook(3)))


# --- which units -----------------------------------------------------------------------------------------------------


async def test_only_ccer_are_surrendered(venue: Bypass) -> None:
    """Lot 7 is of a sink that no national registry keeps."""
    await venue.refuse(NATIONAL, (surrendered(50, 5, lot=7),))


async def test_old_ccer_are_surrendered_until_the_day_of_their_rule(venue: Bypass) -> None:
    """It is the trading day that counts, which is the old one while it is being closed."""
    await units(venue, ccer_generation=CcerGeneration.OLD)
    await venue.send((surrendered(50, 1), surrendered(51, 1)), (DayClosing(LAST_DAY, FIRST_DAY),), approved(50))
    await venue.send((DayOpened(FIRST_DAY),))
    await venue.refuse(OLD, approved(51))
    await venue.refuse(OLD, (surrendered(52, 1),))
    await venue.send((rulebook(2, until=20280101),), approved(51))


async def test_in_one_batch_each_entry_has_its_own_day(venue: Bypass) -> None:
    await units(venue, ccer_generation=CcerGeneration.OLD)
    await venue.send((surrendered(50, 1),), (DayOpened(FIRST_DAY),))
    await venue.refuse(OLD, (rulebook(2, until=20270105),), (DayOpened(Day(20270105)),), (surrendered(51, 1),))


async def test_nobody_surrenders_for_another_firms_facility(venue: Bypass) -> None:
    await units(venue)
    await venue.refuse("claim_ranges_facility_is_known", (surrendered(50, 1, beneficiary_code="FIRM2"),))
    await venue.send((surrendered(50, 1, beneficiary_code=f" {FIRM.lower()}"),))
