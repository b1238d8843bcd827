"""What the naive exchange knows about: firms, lots, orders, agreements, proposals, requests, claims. Plain records."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.commands.agreements import AgreementKind
from exchange.core.commands.approvals import Action
from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.credits import AdmitLot, ImportRow, ReturnUnits
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.instruments import Family
from exchange.core.commands.orders import TimeInForce
from exchange.core.commands.participants import ParticipantRole
from exchange.core.commands.projects import ProjectTerms
from exchange.core.commands.registry import AnswerOnPaper, RequestKind
from exchange.core.commands.uses import Purpose, ReleaseUnits, UseDetails, UseUnits
from exchange.core.events.markets import JobKind
from exchange.core.values import SelfTradePrevention, Side
from tests.oracle.ledger import fee_of


@dataclass(slots=True)
class NaivePerson:
    """Somebody who acts; ``firm`` is 0 for staff."""

    role: PersonRole
    firm: int


@dataclass(slots=True)
class NaiveFirm:
    """A participant."""

    role: ParticipantRole
    group: str


@dataclass(slots=True)
class NaiveLot:
    """A block of serials; ``good`` is what makes two tonnes the same: family, project and vintage."""

    good: tuple[Family, str, int]
    lo: int
    hi: int
    issuance: int
    brought_by: int


@dataclass(slots=True)
class NaiveIssuance:
    """Serials that a registry issued for a time of a project, which was verified at so many tonnes."""

    project: int
    start: int
    end: int
    verified: int
    space: str
    text: str
    lo: int
    hi: int
    converted: int


@dataclass(slots=True)
class NaiveRequest:
    """What the registry was asked; ``status`` is open, silent, confirmed or refused. ``told`` has the receipts that
    came when it contradicted itself.
    """

    kind: RequestKind
    lot: int
    lo: int
    hi: int
    owner: int
    subject: int
    returning: bool
    account: str
    answer_by: int
    status: str = "open"
    receipt: str = ""
    told: list[str] = field(default_factory=list)
    dispute: str = ""
    disputed: int = 0
    asked_at: int = 0

    @property
    def open(self) -> bool:
        """Whether the registry has still to answer."""
        return self.status in ("open", "silent")


Part = tuple[int, int, int]
"""Serials ``[lo, hi)`` of a lot."""


@dataclass(slots=True)
class NaiveClaim:
    """A use; ``status`` is proposed, pending, fulfilled, ended or revoked."""

    proposal: int
    firm: int
    purpose: Purpose
    details: UseDetails
    units: list[Part]
    reversal: int = 0
    ratio: int = 10**6
    status: str = "proposed"
    converted: int = 0

    @property
    def quantity(self) -> int:
        """Its tonnes."""
        return sum(hi - lo for _, lo, hi in self.units)

    @property
    def covers(self) -> int:
        """What its tonnes stand for: ``ratio`` millionths of a tonne are used for one, and what is left is lost."""
        return self.quantity * 10**6 // self.ratio


@dataclass(slots=True)
class NaiveRelease:
    """A release; ``status`` is proposed, cooling, sent, done or ended."""

    proposal: int
    firm: int
    units: list[Part]
    account: str
    status: str = "proposed"
    callable_until: int = 0
    leaves_at: int = 0


@dataclass(slots=True)
class NaiveEncumbrance:
    """What holds units fast; ``status`` is setting, standing, lifting or lifted, ``at`` how far setting has come;
    ``reconciled`` says that the registry's list is not what we have, ``suspends`` that its kind is a suspension.
    """

    project: int
    vintage: int
    lot: int
    lo: int
    hi: int
    by: int
    reconciled: bool = False
    suspends: bool = True
    status: str = "setting"
    at: tuple[int, int] = (0, 0)

    @property
    def is_doubt(self) -> bool:
        """Whether the program set it on serials, or it suspends such as the registry's list does not have as we do."""
        return self.lot != 0 and (not self.by or (self.suspends and self.reconciled))

    @property
    def is_of_source(self) -> bool:
        """Whether the program set it on a project's year, because its source was found to be in the national market."""
        return not self.by and self.lot == 0

    @property
    def working(self) -> bool:
        """Whether it is being set or lifted."""
        return self.status in ("setting", "lifting")


