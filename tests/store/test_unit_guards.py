"""Where units stand, in the database alone: events made by hand that the core would never make are refused.

What a guard refuses leaves nothing behind; beside each refusal stands what it lets pass.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from exchange.core.commands.encumbrances import WithdrawReversal
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.commands.uses import Purpose
from exchange.core.credits.states import ASKED, CANCELLED, ENDING, LEAVING, SELLABLE, WAITING, Standing
from exchange.core.events.credits import Cause, UnitsChanged
from exchange.core.events.encumbrances import (
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalReported,
    ReversalWithdrawn,
)
from exchange.core.events.governance import ActionApproved, ActionProposed, VenueOpened
from exchange.core.events.registry import RegistryContradicted
from exchange.core.events.uses import ClaimApproved, ClaimEnded, ClaimRevoked
from exchange.core.ledger import chart
from exchange.core.serials import SerialRange
from exchange.core.values import (
    MICROS_PER_SECOND,
    ClaimId,
    Day,
    Fen,
    KeyId,
    LotId,
    Micros,
    ParticipantId,
    PersonId,
    ProjectId,
    ProposalId,
    RequestId,
    ReversalId,
    Tonnes,
)
from tests.store.bypass import ANNA, BERT, Bypass, moved_leader
from tests.support.entries import (
    OPENING,
    REGISTRY,
    admission,
    changed,
    issuance,
    post,
    reshaped,
    transaction,
)

if TYPE_CHECKING:
    from exchange.core.events import Event
    from exchange.store.connecting import Connection

from tests.store.unit_events import (
    asked,
    cancelled,
    ccer,
    chosen,
    claimed,
    confirmed,
    free,
    hold,
    locked,
    reference,
)

MINUTE, HOUR = 60 * MICROS_PER_SECOND, 3_600 * MICROS_PER_SECOND
NOT_TOLD = "parcels_stand_where_told"
AS_OWED = "reversals_replaced_as_owed"
NOT_BROUGHT = "do not stand where they were brought"


# --- (1) where units stand, and the steps between ---------------------------------------------------------------------


async def test_units_live_through_a_claim(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50), cancelled(bypass.seq + 1, 50))


async def test_what_is_cancelled_stays_cancelled(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50))
    await bypass.send(cancelled(bypass.seq, 50))
    back = reshaped(7, [(1, 11)], [(1, 11, BERT)])
    await bypass.refuse("parcels_spent_for_good", (back,))
    step = UnitsChanged(
        LotId(7), ParticipantId(ANNA), (SerialRange(1, 11),), *CANCELLED, *SELLABLE, Cause.USE_WITHDRAWN, 50
    )
    await bypass.refuse("parcel_changes_by_the_table", (step,))


@pytest.mark.parametrize(
    ("before", "cause"),
    [(ENDING, Cause.RETIRED), (LEAVING, Cause.RELEASED), (ASKED, Cause.LOCK_REFUSED), (None, Cause.ADMITTED_HERE)],
)
async def test_a_step_begins_where_units_stand(bypass: Bypass, before: Standing | None, cause: Cause) -> None:
    step = changed(7, ANNA, (1, 11), before, cause, 50)
    refusal = "came in without being told" if before is None else "parcel_changes_follow_one_another"
    await bypass.refuse(refusal, (step,))


async def test_a_step_from_where_something_else_stands_is_refused(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50))
    again = (claimed(51, (5, 15)), changed(7, ANNA, (5, 15), SELLABLE, Cause.USE_PROPOSED, 51))
    await bypass.refuse("parcel_changes_follow_one_another", again)


@pytest.mark.parametrize(
    ("owner", "before", "cause"),
    [
        (ANNA, LEAVING, Cause.RELEASE_WITHDRAWN),  # stands, but is not leaving
        (ANNA, WAITING, Cause.LOCK_REQUESTED),  # stands, but is of this market
        (BERT, ENDING, Cause.USE_WITHDRAWN),  # is another's
    ],
)
async def test_a_step_begins_in_the_state_and_with_the_owner_that_units_have(
    bypass: Bypass, owner: int, before: Standing, cause: Cause
) -> None:
    await bypass.send(chosen(bypass.seq, 50))
    await bypass.refuse("parcel_changes_follow_one_another", (changed(7, owner, (1, 11), before, cause, 50),))


async def test_a_parcel_changes_its_state_by_a_step_alone(bypass: Bypass) -> None:
    await bypass.refuse(
        NOT_TOLD, (reshaped(7, [(1, 101)], [(1, 101, ANNA)], ENDING), transaction(bypass.seq, hold(ANNA, 100)))
    )


async def test_a_step_changes_the_parcels_too(bypass: Bypass) -> None:
    step = (claimed(50, (1, 11)), changed(7, ANNA, (1, 11), SELLABLE, Cause.USE_PROPOSED, 50))
    await bypass.refuse(NOT_BROUGHT, step)


async def test_a_step_changes_these_very_serials(bypass: Bypass) -> None:
    """As many tonnes, but others: only looking at serials can see it."""
    others = (
        claimed(50, (1, 11)),
        reshaped(7, [(1, 101)], [(1, 91, ANNA)]),
        reshaped(7, [], [(91, 101, ANNA)], ENDING),
        transaction(bypass.seq, hold(ANNA, 10)),
        changed(7, ANNA, (1, 11), SELLABLE, Cause.USE_PROPOSED, 50),
    )
    await bypass.refuse(NOT_TOLD, others)


async def test_what_cannot_be_sold_changes_hands_in_no_way(national: Bypass) -> None:
    """Units that wait for their lock are still tagged NATIONAL: no trade can have moved them."""
    sold = reshaped(8, [(3_001, 3_101)], [(3_001, 3_101, BERT)], ASKED)
    moved = transaction(national.seq, free(ANNA, 100, 8), post(ANNA, BERT, 100, 8), hold(BERT, 100, 8))
    await national.refuse(NOT_TOLD, (moved, sold))


async def test_units_come_in_by_a_step(bypass: Bypass) -> None:
    await bypass.refuse("came in without being told", admission(bypass.seq, 9, 1, ANNA, 201, 301)[:-1])


async def test_units_of_the_national_registry_wait_for_its_lock(bypass: Bypass) -> None:
    await bypass.send((ccer(), issuance(2, 3_001, 4_001, project=ProjectId(2))))
    await bypass.refuse("national_units_are_locked", admission(bypass.seq, 8, 2, ANNA, 3_001, 3_101))


async def test_a_sandbox_has_units_of_its_own(bypass: Bypass) -> None:
    await bypass.send((VenueOpened("play", Day(20260707), Fen(0), Tonnes(1)),))
    await bypass.send((ccer(registry="SANDBOX"), issuance(2, 3_001, 4_001, project=ProjectId(2))))
    await bypass.send(admission(bypass.seq, 8, 2, ANNA, 3_001, 3_101))


async def test_a_real_venue_has_no_units_of_a_sandbox(bypass: Bypass, owner: Connection) -> None:
    """Neither its projects nor, should one be there, what comes in for it."""
    await bypass.send((VenueOpened("real", Day(20260707), Fen(1), Tonnes(0)),))
    play = (ccer(registry="SANDBOX"), issuance(2, 3_001, 4_001, project=ProjectId(2)))
    await bypass.refuse("projects_play_in_a_sandbox", play)
    await owner.execute("DROP TRIGGER refuse_play ON projects")
    await bypass.send(play)
    await bypass.refuse("national_units_are_locked", admission(bypass.seq, 8, 2, ANNA, 3_001, 3_101))


async def test_what_a_venue_is_nobody_changes(bypass: Bypass, owner: Connection) -> None:
    await bypass.send((VenueOpened("real", Day(20260707), Fen(0), Tonnes(0)),))
    with pytest.raises(asyncpg.PostgresError, match="venue stays as it was written"):
        await owner.execute("UPDATE venue SET is_sandbox = true")
    with pytest.raises(asyncpg.PostgresError, match="append-only: DELETE is refused"):
        await owner.execute("DELETE FROM venue")


async def test_a_lock_is_confirmed_by_the_registry(national: Bypass) -> None:
    await national.refuse("confirmed_by_the_registry", locked(national.seq))
    await national.send(locked(national.seq, confirmed(70, "r-70")))


async def test_a_confirmation_is_about_these_serials(national: Bypass) -> None:
    other = reshaped(8, [(3_001, 3_101)], [(3_051, 3_101, ANNA)], ASKED)
    part = (
        confirmed(70, "r-70"),
        other,
        reshaped(8, [], [(3_001, 3_051, ANNA)]),
        transaction(national.seq, free(ANNA, 50, 8)),
        changed(8, ANNA, (3_001, 3_051), ASKED, Cause.LOCK_CONFIRMED, 70),
    )
    await national.refuse("confirmed_by_the_registry", part)


async def test_nothing_is_cancelled_but_for_a_claim(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50), (ClaimEnded(ClaimId(50)),))
    _, *steps, _ = cancelled(bypass.seq, 50)
    await bypass.refuse("parcel_changes_spent_for_a_claim", tuple(steps))
    await bypass.send((claimed(51, (1, 11)), *cancelled(bypass.seq, 51)))


async def test_a_claim_is_fulfilled_when_its_units_are_used_up(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50))
    approved, *_, fulfilled = cancelled(bypass.seq, 50)
    await bypass.refuse("claims_of_spent_units", (approved, fulfilled))


# --- the ledger has the same tonnes ----------------------------------------------------------------------------------


async def test_what_is_set_aside_is_held(bypass: Bypass) -> None:
    events = [event for event in chosen(bypass.seq, 50) if not hasattr(event, "postings")]
    await bypass.refuse("0 of them held, and 10 t in its parcels", tuple(events))


@pytest.mark.parametrize("tonnes", [9, 11])
async def test_what_is_cancelled_stands_on_the_account_of_what_is_cancelled(bypass: Bypass, tonnes: int) -> None:
    await bypass.send(chosen(bypass.seq, 50))
    approved, shape, _, *others = cancelled(bypass.seq, 50)
    booked = transaction(bypass.seq, free(ANNA, 10), post(ANNA, chart.CANCELLED, tonnes, 7))
    await bypass.refuse(f"account -6 has {tonnes} t of lot 7", (approved, shape, booked, *others))


@pytest.mark.parametrize("account", [chart.RETIRED, chart.CANCELLED, chart.OUT, chart.EXPORTED])
async def test_nothing_is_booked_away_that_did_not_go(bypass: Bypass, account: int) -> None:
    booked = transaction(bypass.seq, post(ANNA, account, 10, 7))
    await bypass.refuse(f"account {account} has 10 t of lot 7", (booked,))


async def test_a_lot_is_booked_in_once_and_whole(bypass: Bypass) -> None:
    await bypass.refuse("account -2 has -110 t of lot 7", (transaction(bypass.seq, post(REGISTRY, ANNA, 10, 7)),))
    admitted = admission(bypass.seq, 9, 1, ANNA, 201, 301)
    await bypass.refuse("account -2 has", (admitted[0], *admitted[2:]))


# --- the registry -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("receipt", ["r-70", "R-70", " r-70 ", "R_070", "（r）70"])
async def test_a_receipt_vouches_once(national: Bypass, receipt: str) -> None:
    await national.send(locked(national.seq, confirmed(70, "r-70")))
    again = (asked(71, (1, 11)), confirmed(71, receipt, (1, 11)))
    await national.refuse("registry_answers_receipt_once", again)


@pytest.mark.parametrize("receipt", ["r-70", "（R）070"])
async def test_a_receipt_of_a_contradiction_vouches_for_nothing(national: Bypass, receipt: str) -> None:
    """Whatever its outcome; and a contradiction may itself come with any receipt."""
    await national.send(locked(national.seq, confirmed(70, "r-69")))
    said = (RequestId(70), RequestKind.LOCK, "", RegistryOutcome.REFUSED, SerialRange(3_001, 3_101))
    await national.send((RegistryContradicted(*said, "r-70", "m-2"),))
    again = (asked(71, (3_001, 3_101), 8), confirmed(71, receipt))
    await national.refuse("registry_answers_receipt_untold", again)
    await national.send((RegistryContradicted(*said, "r-69", "m-3"),))


@pytest.mark.parametrize("serials", [(3_001, 3_201), (3_001, 3_051), (2_901, 3_101)])
async def test_an_answer_speaks_of_what_was_asked(national: Bypass, serials: tuple[int, int]) -> None:
    answer = confirmed(70, "r-70", serials)
    await national.refuse("registry_answers_about_what_was_asked", locked(national.seq, answer))
    act = (RequestId(70), RequestKind.LOCK, "")
    said = RegistryContradicted(*act, RegistryOutcome.REFUSED, SerialRange(*serials), "", "m-2")
    await national.refuse("registry_answers_about_what_was_asked", (said,))
    said.serials = SerialRange(3_001, 3_101)
    await national.send(locked(national.seq, confirmed(70, "r-70")), (said,))


@pytest.mark.parametrize("act", [{"kind": RequestKind.CANCEL}, {"kind": RequestKind.RELEASE}, {"account": "N-7"}])
async def test_an_answer_speaks_of_the_act_that_was_asked_for(national: Bypass, act: dict[str, Any]) -> None:
    answer = replace(confirmed(70, "r-70"), **act)
    await national.refuse("registry_answers_about_what_was_asked", locked(national.seq, answer))


@pytest.mark.parametrize(
    "text", [reference(70), "test-req-0-71", "test-req-0-71-0000000g", "test-req-1-71-00000000", "-req-0-71-00000000"]
)
async def test_a_reference_is_of_its_request(national: Bypass, text: str) -> None:
    again = replace(asked(71, (1, 11)), reference=text)
    await national.refuse("registry_requests_reference_of_its_own", (again,))


@pytest.mark.parametrize("act", [{"account": "N-7"}, {"kind": RequestKind.RELEASE}])
async def test_a_release_alone_goes_to_an_account(national: Bypass, act: dict[str, Any]) -> None:
    again = replace(asked(71, (1, 11)), **act)
    await national.refuse("registry_requests_account_of_a_release", (again,))


async def test_the_national_registry_answers_for_what_it_keeps(bypass: Bypass) -> None:
    """Lot 7 is of another registry, so its word is neither a first one nor a contradiction."""
    await bypass.send(chosen(bypass.seq, 50))
    asked_for = asked(1_050, (1, 11), kind=RequestKind.CANCEL, subject=50)
    said = confirmed(1_050, "r", (1, 11), RequestKind.CANCEL)
    await bypass.refuse("registry_answers_of_its_own_units", (ClaimApproved(ClaimId(50)), asked_for, said))
    await bypass.send(cancelled(bypass.seq, 50))
    act = (RequestKind.CANCEL, "")
    contrary = RegistryContradicted(RequestId(1_050), *act, RegistryOutcome.REFUSED, SerialRange(1, 11), "", "m-2")
    await bypass.refuse("registry_answers_of_its_own_units", (contrary,))


@pytest.mark.parametrize("apart", [-HOUR - MINUTE, HOUR + MINUTE])
async def test_an_answer_is_of_a_possible_time(national: Bypass, apart: int) -> None:
    """It was asked some seconds ago, so an hour and a minute is too much either way."""
    said = replace(confirmed(70, "r-70"), stated_at=Micros(OPENING + apart))
    await national.refuse("registry_answers_stated_in_time", locked(national.seq, said))


async def test_the_registry_is_asked_for_one_thing_at_a_time(national: Bypass) -> None:
    await national.refuse("registry_requests_one_at_a_time", (asked(71, (3_050, 3_060), lot=8),))
    for_a_use = asked(71, (1, 11), kind=RequestKind.CANCEL, subject=50)
    await national.send(chosen(national.seq, 50), (ClaimApproved(ClaimId(50)), for_a_use))


async def test_a_request_is_answered_once(national: Bypass) -> None:
    await national.send(locked(national.seq, confirmed(70, "r-70")))
    await national.refuse("registry_answers_first_once", (confirmed(70, "r-71"),))


async def test_a_request_is_confirmed_by_an_answer(national: Bypass, service: Connection) -> None:
    async with moved_leader(service):
        await service.execute(
            "UPDATE registry_requests SET status = 3, receipt = 'mine', last_seq = $1 WHERE request_id = 70",
            national.seq,
        )
        with pytest.raises(asyncpg.PostgresError, match="registry_requests_answered"):
            await service.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- what is to be replaced -------------------------------------------------------------------------------------------


LOST = ReversalReported(ReversalId(90), ProjectId(1), 2023, ParticipantId(ANNA), Tonnes(10), "fire")


async def test_a_loss_is_replaced_by_what_claims_have(bypass: Bypass) -> None:
    await bypass.send((LOST,), chosen(bypass.seq + 1, 50, (1, 7), reversal=ReversalId(90)))
    told = ReversalReplaced(ReversalId(90), ClaimId(50), Tonnes(6), Tonnes(4))
    await bypass.refuse(AS_OWED, (told,))
    await bypass.refuse(AS_OWED, cancelled(bypass.seq, 50, (1, 7)))
    await bypass.send((*cancelled(bypass.seq, 50, (1, 7)), told))


def withdrawn(seq: int, number: int) -> tuple[Event, ...]:
    """Two persons agree that a loss was a mistake."""
    action = WithdrawReversal(PersonId(1), ReversalId(number), "a mistake")
    made = ActionProposed(ProposalId(seq), PersonId(1), KeyId(1), ParticipantId(0), action, bytes(32))
    return made, ActionApproved(ProposalId(seq), PersonId(2)), ReversalWithdrawn(ReversalId(number), "a mistake")


async def test_what_a_revoked_claim_had_replaced_is_owed_again(bypass: Bypass, owner: Connection) -> None:
    """And nothing less: then it replaces nothing, and a loss that was a mistake can be taken back, at once."""
    told = ReversalReplaced(ReversalId(90), ClaimId(50), Tonnes(6), Tonnes(4))
    await bypass.send((LOST,), chosen(bypass.seq + 1, 50, (1, 7), reversal=ReversalId(90)))
    await bypass.send((*cancelled(bypass.seq, 50, (1, 7)), told))
    await bypass.refuse("reversals_withdrawn_unreplaced", withdrawn(bypass.seq, 90))
    revoked = ClaimRevoked(ClaimId(50), "measured wrongly")
    await bypass.refuse(AS_OWED, (revoked,))
    less = ReversalOwedAgain(ReversalId(90), ClaimId(50), Tonnes(5), Tonnes(9))
    await bypass.refuse(AS_OWED, (revoked, less))
    again = ReversalOwedAgain(ReversalId(90), ClaimId(50), Tonnes(6), Tonnes(10))
    await bypass.refuse(AS_OWED, (again,))
    await bypass.send((revoked, again), withdrawn(bypass.seq + 1, 90))
    row = await owner.fetchrow("SELECT replaced, withdrawn_seq, last_seq FROM reversals")
    assert row is not None and tuple(row) == (0, bypass.log.seq, bypass.log.seq)


async def test_a_loss_is_reported_replaced_owed_again_and_withdrawn_in_one_batch(
    bypass: Bypass, owner: Connection
) -> None:
    seq, told = bypass.seq, ReversalReplaced(ReversalId(90), ClaimId(50), Tonnes(6), Tonnes(4))
    again = ReversalOwedAgain(ReversalId(90), ClaimId(50), Tonnes(6), Tonnes(10))
    await bypass.send(
        (LOST,),
        chosen(seq + 1, 50, (1, 7), reversal=ReversalId(90)),
        (*cancelled(seq + 2, 50, (1, 7)), told),
        (ClaimRevoked(ClaimId(50), "measured wrongly"), again),
        withdrawn(seq + 4, 90),
    )
    row = await owner.fetchrow("SELECT replaced, seq, withdrawn_seq, last_seq FROM reversals")
    assert row is not None and tuple(row) == (0, seq, seq + 4, seq + 4)


async def test_more_is_not_replaced_than_was_lost(bypass: Bypass) -> None:
    await bypass.send((LOST,), chosen(bypass.seq + 1, 50, (1, 12), reversal=ReversalId(90)))
    await bypass.refuse(AS_OWED, (ClaimApproved(ClaimId(50)),))
    told = ReversalReplaced(ReversalId(90), ClaimId(50), Tonnes(11), Tonnes(0))
    await bypass.refuse("reversals_add_up", (*cancelled(bypass.seq, 50, (1, 12)), told))


async def test_who_does_not_owe_replaces_nothing(bypass: Bypass) -> None:
    await bypass.send(admission(bypass.seq, 9, 1, BERT, 201, 301))
    await bypass.send((replace(LOST, responsible=ParticipantId(BERT)),))
    await bypass.refuse(AS_OWED, chosen(bypass.seq, 50, reversal=ReversalId(90)))


async def test_what_was_lost_is_replaced_by_the_same_family(forest: Bypass) -> None:
    await forest.send((replace(LOST, project=ProjectId(2)),))
    await forest.refuse(AS_OWED, chosen(forest.seq, 50, reversal=ReversalId(90)))


@pytest.mark.parametrize(
    ("refusal", "given"),
    [
        ("claims_replacing_by_order_or_freely", {"purpose": Purpose.ECO_COMPENSATION, "reversal": ReversalId(90)}),
        ("claims_forced_by_a_reversal", {"purpose": Purpose.FORCED, "proposal": ProposalId(0)}),
        ("claims_forced_by_a_reversal", {"purpose": Purpose.FORCED, "reversal": ReversalId(90)}),
    ],
)
async def test_what_replaces_a_loss_is_forced_or_voluntary(bypass: Bypass, refusal: str, given: dict[str, Any]) -> None:
    await bypass.send((LOST,))
    await bypass.refuse(refusal, chosen(bypass.seq, 50, **given))
