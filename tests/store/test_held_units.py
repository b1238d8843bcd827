"""What an encumbrance holds fast stays, in the database alone, from the entry that says so to the one that frees it.

Events made by hand that the core would never make are refused; beside each refusal stands what the guard lets pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import asyncpg
import pytest

from exchange.core.commands.encumbrances import EncumbranceKind, LiftEncumbrance
from exchange.core.credits.states import ENDING, SELLABLE, Standing
from exchange.core.events import Event
from exchange.core.events.credits import Cause, ParcelsMoved
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsEncumbered, UnitsFreed
from exchange.core.events.governance import ActionApproved, ActionProposed
from exchange.core.events.registry import ReturnAsked
from exchange.core.events.uses import ClaimApproved, ReleaseApproved, ReleaseMade, ReleaseSent
from exchange.core.serials import SerialRange
from exchange.core.values import (
    ClaimId,
    EncumbranceId,
    KeyId,
    LotId,
    Micros,
    ParticipantId,
    PersonId,
    ProjectId,
    ProposalId,
    ReleaseId,
    Tonnes,
    TransactionId,
)
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from tests.store.bypass import ANNA, BERT, Bypass, moved_leader
from tests.store.unit_events import Range, chosen, claimed, units
from tests.store.unit_events import freed as withdrawn
from tests.support.database import unguarded
from tests.support.entries import changed

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

MOVED: Final = "movements_of_free_units"
CHANGED: Final = "parcel_changes_of_free_units"


def frozen(number: int, serials: Range, lot: int = 7) -> tuple[Event, ...]:
    """Serials are held fast, as far as the encumbrance's own tables go."""
    scope = (ProjectId(0), 0, LotId(lot), *serials)
    return (
        EncumbranceSet(EncumbranceId(number), EncumbranceKind.FREEZE, *scope, "order 7", PersonId(1)),
        UnitsEncumbered(EncumbranceId(number), LotId(lot), (SerialRange(*serials),)),
    )


def agreed(number: int, approver: int = 2) -> tuple[Event, ...]:
    """Two persons say that an encumbrance is lifted."""
    action, proposal = LiftEncumbrance(PersonId(1), EncumbranceId(number)), ProposalId(900 + number)
    made = ActionProposed(proposal, PersonId(1), KeyId(1), ParticipantId(0), action, bytes(32))
    return made, ActionApproved(proposal, PersonId(approver))


def freed(number: int, serials: Range, lot: int = 7) -> UnitsFreed:
    """Serials are let go."""
    return UnitsFreed(EncumbranceId(number), LotId(lot), (SerialRange(*serials),))


def lifted(number: int) -> EncumbranceLifted:
    """An encumbrance is over."""
    return EncumbranceLifted(EncumbranceId(number))


def moved(seq: int, serials: Range, source: int = ANNA, target: int = BERT) -> ParcelsMoved:
    """Serials of lot 7 go from one to another."""
    who = (ParticipantId(source), ParticipantId(target))
    return ParcelsMoved(TransactionId(seq), LotId(7), *who, (SerialRange(*serials),))


# --- given to another firm --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("serials", [(11, 21), (1, 12), (20, 101), (1, 101)])
async def test_what_is_held_fast_does_not_move(bypass: Bypass, serials: Range) -> None:
    await bypass.send(frozen(60, (11, 21)))
    await bypass.refuse(MOVED, (moved(1, serials),))


async def test_what_is_beside_it_moves_and_so_does_all_before_and_afterwards(bypass: Bypass) -> None:
    """All in one batch: the order of its entries counts, and not that of its rows."""
    over = (*agreed(60), freed(60, (11, 21)), lifted(60))
    await bypass.send((moved(1, (11, 21)),), frozen(60, (11, 21)), (moved(1, (21, 31)),), over, (moved(1, (1, 101)),))
    await bypass.send((moved(1, (11, 21)),))


