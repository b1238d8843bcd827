"""The state as canonical bytes: what a snapshot holds and what the state hash is taken over.

Rows are sorted by their ids, so the bytes do not depend on the order in which dictionaries were filled. Everything that
can be derived (indexes, books, shelves of open orders) is left out and made again. A book is rebuilt by resting its
orders by priority, which is the order in which they stand at each price. Orders are most of a large image and have rows
of their own (:mod:`exchange.core.order_rows`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final, TypeVar, cast

from exchange.core.approvals import Proposal
from exchange.core.canonical import RecordCodec, Wide
from exchange.core.codec import ACTIONS
from exchange.core.commands.approvals import Action
from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.commands.governance import Rule
from exchange.core.commands.projects import FacilityTerms
from exchange.core.credits.budgets import Adjustment, Budget
from exchange.core.credits.claims import Claim, Release
from exchange.core.credits.encumbrance import Encumbrance, HeldUnits, Reversal
from exchange.core.credits.issuance import Issuance
from exchange.core.credits.lots import CreditRegister, Lot
from exchange.core.credits.parcels import Parcels
from exchange.core.credits.project import Project
from exchange.core.credits.registry_lock import Request, Requests, is_national
from exchange.core.credits.spelling import folded_number
from exchange.core.credits.staged import Import
from exchange.core.events.credits import Parcel
from exchange.core.events.uses import LotRanges
from exchange.core.instruments import Instrument
from exchange.core.ledger.balances import Balance
from exchange.core.ledger.chart import Account
from exchange.core.matching import OrderBook
from exchange.core.negotiated.agreed import Agreement
from exchange.core.order_rows import (
    ClientIdRow,
    HeldRow,
    NamedLotRow,
    client_ids_of,
    held_by,
    named_by,
    pack_orders,
    unpack_orders,
)
from exchange.core.orders import Order
from exchange.core.participants import ApiKey, Participant, Person
from exchange.core.rulebook import rulebook_on
from exchange.core.serials import RangeSet, SerialRange
from exchange.core.sessions import Job, Phase, Session
from exchange.core.state import ExchangeState
from exchange.core.timers import TimerKind
from exchange.core.values import (
    Day,
    EncumbranceId,
    Fen,
    IssuanceId,
    KeyId,
    LotId,
    Micros,
    OrderId,
    OwnerGroupId,
    ParticipantId,
    PersonId,
    ProjectId,
    Seq,
    Tonnes,
    derived_id,
)

IMAGE_FORMAT: Final = 1
"""Goes up whenever the same state is written in other bytes, so that nobody takes another hash for another state."""


@dataclass(slots=True)
class _Named:
    name: str
    number: int


@dataclass(slots=True)
class _Balance:
    owner: int
    asset: int
    debits_posted: Wide
    credits_posted: Wide
    debits_pending: Wide
    credits_pending: Wide


@dataclass(slots=True)
class _LotRow:
    lot: LotId
    issuance: IssuanceId
    lo: int
    hi: int
    lock_reference: str
    brought_by: ParticipantId


@dataclass(slots=True)
class _ParcelRow:
    lot: LotId
    parcel: Parcel


@dataclass(slots=True)
class _DeadlineRow:
    key: KeyId
    deadline: Micros


@dataclass(slots=True)
class _FacilityRow:
    key: str
    terms: FacilityTerms


@dataclass(slots=True)
class _LockRow:
    """A paper that locked units which came back; those of lots stand with the lots."""

    reference: str
    lot: LotId


@dataclass(slots=True)
class _DueRow:
    facility: str
    year: int
    due: Tonnes


@dataclass(slots=True)
class _EncumbranceRow:
    encumbrance: EncumbranceId
    kind: EncumbranceKind
    project: ProjectId
    vintage: int
    lot: LotId
    serial_lo: int
    serial_hi: int
    reference: str
    by: PersonId
    lifted: bool
    working: bool
    at_lot: LotId
    at_serial: int
    units: list[LotRanges]


@dataclass(slots=True)
class _TimerRow:
    kind: TimerKind
    number: int
    at: Micros


@dataclass(slots=True)
class _Image:
    seq: Seq
    at: Micros
    venue: str
    sandbox_cash: Fen
    sandbox_tonnes: Tonnes
    day: Day
    phase: Phase
    halted: bool
    jobs: list[Job]
    rulebook_version: int
    profile: str
    rules: tuple[Rule, ...]
    persons: list[Person]
    participants: list[Participant]
    groups: list[_Named]
    keys: list[ApiKey]
    instruments: list[Instrument]
    orders: bytes
    client_order_ids: list[ClientIdRow]
    lots_held: list[HeldRow]
    lots_named: list[NamedLotRow]
    deadlines: list[_DeadlineRow]
    balances: list[_Balance]
    spaces: list[_Named]
    projects: list[Project]
    facilities: list[_FacilityRow]
    issuances: list[Issuance]
    lots: list[_LotRow]
    locks: list[_LockRow]
    parcels: list[_ParcelRow]
    requests: list[Request]
    receipts_told: list[str]
    claims: list[Claim]
    releases: list[Release]
    due: list[_DueRow]
    budgets: list[Budget]
    adjustments: list[Adjustment]
    encumbrances: list[_EncumbranceRow]
    reversals: list[Reversal]
    imports: list[Import]
    timers: list[_TimerRow]
    proposals: list[Proposal]
    agreements: list[Agreement]
    bank_references: list[_Named]


_CODEC: Final = RecordCodec(_Image, {Action: ACTIONS.codec})

_Row = TypeVar("_Row")


def _rows(table: Mapping[Any, _Row]) -> list[_Row]:
    """The values in order of their keys."""
    return [table[key] for key in sorted(table)]


def _named(table: Mapping[str, int]) -> list[_Named]:
    return [_Named(name, table[name]) for name in sorted(table)]


def encode_state(state: ExchangeState) -> bytes:
    """The whole state in canonical bytes; equal states give equal bytes and nothing else does."""
    session, register, credit = state.session, state.register, state.credits
    orders = _rows(state.orders.by_id)
    image = _Image(
        state.seq,
        state.at,
        session.venue,
        session.sandbox_cash,
        session.sandbox_tonnes,
        session.day,
        session.phase,
        session.halted,
        _rows(session.jobs),
        state.rulebook.version,
        state.rulebook.profile,
        state.rulebook.rules,
        _rows(register.persons),
        _rows(register.participants),
        _named(register.groups),
        _rows(register.keys),
        _rows(state.listing.instruments),
        pack_orders(orders),
        client_ids_of(orders),
        held_by(orders),
        named_by(orders),
        [_DeadlineRow(key, state.deadlines.of[key]) for key in sorted(state.deadlines.of)],
        [_balance_row(account, balance) for account, balance in state.balances.rows()],
        _named(credit.spaces),
        _rows(credit.projects.projects),
        [_FacilityRow(key, credit.projects.facilities[key]) for key in sorted(credit.projects.facilities)],
        _rows(credit.issuances),
        [_lot_row(lot) for lot in _rows(credit.lots)],
        _lock_rows(credit),
        list(_parcel_rows(state.parcels)),
        _rows(state.requests.by_id),
        _receipts_told(state.requests),
        _rows(state.claims.claims),
        _rows(state.claims.releases),
        [_DueRow(*key, state.claims.due[key]) for key in sorted(state.claims.due)],
        _rows(state.budgets.plans),
        _rows(state.budgets.adjustments),
        [_encumbrance_row(made) for made in _rows(state.encumbrances.by_id)],
        _rows(state.encumbrances.reversals),
        _rows(state.imports.by_id),
        [_TimerRow(kind, number, at) for at, kind, number in state.timers.order],
        _rows(state.proposals),
        _rows(state.agreements),
        _named(state.bank_references),
    )
    return _CODEC.encode(image)


def _lock_rows(credit: CreditRegister) -> list[_LockRow]:
    """The papers that were used besides those that lots name themselves."""
    named = {folded_number(lot.lock_reference) for lot in credit.lots.values()}
    return [_LockRow(paper, credit.locks[paper]) for paper in sorted(credit.locks.keys() - named)]


def _receipts_told(requests: Requests) -> list[str]:
    """The receipts that the registry gave in contradictions, folded, and those of its own that stand on papers too; all
    others stand with the requests that they answer.
    """
    answered = {folded_number(request.receipt) for request in requests.by_id.values()}
    return sorted(requests.receipts - (answered - requests.papers))


def _encumbrance_row(made: Encumbrance) -> _EncumbranceRow:
    return _EncumbranceRow(
        made.encumbrance,
        made.kind,
        made.project,
        made.vintage,
        made.lot,
        made.serial_lo,
        made.serial_hi,
        made.reference,
        made.by,
        made.lifted,
        made.working,
        made.at_lot,
        made.at_serial,
        made.units.rows(),
    )


def _encumbrance_of(made: _EncumbranceRow) -> Encumbrance:
    return Encumbrance(
        made.encumbrance,
        made.kind,
        made.project,
        made.vintage,
        made.lot,
        made.serial_lo,
        made.serial_hi,
        made.reference,
        made.by,
        made.lifted,
        made.working,
        made.at_lot,
        made.at_serial,
        HeldUnits({part.lot: RangeSet.of(part.ranges) for part in made.units}),
    )


def _parcel_rows(parcels: Parcels) -> Iterator[_ParcelRow]:
    """Every parcel, shelf by shelf; on each by lot, owner and serial."""
    for shelf in (parcels.held, parcels.aside, parcels.gone):
        for place in sorted(shelf):
            yield from (_ParcelRow(place[0], parcel) for parcel in shelf[place])


def _lot_row(lot: Lot) -> _LotRow:
    return _LotRow(lot.lot, lot.issuance, lot.serials.lo, lot.serials.hi, lot.lock_reference, lot.brought_by)


def _balance_row(account: Account, balance: Balance) -> _Balance:
    return _Balance(
        account[0],
        account[1],
        Wide(balance.debits_posted),
        Wide(balance.credits_posted),
        Wide(balance.debits_pending),
        Wide(balance.credits_pending),
    )


def state_hash(state: ExchangeState) -> bytes:
    """SHA-256 of the state's canonical bytes (INV-23: the same after a restore, a replay, in any process)."""
    return hashlib.sha256(encode_state(state)).digest()


