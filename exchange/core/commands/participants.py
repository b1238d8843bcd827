"""Commands that admit firms and the persons who trade for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.values import ParticipantId, PersonId


class ParticipantRole(IntEnum):
    """What a participant may do: a forest group sells, a steel or power firm buys, some do both."""

    SELLER = 1
    BUYER = 2
    BOTH = 3


@dataclass(slots=True)
class AdmitParticipant:
    """Admit a firm. ``owner_group`` names who owns it: firms of one group never trade with each other (STP)."""

    actor: PersonId
    code: str
    name_en: str
    name_zh: str
    role: ParticipantRole
    owner_group: str


@dataclass(slots=True)
class RegisterTrader:
    """Register a person who acts for a participant (rule OPERATORS: at most five an account); needs two persons.

    The new person makes the secret of their first key and hands over its SHA-256, so that nobody else ever knows it:
    whoever could make a trader's key alone could propose in the firm's name and approve in the venue's.
    """

    actor: PersonId
    participant: ParticipantId
    name: str
    secret_hash: bytes
    public_key: bytes
