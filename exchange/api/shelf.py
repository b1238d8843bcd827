"""The certificates that were asked for last, so that they need not be made again.

A use may have two thousand ranges of serials, and then its certificate takes a tenth of a second to be stated and put
in words. Anybody may ask for it, and there is one processor for orders and pages.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from exchange.certificates.document import Document
from exchange.certificates.page import Links
from exchange.core.values import ClaimId, Seq

MOST_KEPT: Final = 32 * 1024 * 1024
"""Bytes of certificates that are kept at most, about."""

Place = tuple[ClaimId, tuple[Seq, ...], str]
"""A claim, the entries that it stands by now (the newest about it, and those that dispute it), and the origin of the
venue that is in the page.
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate as it is given out: its document, that as JSON, the SHA-256 of it, its addresses and its page."""

    document: Document
    data: bytes
    digest: str
    links: Links
    page: str

    @property
    def size(self) -> int:
        """Bytes that it takes, about: the document in memory is a few times its JSON."""
        return 8 * len(self.data) + 2 * len(self.page)


class Shelf:
    """Certificates by their place; those that nobody asks for give way."""

    def __init__(self) -> None:
        """Nothing was asked for."""
        self.size = 0
        self._kept: Final[OrderedDict[Place, Shown]] = OrderedDict()

    def find(self, place: Place) -> Shown | None:
        """What was made of it, if that is still here."""
        shown = self._kept.get(place)
        if shown is not None:
            self._kept.move_to_end(place)
        return shown

    def keep(self, place: Place, shown: Shown) -> None:
        """Put one on the shelf."""
        if place in self._kept:
            return
        self._kept[place] = shown
        self.size += shown.size
        while self.size > MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            self.size -= oldest.size
