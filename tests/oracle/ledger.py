"""A naive ledger: every movement of history in one list, every serial by itself; nothing is remembered as a sum.

It is obviously right and slow. Holds are not in it at all: whoever asks for what is available adds up the needs of
everything open, each time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

BANK, REGISTRY, FEES = "bank", "registry", "fees"

Owner = int | str
"""A participant's id, or one of the three names above."""

CASH = 0
"""The money asset; every other asset is a lot's id."""


def half_up(amount: Decimal) -> int:
    """The nearest whole number, a half away from zero; by the standard library's decimal arithmetic."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def fee_of(rate: int, value: int) -> int:
    """A rate in parts per million of a value, in fen."""
    return half_up(Decimal(rate) * Decimal(value) / Decimal(1_000_000))


@dataclass(slots=True)
class Movement:
    """An amount of an asset that went from one owner to another."""

    source: Owner
    target: Owner
    asset: int
    amount: int


@dataclass(slots=True)
class NaiveLedger:
    """All movements; a balance is what came less what went."""

    movements: list[Movement] = field(default_factory=list)

    def move(self, source: Owner, target: Owner, asset: int, amount: int) -> None:
        """Write one more movement."""
        self.movements.append(Movement(source, target, asset, amount))

    def balance(self, owner: Owner, asset: int) -> int:
        """Everything that came less everything that went, from the first movement on."""
        came = sum(m.amount for m in self.movements if m.target == owner and m.asset == asset)
        went = sum(m.amount for m in self.movements if m.source == owner and m.asset == asset)
        return came - went

    def balances(self) -> Counter[tuple[Owner, int]]:
        """Every balance at once, by owner and asset; in one walk through history."""
        found: Counter[tuple[Owner, int]] = Counter()
        for movement in self.movements:
            found[movement.target, movement.asset] += movement.amount
            found[movement.source, movement.asset] -= movement.amount
        return found


@dataclass(slots=True)
class Tonne:
    """One tonne: its lot, its serial, who has it since which day."""

    lot: int
    serial: int
    owner: int
    since: int


@dataclass(slots=True)
class NaiveTonnes:
    """Every tonne of every lot, one by one."""

    all: list[Tonne] = field(default_factory=list)

    def admit(self, lot: int, lo: int, hi: int, owner: int, day: int) -> None:
        """The serials ``lo`` to ``hi - 1`` come in."""
        self.all += [Tonne(lot, serial, owner, day) for serial in range(lo, hi)]

    def give(self, lot: int, source: int, target: int, count: int, day: int) -> list[int]:
        """The ``count`` lowest serials of the source go to the target; which ones."""
        mine = sorted((t for t in self.all if t.lot == lot and t.owner == source), key=lambda tonne: tonne.serial)
        for tonne in mine[:count]:
            tonne.owner, tonne.since = target, day
        return [tonne.serial for tonne in mine[:count]]

    def parcels(self, lot: int, owner: int) -> list[tuple[int, int, int]]:
        """(lo, hi, since) of the longest runs of serials that an owner has since one day."""
        runs: list[tuple[int, int, int]] = []
        for tonne in sorted(self.all, key=lambda tonne: tonne.serial):
            if (tonne.lot, tonne.owner) != (lot, owner):
                continue
            if runs and runs[-1][1:] == (tonne.serial, tonne.since):
                runs[-1] = (runs[-1][0], tonne.serial + 1, tonne.since)
            else:
                runs.append((tonne.serial, tonne.serial + 1, tonne.since))
        return runs

    def lots_of(self, owner: int) -> set[int]:
        """The lots of which an owner has at least one tonne."""
        return {tonne.lot for tonne in self.all if tonne.owner == owner}
