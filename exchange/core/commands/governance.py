"""Commands that set the stage: the venue's first entry, its rulebook, its staff and their keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.values import Day, Fen, KeyId, Micros, PersonId, Tonnes


class PersonRole(IntEnum):
    """What a person acts as; exactly one role each, so that nobody approves what they proposed in another role.

    REGISTRY stands for the national registry itself: with its key it signs what it says about our requests.
    """

    TRADER = 1
    OPERATOR = 2
    REGULATOR = 3
    AUDITOR = 4
    REGISTRY = 5


class Verified(IntEnum):
    """How sure a rule's value is: read in the text of the article, in another source, or chosen by the operator."""

    YES = 1
    SECONDARY = 2
    OPERATOR_SET = 3


class Scope(IntEnum):
    """What a key may be used for; a key carries the sum of its scopes."""

    READ = 1
    TRADE = 2
    FUNDS = 4
    MANAGE = 8


@dataclass(slots=True)
class Rule:
    """One rule of the rulebook: a number with its unit, the article that it rests on, and how sure it is."""

    rule: str
    value: int
    unit: str
    article: str
    verified: Verified
    effective_from: Day
    text_en: str
    text_zh: str


@dataclass(slots=True)
class StaffMember:
    """A person of the venue or its supervisors who exists from the first entry on, with their first key.

    ``public_key`` is 32 bytes of Ed25519 (RFC 8032), or b"" for a key that signs nothing; so everywhere in this file.
    """

    name: str
    role: PersonRole
    secret_hash: bytes
    public_key: bytes


@dataclass(slots=True)
class Genesis:
    """The first entry of every journal: names the venue, its first trading day, its rulebook and its staff.

    ``sandbox_cash`` (fen) and ``sandbox_tonnes`` are what each participant is given to play with when it is admitted;
    0 and 0 make a real venue, where nothing is given. Neither can ever be changed.
    """

    actor: PersonId
    venue: str
    trading_day: Day
    profile: str
    rules: tuple[Rule, ...]
    staff: tuple[StaffMember, ...]
    sandbox_cash: Fen
    sandbox_tonnes: Tonnes


@dataclass(slots=True)
class AdoptRulebook:
    """Change the rulebook; needs two persons. Orders that rest keep the fee rate at which they were accepted.

    ``rules`` has all entries, with their dates, of each rule that changes; ``removed`` has the ids of rules of the
    venue's own that are taken out. The other rules stay as they are.
    """

    actor: PersonId
    profile: str
    rules: tuple[Rule, ...]
    removed: tuple[str, ...] = ()


@dataclass(slots=True)
class RegisterStaff:
    """Add an operator, regulator or auditor; needs two persons.

    The new person makes the secret of their first key and hands over its SHA-256, so that nobody else ever knows it.
    """

    actor: PersonId
    name: str
    role: PersonRole
    secret_hash: bytes
    public_key: bytes


@dataclass(slots=True)
class ReplaceKeys:
    """Revoke all keys of a person and enter a first one again; needs two persons. For whoever has lost their keys.

    As with :class:`RegisterStaff` the person makes the secret and hands over nothing but its SHA-256.
    """

    actor: PersonId
    person: PersonId
    secret_hash: bytes
    public_key: bytes


@dataclass(slots=True)
class RegisterKey:
    """Register a further API key of the actor's own. Only the SHA-256 of the 256-bit secret is ever sequenced.

    ``networks`` are the only addresses that the key can be used from, in CIDR notation as the decoder spells it
    (``10.1.0.0/16``), sorted and without a repetition; empty allows every address.
    """

    actor: PersonId
    label: str
    secret_hash: bytes
    public_key: bytes
    scopes: int
    expires_at: Micros
    networks: tuple[str, ...]


@dataclass(slots=True)
class RotateKey:
    """Replace the key that this is sent with by a new one that is good for the same and as long.

    The old one can still be used for ``grace_seconds``, so that a program can change over without a gap.
    """

    actor: PersonId
    secret_hash: bytes
    public_key: bytes
    grace_seconds: int


@dataclass(slots=True)
class RevokeKey:
    """Make a key useless from this entry on."""

    actor: PersonId
    key: KeyId
