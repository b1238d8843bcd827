"""The report of the region's carbon accounts: what each league's tonnes became, to the tonne, over some years.

It is made twice, from two books that know nothing of each other: from the adjustments that were booked with each use,
revocation, release and return, and from these themselves. ``agrees`` says whether both come to the same,
league by league, and whether the ledger's accounts of what is gone have as many tonnes as all uses and releases of all
years together. False is an alarm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from exchange.core.commands.instruments import League
from exchange.core.commands.projects import ProjectTerms
from exchange.core.commands.registry import RequestKind
from exchange.core.commands.uses import Purpose
from exchange.core.credits.claims import ClaimStatus
from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.ledger import chart
from exchange.core.values import LotId, Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.view.unit_rows import RequestRow

_YEAR: Final = 10_000
GONE_FOR_GOOD: Final = (ClaimStatus.FULFILLED, ClaimStatus.REVOKED)
_ENDED_AT: Final = (chart.RETIRED, chart.CANCELLED, chart.EXPORTED)


@dataclass(slots=True)
class Went:
    """Where tonnes went, by the league that made them: to other leagues, to the national market, to other provinces.

    ``received`` has by the league that used them what others made.
    """

    to_leagues: Counter[League] = field(default_factory=Counter)
    to_national: Counter[League] = field(default_factory=Counter)
    to_provinces: Counter[League] = field(default_factory=Counter)
    received: Counter[League] = field(default_factory=Counter)

    def add(self, source: League, used_in: League, province: str, quantity: int) -> None:
        """Count tonnes that a league made and that count elsewhere; a negative quantity takes them back."""
        if used_in is not League.NONE:
            self.to_leagues[source] += quantity
            self.received[used_in] += quantity
        elif province:
            self.to_provinces[source] += quantity
        else:
            self.to_national[source] += quantity

    def sums(self) -> list[dict[League, int]]:
        """All of it without zeros, for comparing."""
        counters = (self.to_leagues, self.to_national, self.to_provinces, self.received)
        return [{league: tonnes for league, tonnes in counter.items() if tonnes} for counter in counters]


@dataclass(slots=True, frozen=True)
class LeagueLine:
    """One league's account; ``planned`` is None where no plan is set for just these years.

    ``replaced`` is what of ``used_at_home`` and ``from_leagues`` made good for losses, so that nobody takes it for use;
    ``replaced_outside`` what this league made and made good for losses of no league, which no adjustment moves.
    ``other_plans`` are the first and last years of plans that have some of these years in them.
    """

    league: League
    planned: int | None
    issued: int
    used_at_home: int
    replaced: int
    to_leagues: int
    from_leagues: int
    to_national: int
    to_provinces: int
    replaced_outside: int
    other_plans: tuple[tuple[int, int], ...] = ()

    @property
    def net(self) -> int:
        """What the adjustments add to the league's account, or take off it."""
        return self.from_leagues - self.to_leagues - self.to_national - self.to_provinces


@dataclass(slots=True, frozen=True)
class LeagueReport:
    """The lines of the region (league NONE) and of the twelve leagues."""

    lines: list[LeagueLine]
    agrees: bool


def league_report(view: CommittedView, first_year: int, last_year: int) -> LeagueReport:
    """The report over some years, both included."""
    years = range(first_year, last_year + 1)
    booked, counted = _booked(view, years), _counted(view, years)
    issued, home = _issued(view, years), _used_at_home(view, years)
    replaced, outside = _replaced(view, years), _replaced_outside(view, years)
    plans = view.plans.budgets.plans
    lines = []
    for league in League:
        plan = plans.get((league, first_year, last_year))
        chosen = [one for one in League if one] if league is League.NONE else [league]
        lines.append(
            LeagueLine(
                league,
                None if plan is None else plan.planned,
                sum(issued[one] for one in chosen),
                sum(home[one] for one in chosen),
                sum(replaced[one] for one in chosen),
                sum(booked.to_leagues[one] for one in chosen),
                sum(booked.received[one] for one in chosen),
                sum(booked.to_national[one] for one in chosen),
                sum(booked.to_provinces[one] for one in chosen),
                sum(outside[one] for one in chosen),
                _other_plans(view, league, first_year, last_year),
            )
        )
    return LeagueReport(lines, booked.sums() == counted.sums() and _ledger_agrees(view))


def _other_plans(view: CommittedView, league: League, first_year: int, last_year: int) -> tuple[tuple[int, int], ...]:
    of_league = ((first, last) for one, first, last in view.plans.budgets.plans if one is league)
    return tuple(
        sorted(
            (first, last)
            for first, last in of_league
            if (first, last) != (first_year, last_year) and first <= last_year and first_year <= last
        )
    )


def _booked(view: CommittedView, years: range) -> Went:
    """As the adjustments say."""
    went = Went()
    for one in view.plans.budgets.adjustments.values():
        if one.year in years:
            went.add(one.source, one.used_in, one.province, one.quantity)
    return went


