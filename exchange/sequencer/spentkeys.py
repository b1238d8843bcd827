"""A Bloom filter over every idempotency key that was ever used, so that a new key costs no look on the disk.

B. H. Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 13 (1970), with all bits of a key in one
word, so that a look is one mask and not seven places: F. Putze, P. Sanders and J. Singler, "Cache-, hash- and
space-efficient Bloom filters" (2007). It never says "new" of a used key; of a new key it says "maybe used" about once
in two hundred times. When a layer is full a larger one is put on top, so it grows with the journal: 16 bits a key.
"""

from __future__ import annotations

import struct
import sys
from array import array
from hashlib import blake2b
from typing import Final

from exchange.core.canonical import CanonicalError

BITS_PER_KEY: Final = 16
FIRST_CAPACITY: Final = 1 << 16
_WORD_BITS: Final = 64
_HASH: Final = struct.Struct(">Q5B")
_BIT: Final = tuple(1 << (byte % _WORD_BITS) for byte in range(256))
_LAYER: Final = struct.Struct(">QQ")
_SCOPE: Final = struct.Struct(">q")


Mark = tuple[int, int]
"""What the filter keeps of a key: a number that says in which word, and the bits in it."""


def mark_of(scope: int, key: str) -> Mark:
    """The mark of a key; whoever needs it twice keeps it, since the hash is most of the cost."""
    digest = blake2b(_SCOPE.pack(scope) + key.encode(), digest_size=_HASH.size).digest()
    place, a, b, c, d, e = _HASH.unpack(digest)
    return place, _BIT[a] | _BIT[b] | _BIT[c] | _BIT[d] | _BIT[e]


class SpentKeys:
    """The set of used (scope, key) pairs, with false positives and without false negatives."""

    def __init__(self) -> None:
        """An empty filter with one small layer."""
        self._layers: list[array[int]] = []
        self._capacities: list[int] = []
        self._counts: list[int] = []
        self._grow()

    def _grow(self) -> None:
        capacity = self._capacities[-1] * 4 if self._capacities else FIRST_CAPACITY
        self._layers.append(array("Q", bytes(_layer_bytes(capacity))))
        self._capacities.append(capacity)
        self._counts.append(0)

    def add(self, scope: int, key: str) -> None:
        """Remember a key that is used from now on."""
        self.add_mark(mark_of(scope, key))

    def add_mark(self, mark: Mark) -> None:
        """The same of a key whose mark is known."""
        if self._counts[-1] == self._capacities[-1]:
            self._grow()
        place, bits = mark
        layer = self._layers[-1]
        layer[place % len(layer)] |= bits
        self._counts[-1] += 1

    def may_hold(self, scope: int, key: str) -> bool:
        """False: the key was never used. True: ask the disk."""
        return self.may_hold_mark(mark_of(scope, key))

    def may_hold_mark(self, mark: Mark) -> bool:
        """The same of a key whose mark is known."""
        place, bits = mark
        for layer in self._layers:  # noqa: SIM110  any() with a generator takes three times as long
            if layer[place % len(layer)] & bits == bits:
                return True
        return False

    def to_bytes(self) -> bytes:
        """The whole filter, for a snapshot."""
        parts = []
        for layer, capacity, count in zip(self._layers, self._capacities, self._counts, strict=True):
            parts += [_LAYER.pack(capacity, count), _big_endian(layer).tobytes()]
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> SpentKeys:
        """The filter that :meth:`to_bytes` wrote; raises CanonicalError on anything else."""
        filter_ = cls()
        filter_._layers, filter_._capacities, filter_._counts = [], [], []
        at = 0
        while at < len(data):
            if at + _LAYER.size > len(data):
                raise CanonicalError("a filter's layer is cut short")
            capacity, count = _LAYER.unpack_from(data, at)
            end = at + _LAYER.size + _layer_bytes(capacity)
            if not _layer_bytes(capacity) or end > len(data):
                raise CanonicalError("a filter's layer has an impossible size")
            filter_._layers.append(_big_endian(array("Q", data[at + _LAYER.size : end])))
            filter_._capacities.append(capacity)
            filter_._counts.append(count)
            at = end
        if not filter_._layers:
            raise CanonicalError("a filter without a layer")
        return filter_


def _layer_bytes(capacity: int) -> int:
    """How long a layer for so many keys is: whole words."""
    return capacity * BITS_PER_KEY // _WORD_BITS * 8


def _big_endian(words: array[int]) -> array[int]:
    """A copy whose bytes are in the order of the file, or, of one from a file, in that of the machine."""
    copy = words[:]
    if sys.byteorder == "little":
        copy.byteswap()
    return copy