@dataclass(slots=True)
class NaiveReversal:
    """Tonnes that were lost again and how many of them were replaced."""

    project: int
    firm: int
    quantity: int
    vintage: int
    replaced: int = 0


@dataclass(slots=True)
class NaiveImport:
    """Rows of a file that wait."""

    by: int
    rows: list[ImportRow]
    committed: bool = False


@dataclass(slots=True)
class NaiveProject:
    """A project."""

    terms: ProjectTerms


@dataclass(slots=True)
class NaiveInstrument:
    """A book's terms and the trades of its day."""

    good: tuple[Family, str, int]
    tick: int
    size: int
    reference: int
    lowest: int
    highest: int
    halted: bool = False
    trades: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class NaiveOrder:
    """An open order with all its fills; ``lots`` has one entry for each tonne still to be delivered, in that order.

    ``named`` are the lots that the seller named: no other one is ever delivered.
    """

    order: int
    firm: int
    instrument: int
    name: str
    side: Side
    time_in_force: TimeInForce
    price: int
    quantity: int
    rate: int
    post_only: bool
    prevention: SelfTradePrevention
    good_til: int
    arrived: int
    key: int
    named: list[int] = field(default_factory=list)
    lots: list[int] = field(default_factory=list)
    fills: list[tuple[int, int]] = field(default_factory=list)

    @property
    def filled(self) -> int:
        """How many tonnes have traded."""
        return sum(quantity for _, quantity in self.fills)

    @property
    def leaves(self) -> int:
        """How many have not."""
        return self.quantity - self.filled

    @property
    def value(self) -> int:
        """What the fills cost, in fen."""
        return sum(price * quantity for price, quantity in self.fills)

    def money_needed(self, price: int, leaves: int) -> int:
        """What a buy needs if it should still buy ``leaves`` at ``price``: their value and what they add to its fee."""
        added = fee_of(self.rate, self.value + price * leaves) - fee_of(self.rate, self.value)
        return price * leaves + added


@dataclass(slots=True)
class NaiveAgreement:
    """An agreed trade; ``money`` and ``lots`` are held since the side that gives them has consented."""

    buyer: int
    seller: int
    proposer: int
    kind: AgreementKind
    family: Family
    project: str
    quantity: int
    total: int
    rate: int
    status: str = "proposed"
    money: int = 0
    lots: list[int] = field(default_factory=list)


@dataclass(slots=True)
class NaiveProposal:
    """An action that waits for a second person."""

    proposer: int
    firm: int
    action: Action
    action_hash: bytes
    open: bool = True


def firm_of(action: Action) -> int:
    """Whose matter an action is; 0 for the venue's own."""
    if isinstance(action, WithdrawCash | UseUnits | ReleaseUnits):
        return action.participant
    return action.owner if isinstance(action, AdmitLot | ReturnUnits) else 0


def evidence_of(action: Action) -> str:
    """What the second person reads from the paper again."""
    if isinstance(action, AdmitLot | ReturnUnits):
        return action.lock_reference
    return action.receipt if isinstance(action, AnswerOnPaper) else ""


@dataclass(slots=True)
class NaiveJob:
    """A mass command that is not finished."""

    kind: JobKind
    firm: int
    instrument: int
    last: int
    next_day: int
    key: int = 0
    day_set: bool = False
    sides: int = 0


@dataclass(slots=True)
class Trade:
    """One fill: the resting order, its price, the size, both fees."""

    resting: int
    price: int
    quantity: int
    buy_fee: int
    sell_fee: int


@dataclass(slots=True)
class End:
    """An order that ended with something left, and why."""

    order: int
    leaves: int
    reason: str
