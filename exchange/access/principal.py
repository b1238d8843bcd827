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
MOST_RECOGNISED: Final = 16_384


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
        return self.participant or self.person

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


def shown_by(header: str, directory: Directory) -> KeyRecord | None:
    """The key whose secret a header has, whether it is good or not; from where it may be used is asked afterwards.

    A key that does not exist costs the same comparison as one that does.
    """
    if header[: len(_SCHEME)].lower() != _SCHEME:
        return None
    token = read_token(header[len(_SCHEME) :].strip(" "))
    if token is None:
        return None
    record = directory.key(token.key)
    stored = _NO_HASH if record is None else record.terms.secret_hash
    return record if same_hash(hash_secret(token.secret), stored) else None


def is_good(record: KeyRecord, now: Micros) -> bool:
    """Whether a key is neither revoked nor expired."""
    return not (record.revoked or 0 < record.expires_at <= now)


@dataclass(slots=True, frozen=True)
class Known:
    """A key that was shown with its secret, and whom it speaks for, as the directory had them then."""

    record: KeyRecord
    person: PersonRegistered
    principal: Principal

    def is_current(self, directory: Directory) -> bool:
        """Whether the directory still has the same key and the same person. (What changes in a key is asked of it.)"""
        who = self.principal
        return directory.key(who.key) is self.record and directory.person(who.person) is self.person


class Recognised:
    """Who has shown which header, so that a header that comes with each order is taken apart once.

    It is kept by its SHA-256, as much as the journal has of a secret; a look among these hashes tells by its duration
    nothing of a secret either. Only headers with a right secret are kept, so strangers cannot fill it.
    """

    def __init__(self, most: int = MOST_RECOGNISED) -> None:
        """At most so many; all of them are forgotten when there are more."""
        self._known: Final[dict[bytes, Known]] = {}
        self._most: Final = most

    def find(self, header: str, directory: Directory) -> Known | None:
        """Whose key a header has, good or not; None for a header without a right secret."""
        hashed = hash_secret(header)
        known = self._known.get(hashed)
        if known is not None and known.is_current(directory):
            return known
        known = _meet(header, directory)
        if known is not None:
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[hashed] = known
        return known


def _meet(header: str, directory: Directory) -> Known | None:
    record = shown_by(header, directory)
    person = None if record is None else directory.person(record.terms.person)
    if record is None or person is None:
        return None
    key = record.terms
    return Known(record, person, Principal(person.person, person.participant, person.role, key.key, key.scopes))


def scope_names(scopes: int) -> list[str]:
    """The names of a key's scopes, in the order of their numbers."""
    return [scope.name for scope in Scope if scopes & scope]
