"""What belongs to what, in the database alone: events made by hand, beside each refusal what the guard lets pass.

Lot 7 is Anna's; lot 8 is hers where there is one, of CCER of project 2 from 2023.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.projects import Activity
from exchange.core.credits.states import ENDING, LEAVING, RETIRED, SELLABLE
from exchange.core.events import Event
from exchange.core.events.credits import Cause, ParcelsMoved
from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    EncumbranceSet,
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalReported,
)
from exchange.core.events.governance import VenueOpened
from exchange.core.events.markets import DayOpened
from exchange.core.events.uses import (
    BudgetAdjusted,
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimRevoked,
    ReleaseApproved,
    ReleaseMade,
)
from exchange.core.ledger import chart
from exchange.core.serials import SerialRange
from exchange.core.values import (
    ClaimId,
    Day,
    EncumbranceId,
    Fen,
    LotId,
    Micros,
    ParticipantId,
    PersonId,
    ProjectId,
    ProposalId,
    ReleaseId,
    ReversalId,
    Tonnes,
    TransactionId,
)
from tests.store.bypass import ANNA, BERT, Bypass
from tests.store.test_held_units import agreed
from tests.store.unit_events import asked, ccer, chosen, claimed, free, hold, units, waiting
from tests.support.entries import DAY, admission, changed, issuance, post, project, reshaped, transaction

TEN: Final = (30_000, 30_010)
"""The serials of lot 9, ten tonnes of quota that Baotou made."""


@pytest.fixture
async def quota(bypass: Bypass) -> Bypass:
    """A trading day has begun, and Anna has lot 9."""
    made = project(3, family=Family.REDUCTION_QUOTA, activity=Activity.ENERGY_SAVING, league=League.BAOTOU)
    opened = VenueOpened("real", DAY, Fen(0), Tonnes(0))
    await bypass.send((opened,), (made, issuance(3, 30_000, 30_100, project=ProjectId(3))))
    await bypass.send(admission(bypass.seq, 9, 3, ANNA, *TEN))
    return bypass


def proposed(seq: int, number: int) -> tuple[Event, ...]:
    """Lot 9 is chosen for a claim, to be used in Hohhot."""
    return (
        claimed(number, TEN, 9),
        reshaped(9, [TEN], [(*TEN, ANNA)], ENDING),
        transaction(seq, hold(ANNA, 10, 9)),
        changed(9, ANNA, TEN, SELLABLE, Cause.USE_PROPOSED, number),
    )


def retired(seq: int, number: int, subject: int = 0) -> tuple[Event, ...]:
    """It is used up for a claim, or as it is told for another one; what is to be booked is left out."""
    return (
        ClaimApproved(ClaimId(number)),
        reshaped(9, [TEN], [(*TEN, ANNA)], RETIRED),
        transaction(seq, free(ANNA, 10, 9), post(ANNA, chart.RETIRED, 10, 9)),
        changed(9, ANNA, TEN, ENDING, Cause.RETIRED, subject or number),
        ClaimFulfilled(ClaimId(number), DAY, units(TEN, 9), Tonnes(10), Tonnes(10)),
    )


def booked(quantity: int = 10, **given: Any) -> BudgetAdjusted:
    """What the use takes off Baotou's account."""
    return replace(BudgetAdjusted(League.BAOTOU, League.HOHHOT, "", DAY // 10_000, quantity, 50), **given)


# --- whose units they are ---------------------------------------------------------------------------------------------

OWNER: Final = "parcel_changes_for_their_owner"


async def test_nobody_uses_another_firms_units(bypass: Bypass) -> None:
    await bypass.refuse(OWNER, chosen(bypass.seq, 50, participant=ParticipantId(BERT)))
    made, *others = chosen(bypass.seq, 50)
    await bypass.refuse(OWNER, tuple(others))
    await bypass.refuse(OWNER, (claimed(50, (1, 12)), *others))
    await bypass.refuse(OWNER, (claimed(51, (1, 11)), *others))
    await bypass.send((made, *others))


async def test_what_was_chosen_for_one_claim_is_not_used_up_for_another_firm(quota: Bypass) -> None:
    """Claim 50 is over, and its units were left where they are."""
    for_bert = claimed(51, TEN, 9, participant=ParticipantId(BERT))
    await quota.send(proposed(quota.seq, 50), (ClaimEnded(ClaimId(50)),), (for_bert,))
    await quota.refuse(OWNER, retired(quota.seq, 51, 50))
    await quota.refuse(OWNER, retired(quota.seq, 51))
    await quota.send((ClaimEnded(ClaimId(51)),), (claimed(52, TEN, 9),))
    await quota.refuse(OWNER, retired(quota.seq, 52, 50))
    await quota.send((*retired(quota.seq, 52), booked(subject=52)))


def released(number: int, owner: int, serials: tuple[int, int] = (3_001, 3_011)) -> ReleaseMade:
    """A release of the first serials of lot 8."""
    tonnes = Tonnes(serials[1] - serials[0])
    return ReleaseMade(ReleaseId(number), ProposalId(1), ParticipantId(owner), units(serials, 8), tonnes, "N-1")


async def test_nobody_releases_another_firms_units(forest: Bypass) -> None:
    steps = (
        reshaped(8, [(3_001, 3_101)], [(3_011, 3_101, ANNA)]),
        reshaped(8, [], [(3_001, 3_011, ANNA)], LEAVING),
        transaction(forest.seq, hold(ANNA, 10, 8)),
        changed(8, ANNA, (3_001, 3_011), SELLABLE, Cause.RELEASE_PROPOSED, 50),
    )
    await forest.refuse(OWNER, (released(50, BERT), *steps))
    await forest.refuse(OWNER, (released(51, ANNA), *steps))
    await forest.refuse(OWNER, (released(50, ANNA, (3_001, 3_012)), *steps))
    await forest.send((released(50, ANNA), *steps))


# --- what an encumbrance is about -------------------------------------------------------------------------------------


def about(number: int, vintage: int = 0, of_project: int = 3) -> EncumbranceSet:
    """A project is frozen, and nobody says which units that holds."""
    scope = (ProjectId(of_project), vintage, LotId(0), 0, 0)
    return EncumbranceSet(EncumbranceId(number), EncumbranceKind.FREEZE, *scope, "order 7", PersonId(1))


def about_serials(number: int, lo: int, hi: int) -> EncumbranceSet:
    """Some serials of lot 9 are."""
    return replace(about(number), project=ProjectId(0), lot=LotId(9), serial_lo=lo, serial_hi=hi)


def sold(seq: int, serials: tuple[int, int] = TEN, lot: int = 9) -> tuple[Event, ...]:
    """Serials go to Bert."""
    who = (ParticipantId(ANNA), ParticipantId(BERT))
    return (ParcelsMoved(TransactionId(seq), LotId(lot), *who, (SerialRange(*serials),)),)


ABOUT: Final = [
    (about(60), True),
    (about(60, 2023), True),
    (about(60, 2022), False),
    (about(60, of_project=1), False),
    (about_serials(60, 30_009, 30_020), True),
    (about_serials(60, 30_010, 30_020), False),
]


@pytest.mark.parametrize(("freeze", "is_meant"), ABOUT)
async def test_what_a_freeze_is_about_does_not_move_though_nothing_says_that_it_is_held(
    quota: Bypass, freeze: EncumbranceSet, is_meant: bool
) -> None:
    before, after = sold(1), sold(2)
    if not is_meant:
        await quota.send(before, (freeze,), after, proposed(quota.seq + 3, 50))
        return
    await quota.refuse("movements_of_free_units", before, (freeze,), after)
    await quota.refuse("parcel_changes_of_free_units", (freeze,), proposed(quota.seq + 1, 50))
    await quota.send(before, (freeze,))
    await quota.send((*agreed(60), EncumbranceLifted(EncumbranceId(60))), after)


async def test_nor_is_it_used_or_released_when_that_was_proposed_before(quota: Bypass) -> None:
    await quota.send(proposed(quota.seq, 50), (about(60, 2023),))
    await quota.refuse("claims_of_free_units", (ClaimApproved(ClaimId(50)),))
    await quota.refuse("parcel_changes_of_free_units", retired(quota.seq, 50))
    await quota.send((*agreed(60), EncumbranceLifted(EncumbranceId(60))))
    await quota.send((ClaimApproved(ClaimId(50)),))


async def test_nor_does_a_release_leave(forest: Bypass) -> None:
    approved = ReleaseApproved(ReleaseId(50), Micros(1), Micros(2))
    await forest.send((released(50, ANNA),), (about(60, of_project=2),))
    await forest.refuse("releases_of_free_units", (approved,))
    await forest.send((*agreed(60), EncumbranceLifted(EncumbranceId(60))), (approved,))


# --- what counts where ------------------------------------------------------------------------------------------------

BOOKED: Final = "budget_entries_as_used"
WRONG: Final[list[tuple[Event, ...]]] = [
    (),
    (booked(9),),
    (booked(), booked()),
    (booked(source=League.WUHAI),),
    (booked(used_in=League.WUHAI),),
    (booked(used_in=League.NONE, province="Hebei"),),
    (booked(year=2025),),
    (booked(subject=51),),
    (booked(), booked(source=League.WUHAI)),
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_use_in_another_league_is_booked_as_it_is(quota: Bypass, wrong: tuple[Event, ...]) -> None:
    await quota.send(proposed(quota.seq, 50))
    await quota.refuse(BOOKED, (*retired(quota.seq, 50), *wrong))
    await quota.refuse(BOOKED, retired(quota.seq, 50), (booked(),))
    await quota.send((*retired(quota.seq, 50), booked(4), booked(6)))


async def test_what_is_revoked_is_booked_back(quota: Bypass) -> None:
    await quota.send(proposed(quota.seq, 50), (*retired(quota.seq + 1, 50), booked()))
    revoked = ClaimRevoked(ClaimId(50), "measured wrongly")
    for wrong in ((), (booked(),), (booked(-9),), (booked(-10, year=2025),)):
        await quota.refuse(BOOKED, (revoked, *wrong))
    await quota.send((DayOpened(Day(20270104)),))
    await quota.send((revoked, booked(-10, year=2027)))


async def replacing(quota: Bypass, league: League) -> tuple[Event, ...]:
    """Lot 9 replaces, at once, what a project of some league has lost; what is to be booked is left out."""
    lost_by = project(4, family=Family.REDUCTION_QUOTA, activity=Activity.ENERGY_SAVING, league=league)
    await quota.send((lost_by, issuance(4, 40_000, 40_010, project=ProjectId(4))))
    await quota.send(admission(quota.seq, 10, 4, ANNA, 40_000, 40_010))
    lost = ReversalReported(ReversalId(90), ProjectId(4), 0, ParticipantId(ANNA), Tonnes(10), "fire")
    _, *steps = proposed(quota.seq + 1, 50)
    await quota.send((lost,), (claimed(50, TEN, 9, reversal=ReversalId(90)), *steps))
    return (*retired(quota.seq, 50), ReversalReplaced(ReversalId(90), ClaimId(50), Tonnes(10), Tonnes(0)))


async def test_what_replaces_a_loss_of_no_league_is_not_booked(quota: Bypass) -> None:
    """Whatever the claim says of a league, and neither when it is used nor when that is revoked."""
    done = await replacing(quota, League.NONE)
    await quota.refuse(BOOKED, (*done, booked(used_in=League.NONE)))
    await quota.refuse(BOOKED, (*done, booked()))
    await quota.send(done)
    revoked = ClaimRevoked(ClaimId(50), "never cancelled")
    again = ReversalOwedAgain(ReversalId(90), ClaimId(50), Tonnes(10), Tonnes(10))
    await quota.refuse(BOOKED, (revoked, again, booked(-10, used_in=League.NONE)))
    await quota.send((revoked, again))


async def test_what_replaces_a_loss_of_a_league_is_booked_for_that_league(quota: Bypass) -> None:
    done = await replacing(quota, League.WUHAI)
    await quota.refuse(BOOKED, done)
    await quota.refuse(BOOKED, (*done, booked()))
    await quota.send((*done, booked(used_in=League.WUHAI)))


async def test_what_was_never_used_is_not_booked(quota: Bypass) -> None:
    await quota.refuse(BOOKED, (booked(),))
    await quota.refuse(BOOKED, (*proposed(quota.seq, 50), booked()))


# --- what a lock is asked for -----------------------------------------------------------------------------------------

WANTED: Final = "registry_requests_wanted"


async def test_a_lock_is_asked_for_what_waits_for_it(forest: Bypass) -> None:
    await forest.refuse(WANTED, (asked(71, (1, 11)),))
    await forest.refuse(WANTED, (asked(71, (3_001, 3_101), 8),))


@pytest.mark.parametrize(
    "given", [{"owner": ParticipantId(BERT)}, {"subject": 50}, {"serials": SerialRange(3_001, 3_100)}]
)
async def test_a_lock_is_asked_for_the_units_and_the_firm_that_wait(bypass: Bypass, given: dict[str, Any]) -> None:
    await bypass.send((ccer(), issuance(2, 3_001, 4_001, project=ProjectId(2))))
    *steps, request = waiting(bypass.seq)
    await bypass.refuse(WANTED, (*steps, replace(request, **given)))
    await bypass.refuse(WANTED, tuple(steps), (request,))
    await bypass.send((*steps, request))
