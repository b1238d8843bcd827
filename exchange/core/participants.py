"""Who takes part: firms, the persons who act, and the keys they act with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.governance import PersonRole
from exchange.core.commands.participants import ParticipantRole
from exchange.core.values import MICROS_PER_DAY, Day, KeyId, Micros, OwnerGroupId, ParticipantId, PersonId

_SELLER: Final = ParticipantRole.SELLER
_BUYER: Final = ParticipantRole.BUYER
_LAST_OF_A_LINE: Final = 2 * MICROS_PER_DAY


@dataclass(slots=True)
class Person:
    """A person with exactly one role; ``participant`` is 0 for the venue's staff and its supervisors.

    ``keys`` counts those that are neither revoked nor replaced by rotation, ``open_proposals`` those that the person
    made and nobody has decided. ``keys_made`` counts the keys that the person made or rotated on the day
    ``keys_made_on``, the last one on which there were any.
    """

    person: PersonId
    name: str
    role: PersonRole
    participant: ParticipantId
    keys: int
    open_proposals: int
    keys_made_on: Day
    keys_made: int


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

    Rotation puts a key in the place of another. ``line`` is the first key of such a row of keys, this one itself if it
    replaced none, ``replaced_by`` the key behind this one, 0 for the last. A later key of a line has a greater id.

    ``made_with`` is the key it was made with, 0 for a first key; it can never do more or last longer than that one.
    ``public_key`` (32 bytes of Ed25519, or b"") is what its signatures are verified with, ``networks`` are the only
    addresses that it can be used from, empty for all.
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
    line: KeyId
    replaced_by: KeyId
    revoked: bool

    def is_good(self, at: Micros) -> bool:
        """Whether it can be used at that moment."""
        return not self.revoked and (self.expires_at == 0 or at < self.expires_at)


@dataclass(slots=True)
class Register:
    """Everybody the venue knows. Dictionaries keep the order of admission, which is the order of ids.

    ``lines`` has by person the lines of keys, each from the first key to the one that has replaced all before it.
    """

    persons: dict[PersonId, Person] = field(default_factory=dict)
    participants: dict[ParticipantId, Participant] = field(default_factory=dict)
    codes: dict[str, ParticipantId] = field(default_factory=dict)
    groups: dict[str, OwnerGroupId] = field(default_factory=dict)
    keys: dict[KeyId, ApiKey] = field(default_factory=dict)
    secrets: dict[bytes, KeyId] = field(default_factory=dict)
    public_keys: dict[bytes, KeyId] = field(default_factory=dict)
    lines: dict[PersonId, dict[KeyId, list[KeyId]]] = field(default_factory=dict)

    def add_key(self, key: ApiKey) -> None:
        """Enter a key; the hash of its secret and its public key are taken for ever, also when the key is revoked."""
        self.keys[key.key] = key
        self.secrets[key.secret_hash] = key.key
        if key.public_key:
            self.public_keys[key.public_key] = key.key
        self.lines.setdefault(key.person, {}).setdefault(key.line, []).append(key.key)

    def line_of(self, key: ApiKey) -> list[KeyId]:
        """All keys of the line that a key belongs to, in the order in which they replaced each other."""
        return self.lines[key.person][key.line]

    def lately(self, line: list[KeyId], at: Micros) -> Iterator[ApiKey]:
        """The keys of a line that may be good or have an armed switch, from the last one backwards, and few besides.

        A key outlives its rotation by a day at most, and its switch outlives the key by a day at most. So before a key
        that ended more than two days ago none is to be found, however long the line is.
        """
        for number in reversed(line):
            key = self.keys[number]
            yield key
            if key.expires_at and key.expires_at + _LAST_OF_A_LINE < at:
                return

    def is_line_revoked(self, key: ApiKey) -> bool:
        """Whether all keys of a key's line are good for nothing any more: the last one is revoked then and only then,
        and those that had ended by themselves are left as they were.
        """
        return self.keys[self.line_of(key)[-1]].revoked

    def role_of(self, person: PersonId) -> PersonRole | None:
        """The role of a person, or None when there is no such person."""
        known = self.persons.get(person)
        return None if known is None else known.role