def decode_state(data: bytes, told: Callable[[Order], None] = lambda _: None) -> ExchangeState:
    """The state that these bytes are; ``told`` gets each open order, by id, as soon as it is there.

    Raises:
        CanonicalError: on anything else than the image of a state.
    """
    image = cast(_Image, _CODEC.decode(data))
    state = ExchangeState(image.seq, image.at)
    jobs = {job.job: job for job in image.jobs}
    given = (image.sandbox_cash, image.sandbox_tonnes)
    state.session = Session(image.venue, *given, image.day, image.phase, image.halted, jobs)
    if image.rulebook_version:
        state.rulebook = rulebook_on(image.rulebook_version, image.profile, image.rules, image.day)
    _restore_register(state, image)
    _restore_credits(state, image)
    for row in image.balances:
        state.balances.accounts[row.asset][row.owner] = Balance(
            row.debits_posted, row.credits_posted, row.debits_pending, row.credits_pending
        )
    _restore_markets(state, image)
    _restore_orders(state, image, told)
    state.proposals = {proposal.proposal: proposal for proposal in image.proposals}
    state.agreements = {agreement.agreement: agreement for agreement in image.agreements}
    state.bank_references = {row.name: Seq(row.number) for row in image.bank_references}
    return state


def _restore_register(state: ExchangeState, image: _Image) -> None:
    register = state.register
    register.persons = {person.person: person for person in image.persons}
    register.participants = {participant.participant: participant for participant in image.participants}
    register.codes = {participant.code: participant.participant for participant in image.participants}
    register.groups = {row.name: OwnerGroupId(row.number) for row in image.groups}
    for key in image.keys:
        register.add_key(key)


