"""Who takes part: firms, the persons who act, and the keys they act with."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.commands.governance import PersonRole
from exchange.core.commands.participants import ParticipantRole
from exchange.core.values import KeyId, Micros, OwnerGroupId, ParticipantId, PersonId


@dataclass(slots=True)
class Person:
    """A person with exactly one role; ``participant`` is 0 for the venue's staff and its supervisors."""

    person: PersonId
    name: str
    role: PersonRole
    participant: ParticipantId


@dataclass(slots=True)
class Participant:
    """A firm that trades; ``group`` is who owns it."""

    participant: ParticipantId
    code: str
    name_en: str
    name_zh: str
    role: ParticipantRole
    owner_group: str
    group: OwnerGroupId
    traders: int

    @property
    def may_buy(self) -> bool:
        """Whether its role lets it buy."""
        return self.role is not ParticipantRole.SELLER

    @property
    def may_sell(self) -> bool:
        """Whether its role lets it sell."""
        return self.role is not ParticipantRole.BUYER


@dataclass(slots=True)
class ApiKey:
    """A registered key: who it speaks for, for what, until when (0: no expiry). Only the secret's hash is known."""

    key: KeyId
    person: PersonId
    label: str
    secret_hash: bytes
    scopes: int
    expires_at: Micros
    revoked: bool


@dataclass(slots=True)
class Register:
    """Everybody the venue knows. Dictionaries keep the order of admission, which is the order of ids."""

    persons: dict[PersonId, Person] = field(default_factory=dict)
    participants: dict[ParticipantId, Participant] = field(default_factory=dict)
    codes: dict[str, ParticipantId] = field(default_factory=dict)
    groups: dict[str, OwnerGroupId] = field(default_factory=dict)
    keys: dict[KeyId, ApiKey] = field(default_factory=dict)

    def group_of(self, participant: ParticipantId) -> OwnerGroupId:
        """The owner group of a participant that exists."""
        return self.participants[participant].group
