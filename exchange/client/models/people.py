"""Firms, the persons who act for them, and their keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A firm as everybody may know it."""

    id: str
    code: str
    name_en: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Participant:
    """An admitted firm; firms of one ``owner_group`` never trade with each other."""

    id: str
    code: str
    name_en: str
    name_zh: str
    role: str
    owner_group: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts for a participant, or for the venue when ``participant`` is None."""

    id: str
    name: str
    role: str
    participant: str | None


@dataclass(frozen=True, slots=True)
class Me(Person):
    """Who a key speaks for, and for what and until when it is good (None: for ever)."""

    key: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...]
    signs: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret; without ``networks`` it can be used from everywhere.

    ``strayed_at`` and ``strayed_from`` say when and from where it was last used outside of them, with its right secret.
    """

    id: str
    person: str
    label: str
    scopes: tuple[str, ...]
    public_key: str | None
    networks: tuple[str, ...]
    expires_at: datetime | None
    made_with: str | None
    replaced_by: str | None
    revoked: bool
    strayed_at: datetime | None
    strayed_from: str | None


@dataclass(frozen=True, slots=True)
class NewKey(Key):
    """A key just made. ``token`` is shown this once; it is what ``Authorization: Bearer`` wants."""

    token: str


@dataclass(frozen=True, slots=True)
class RevokedKey:
    """A key that is useless for ever, and those that this revoked: it and its line, none when all were before."""

    id: str
    revoked: bool
    revoked_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RotatedKey(NewKey):
    """A key that replaces another, which is good until ``replaced_until``."""

    replaces: str
    replaced_until: datetime
