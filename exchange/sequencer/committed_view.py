"""The committed view: what readers may see.

The next batch may be applied while one commits, so the state of the core is ahead of the disk. Every read, every answer
about a balance and every check of a key comes from here instead: the view is fed with the events of an entry only after
the entry is durable, in order, and knows nothing else. ``seq`` says up to where; a reader who has to see an entry waits
for it with :meth:`CommittedView.wait_for`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, Final

from exchange.core.events import Event
from exchange.core.events.agreements import AgreementAffirmed, AgreementEnded, AgreementProposed, AgreementSettled
from exchange.core.events.credits import (
    ImportCommitted,
    IssuanceRecorded,
    LotAdmitted,
    ParcelsMoved,
    ParcelsReshaped,
    ProjectRegistered,
)
from exchange.core.events.encumbrances import ReversalReported
from exchange.core.events.governance import (
    ActionApproved,
    ActionProposed,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    PersonRegistered,
    ProposalRejected,
    Rejected,
    RulebookAdopted,
    SnapshotAttested,
    VenueOpened,
)
from exchange.core.events.markets import (
    DayClosing,
    DayOpened,
    InstrumentListed,
    JobFinished,
    JobStarted,
    ReferencePriceSet,
    TradingHalted,
    TradingResumed,
)
from exchange.core.events.orders import (
    CancelAfterSet,
    OrderAccepted,
    OrderCancelled,
    OrderReduced,
    OrderReplaced,
    OrderRested,
    Traded,
)
from exchange.core.events.participants import Booked, CashDeposited, CashWithdrawn, ParticipantAdmitted
from exchange.core.events.registry import ReturnAsked
from exchange.core.events.uses import ClaimMade, ReleaseMade
from exchange.core.ledger.balances import Balance
from exchange.core.orders import Order
from exchange.core.values import LotId, Micros, OrderId, Seq
from exchange.sequencer.journal import GENESIS_HEAD
from exchange.sequencer.view.agreements import Agreements
from exchange.sequencer.view.governance import Governance
from exchange.sequencer.view.image import IMAGE_VERSION, ViewImage, encode_image
from exchange.sequencer.view.life import Life, by_key
from exchange.sequencer.view.markets import Markets
from exchange.sequencer.view.money import Money
from exchange.sequencer.view.order_rows import pack_order_rows
from exchange.sequencer.view.orders import Orders
from exchange.sequencer.view.people import People
from exchange.sequencer.view.rows import BalanceRow, FeesRow, ParcelRow
from exchange.sequencer.view.units import Units

Handler = Callable[[Any, Seq, Micros], None]


def _ignore(_event: Event, _seq: Seq, _at: Micros) -> None:
    """What nobody needs to know."""


def _all_of(*handlers: Handler) -> Handler:
    """One handler for an event that several departments want to know of, in this order."""

    def handle(event: Event, seq: Seq, at: Micros) -> None:
        for each in handlers:
            each(event, seq, at)

    return handle


MAX_WAITERS: Final = 10_000
"""Most readers that may wait for an entry at once; more are told at once that the view is behind."""


class CommittedView:
    """All that reads need in memory, by department. Rows are shared with readers, who must not change them."""

    def __init__(self, orders: Orders | None = None) -> None:
        """The view before the first entry, or one whose orders are there already."""
        self.seq = Seq(0)
        self.at = Micros(0)
        self.head = GENESIS_HEAD
        self.governance = Governance()
        self.people = People()
        self.markets = Markets()
        self.orders = orders or Orders()
        self.units = Units()
        self.money = Money()
        self.agreements = Agreements()
        self.life = Life()
        self.projects, self.requests, self.plans = self.life.projects, self.life.requests, self.life.plans
        self.uses, self.releases = self.life.uses, self.life.releases
        self.encumbrances, self.imports = self.life.encumbrances, self.life.imports
        self._handlers = self._dispatch_table()
        self._waiting: list[tuple[Seq, int, asyncio.Future[None]]] = []
        self._tickets = count()
        self._given_up = 0

    def _dispatch_table(self) -> dict[type, Handler]:
        """Who wants to know of what. Every event is named, also those that nobody needs."""
        governance, people, markets, orders = self.governance, self.people, self.markets, self.orders
        units, money, agreements, life = self.units, self.money, self.agreements, self.life
        return {
            **life.handlers(),
            Rejected: _ignore,
            VenueOpened: _all_of(governance.on_opened, markets.on_opened),
            RulebookAdopted: governance.on_rulebook,
            PersonRegistered: _all_of(people.on_person, governance.on_person),
            KeyRegistered: _all_of(people.on_key, governance.on_key),
            KeyRotated: people.on_key_rotated,
            KeyRevoked: people.on_key_revoked,
            ActionProposed: governance.on_proposed,
            ActionApproved: governance.on_approved,
            ProposalRejected: governance.on_rejected,
            SnapshotAttested: governance.on_attested,
            ParticipantAdmitted: people.on_participant,
            CashDeposited: _ignore,
            CashWithdrawn: _ignore,
            Booked: money.on_booked,
            InstrumentListed: markets.on_listed,
            ReferencePriceSet: markets.on_reference,
            TradingHalted: markets.on_halted,
            TradingResumed: markets.on_resumed,
            JobStarted: markets.on_job_started,
            JobFinished: markets.on_job_finished,
            DayClosing: markets.on_closing,
            DayOpened: markets.on_day,
            ProjectRegistered: _all_of(life.projects.on_project, governance.on_project),
            IssuanceRecorded: _all_of(
                units.on_issuance, life.projects.on_issuance, life.uses.on_issuance, governance.on_issuance
            ),
            LotAdmitted: _all_of(units.on_lot, governance.on_lot),
            ParcelsMoved: _ignore,
            ReturnAsked: _ignore,
            ParcelsReshaped: units.on_reshaped,
            ImportCommitted: _all_of(life.imports.on_committed, governance.on_import),
            ClaimMade: _all_of(life.on_made, governance.on_claim),
            ReleaseMade: _all_of(life.releases.on_made, governance.on_release),
            ReversalReported: _all_of(life.encumbrances.on_reversal, governance.on_reversal),
            OrderAccepted: orders.on_accepted,
            OrderRested: orders.on_rested,
            OrderReduced: orders.on_reduced,
            OrderReplaced: orders.on_replaced,
            OrderCancelled: orders.on_cancelled,
            CancelAfterSet: people.on_cancel_after,
            Traded: _all_of(orders.on_traded, markets.on_traded, money.on_traded),
            AgreementProposed: agreements.on_proposed,
            AgreementAffirmed: agreements.on_affirmed,
            AgreementEnded: agreements.on_ended,
            AgreementSettled: _all_of(agreements.on_settled, money.on_settled),
        }

    def apply(self, seq: Seq, at: Micros, head: bytes, events: Iterable[Event]) -> None:
        """Take in one committed entry; ``head`` is the chain's head after it."""
        assert seq == self.seq + 1, f"entry {seq} after {self.seq}"
        handlers = self._handlers
        for event in events:
            handlers[type(event)](event, seq, at)
        self.seq, self.at, self.head = seq, at, head
        if self._waiting:
            self._wake()

    async def wait_for(self, seq: Seq, seconds: float) -> bool:
        """Wait until the view has entry ``seq``, at most ``seconds``; whether it has."""
        if self.seq >= seq:
            return True
        if len(self._waiting) >= MAX_WAITERS:
            return False
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (seq, next(self._tickets), arrived))
        await asyncio.wait((arrived,), timeout=seconds)
        if not arrived.done():
            arrived.cancel()
            self._given_up += 1
            if self._given_up * 2 > len(self._waiting):
                self._forget_those_who_gave_up()
        return self.seq >= seq

    def _wake(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.seq:
            _, _, arrived = heappop(self._waiting)
            if arrived.cancelled():
                self._given_up -= 1
            else:
                arrived.set_result(None)

    def _forget_those_who_gave_up(self) -> None:
        """Readers who ask for the far future leave nothing behind; swept by halves, so that each costs little."""
        self._waiting = [entry for entry in self._waiting if not entry[2].cancelled()]
        heapify(self._waiting)
        self._given_up = 0

    def lot_balance(self, owner: int, lot: LotId) -> Balance:
        """An owner's account in a lot, in tonnes."""
        return self.money.balance(owner, lot)

    def to_image(self, orders: Mapping[OrderId, Order]) -> bytes:
        """The view as canonical bytes (see :mod:`exchange.sequencer.view.image`); ``orders`` are the open ones of the
        state at the same entry.

        Raises:
            ViewsDifferError: if the state's orders are not those of the view. A bug.
        """
        return encode_image(self._image(orders))

    def _image(self, orders: Mapping[OrderId, Order]) -> ViewImage:
        governance, people, markets, units = self.governance, self.people, self.markets, self.units
        return ViewImage(
            version=IMAGE_VERSION,
            seq=self.seq,
            at=self.at,
            head=self.head,
            venue=governance.venue,
            is_sandbox=governance.is_sandbox,
            day=markets.day,
            phase=markets.phase,
            halted=markets.halted,
            halt_reason=markets.halt_reason,
            days=markets.days,
            rulebooks=by_key(governance.rulebooks),
            attested=[] if governance.attested is None else [governance.attested],
            proposals=by_key(governance.proposals),
            persons=by_key(people.persons),
            participants=by_key(people.participants),
            keys=by_key(people.keys),
            instruments=by_key(markets.instruments),
            jobs=by_key(markets.jobs),
            orders=pack_order_rows(self.orders.by_id, orders),
            issuances=by_key(units.issuances),
            lots=by_key(units.lots),
            parcels=[
                ParcelRow(lot, parcels[lo]) for lot, parcels in sorted(units.parcels.items()) for lo in sorted(parcels)
            ],
            balances=[BalanceRow(*account, *_totals(b)) for account, b in self.money.balances.rows()],
            fees=[FeesRow(participant, paid) for participant, paid in sorted(self.money.fees.items())],
            agreements=by_key(self.agreements.by_id),
            **self.life.rows(),
        )

    @classmethod
    def from_image(cls, image: ViewImage, orders: Orders) -> CommittedView:
        """The view that an image is of, with the orders that :class:`OrdersReader` made of its rows."""
        view = cls(orders)
        view.seq, view.at, view.head = image.seq, image.at, image.head
        view._restore_venue(image)
        view._restore_people(image)
        view._restore_holdings(image)
        return view

    def _restore_venue(self, image: ViewImage) -> None:
        governance, markets = self.governance, self.markets
        governance.venue, governance.is_sandbox = image.venue, image.is_sandbox
        governance.attested = image.attested[0] if image.attested else None
        for rulebook in image.rulebooks:
            governance.on_rulebook(rulebook, image.seq, image.at)
        governance.restore(image.proposals)
        markets.day, markets.phase = image.day, image.phase
        markets.halted, markets.halt_reason = image.halted, image.halt_reason
        markets.days = image.days
        markets.jobs.update({job.job: job for job in image.jobs})
        for row in image.instruments:
            markets.instruments[row.terms.instrument] = row
            markets.symbols[row.terms.symbol] = row.terms.instrument

    def _restore_people(self, image: ViewImage) -> None:
        self.people.persons.update({person.person: person for person in image.persons})
        for key in image.keys:
            self.people.add_key(key)
        for participant in image.participants:
            self.people.on_participant(participant, image.seq, image.at)

    def _restore_holdings(self, image: ViewImage) -> None:
        for issuance in image.issuances:
            self.units.on_issuance(issuance, image.seq, image.at)
        for lot in image.lots:
            self.units.on_lot(lot, image.seq, image.at)
        for row in image.parcels:
            self.units.open(row.lot, row.parcel)
        for balance in image.balances:
            totals = (balance.debits_posted, balance.credits_posted, balance.debits_pending, balance.credits_pending)
            self.money.balances.accounts[balance.asset][balance.owner] = Balance(*totals)
        self.money.fees.update({row.participant: row.paid for row in image.fees})
        for agreement in image.agreements:
            self.agreements.add(agreement)
        self.life.restore(image)


def _totals(balance: Balance) -> tuple[Any, Any, Any, Any]:
    return balance.debits_posted, balance.credits_posted, balance.debits_pending, balance.credits_pending