def _restore_credits(state: ExchangeState, image: _Image) -> None:
    credit = state.credits
    names = {row.number: row.name for row in image.spaces}
    for project in image.projects:
        credit.projects.add(project)
    credit.projects.facilities = {row.key: row.terms for row in image.facilities}
    for issuance in image.issuances:
        credit.add_issuance(issuance, names[issuance.space])
    for row in image.lots:
        issuance = credit.issuances[row.issuance]
        serials, basket = SerialRange(row.lo, row.hi), credit.basket_of(issuance)
        given = (issuance.space, serials, issuance.vintage, basket, row.lock_reference, row.brought_by)
        credit.add_lot(Lot(row.lot, row.issuance, *given))
    for lock in image.locks:
        credit.take_lock(lock.reference, lock.lot)
    for held in image.parcels:
        state.parcels.restore(credit.lots[held.lot], held.parcel)
    _restore_uses(state, image)


def _restore_uses(state: ExchangeState, image: _Image) -> None:
    for request in image.requests:
        state.requests.add(request)
        # The national registry alone answers by itself, and for its own units alone: all else was read on paper.
        by_itself = is_national(state.credits.terms_of(request.lot), state.session.sandbox_tonnes > 0)
        state.requests.use_receipt(request.receipt, on_paper=not by_itself)
    for receipt in image.receipts_told:
        state.requests.use_receipt(receipt, on_paper=False)
    for claim in image.claims:
        state.claims.add(claim)
    for release in image.releases:
        state.claims.add_release(release)
    state.claims.due = {(row.facility, row.year): row.due for row in image.due}
    for budget in image.budgets:
        state.budgets.set(budget)
    for sum_ in image.adjustments:
        state.budgets.adjust(sum_.source, sum_.used_in, sum_.province, sum_.year, sum_.quantity)
    for made in image.encumbrances:
        state.encumbrances.add(_encumbrance_of(made))
    state.encumbrances.reversals = {reversal.reversal: reversal for reversal in image.reversals}
    for staged in image.imports:
        state.imports.add(staged, state.credits.projects)
    for timer in image.timers:
        state.timers.set(timer.kind, timer.number, timer.at)


