"""Who takes part: firms, the persons who act, and the keys they act with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.governance import PersonRole
from exchange.core.commands.participants import ParticipantRole
from exchange.core.values import KeyId, Micros, OwnerGroupId, ParticipantId, PersonId

_SELLER: Final = ParticipantRole.SELLER
_BUYER: Final = ParticipantRole.BUYER


@dataclass(slots=True)
class Person:
    """A person with exactly one role; ``participant`` is 0 for the venue's staff and its supervisors.

    ``keys`` counts those that are neither revoked nor replaced by rotation, ``open_proposals`` those that the person
    made and nobody has decided.
    """

    person: PersonId
    name: str
    role: PersonRole
    participant: ParticipantId
    keys: int
    open_proposals: int


@dataclass(slots=True)
class Participant:
    """A firm that trades; ``group`` is who owns it. ``open_agreements`` counts those that it has proposed."""

    participant: ParticipantId
    code: str
    name_en: str
    name_zh: str
    role: ParticipantRole
    owner_group: str
    group: OwnerGroupId
    traders: int
    open_agreements: int

    @property
    def may_buy(self) -> bool:
        """Whether its role lets it buy."""
        return self.role is not _SELLER

    @property
    def may_sell(self) -> bool:
        """Whether its role lets it sell."""
        return self.role is not _BUYER


@dataclass(slots=True)
class ApiKey:
    """A registered key: who it speaks for, for what, until when (0: no expiry). Only the secret's hash is known.

    ``made_with`` is the key it was made with, 0 for a first key; it can never do more or last longer than that one.
    ``public_key`` (32 bytes of Ed25519, or b"") is what its signatures are verified with, ``networks`` are the only
    addresses that it can be used from, empty for all. Rotation replaces one key by another: ``replaces`` is the one
    before it, ``replaced_by`` the one behind it, 0 where there is none.
    """

    key: KeyId
    person: PersonId
    label: str
    secret_hash: bytes
    public_key: bytes
    scopes: int
    expires_at: Micros
    networks: tuple[str, ...]
    made_with: KeyId
    replaces: KeyId
    replaced_by: KeyId
    revoked: bool

    def is_good(self, at: Micros) -> bool:
        """Whether it can be used at that moment."""
        return not self.revoked and (self.expires_at == 0 or at < self.expires_at)


@dataclass(slots=True)
class Register:
    """Everybody the venue knows. Dictionaries keep the order of admission, which is the order of ids."""

    persons: dict[PersonId, Person] = field(default_factory=dict)
    participants: dict[ParticipantId, Participant] = field(default_factory=dict)
    codes: dict[str, ParticipantId] = field(default_factory=dict)
    groups: dict[str, OwnerGroupId] = field(default_factory=dict)
    keys: dict[KeyId, ApiKey] = field(default_factory=dict)
    secrets: dict[bytes, KeyId] = field(default_factory=dict)

    def add_key(self, key: ApiKey) -> None:
        """Enter a key; the hash of its secret is taken for ever, also when the key is revoked."""
        self.keys[key.key] = key
        self.secrets[key.secret_hash] = key.key

    def line_of(self, key: KeyId) -> Iterator[KeyId]:
        """A key and those that it replaced, one after the other: the keys whose orders it attends to."""
        while key:
            yield key
            key = self.keys[key].replaces

    def role_of(self, person: PersonId) -> PersonRole | None:
        """The role of a person, or None when there is no such person."""
        known = self.persons.get(person)
        return None if known is None else known.role
