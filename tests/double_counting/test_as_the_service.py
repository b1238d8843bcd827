"""Around the program: with the rights of the service's own role, by SQL, and with batches that a forger has written.

Whoever has stolen the service's password can do no more than this. What the core would never say is said here to the
database in the core's own words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import asyncpg
import pytest

from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.commands.uses import Pick, ReleaseUnits
from exchange.core.credits.parcels import Change
from exchange.core.credits.states import CANCELLED, ENDING, OUT, RETIRED, RETURNING, SELLABLE, UNKNOWN, Standing
from exchange.core.events import Event
from exchange.core.events.credits import (
    Cause,
    LotAdmitted,
    Parcel,
    ParcelsMoved,
    ParcelsReshaped,
    UnitsChanged,
)
from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    ReversalOwedAgain,
    ReversalReported,
    ReversalWithdrawn,
    UnitsFreed,
)
from exchange.core.events.governance import ActionApproved, ActionProposed, ProposalRejected
from exchange.core.events.participants import Booked, Layer, Posting
from exchange.core.events.registry import RegistryAnswered
from exchange.core.events.uses import ClaimRevoked
from exchange.core.handlers.giving_way import BY_ORDER
from exchange.core.ledger import chart
from exchange.core.serials import SerialRange
from exchange.core.values import (
    NOBODY,
    ClaimId,
    EncumbranceId,
    KeyId,
    LotId,
    ParticipantId,
    PersonId,
    ProposalId,
    ReversalId,
    Tonnes,
    TransactionId,
    derived_id,
)
from exchange.sequencer.journal import ConstraintBrokenError
from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from tests.double_counting.scene import HOUR, UNKNOWN_REQUEST, Scene
from tests.double_counting.venue import books_of, changed, write_history
from tests.support.entries import batch_of

SQL: Final = {
    "a parcel is given to another firm": "UPDATE parcels SET owner = owner + 1",
    "retired units become active": "UPDATE parcels SET state = 1 WHERE state = 9",
    "a spent parcel is taken out": "DELETE FROM parcels WHERE state = 9",
    "a parcel is put in a second time": "INSERT INTO parcels SELECT * FROM parcels LIMIT 1",
    "all parcels are taken out": "TRUNCATE parcels",
    "a use lets its serials go": "UPDATE claim_ranges SET status = 3",
    "a use is taken out": "DELETE FROM claims",
    "a use has another purpose": "UPDATE claims SET purpose = 4",
    "a use is another firm's": "UPDATE claims SET participant_id = participant_id + 1",
    "a second use is put in": "INSERT INTO claim_ranges SELECT claim_id, lot_id, lo + 1, hi, 1, seq, last_seq"
    " FROM claim_ranges",
    "a request is confirmed": "UPDATE registry_requests SET status = 3, receipt = 'mine'",
    "an answer is put in": "INSERT INTO registry_answers SELECT seq + 1, at_us, request_id, kind, account, 1, lo, hi,"
    " 'mine', 'mine', '', 0, '', true FROM registry_answers",
    "a receipt is changed": "UPDATE registry_answers SET receipt = receipt || '-2'",
    "an issuance is put in a second time": "INSERT INTO issuances SELECT * FROM issuances",
    "an issuance is moved to other serials": "UPDATE issuances SET lo = lo + 1000, hi = hi + 1000",
    "more was verified": "UPDATE monitoring_periods SET verified = verified * 2",
    "the ground is given free": "DELETE FROM period_sites",
    "a space gets another name": "UPDATE serial_spaces SET name = name || '-2'",
    "a facility is covered no more": "UPDATE facilities SET covered_to = 2021",
    "a step more is allowed": "INSERT INTO parcel_transitions VALUES (1, 9, 1, 1, 9)",
    "a step is forgotten": "DELETE FROM parcel_changes",
    "where units stand is forgotten": "DELETE FROM standings",
    "a lot is covered by more": "UPDATE lot_coverage SET covered = covered + 1",
    "a firm has more tonnes": "UPDATE balances SET credits_posted = credits_posted + 1 WHERE owner > 0",
    "tonnes are booked in": "INSERT INTO postings SELECT seq, n + 1000, transaction_id, layer, debit, credit, asset,"
    " amount FROM postings",
    "a freeze is forgotten": "DELETE FROM encumbered_ranges",
    "a freeze is lifted": "UPDATE encumbrances SET lifted_seq = 1, lifted_at_us = 1",
    "an adjustment is taken back": "DELETE FROM budget_entries",
    "a proposal is approved": "UPDATE proposals SET status = 2, decided_by = proposer",
    "the triggers are switched off": "ALTER TABLE parcels DISABLE TRIGGER ALL",
    "a constraint is dropped": "ALTER TABLE issuances DROP CONSTRAINT issuances_never_overlap",
    "a guard is told of steps that nobody took": "CREATE TEMP TABLE told (LIKE public.parcel_changes); CREATE TRIGGER"
    " borrowed AFTER INSERT ON pg_temp.told REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION"
    " public.follow_steps(); INSERT INTO pg_temp.told SELECT 1, row_number() OVER (), 1, lot_id, owner, lo, hi, tag,"
    " state, 1, 1, 4, 0 FROM public.standings",
    "money is booked in a table of one's own": "UPDATE public.leader SET backend_pid = backend_pid; CREATE TEMP TABLE"
    " added (LIKE public.postings); CREATE TRIGGER borrowed AFTER INSERT ON pg_temp.added REFERENCING NEW TABLE AS"
    " added FOR EACH STATEMENT EXECUTE FUNCTION public.apply_postings()",
    "where units stand is cut out from inside a trigger": "CREATE TEMP TABLE told (a integer); CREATE FUNCTION"
    " pg_temp.cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.cut_standings(lot_id, lo, hi) FROM"
    " public.standings; RETURN NULL; END $$; CREATE TRIGGER mine AFTER INSERT ON pg_temp.told EXECUTE FUNCTION"
    " pg_temp.cut(); INSERT INTO pg_temp.told VALUES (1)",
    "the venue becomes a sandbox": "UPDATE venue SET is_sandbox = true, last_seq = last_seq + 1",
    "no trigger shall fire": "SET session_replication_role = replica",
    "the entries are changed": "UPDATE journal SET events = ''",
    "the journal is set back": "UPDATE leader SET seq = seq - 1",
}
"""What somebody tries with the service's rights."""

