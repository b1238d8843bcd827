"""What holds units fast, and stored carbon that was lost again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Encumbrance:
    """What holds units fast; ``lifted_at`` is None while it stands. ``set_by``, a person, and ``lifted_by``, the
    proposal that tells which two persons lifted it, are told to staff. ``request`` is the one of which the registry has
    said two things, where that is why. ``beyond_reach``, what it is about and cannot hold, is told to staff.
    """

    id: str
    kind: str
    project: str | None
    vintage: int | None
    lot: str | None
    serial_lo: int | None
    serial_hi: int | None
    reference: str
    request: str | None
    set_by: str | None
    set_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    quantity: int
    beyond_reach: int | None


@dataclass(frozen=True, slots=True)
class NewEncumbrance:
    """An encumbrance that was just set, how many tonnes it holds by now, and how many were gone before it came."""

    id: str
    kind: str
    reference: str
    quantity: int
    beyond_reach: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """Stored carbon that was lost again, and what was cancelled in its place; all in tonnes. One that was a mistake has
    been withdrawn. ``replaced_in_doubt`` is how much of ``replaced`` is by disputed uses.
    """

    id: str
    project: str
    vintage: int | None
    responsible: str
    quantity: int
    replaced: int
    replaced_in_doubt: int
    pending: int
    shortfall: int
    cause: str
    reported_at: datetime
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    uses: tuple[str, ...]
