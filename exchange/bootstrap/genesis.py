"""The first entry of a new journal, and the first keys.

A new venue has two operators (nothing irrevocable is done by one), a regulator and an auditor. Their keys' secrets,
and the private keys with which they sign, are made here and written to one file that only its owner can read; the log
gets the secrets' hashes and the public keys. The file is written before the entry, so that no crash can leave a venue
whose keys nobody has; what only the log knows (the keys' ids) is filled in after.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Self

from exchange.access.ids import Kind, id_text
from exchange.access.keys import hash_secret, new_secret, token_text
from exchange.access.public_keys import new_key_pair, public_key_text, read_public_key
from exchange.core.commands.governance import Genesis, PersonRole, StaffMember
from exchange.core.values import NOBODY, Day, Fen, KeyId, Micros, PersonId, Tonnes, day_of
from exchange.rulebooks import Profile

VENUE: Final = "Inner Mongolia carbon exchange (simulated) 内蒙古碳减排量交易所（模拟）"
FIRST_STAFF: Final = (
    ("Operator A", PersonRole.OPERATOR),
    ("Operator B", PersonRole.OPERATOR),
    ("Regulator", PersonRole.REGULATOR),
    ("Auditor", PersonRole.AUDITOR),
)
KEYS_FILE: Final = "first-keys.json"
NEXT_KEYS_FILE: Final = "first-keys-next.json"
"""What shall replace first keys, written down before the exchange is asked to."""

SANDBOX_VENUE: Final = f"{VENUE} — sandbox 沙箱"
SANDBOX_CASH: Final = Fen(10_000_000_00)
SANDBOX_TONNES: Final = Tonnes(100_000)
"""What each firm is given in a sandbox; of units so much of each family."""

NO_PLAY_CASH: Final = Fen(0)
NO_PLAY_TONNES: Final = Tonnes(0)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class FirstKey:
    """One of the keys that the venue begins with; ``token`` is empty until the first entry is durable.

    ``private_key`` is what its owner signs with, as the ``d`` of a JWK (RFC 8037), ``public_key`` its ``x``.
    """

    name: str
    role: str
    secret: str = field(repr=False)
    private_key: str = field(repr=False)
    public_key: str
    person: str = ""
    token: str = field(default="", repr=False)

    @classmethod
    def make(cls, name: str, role: PersonRole) -> Self:
        """A fresh secret and a fresh key pair."""
        private_key, public_key = new_key_pair()
        return cls(name, role.name, new_secret(), private_key, public_key_text(public_key))

    @property
    def public_bytes(self) -> bytes:
        """The public key as the log has it."""
        raw = read_public_key(self.public_key)
        assert raw is not None, "the file of first keys was changed"
        return raw


class FirstKeys:
    """The file of the first keys, in the data folder, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / KEYS_FILE
        self.next_path = folder / NEXT_KEYS_FILE

    def make(self) -> tuple[FirstKey, ...]:
        """New secrets for the first staff, written down before anybody uses them."""
        keys = tuple(FirstKey.make(name, role) for name, role in FIRST_STAFF)
        self._write(keys)
        return keys

    def read(self) -> tuple[FirstKey, ...]:
        """The keys in the file; none when there is no file."""
        return _read(self.path)

    def complete(self, owners: Mapping[bytes, tuple[PersonId, KeyId]]) -> None:
        """Fill in whose keys they became: ``owners`` has the person and the key of each secret's hash."""
        keys = self.read()
        if all(key.token for key in keys):
            return
        self._write(tuple(_owned(key, owners) for key in keys))

    def begin(self, new: FirstKey) -> None:
        """Write down what shall replace a person's key, so that it is not lost however the asking ends."""
        _write(self.next_path, (*self._others_begun(new.name), new), ABOUT_NEXT)

    def begun(self, name: str) -> FirstKey | None:
        """What a rotation of this person's key that did not come to its end began with."""
        (current,) = (key for key in self.read() if key.name == name)
        found = [key for key in _read(self.next_path) if key.name == name]
        return found[0] if found and found[0].secret != current.secret else None

    def put(self, changed: FirstKey) -> None:
        """Write a person's key over the one they had, which it replaced; it is begun no more."""
        self._write(tuple(changed if key.name == changed.name else key for key in self.read()))
        self.forget(changed.name)

    def forget(self, name: str) -> None:
        """Nothing of a person's is begun any more."""
        others = self._others_begun(name)
        if others:
            _write(self.next_path, others, ABOUT_NEXT)
        else:
            self.next_path.unlink(missing_ok=True)

    def _others_begun(self, name: str) -> tuple[FirstKey, ...]:
        return tuple(key for key in _read(self.next_path) if key.name != name)

    def _write(self, keys: tuple[FirstKey, ...]) -> None:
        _write(self.path, keys, ABOUT)


ABOUT: Final = "The keys that this exchange began with. Whoever reads them can act and sign as these persons."
ABOUT_NEXT: Final = (
    "Keys that replace first keys, while the exchange is asked to. Rotate the same key again and it comes to its end."
)


def _read(path: Path) -> tuple[FirstKey, ...]:
    if not path.exists():
        return ()
    document = json.loads(path.read_text(encoding="utf-8"))
    return tuple(FirstKey(**entry) for entry in document["keys"])


def _write(path: Path, keys: tuple[FirstKey, ...], about: str) -> None:
    document = {"about": about, "keys": [asdict(key) for key in keys]}
    write_private(path, json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def _owned(key: FirstKey, owners: Mapping[bytes, tuple[PersonId, KeyId]]) -> FirstKey:
    found = owners.get(hash_secret(key.secret))
    if found is None:
        return key
    person, number = found
    return replace(key, person=id_text(Kind.PERSON, person), token=token_text(number, key.secret))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read: all of it or nothing, durable when this returns."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def genesis(
    profile: Profile,
    keys: tuple[FirstKey, ...],
    at: Micros,
    venue: str = VENUE,
    sandbox_cash: Fen = NO_PLAY_CASH,
    sandbox_tonnes: Tonnes = NO_PLAY_TONNES,
) -> Genesis:
    """The command that opens the venue; its first trading day is the one at ``at``, or the Monday after a weekend."""
    staff = tuple(
        StaffMember(key.name, PersonRole[key.role], hash_secret(key.secret), key.public_bytes) for key in keys
    )
    day = first_trading_day(at)
    return Genesis(PersonId(NOBODY), venue, day, profile.profile, profile.rules, staff, sandbox_cash, sandbox_tonnes)


def sandbox_genesis(profile: Profile, keys: tuple[FirstKey, ...], at: Micros) -> Genesis:
    """The command that opens a venue to try everything at, with play money and play units."""
    return genesis(profile, keys, at, SANDBOX_VENUE, SANDBOX_CASH, SANDBOX_TONNES)


def first_trading_day(at: Micros) -> Day:
    """The day at an instant, or the next Monday on a weekend (T21); announced holidays are the operator's to skip."""
    number = day_of(at)
    day = date(number // 10_000, number // 100 % 100, number % 100)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return Day(day.year * 10_000 + day.month * 100 + day.day)
