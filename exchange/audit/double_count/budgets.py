"""Which league counts a tonne: one that is used elsewhere is taken off its own league's account in the same entry."""

from __future__ import annotations

from collections import Counter
from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.statements import Statements
from exchange.core.commands.instruments import League
from exchange.core.commands.uses import Purpose
from exchange.core.events.credits import Cause, ParcelState, UnitsChanged
from exchange.core.events.encumbrances import ReversalReported
from exchange.core.events.governance import VenueOpened
from exchange.core.events.markets import DayOpened
from exchange.core.events.uses import BudgetAdjusted, ClaimFulfilled, ClaimMade, ClaimRevoked, LotRanges

Key = tuple[int, int, str, int, int]
"""The league that made the tonnes, the one that uses them (NONE: none of the region), the province, what it is for, and
the year.
"""

_YEAR: Final = 10_000
"""A day over this is its year."""


class Budgets:
    """Follows uses, releases and returns, and the adjustments that they make."""

    def __init__(self, notebook: Notebook, origins: Origins, statements: Statements) -> None:
        """Nothing is adjusted yet."""
        self._tell = notebook.tell
        self._origins = origins
        self._statements = statements
        self._lost_in: dict[int, League] = {}
        self._where: dict[int, tuple[League, str]] = {}
        self._units: dict[int, tuple[LotRanges, ...]] = {}
        self._year = 0
        self._wanted: Counter[Key] = Counter()
        self._told: Counter[Key] = Counter()

    def opened(self, event: VenueOpened) -> None:
        """The first trading day."""
        self._year = event.trading_day // _YEAR

    def next_day(self, event: DayOpened) -> None:
        """Another trading day; an adjustment is of the year in which it is made."""
        self._year = event.day // _YEAR

    def lost(self, event: ReversalReported) -> None:
        """What replaces it counts in the league whose project has lost it."""
        project = self._origins.projects.get(event.project)
        self._lost_in[event.reversal] = League.NONE if project is None else project.league

    def claim(self, event: ClaimMade) -> None:
        """Where a use will be; nowhere else than at home, where it replaces a loss of no league of the region."""
        lost_in = self._lost_in.get(event.reversal)
        if event.purpose is not Purpose.CONVERSION and lost_in is not League.NONE:
            league = event.details.league if lost_in is None else lost_in
            self._where[event.claim] = (league, event.details.province)

    def fulfilled(self, event: ClaimFulfilled) -> None:
        """A use is done. What is issued again as quota is not used yet."""
        self._units[event.claim] = event.units
        self._want_for(event.claim, sign=1)

    def revoked(self, event: ClaimRevoked) -> None:
        """A use counts no more, so nothing counts where it was."""
        self._want_for(event.claim, sign=-1)

    def _want_for(self, claim: int, sign: int) -> None:
        if claim in self._where:
            self._want(self._units.get(claim, ()), *self._where[claim], claim, sign)

    def changed(self, event: UnitsChanged) -> None:
        """Tonnes have gone to the national market, or come back from there and count at home again."""
        units = (LotRanges(event.lot, event.ranges),)
        if event.cause is Cause.RELEASED:
            request = self._statements.asked.get(event.subject)
            self._want(units, League.NONE, "", 0 if request is None else request.subject)
        elif event.cause is Cause.LOCK_CONFIRMED and event.state_before == ParcelState.RETURN_REQUESTED:
            self._want(units, League.NONE, "", event.subject, sign=-1)

    def _want(self, units: tuple[LotRanges, ...], used_in: League, province: str, subject: int, sign: int = 1) -> None:
        for part in units:
            origin = self._origins.lots.get(part.lot)
            source = League.NONE if origin is None else origin.terms.league
            if source not in (League.NONE, used_in):
                tonnes = sum(serials.hi - serials.lo for serials in part.ranges)
                self._wanted[source, used_in, province, subject, self._year] += sign * tonnes

    def adjusted(self, event: BudgetAdjusted) -> None:
        """An adjustment as it was booked."""
        key = (event.source, event.used_in, event.province, event.subject, event.year)
        self._told[key] += event.quantity

    def end(self) -> None:
        """The entry has booked what it should."""
        if self._wanted != self._told:
            for key in {*self._wanted, *self._told}:
                if self._wanted[key] != self._told[key]:
                    source, used_in, province, subject, year = key
                    self._tell(
                        "BUDGET-WRONG",
                        source=source,
                        used_in=used_in,
                        province=province,
                        subject=subject,
                        year=year,
                        wanted=self._wanted[key],
                        booked=self._told[key],
                    )
        self._wanted.clear()
        self._told.clear()
