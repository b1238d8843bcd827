"""A naive ledger: every movement of history in one list, every serial by itself; nothing is remembered as a sum.

It is obviously right and slow. Holds are not in it at all: whoever asks for what is available adds up the needs of
everything open, each time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from exchange.core.events.credits import ParcelState

BANK, REGISTRY, FEES = "bank", "registry", "fees"

Owner = int | str
"""A participant's id, one of the three names above, or where tonnes are that are gone."""

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


GONE = {
    ParcelState.OUT: "out",
    ParcelState.RETURN_REQUESTED: "out",
    ParcelState.RETIRED: "retired",
    ParcelState.CANCELLED: "cancelled",
    ParcelState.EXPORTED: "exported",
}
"""Where the tonnes are that are on no firm's account."""


@dataclass(slots=True)
class Tonne:
    """One tonne: its lot, its serial, who has it (or had it last) since which day, where it stands, what holds it."""

    lot: int
    serial: int
    owner: int
    since: int
    state: ParcelState = ParcelState.ACTIVE
    held: set[int] = field(default_factory=set)

    @property
    def live(self) -> bool:
        """Whether it is on its owner's account."""
        return self.state not in GONE

    @property
    def sellable(self) -> bool:
        """Whether it can be sold, used or released."""
        return self.state is ParcelState.ACTIVE and not self.held

    @property
    def account(self) -> Owner:
        """Where the ledger has it."""
        return GONE.get(self.state, self.owner)

    @property
    def likeness(self) -> tuple[int, int, ParcelState, int]:
        """What two tonnes side by side must have in common to be one parcel."""
        return self.owner, self.since, self.state, len(self.held)


Run = list[Tonne]
"""Tonnes side by side that are alike."""


def runs(tonnes: list[Tonne]) -> list[Run]:
    """The longest rows of tonnes that are alike, by lot and serial."""
    found: list[Run] = []
    for tonne in sorted(tonnes, key=lambda one: (one.lot, one.serial)):
        last = found[-1][-1] if found else None
        if last and (last.lot, last.serial + 1, last.likeness) == (tonne.lot, tonne.serial, tonne.likeness):
            found[-1].append(tonne)
        else:
            found.append([tonne])
    return found


@dataclass(slots=True)
class NaiveTonnes:
    """Every tonne of every lot, one by one."""

    all: list[Tonne] = field(default_factory=list)

    def admit(self, lot: int, lo: int, hi: int, owner: int, day: int) -> list[Tonne]:
        """The serials ``lo`` to ``hi - 1`` come in."""
        new = [Tonne(lot, serial, owner, day) for serial in range(lo, hi)]
        self.all += new
        return new

    def of(self, lot: int, lo: int, hi: int) -> list[Tonne]:
        """The tonnes of some serials of a lot."""
        return [tonne for tonne in self.all if tonne.lot == lot and lo <= tonne.serial < hi]

    def sellable(self, lot: int, owner: int) -> list[Tonne]:
        """What an owner can sell of a lot, the lowest serial first."""
        mine = [tonne for tonne in self.all if (tonne.lot, tonne.owner) == (lot, owner) and tonne.sellable]
        return sorted(mine, key=lambda tonne: tonne.serial)

    def give(self, lot: int, source: int, target: int, count: int, day: int) -> list[int]:
        """The ``count`` lowest serials of the source go to the target; which ones."""
        given = self.sellable(lot, source)[:count]
        for tonne in given:
            tonne.owner, tonne.since = target, day
        return [tonne.serial for tonne in given]

    def parcels(self, lot: int, owner: int) -> list[tuple[int, int, int, ParcelState, int]]:
        """(lo, hi, since, state, how often held) of the tonnes that an owner has on its account."""
        mine = [tonne for tonne in self.all if (tonne.lot, tonne.owner) == (lot, owner) and tonne.live]
        return [(run[0].serial, run[-1].serial + 1, run[0].since, run[0].state, len(run[0].held)) for run in runs(mine)]

    def lots_of(self, owner: int) -> set[int]:
        """The lots of which an owner has at least one tonne on its account."""
        return {tonne.lot for tonne in self.all if tonne.owner == owner and tonne.live}

    def aside(self, owner: int, lot: int) -> int:
        """How many tonnes on an owner's account cannot be sold."""
        mine = (tonne for tonne in self.all if (tonne.lot, tonne.owner) == (lot, owner))
        return sum(tonne.live and not tonne.sellable for tonne in mine)
