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
    """Register a person who acts for a participant (rule OPERATORS: at most five an account)."""

    actor: PersonId
    participant: ParticipantId
    name: str
