"""Lots: serial blocks of an issuance that were admitted to this venue. A lot is an asset of the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.credits.issuance import Issuance, RangeIndex
from exchange.core.credits.spelling import folded, folded_space
from exchange.core.instruments import Basket
from exchange.core.serials import SerialRange
from exchange.core.values import IssuanceId, LotId, SpaceId


@dataclass(slots=True)
class Lot:
    """One admitted block. ``lock_reference`` is the registry's receipt that it is locked for this venue."""

    lot: LotId
    issuance: IssuanceId
    space: SpaceId
    serials: SerialRange
    vintage: int
    basket: Basket
    lock_reference: str


@dataclass(slots=True)
class CreditRegister:
    """All issuances and lots, with the index of taken serials of each space and of each issuance.

    ``spellings`` finds a space's name by what it folds to, ``locks`` holds every lock reference ever used, folded too;
    both are derived from the issuances and the lots.
    """

    spaces: dict[str, SpaceId] = field(default_factory=dict)
    issuances: dict[IssuanceId, Issuance] = field(default_factory=dict)
    issued: dict[SpaceId, RangeIndex] = field(default_factory=dict)
    lots: dict[LotId, Lot] = field(default_factory=dict)
    admitted: dict[IssuanceId, RangeIndex] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    locks: dict[str, LotId] = field(default_factory=dict)

    def space_of(self, name: str) -> SpaceId:
        """The number of a serial space, counted from 1 in the order in which they were first named."""
        return self.spaces.get(name) or SpaceId(len(self.spaces) + 1)

    def next_serial(self, name: str) -> int:
        """The serial behind all that were ever issued in the serial space of this name."""
        issued = self.issued.get(self.space_of(name))
        return issued.highs[-1] if issued is not None else 1

    def is_spelt_otherwise(self, name: str) -> bool:
        """Whether the serial space of this name is known already, but not in this spelling."""
        return self.spellings.get(folded_space(name), name) != name

    def is_lock_used(self, reference: str) -> bool:
        """Whether a lot was admitted with this lock reference, in whatever spelling."""
        return folded(reference) in self.locks

    def add_issuance(self, issuance: Issuance, space_name: str) -> None:
        """Enter an issuance; its serials must be free in its space."""
        self.spaces[space_name] = issuance.space
        self.spellings[folded_space(space_name)] = space_name
        self.issued.setdefault(issuance.space, RangeIndex()).add(issuance.serials)
        self.issuances[issuance.issuance] = issuance
        self.admitted[issuance.issuance] = RangeIndex()

    def add_lot(self, lot: Lot) -> None:
        """Enter a lot; its serials must be of its issuance and not admitted before."""
        assert self.issuances[lot.issuance].serials.contains(lot.serials)
        self.admitted[lot.issuance].add(lot.serials)
        self.lots[lot.lot] = lot
        self.locks[folded(lot.lock_reference)] = lot.lot