def _restore_markets(state: ExchangeState, image: _Image) -> None:
    listing = state.listing
    for instrument in image.instruments:
        listing.add(instrument)
        state.books[instrument.instrument] = OrderBook()
    for row in image.deadlines:
        state.deadlines.arm(row.key, row.deadline)


def _restore_orders(state: ExchangeState, image: _Image, told: Callable[[Order], None]) -> None:
    """Enter the orders everywhere and rest each by its priority, in one walk: memory is slower than all that is done.

    Ids come from the entries that took the orders in, and so does the priority of an order that was never moved. Those
    that were moved wait aside until all orders of smaller priority are there.
    """
    moved: list[tuple[Seq, OrderId]] = []
    enter, by_id = state.orders.add, state.orders.by_id
    for order in unpack_orders(image.orders, image.client_order_ids, image.lots_held, image.lots_named):
        enter(order)
        told(order)
        if order.order != derived_id(order.priority):
            heappush(moved, (order.priority, order.order))
            continue
        while moved and moved[0][0] < order.priority:
            _rest(state, by_id[heappop(moved)[1]])
        _rest(state, order)
    for _, number in sorted(moved):
        _rest(state, by_id[number])


def _rest(state: ExchangeState, order: Order) -> None:
    book = state.books[order.instrument]
    book.rest(order.order, order.side, order.price, order.leaves, order.group, order.priority)
