"""From a request's ``Authorization`` header to the person who asks, by what is committed and nothing else.

Requests do not come here but to :class:`exchange.access.gate.Gate`, which also asks from where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from exchange.access.keys import hash_secret, read_token, same_hash
from exchange.core.commands.governance import PersonRole, Scope
from exchange.core.events.governance import KeyRegistered, PersonRegistered
from exchange.core.values import NOBODY, KeyId, Micros, ParticipantId, PersonId

_SCHEME: Final = "bearer "
_NO_HASH: Final = bytes(32)


@dataclass(slots=True, frozen=True)
class Principal:
    """Who asks, with which key, and for what the key is good. ``participant`` is 0 for staff."""

    person: PersonId
    participant: ParticipantId
    role: PersonRole
    key: KeyId
    scopes: int

    @property
    def is_staff(self) -> bool:
        """Whether this is a person of the venue or its supervisors, not of a participant."""
        return self.participant == NOBODY

    @property
    def idempotency_scope(self) -> int:
        """Within what an idempotency key is unique: the participant, or the staff person (ids never coincide)."""
        return self.person if self.is_staff else self.participant

    def has_any(self, scopes: int) -> bool:
        """Whether the key has at least one of these scopes."""
        return bool(self.scopes & scopes)


class KeyRecord(Protocol):
    """A registered key as the committed view keeps it."""

    terms: KeyRegistered
    expires_at: Micros
    revoked: bool


class Directory(Protocol):
    """Where keys and persons are looked up."""

    def key(self, key: KeyId) -> KeyRecord | None:
        """The key with this id."""
        ...

    def person(self, person: PersonId) -> PersonRegistered | None:
        """The person with this id."""
        ...


def named_by(header: str | None, directory: Directory, now: Micros) -> KeyRegistered | None:
    """The key whose secret a header has, if it is good now; from where it may be used is asked afterwards.

    A key that does not exist costs the same comparison as one that does.
    """
    if header is None or header[: len(_SCHEME)].lower() != _SCHEME:
        return None
    token = read_token(header[len(_SCHEME) :].strip(" "))
    if token is None:
        return None
    record = directory.key(token.key)
    stored = _NO_HASH if record is None else record.terms.secret_hash
    if not same_hash(hash_secret(token.secret), stored) or record is None:
        return None
    if record.revoked or 0 < record.expires_at <= now:
        return None
    return record.terms


def principal_of(key: KeyRegistered, directory: Directory) -> Principal | None:
    """Whom a key speaks for; None when there is no such person."""
    person = directory.person(key.person)
    if person is None:
        return None
    return Principal(person.person, person.participant, person.role, key.key, key.scopes)


def scope_names(scopes: int) -> list[str]:
    """The names of a key's scopes, in the order of their numbers."""
    return [scope.name for scope in Scope if scopes & scope]