REFUSED: Final = (asyncpg.InsufficientPrivilegeError, asyncpg.RaiseError, asyncpg.IntegrityConstraintViolationError)


def eventful() -> Scene:
    """A scene with units of every kind in it."""
    scene = Scene()
    scene.facility("MILL")
    scene.used(scene.serials(1, 11))
    scene.registry_confirms()
    scene.used(scene.quota(101, 111))
    scene.freeze(31, 41)
    scene.waiting_lot()
    scene.propose(scene.use(scene.serials(51, 61)))
    return scene


@pytest.mark.parametrize("name", SQL)
async def test_sql_with_the_rights_of_the_service_is_refused(name: str, database: DatabaseUrls) -> None:
    await write_history(eventful(), database)
    books = await books_of(database)
    connection = await asyncpg.connect(database.service)
    try:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.execute(SQL[name])
    finally:
        await connection.close()
    assert refused.value.sqlstate is not None
    assert isinstance(refused.value, REFUSED) or refused.value.sqlstate.startswith("EX"), refused.value
    assert await books_of(database) == books


# --- batches that a forger has written -------------------------------------------------------------------------------

Forge = Callable[[Scene], tuple[Event, ...]]
FORGED: Final[dict[str, tuple[str, Forge]]] = {}


def refused_by(guard: str) -> Callable[[Forge], Forge]:
    """Enter a forgery with what the database says to it."""

    def enter(forge: Forge) -> Forge:
        FORGED[forge.__name__] = (guard, forge)
        return forge

    return enter


def _reshaped(scene: Scene, lot: LotId, lo: int, hi: int, standing: Standing) -> ParcelsReshaped:
    """Serials that stand otherwise all at once, as the core would write it."""
    change = Change(standing)
    _, shape = scene.state.parcels.change(scene.state.credits.lots[lot], SerialRange(lo, hi), change)
    return shape


def _told(
    scene: Scene, lot: LotId, lo: int, hi: int, before: Standing, standing: Standing, cause: Cause, subject: int
) -> UnitsChanged:
    return UnitsChanged(lot, scene.wood, (SerialRange(lo, hi),), *before, *standing, cause, subject)


def _booked(scene: Scene, *postings: Posting) -> Booked:
    """A transaction of the entry that comes next."""
    return Booked(TransactionId(derived_id(scene.state.seq + 1, 9)), postings)  # type: ignore[arg-type]


