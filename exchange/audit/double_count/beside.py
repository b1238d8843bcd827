"""What the log has decided and no department counts: rulebooks, trading days, and every encumbrance with its end.

Much hangs on them: what was asked for, which day it was when old units were surrendered, and what stood when units
moved. The tables are held against what is noted here, since no query can know what was decided.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.core.commands.governance import Rule
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsEncumbered, UnitsFreed
from exchange.core.events.governance import RulebookAdopted, VenueOpened
from exchange.core.events.markets import DayOpened


@dataclass(slots=True)
class _Encumbrance:
    """What was set, the tonnes that were told as held and as freed, and by which entry it was lifted (0: none)."""

    terms: EncumbranceSet
    held: int = 0
    freed: int = 0
    lifted: int = 0


class Beside:
    """Notes what tables are held against, and finds nothing itself."""

    def __init__(self, notebook: Notebook) -> None:
        """Nothing was decided yet."""
        self._notebook = notebook
        self.days: Final[dict[int, int]] = {}
        """By the entry that opened it the trading day."""
        self.rules: Final[dict[tuple[int, int], str]] = {}
        """By version and place in it every entry of each rulebook, in words; the place 0 has the rulebook itself."""
        self._encumbrances: dict[int, _Encumbrance] = {}

    def opened(self, event: VenueOpened) -> None:
        """The venue begins in the middle of a day."""
        self.days[self._notebook.seq] = event.trading_day

    def next_day(self, event: DayOpened) -> None:
        """Another trading day began."""
        self.days[self._notebook.seq] = event.day

    def adopted(self, event: RulebookAdopted) -> None:
        """Another version of the rulebook."""
        self.rules[event.version, 0] = f"{event.profile} of entry {self._notebook.seq}"
        for place, rule in enumerate(event.rules, 1):
            self.rules[event.version, place] = _rule_in_words(rule)

    def set(self, event: EncumbranceSet) -> None:
        """Something is to be held fast."""
        self._encumbrances.setdefault(event.encumbrance, _Encumbrance(event))

    def held(self, event: UnitsEncumbered) -> None:
        """These serials are."""
        if event.encumbrance in self._encumbrances:
            self._encumbrances[event.encumbrance].held += sum(serials.tonnes for serials in event.ranges)

    def freed(self, event: UnitsFreed) -> None:
        """These serials are no longer."""
        if event.encumbrance in self._encumbrances:
            self._encumbrances[event.encumbrance].freed += sum(serials.tonnes for serials in event.ranges)

    def lifted(self, event: EncumbranceLifted) -> None:
        """It is over."""
        if event.encumbrance in self._encumbrances:
            self._encumbrances[event.encumbrance].lifted = self._notebook.seq

    def rows(self) -> dict[int, str]:
        """Every encumbrance in the words in which the tables say it, too."""
        return {number: _in_words(one) for number, one in self._encumbrances.items()}


def _in_words(one: _Encumbrance) -> str:
    terms = one.terms
    about = f"{terms.project}/{terms.vintage} {terms.lot}/{terms.serial_lo}-{terms.serial_hi}"
    return (
        f"{int(terms.kind)} by {terms.by} of {about} {one.held} t, {one.freed} t free, {one.lifted}: {terms.reference}"
    )


def _rule_in_words(rule: Rule) -> str:
    """What is judged by, and the beginning of a digest over the texts, which may be long."""
    texts = "\n".join((rule.unit, rule.article, rule.text_en, rule.text_zh))
    digest = hashlib.sha256(texts.encode()).hexdigest()[:12]
    return f"{rule.rule} {rule.value} from {rule.effective_from}, {int(rule.verified)} {digest}"