@dataclass(slots=True, frozen=True)
class _Part:
    """Tonnes of one lot that were used, or left (negative: came back), and where they count since."""

    lot: LotId
    quantity: int
    used_in: League
    province: str
    is_replacement: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether it can count elsewhere: not what makes good for a loss of no league, which is in nobody's account."""
        return not self.is_replacement or self.used_in is not League.NONE


def _counted(view: CommittedView, years: range) -> Went:
    """As the uses, releases and returns themselves say."""
    went = Went()
    for part in (*_used(view, years), *_left(view, years)):
        source = _league_of(view, part.lot)
        if part.is_moved and source is not League.NONE and source is not part.used_in:
            went.add(source, part.used_in, part.province, part.quantity)
    return went


def _used(view: CommittedView, years: range) -> Iterator[_Part]:
    """What fulfilled uses took; a revoked one takes it back when it is revoked. A conversion goes on as quota."""
    for row in view.uses.by_id.values():
        if row.status not in GONE_FOR_GOOD or row.terms.purpose is Purpose.CONVERSION:
            continue
        taken_back = row.status is ClaimStatus.REVOKED and _year(view, row.last_seq) in years
        sign = (row.day // _YEAR in years) - taken_back
        details = row.terms.details
        for units in row.units:
            quantity = sum(serials.tonnes for serials in units.ranges)
            yield _Part(units.lot, sign * quantity, details.league, details.province, bool(row.terms.reversal))


def _left(view: CommittedView, years: range) -> Iterator[_Part]:
    """What left for the national market, and what came back from it."""
    for row in _released(view):
        if _year(view, row.answered_seq) in years:
            yield _Part(row.terms.lot, row.terms.serials.tonnes, League.NONE, "")
    for back in view.releases.returns:
        if _year(view, back.seq) in years:
            yield _Part(back.lot, -back.quantity, League.NONE, "")


def _released(view: CommittedView) -> Iterator[RequestRow]:
    """The releases that the registry has confirmed, range by range."""
    for row in view.requests.by_id.values():
        if row.terms.kind is RequestKind.RELEASE and row.status is RequestStatus.CONFIRMED:
            yield row


def _year(view: CommittedView, seq: Seq) -> int:
    """The year of the trading day on which an entry was made."""
    return view.markets.day_of(seq) // _YEAR


def _terms_of(view: CommittedView, lot: LotId) -> ProjectTerms:
    issuance = view.units.issuances[view.units.lots[lot].issuance]
    return view.projects.by_id[issuance.project].terms


def _league_of(view: CommittedView, lot: LotId) -> League:
    return _terms_of(view, lot).league


def _issued(view: CommittedView, years: range) -> Counter[League]:
    """Tonnes of these vintages by the league that made them; converted quota are tonnes of its CCER."""
    issued: Counter[League] = Counter()
    for one in view.units.issuances.values():
        if one.vintage in years and not one.converted:
            issued[view.projects.by_id[one.project].terms.league] += one.serials.tonnes
    return issued


def _used_at_home(view: CommittedView, years: range) -> Counter[League]:
    """Tonnes that were used in the league that made them, which no adjustment moves."""
    home: Counter[League] = Counter()
    for part in _used(view, years):
        if _league_of(view, part.lot) is part.used_in:
            home[part.used_in] += part.quantity
    return home


def _replaced(view: CommittedView, years: range) -> Counter[League]:
    """Tonnes of this region's leagues that made good for losses, by the league whose projects have lost them."""
    replaced: Counter[League] = Counter()
    for part in _used(view, years):
        if part.is_replacement and _league_of(view, part.lot) is not League.NONE:
            replaced[part.used_in] += part.quantity
    return replaced


def _replaced_outside(view: CommittedView, years: range) -> Counter[League]:
    """Tonnes that made good for losses of no league of this region, by the league that made them."""
    outside: Counter[League] = Counter()
    for part in _used(view, years):
        if not part.is_moved:
            outside[_league_of(view, part.lot)] += part.quantity
    return outside


def _ledger_agrees(view: CommittedView) -> bool:
    """Whether as many tonnes are gone by the ledger as by all uses, releases and returns of all years."""
    used: int = sum(row.quantity for row in view.uses.by_id.values() if row.status in GONE_FOR_GOOD)
    # Of a use that waits for its registry, what the registry has cancelled so far.
    waiting = [row for row in view.uses.by_id.values() if row.status is ClaimStatus.PENDING]
    used += sum(_confirmed(view, row.terms.claim) for row in waiting)
    left = sum(row.terms.serials.tonnes for row in _released(view))
    back = sum(one.quantity for one in view.releases.returns)
    return used == _posted(view, _ENDED_AT) and left - back == _posted(view, (chart.OUT,))


def _posted(view: CommittedView, accounts: Iterable[int]) -> int:
    return sum(view.money.balance(account, lot).posted for account in accounts for lot in view.units.lots)


def _confirmed(view: CommittedView, subject: int) -> int:
    """Tonnes about which the registry has confirmed what was asked for a use or release."""
    requests = view.requests.by_subject.get(subject, ())
    return sum(one.terms.serials.tonnes for one in requests if one.status is RequestStatus.CONFIRMED)