def _agreed(scene: Scene, frozen: EncumbranceId, approver: PersonId | None = None) -> tuple[Event, Event]:
    """Two persons lift an encumbrance, if the events are believed."""
    number = ProposalId(derived_id(scene.state.seq + 1, 8))  # type: ignore[arg-type]
    action = LiftEncumbrance(scene.operator, frozen)
    made = ActionProposed(number, scene.operator, KeyId(1), ParticipantId(0), action, bytes(32))
    return made, ActionApproved(number, approver or scene.regulator)


def _lost(scene: Scene, responsible: ParticipantId, tonnes: int) -> ReversalReported:
    """A fire in the forest that the firm's units are of."""
    project = scene.state.credits.issuances[scene.state.credits.lots[scene.forest].issuance].project
    number = ReversalId(derived_id(scene.state.seq + 1))  # type: ignore[arg-type]
    return ReversalReported(number, project, 0, responsible, Tonnes(tonnes), "fire")


@refused_by("parcel_changes_confirmed_by_the_registry")
def a_time_out_unlocks(scene: Scene) -> tuple[Event, ...]:
    lot, request = scene.waiting_lot(701, 801)
    scene.wait(2 * HOUR)
    scene.finish_jobs()
    shape = _reshaped(scene, lot, 701, 801, SELLABLE)
    told = _told(scene, lot, 701, 801, UNKNOWN, SELLABLE, Cause.LOCK_CONFIRMED, request.request)
    free = Posting(Layer.RELEASE, scene.wood, chart.CLEARING, lot, 100)
    return shape, _booked(scene, free), told


@refused_by("parcel_changes_confirmed_by_the_registry")
def the_lock_of_the_time_before_lets_units_back_in(scene: Scene) -> tuple[Event, ...]:
    lot, first = scene.waiting_lot(701, 801)
    scene.done(scene.answer(first))
    scene.agree(ReleaseUnits(scene.trader, scene.wood, (Pick(lot, 701, 801),), "N-1"), scene.second)
    scene.cool_down()
    scene.registry_confirms()
    scene.agree(ReturnUnits(scene.operator, lot, scene.wood, 701, 801, "back"), scene.second, "back")
    return (_told(scene, lot, 701, 801, RETURNING, SELLABLE, Cause.LOCK_CONFIRMED, first.request),)


@refused_by("EX003")
def a_time_out_unlocks_silently(scene: Scene) -> tuple[Event, ...]:
    lot, _ = scene.waiting_lot(701, 801)
    shape = _reshaped(scene, lot, 701, 801, SELLABLE)
    return shape, _booked(scene, Posting(Layer.RELEASE, scene.wood, chart.CLEARING, lot, 100))


@refused_by("parcel_changes_by_the_table")
def what_is_retired_is_active_again(scene: Scene) -> tuple[Event, ...]:
    told = _told(scene, scene.saved, 101, 111, RETIRED, SELLABLE, Cause.USE_WITHDRAWN, 7)
    return (told,)


@refused_by("parcels_spent_for_good")
def a_spent_parcel_is_opened_again(scene: Scene) -> tuple[Event, ...]:
    return (_reshaped(scene, scene.saved, 101, 111, SELLABLE),)


@refused_by("parcel_changes_confirmed_by_the_registry")
def a_cancellation_that_the_registry_never_confirmed(scene: Scene) -> tuple[Event, ...]:
    shape = _reshaped(scene, scene.forest, 51, 61, CANCELLED)
    told = _told(scene, scene.forest, 51, 61, ENDING, CANCELLED, Cause.CANCELLED, 7)
    gone = Posting(Layer.POST, scene.wood, chart.CANCELLED, scene.forest, 10)
    free = Posting(Layer.RELEASE, scene.wood, chart.CLEARING, scene.forest, 10)
    return shape, _booked(scene, free, gone), told


@refused_by("parcel_changes_spent_for_a_claim")
def units_retired_for_nobody(scene: Scene) -> tuple[Event, ...]:
    lo, hi, lot = 121, 131, scene.saved
    first = _told(scene, lot, lo, hi, SELLABLE, ENDING, Cause.USE_PROPOSED, 7)
    second = _told(scene, lot, lo, hi, ENDING, RETIRED, Cause.RETIRED, 7)
    gone = Posting(Layer.POST, scene.wood, chart.RETIRED, lot, 10)
    return _reshaped(scene, lot, lo, hi, RETIRED), _booked(scene, gone), first, second


@refused_by("parcel_changes_national_units_are_locked")
def national_units_without_a_lock(scene: Scene) -> tuple[Event, ...]:
    issuance = scene.issue(701, 801)
    return _admitted(scene, LotId(derived_id(scene.state.seq + 1)), issuance, 701, 801)  # type: ignore[arg-type]