async def test_what_is_freed_moves_and_the_rest_waits_for_its_own_entry(bypass: Bypass) -> None:
    await bypass.send(frozen(60, (11, 31)), (*agreed(60), freed(60, (11, 21))))
    await bypass.send((moved(1, (11, 21)),))
    await bypass.refuse(MOVED, (moved(1, (20, 22)),))
    await bypass.send((freed(60, (21, 31)),), (moved(1, (20, 22)),))


async def test_an_encumbrance_that_is_over_has_freed_what_it_held(bypass: Bypass) -> None:
    """That it is over frees nothing by itself."""
    await bypass.send(frozen(60, (11, 31)), (*agreed(60), freed(60, (11, 21)), lifted(60)))
    await bypass.send((moved(1, (11, 21)),))
    await bypass.refuse(MOVED, (moved(1, (11, 22)),))


async def test_what_another_holds_too_stays(bypass: Bypass) -> None:
    await bypass.send(frozen(60, (11, 21)), frozen(61, (16, 26)), (*agreed(60), freed(60, (11, 21)), lifted(60)))
    await bypass.send((moved(1, (11, 16)),))
    await bypass.refuse(MOVED, (moved(1, (11, 17)),))


async def test_the_registry_takes_what_it_was_asked_for_before(bypass: Bypass) -> None:
    await bypass.send(frozen(60, (11, 21)))
    await bypass.send((moved(1, (11, 21), target=0),))


async def test_an_encumbrance_is_lifted_once(bypass: Bypass) -> None:
    await bypass.send(frozen(60, (11, 21)), (*agreed(60), lifted(60)))
    await bypass.refuse("append-only: UPDATE is refused", (lifted(60),))


# --- let go -----------------------------------------------------------------------------------------------------------


LET_GO: Final[dict[str, Event]] = {
    "freed_ranges_agreed_by_two": freed(60, (11, 12)),
    "encumbrances_agreed_by_two": lifted(60),
}


@pytest.mark.parametrize("guard", LET_GO)
async def test_units_are_let_go_by_two_persons(bypass: Bypass, guard: str) -> None:
    let_go, (proposed, approved) = LET_GO[guard], agreed(60)
    await bypass.send(frozen(60, (11, 21)))
    await bypass.refuse(guard, (let_go,))
    await bypass.refuse(guard, (proposed, let_go))
    await bypass.refuse(guard, (*agreed(61), let_go))
    await bypass.refuse(guard, (let_go,), (proposed, approved))
    await bypass.send((proposed, approved), (let_go,))


async def test_one_person_does_not_agree_with_itself(bypass: Bypass, service: Connection) -> None:
    await bypass.refuse("proposals_decided_by_another", agreed(60, approver=1))
    await bypass.send(agreed(60)[:1])
    async with moved_leader(service):
        with pytest.raises(asyncpg.CheckViolationError, match="proposals_decided_by_another"):
            await service.execute("UPDATE proposals SET status = 2, last_seq = $1", bypass.seq)


# --- chosen, used up, released ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "cause"),
    [
        (SELLABLE, Cause.USE_PROPOSED),
        (SELLABLE, Cause.RELEASE_PROPOSED),
        (ENDING, Cause.RETIRED),
        (ENDING, Cause.EXPORTED),
    ],
)
async def test_what_is_held_fast_is_not_chosen_and_not_used_up(bypass: Bypass, before: Standing, cause: Cause) -> None:
    if before == ENDING:
        await bypass.send(chosen(bypass.seq, 50))
    await bypass.send(frozen(60, (10, 21)))
    # What an earlier step says is that the units are there; what refuses comes behind it.
    await bypass.refuse(CHANGED, (claimed(51, (51, 61)), changed(7, ANNA, (1, 11), before, cause, 50)))


async def test_what_was_chosen_before_goes_back_although_it_is_held(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50), frozen(60, (1, 11)))
    await bypass.send(withdrawn(bypass.seq, 50))
    await bypass.refuse(CHANGED, chosen(bypass.seq, 51))
    await bypass.send((*agreed(60), freed(60, (1, 11))), chosen(bypass.seq + 1, 51))


