"""The rows of the committed view: things that change, each around the event that began it.

Every row has a canonical form, because the view's image is made of rows (see :mod:`exchange.sequencer.view.image`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.approvals import ProposalStatus
from exchange.core.canonical import Wide
from exchange.core.events.agreements import AgreementProposed
from exchange.core.events.credits import Parcel
from exchange.core.events.governance import ActionProposed, KeyRegistered
from exchange.core.events.markets import InstrumentListed, ReferencePriceSet
from exchange.core.events.orders import OrderAccepted
from exchange.core.negotiated.agreed import AgreementStatus
from exchange.core.values import Day, Fen, KeyId, LotId, Micros, ParticipantId, PersonId, Price, Seq, Tonnes


@dataclass(slots=True)
class KeyRow:
    """An API key, until when it is good (0: for ever), by which one it was replaced (0: by none), whether it was
    revoked, and when its dead-man's switch goes off (0: it is not armed).
    """

    terms: KeyRegistered
    expires_at: Micros
    replaced_by: KeyId
    revoked: bool
    deadline: Micros


@dataclass(slots=True)
class DayRow:
    """A trading day and the entry that opened it."""

    opened: Seq
    day: Day


@dataclass(slots=True)
class DayStatistics:
    """One instrument's trading day so far: prices in fen a tonne, value in fen, volume in tonnes."""

    opening: Price
    highest: Price
    lowest: Price
    volume: Tonnes
    value: Wide
    trades: int


@dataclass(slots=True)
class InstrumentRow:
    """An instrument, its current reference price and band, its own halt, and its trading day.

    ``trades`` counts all that its book ever made, so that the newest one has this number without counting rows.
    """

    terms: InstrumentListed
    reference: ReferencePriceSet
    halted: bool
    halt_reason: str
    last_price: Price
    day: DayStatistics
    trades: int = 0


@dataclass(slots=True)
class OrderRow:
    """An open order. ``quantity == cumulative + leaves``; ``value`` is what the cumulative quantity cost, in fen.

    ``resting`` says whether the leaves stand in the book, at ``price`` and behind every smaller ``priority``.
    """

    terms: OrderAccepted
    price: Price
    quantity: Tonnes
    leaves: Tonnes
    value: Fen
    fee: Fen
    resting: bool
    priority: Seq
    placed_seq: Seq
    placed_at: Micros
    last_seq: Seq
    last_at: Micros

    @property
    def cumulative(self) -> Tonnes:
        """What has been filled."""
        return Tonnes(self.quantity - self.leaves)


class Made(IntEnum):
    """What a proposal made; a use and a release are there from the moment in which they are proposed."""

    NOTHING = 0
    ISSUANCE = 1
    LOT = 2
    PERSON = 3
    PROJECT = 4
    USE = 5
    RELEASE = 6
    REVERSAL = 7
    IMPORT = 8


@dataclass(slots=True)
class ProposalRow:
    """A proposed action and what became of it; ``closed_by`` is 0 while it is open.

    ``made`` and ``made_id`` are what it made, NOTHING and 0 before that; ``key`` is the first key of a person whom it
    let in, or 0.
    """

    terms: ActionProposed
    status: ProposalStatus
    seq: Seq
    at: Micros
    closed_by: PersonId
    closed_at: Micros
    closed_reason: str
    made: Made
    made_id: int
    key: KeyId


@dataclass(slots=True)
class AgreementRow:
    """An agreed trade; ``changed_by`` and ``changed_at`` tell who moved it last and when (0 before anybody did)."""

    terms: AgreementProposed
    status: AgreementStatus
    seq: Seq
    at: Micros
    affirmed_by: PersonId
    changed_by: PersonId
    changed_at: Micros
    buy_fee: Fen
    sell_fee: Fen


@dataclass(slots=True)
class BalanceRow:
    """One account of the ledger in the view's image, with the four totals of a ``Balance``."""

    owner: int
    asset: int
    debits_posted: Wide
    credits_posted: Wide
    debits_pending: Wide
    credits_pending: Wide


@dataclass(slots=True)
class FeesRow:
    """What a participant has paid in fees since the first entry, in fen."""

    participant: ParticipantId
    paid: Fen


@dataclass(slots=True)
class ParcelRow:
    """A parcel in the view's image, with the lot that it is part of."""

    lot: LotId
    parcel: Parcel