@refused_by("movements_of_free_units")
def frozen_units_that_are_sold(scene: Scene) -> tuple[Event, ...]:
    lot, serials = scene.forest, SerialRange(31, 41)
    change = Change(owner=scene.steel)
    _, shape = scene.state.parcels.change(scene.state.credits.lots[lot], serials, change)
    sold = Posting(Layer.POST, scene.wood, scene.steel, lot, 10)
    free = Posting(Layer.RELEASE, scene.wood, chart.CLEARING, lot, 10)
    held = Posting(Layer.HOLD, scene.steel, chart.CLEARING, lot, 10)
    booked = _booked(scene, free, sold, held)
    return booked, ParcelsMoved(booked.transaction, lot, scene.wood, scene.steel, (serials,)), shape


@refused_by("movements_of_free_units")
def frozen_units_that_are_sold_when_the_freeze_is_over_but_has_freed_nothing(scene: Scene) -> tuple[Event, ...]:
    (frozen,) = scene.state.encumbrances.standing
    return (*_agreed(scene, frozen), EncumbranceLifted(frozen), *frozen_units_that_are_sold(scene))


@refused_by("freed_ranges_agreed_by_two")
def frozen_units_that_nobody_let_go(scene: Scene) -> tuple[Event, ...]:
    (frozen,) = scene.state.encumbrances.standing
    return UnitsFreed(frozen, scene.forest, (SerialRange(31, 41),)), *frozen_units_that_are_sold(scene)


@refused_by("encumbrances_agreed_by_two")
def a_freeze_that_is_over_because_somebody_says_so(scene: Scene) -> tuple[Event, ...]:
    (frozen,) = scene.state.encumbrances.standing
    return (EncumbranceLifted(frozen),)


@refused_by("proposals_decided_by_another")
def a_freeze_that_one_person_lifts(scene: Scene) -> tuple[Event, ...]:
    (frozen,) = scene.state.encumbrances.standing
    return *_agreed(scene, frozen, scene.operator), EncumbranceLifted(frozen)


@refused_by("reversals_of_who_brought_in")
def a_loss_of_what_another_firm_brought_in(scene: Scene) -> tuple[Event, ...]:
    scene.lot(scene.steel, 50)
    brought = scene.state.brought_in(scene.project("P1"), scene.wood)
    return (_lost(scene, scene.wood, sum(brought.values()) + 1),)


@refused_by("reversals_of_who_brought_in")
def a_loss_that_a_buyer_owes(scene: Scene) -> tuple[Event, ...]:
    return (_lost(scene, scene.steel, 1),)


@refused_by("reversals_withdrawn_by_two")
def a_loss_that_nobody_took_back(scene: Scene) -> tuple[Event, ...]:
    return (ReversalWithdrawn(scene.lost(10), "a mistake"),)


def _replaced(scene: Scene) -> tuple[ReversalId, ClaimId]:
    """Savings that proved wrong, and what has replaced them."""
    lost = scene.lost(10, "P1-QUOTA")
    return lost, ClaimId(scene.agree(scene.replacing(lost, scene.quota(121, 131)), scene.second))


@refused_by("reversals_replaced_as_owed")
def a_revoked_claim_that_replaces_a_loss_still(scene: Scene) -> tuple[Event, ...]:
    return (ClaimRevoked(_replaced(scene)[1], "never cancelled"),)


@refused_by("reversals_replaced_as_owed")
def a_loss_owed_again_whose_replacement_stands(scene: Scene) -> tuple[Event, ...]:
    return (ReversalOwedAgain(*_replaced(scene), Tonnes(10), Tonnes(10)),)


def _open(scene: Scene) -> ProposalId:
    """The proposal that waits, of a use."""
    (proposal,) = scene.state.claims.proposed
    return proposal


@refused_by("proposals_ended_by_somebody")
def a_use_that_ends_by_no_order(scene: Scene) -> tuple[Event, ...]:
    return (ProposalRejected(_open(scene), PersonId(NOBODY), BY_ORDER),)


@refused_by("proposals_end_with_their_units")
def a_use_that_is_rejected_and_keeps_its_units(scene: Scene) -> tuple[Event, ...]:
    return (ProposalRejected(_open(scene), scene.second, "no"),)


@refused_by("proposals_decided_once")
def a_use_that_has_ended_and_is_approved(scene: Scene) -> tuple[Event, ...]:
    proposal = _open(scene)
    scene.reject(proposal)
    return (ActionApproved(proposal, scene.second),)