async def test_a_use_of_what_is_held_fast_is_not_approved(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50), frozen(60, (10, 12)))
    await bypass.refuse("claims_of_free_units", (ClaimApproved(ClaimId(50)),))
    await bypass.send((*agreed(60), freed(60, (10, 12))), (ClaimApproved(ClaimId(50)),))


async def test_the_order_of_the_entries_counts_for_a_use_too(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50), (ClaimApproved(ClaimId(50)),), frozen(60, (1, 11)))


def released(number: int, serials: Range) -> ReleaseMade:
    """A release of Anna's, of what the national registry keeps."""
    tonnes = Tonnes(serials[1] - serials[0])
    return ReleaseMade(ReleaseId(number), ProposalId(1), ParticipantId(ANNA), units(serials, 8), tonnes, "N-1")


APPROVED: Final = ReleaseApproved(ReleaseId(50), Micros(1), Micros(2))


async def test_a_release_of_what_is_held_fast_is_not_approved(national: Bypass) -> None:
    await national.send((released(50, (3_001, 3_011)),), frozen(60, (3_010, 3_012), 8))
    await national.refuse("releases_of_free_units", (APPROVED,))
    await national.send((*agreed(60), freed(60, (3_010, 3_012), 8)), (APPROVED,), (ReleaseSent(ReleaseId(50)),))


async def test_a_release_is_not_sent_when_it_was_held_in_its_cool_down(national: Bypass) -> None:
    await national.send((released(50, (3_001, 3_011)),), (APPROVED,), frozen(60, (3_010, 3_012), 8))
    await national.refuse("releases_of_free_units", (ReleaseSent(ReleaseId(50)),))


# --- away and back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("serials", "at", "is_held"),
    [
        ((10, 20), 5, False),  # the entry itself that holds
        ((10, 20), 6, True),
        ((1, 10), 6, False),
        ((20, 30), 6, False),
        ((19, 30), 6, True),
        ((10, 12), 8, False),  # freed in entry 8
        ((10, 12), 7, True),
        ((10, 13), 8, True),
        ((15, 20), 11, False),  # away since entry 10, back in 12
        ((15, 20), 14, False),
        ((14, 20), 14, True),
        ((10, 12), 99, False),
    ],
)
async def test_what_was_away_is_held_no_more_until_it_is_told_anew(
    postgres: EmbeddedServer, database: DatabaseUrls, serials: Range, at: int, is_held: bool
) -> None:
    async with unguarded(postgres, database) as connection:
        await connection.execute("INSERT INTO encumbered_ranges VALUES (7, 60, 10, 20, 5)")
        await connection.execute("INSERT INTO freed_ranges VALUES (7, 60, 10, 12, 8), (7, 61, 10, 20, 6)")
        step = "INSERT INTO parcel_changes VALUES ({}, 0, 0, 7, 11, 15, 20, {}, 0)"
        await connection.execute(step.format(4, "1, 5, 2, 6, 16"))
        await connection.execute(step.format(10, "1, 5, 2, 6, 16"))
        await connection.execute(step.format(12, "2, 7, 1, 1, 4"))
        ask = "SELECT holds(r, $1, $2, $3) FROM encumbered_ranges r"
        assert await connection.fetchval(ask, *serials, at) is is_held


async def test_units_come_back_on_a_paper_that_no_lock_was_entered_on(bypass: Bypass) -> None:
    def back(paper: str) -> ReturnAsked:
        return ReturnAsked(LotId(7), ParticipantId(BERT), SerialRange(1, 11), paper)

    for same in ("lock-7", "LOCK-7", "lock - 7.", "Lock_07", "lock7"):
        await bypass.refuse("lock_papers_entered_once", (back(same),))
    await bypass.send((back("back-7"),))
    await bypass.refuse("lock_papers_entered_once", (back("Back-7"),))
