"""The actions that need two persons, as they are proposed on the wire and as they are shown again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field

from exchange.access.ids import Kind, id_text, id_text_or_none
from exchange.access.principal import Principal
from exchange.access.public_keys import public_key_text
from exchange.api.fields import (
    Body,
    Code,
    DayText,
    Hash,
    Instrument,
    Issuance,
    Money,
    OptionalText,
    Participant,
    Person,
    Project,
    PublicKey,
    Reference,
    Serial,
    SerialTemplate,
    Text,
    Use,
    Whole,
    named,
)
from exchange.api.operations import Document
from exchange.api.proposing import firm_meant
from exchange.api.resources.market import rule_document
from exchange.api.resources.unit_actions import (
    UNIT_DOCUMENTS,
    BudgetAction,
    FacilityAction,
    ForcedCancellationAction,
    ImportAction,
    LiftAction,
    ObligationAction,
    ProjectAction,
    ReceiptAction,
    ReleaseAction,
    ReturnAction,
    ReversalAction,
    ReversalWithdrawalAction,
    UseAction,
    UseRevocationAction,
)
from exchange.api.wire import day_text, money_text
from exchange.core.commands.approvals import Action
from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.governance import AdoptRulebook, PersonRole, RegisterStaff, ReplaceKeys, Rule, Verified
from exchange.core.commands.instruments import ResumeTrading
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.projects import RecordIssuance
from exchange.core.values import (
    NOBODY,
    ClaimId,
    Day,
    Fen,
    InstrumentId,
    IssuanceId,
    PersonId,
    ProjectId,
    Tonnes,
)

_MAX_NUMBER: Final = 10**15
_MAX_VERIFIED: Final = 10**12


class WithdrawalAction(Body):
    """Pay money of the own participant out."""

    type: Literal["WITHDRAWAL"]
    amount: Money
    bank_account: Reference

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return WithdrawCash(who.person, who.participant, Fen(self.amount), self.bank_account)


class IssuanceAction(Body):
    """Record what a registry issued for a monitoring period of a project: serials ``serial_lo`` up to, and not
    including, ``serial_hi``, of which each is one tonne.

    The period lies in one calendar year, which is the vintage. ``converted`` is the fulfilled use of purpose CONVERSION
    that a quota of the category ECOSYSTEM_SINK is issued against.
    """

    type: Literal["ISSUANCE"]
    project: Project
    monitoring_start: DayText
    monitoring_end: DayText
    verified: Annotated[int, Whole(1, _MAX_VERIFIED, 120_000)]
    applied_on: DayText
    space: Code
    serial_text: SerialTemplate = ""
    serial_lo: Serial
    serial_hi: Serial
    converted: Use | None = None

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return RecordIssuance(
            who.person,
            ProjectId(self.project),
            Day(self.monitoring_start),
            Day(self.monitoring_end),
            Tonnes(self.verified),
            Day(self.applied_on),
            self.space,
            self.serial_text,
            self.serial_lo,
            self.serial_hi,
            ClaimId(NOBODY if self.converted is None else self.converted),
        )


class LotAdmissionAction(Body):
    """Admit serials of an issuance for an owner; ``lock_reference`` is the registry's receipt that they are locked.

    A trader admits for the own participant, which is the default; an operator names the owner.
    """

    type: Literal["LOT_ADMISSION"]
    issuance: Issuance
    owner: Participant | None = None
    serial_lo: Serial
    serial_hi: Serial
    lock_reference: Reference

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        owner = firm_meant(who, AdmitLot, self.owner, "owner")
        issuance = IssuanceId(self.issuance)
        return AdmitLot(who.person, issuance, owner, self.serial_lo, self.serial_hi, self.lock_reference)


class RuleIn(Body):
    """A rule of a proposed rulebook."""

    id: Code
    value: Annotated[int, Whole(-_MAX_NUMBER, _MAX_NUMBER, 10)]
    unit: OptionalText
    article: OptionalText
    verified: Annotated[Verified, named(Verified)]
    effective_from: DayText
    text_en: Text
    text_zh: Text

    def rule(self) -> Rule:
        """The rule as the core knows it."""
        effective_from = Day(self.effective_from)
        return Rule(
            self.id, self.value, self.unit, self.article, self.verified, effective_from, self.text_en, self.text_zh
        )


class RulebookAction(Body):
    """Change the rulebook: the rules that are named; the others stay as they are.

    ``removed`` are ids of rules of the venue's own that are taken out; without any, ``rules`` has an entry.
    """

    type: Literal["RULEBOOK"]
    profile: Text
    rules: Annotated[list[RuleIn], Field(max_length=200)]
    removed: Annotated[list[Code], Field(max_length=200, default_factory=list)]

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return AdoptRulebook(who.person, self.profile, tuple(rule.rule() for rule in self.rules), tuple(self.removed))


class StaffAction(Body):
    """Add a person of the venue. They make the secret of their first key themselves and give its SHA-256.

    Whoever shall approve needs a ``public_key`` too, whose private key they keep: an approval is signed.
    """

    type: Literal["STAFF"]
    name: Text
    role: Annotated[PersonRole, named(PersonRole, but=("TRADER",))]
    secret_hash: Hash
    public_key: PublicKey | None = None

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return RegisterStaff(who.person, self.name, self.role, self.secret_hash, self.public_key or b"")


class TraderAction(Body):
    """Register a person who acts for a participant (rule OPERATORS limits how many).

    They make the secret of their first key themselves and give its SHA-256; with a ``public_key`` they can also
    withdraw. A trader proposes for the own participant, which is the default; an operator names the participant.
    """

    type: Literal["TRADER"]
    participant: Participant | None = None
    name: Text
    secret_hash: Hash
    public_key: PublicKey | None = None

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        participant = firm_meant(who, RegisterTrader, self.participant, "participant")
        return RegisterTrader(who.person, participant, self.name, self.secret_hash, self.public_key or b"")


class KeyReplacementAction(Body):
    """Revoke all keys of a person who has lost them, and enter a first one again, whose secret that person has made.

    The same for a private key that is lost: enter another ``public_key``.
    """

    type: Literal["KEY_REPLACEMENT"]
    person: Person
    secret_hash: Hash
    public_key: PublicKey | None = None

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return ReplaceKeys(who.person, PersonId(self.person), self.secret_hash, self.public_key or b"")


class ResumeAction(Body):
    """Lift the halt of an instrument, or without one that of the market."""

    type: Literal["RESUME"]
    instrument: Instrument | None = None

    def command(self, who: Principal) -> Action:
        """The action as the core knows it."""
        return ResumeTrading(who.person, InstrumentId(NOBODY if self.instrument is None else self.instrument))


ActionIn = Annotated[
    WithdrawalAction
    | IssuanceAction
    | LotAdmissionAction
    | RulebookAction
    | StaffAction
    | TraderAction
    | KeyReplacementAction
    | ResumeAction
    | ProjectAction
    | FacilityAction
    | ReturnAction
    | ImportAction
    | ReceiptAction
    | UseAction
    | ReleaseAction
    | UseRevocationAction
    | ObligationAction
    | BudgetAction
    | LiftAction
    | ReversalAction
    | ReversalWithdrawalAction
    | ForcedCancellationAction,
    Discriminator("type"),
]
"""What can be proposed, told apart by ``type``."""


def _withdrawal(action: WithdrawCash) -> Document:
    participant = id_text(Kind.PARTICIPANT, action.participant)
    return {
        "type": "WITHDRAWAL",
        "participant": participant,
        "amount": money_text(action.amount),
        "bank_account": action.bank_account,
    }


def _issuance(action: RecordIssuance) -> Document:
    return {
        "type": "ISSUANCE",
        "project": id_text(Kind.PROJECT, action.project),
        "monitoring_start": day_text(action.monitoring_start),
        "monitoring_end": day_text(action.monitoring_end),
        "verified": action.verified,
        "applied_on": day_text(action.applied_on),
        "space": action.space,
        "serial_text": action.serial_text,
        "serial_lo": action.serial_lo,
        "serial_hi": action.serial_hi,
        "converted": id_text_or_none(Kind.USE, action.converted),
    }


def _lot_admission(action: AdmitLot) -> Document:
    return {
        "type": "LOT_ADMISSION",
        "issuance": id_text(Kind.ISSUANCE, action.issuance),
        "owner": id_text(Kind.PARTICIPANT, action.owner),
        "serial_lo": action.serial_lo,
        "serial_hi": action.serial_hi,
        "lock_reference": action.lock_reference,
    }


def _rulebook(action: AdoptRulebook) -> Document:
    rules = [rule_document(rule) for rule in action.rules]
    return {"type": "RULEBOOK", "profile": action.profile, "rules": rules, "removed": list(action.removed)}


def _staff(action: RegisterStaff) -> Document:
    return {"type": "STAFF", "name": action.name, "role": action.role.name} | _first_key(action)


def _trader(action: RegisterTrader) -> Document:
    participant = id_text(Kind.PARTICIPANT, action.participant)
    return {"type": "TRADER", "participant": participant, "name": action.name} | _first_key(action)


def _key_replacement(action: ReplaceKeys) -> Document:
    return {"type": "KEY_REPLACEMENT", "person": id_text(Kind.PERSON, action.person)} | _first_key(action)


def _first_key(action: RegisterStaff | RegisterTrader | ReplaceKeys) -> Document:
    public_key = public_key_text(action.public_key) if action.public_key else None
    return {"secret_hash": action.secret_hash.hex(), "public_key": public_key}


def _resume(action: ResumeTrading) -> Document:
    instrument = None if action.instrument == NOBODY else id_text(Kind.INSTRUMENT, action.instrument)
    return {"type": "RESUME", "instrument": instrument}


_DOCUMENTS: Final[dict[type, Callable[[Any], Document]]] = {
    WithdrawCash: _withdrawal,
    RecordIssuance: _issuance,
    AdmitLot: _lot_admission,
    AdoptRulebook: _rulebook,
    RegisterStaff: _staff,
    RegisterTrader: _trader,
    ReplaceKeys: _key_replacement,
    ResumeTrading: _resume,
    **UNIT_DOCUMENTS,
}


def action_document(action: Action) -> Document:
    """An action as it is shown: the fields that it was proposed with, and its ``type``."""
    return _DOCUMENTS[type(action)](action)


def without_evidence(action: Action) -> Document:
    """The fields of an action that a second person must read from the paper, and not from here."""
    return {name: None for name in ("lock_reference", "receipt") if hasattr(action, name)}