@refused_by("parcel_changes_of_free_units")
def frozen_units_that_are_used(scene: Scene) -> tuple[Event, ...]:
    return (_told(scene, scene.forest, 31, 41, SELLABLE, ENDING, Cause.USE_PROPOSED, 7),)


@refused_by("parcel_changes_return_on_a_paper")
def units_that_come_back_on_no_paper(scene: Scene) -> tuple[Event, ...]:
    scene.sent_out(61, 71)
    return (_told(scene, scene.forest, 61, 71, OUT, RETURNING, Cause.RETURN_REQUESTED, scene.forest),)


@refused_by("parcels_never_overlap")
def a_parcel_beside_the_one_that_is_there(scene: Scene) -> tuple[Event, ...]:
    (parcel, *_), *_ = scene.state.parcels.pieces(scene.saved, SerialRange(151, 161))
    copy = Parcel(151, 161, scene.steel, parcel.acquired, parcel.tag, parcel.state, 0)
    return (ParcelsReshaped(scene.saved, (), (copy,)),)


@refused_by("parcels_never_overlap")
def a_split_whose_parts_overlap(scene: Scene) -> tuple[Event, ...]:
    """One parcel becomes two, and serials 155 and 156 are in both."""
    ((parcel, _), *_) = scene.state.parcels.pieces(scene.saved, SerialRange(151, 161))
    rest = (parcel.acquired, parcel.tag, parcel.state, 0)
    parts = (Parcel(parcel.lo, 157, scene.wood, *rest), Parcel(155, parcel.hi, scene.wood, *rest))
    return (ParcelsReshaped(scene.saved, (SerialRange(parcel.lo, parcel.hi),), parts),)


@refused_by("registry_answers_about_what_was_asked")
def an_answer_to_what_was_never_asked(scene: Scene) -> tuple[Event, ...]:
    """The core's guard against it cannot be switched off: without a request there is nothing that it could settle."""
    confirmed = (
        RequestKind.LOCK,
        "",
        RegistryOutcome.CONFIRMED,
        SerialRange(151, 161),
        "R-9",
        "",
        scene.now(),
        bytes(64),
    )
    return (RegistryAnswered(UNKNOWN_REQUEST, *confirmed),)


@refused_by("EX003")
def units_in_the_ledger_that_are_in_no_lot(scene: Scene) -> tuple[Event, ...]:
    return (_booked(scene, Posting(Layer.POST, chart.REGISTRY, scene.wood, scene.forest, 10)),)


@refused_by("lots_never_overlap")
def a_lot_beside_the_one_that_is_there(scene: Scene) -> tuple[Event, ...]:
    issuance = scene.state.credits.lots[scene.saved].issuance
    return _admitted(scene, LotId(derived_id(scene.state.seq + 1)), issuance, 151, 161)  # type: ignore[arg-type]


def _admitted(scene: Scene, lot: LotId, issuance: object, lo: int, hi: int) -> tuple[Event, ...]:
    """A lot that comes in ready to be sold."""
    serials, day = SerialRange(lo, hi), scene.state.session.day
    space = scene.state.credits.issuances[issuance].space  # type: ignore[index]
    booked = _booked(scene, Posting(Layer.POST, chart.REGISTRY, scene.wood, lot, hi - lo))
    return (
        LotAdmitted(lot, issuance, space, serials, scene.wood, "forged"),  # type: ignore[arg-type]
        booked,
        ParcelsMoved(booked.transaction, lot, ParticipantId(0), scene.wood, (serials,)),
        ParcelsReshaped(lot, (), (Parcel(lo, hi, scene.wood, day, *SELLABLE, 0),)),
        UnitsChanged(lot, scene.wood, (serials,), 0, 0, *SELLABLE, Cause.ADMITTED_HERE, lot),
    )


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_batch_is_refused(name: str, database: DatabaseUrls) -> None:
    guard, forge = FORGED[name]
    scene = eventful()
    events = forge(scene)
    log = await write_history(scene, database)
    books, head = await books_of(database), log.head
    store = PostgresJournal(database.service)
    try:
        epoch = (await store.lead()).epoch
        log.epoch = epoch
        with pytest.raises(ConstraintBrokenError) as refused:
            await store.append(batch_of([log.add(*events)], head, epoch))
    finally:
        await store.close()
    cause = refused.value.__cause__
    assert guard in str(refused.value) or getattr(cause, "sqlstate", "") == guard, refused.value
    # Who leads is written down before anything else is.
    assert changed(books, await books_of(database)) <= {"leader"}
