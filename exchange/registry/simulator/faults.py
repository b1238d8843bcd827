"""What a registry may do wrong, by name, and when it does: drawn from a seed and the request's reference.

Nothing depends on the time or on the order of what comes in, so the same seed and the same requests give the same
faults. A fault of the line is drawn anew for each call about a request, one of the statement once for each request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

CERTAIN: Final = 100
LONGEST_S: Final = 86_400


class Fault(StrEnum):
    """One kind of misbehaviour."""

    DOWN = "DOWN"
    """Every call is answered 503."""

    LOSES = "LOSES"
    """The line breaks before the work is done."""

    HANGS = "HANGS"
    """The work is done, and then nothing is answered until the caller gives up."""

    SLOW = "SLOW"
    """The statement is made ``slow_seconds`` after the request."""

    SILENT = "SILENT"
    """The work is done, and no statement is made of it before somebody makes the registry speak."""

    DUPLICATING = "DUPLICATING"
    """The statement is called back three times."""

    REORDERING = "REORDERING"
    """Statements are called back in another order than they were made in."""

    OTHER_RANGE = "OTHER_RANGE"
    """The statement speaks of one serial more than was asked for."""

    OTHER_SPACE = "OTHER_SPACE"
    """The statement speaks of another serial space."""

    OTHER_KIND = "OTHER_KIND"
    """The statement speaks of another act: of a cancellation where a lock was asked for, else of a lock."""

    OTHER_OUTCOME = "OTHER_OUTCOME"
    """After the statement comes another one that says the opposite."""

    NOT_DONE = "NOT_DONE"
    """The statement confirms what was not done."""

    OTHER_ACCOUNT = "OTHER_ACCOUNT"
    """A release goes to another national account than was asked for."""

    SAME_RECEIPT = "SAME_RECEIPT"
    """Everything is confirmed with one and the same receipt."""

    BAD_SIGNATURE = "BAD_SIGNATURE"
    """The statement is signed with another key."""


def never() -> dict[Fault, int]:
    """No faults."""
    return {}


@dataclass(slots=True)
class Faults:
    """The chance of each fault in percent, and the seed. ``slow_seconds`` is for SLOW, ``spread_seconds`` within how
    many seconds REORDERING shuffles.
    """

    seed: int = 1
    chances: dict[Fault, int] = field(default_factory=never)
    slow_seconds: float = 2.0
    spread_seconds: float = 1.0

    def happens(self, fault: Fault, reference: str, call: int = 0) -> bool:
        """Whether a fault happens to a request, at its n-th call where it is one of the line."""
        return self.draw(f"{fault}/{reference}/{call}") * CERTAIN < self.chances.get(fault, 0)

    def draw(self, about: str) -> float:
        """A number from 0 to below 1 that belongs to the seed and a name."""
        digest = hashlib.sha256(f"{self.seed}/{about}".encode()).digest()
        return int.from_bytes(digest[:7]) / 2**56

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "chances": {str(fault): chance for fault, chance in self.chances.items()}}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """From JSON; what is left out is as it is without faults.

        Raises:
            ValueError: for a name that is no fault, a chance that is none, or a field that is not known; the text says
                what to write.
        """
        unknown = document.keys() - cls.__annotations__.keys()
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))} is not known here: send {FIELDS}")
        if type(document.get("seed", 0)) is not int:
            raise ValueError(f"seed is no whole number: send {FIELDS}")
        for name in ("slow_seconds", "spread_seconds"):
            if not _is_time(document.get(name, 0)):
                raise ValueError(f"{name} is 0 to {LONGEST_S} seconds: send {FIELDS}")
        return cls(**{**document, "chances": _read_chances(document.get("chances", {}))})


FIELDS: Final = '{"seed": whole number, "chances": {FAULT: percent}, "slow_seconds": number, "spread_seconds": number}'


def _is_time(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= LONGEST_S  # type: ignore[operator]


def _read_chances(given: object) -> dict[Fault, int]:
    if not isinstance(given, Mapping):
        raise ValueError(f"chances is no object: send {FIELDS}")
    unknown = [str(name) for name in given if name not in set(Fault)]
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is no fault: there are {', '.join(Fault)}")
    if not all(type(chance) is int and 0 <= chance <= CERTAIN for chance in given.values()):
        raise ValueError("a chance is 0 to 100 percent")
    return {Fault(name): chance for name, chance in given.items()}
