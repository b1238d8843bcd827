"""What tonnes were used for: each serves one use or one release at the most, and what is spent serves exactly one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.places import SPENT, Places
from exchange.audit.double_count.spans import Span, SpanMap, joined
from exchange.audit.double_count.statements import Statements
from exchange.core.commands.instruments import Family, SourceCategory
from exchange.core.commands.projects import CcerGeneration
from exchange.core.commands.uses import Purpose, UseDetails
from exchange.core.credits.spelling import folded, folded_number
from exchange.core.events.credits import Cause, IssuanceRecorded, ParcelState, UnitsChanged
from exchange.core.events.governance import RulebookAdopted, VenueOpened
from exchange.core.events.markets import DayOpened
from exchange.core.events.uses import (
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    LotRanges,
    ObligationSet,
    ReleaseDone,
    ReleaseEnded,
    ReleaseMade,
)

CAP_RULE: Final = "OFFSET-CAP"
OLD_RULE: Final = "OLD-CCER"
BUYER_RULE: Final = "ETS-BUYER"

_CCER: Final = Family.FORESTRY_CCER
_NATIONAL_PURPOSES: Final = (Purpose.NATIONAL_SURRENDER, Purpose.CONVERSION)
"""What only a CCER can serve: the national market takes nothing else, and sink quota stands on nothing else."""

_FACILITY_PURPOSES: Final = (Purpose.NATIONAL_SURRENDER, Purpose.NEW_PROJECT_OFFSET)
"""What a facility needs for a year, and a new one names its firm for: else nobody could say who counts the tonne."""

_ENDING: Final = frozenset({*SPENT, ParcelState.PENDING_CANCEL})
_LEAVING: Final = frozenset({ParcelState.PENDING_OUT, ParcelState.OUT, ParcelState.RETURN_REQUESTED})

_FREES: Final = (Cause.USE_WITHDRAWN, Cause.USE_REFUSED, Cause.RELEASE_WITHDRAWN, Cause.RELEASE_REFUSED)
_TAKES: Final = (Cause.USE_PROPOSED, Cause.RELEASE_PROPOSED)
_FINAL: Final = (Cause.RETIRED, Cause.EXPORTED)
_SPENDS: Final = (*_FINAL, Cause.CANCELLED)


@dataclass(slots=True)
class End:
    """One use, or one release where ``purpose`` is None. ``chosen`` are its serials by lot as they were chosen,
    ``spent`` those that were retired, exported or cancelled for it, ``returned`` those that came back from the national
    market; ``converted`` is how much was issued again as quota.
    """

    number: int
    purpose: Purpose | None
    participant: int
    quantity: int
    chosen: dict[int, list[Span]]
    spent: dict[int, list[Span]] = field(default_factory=dict)
    returned: dict[int, list[Span]] = field(default_factory=dict)
    is_approved: bool = False
    is_fulfilled: bool = False
    is_revoked: bool = False
    converted: int = 0

    @property
    def convertible(self) -> int:
        """How many more tonnes of sink quota it can stand for."""
        good = self.purpose is Purpose.CONVERSION and self.is_fulfilled and not self.is_revoked
        return self.quantity - self.converted if good else 0


class Ends:
    """Follows uses and releases: one map of all tonnes that have an end, in which no two can share a tonne."""

    def __init__(self, notebook: Notebook, origins: Origins, places: Places, statements: Statements) -> None:
        """Nothing is used yet."""
        self._tell = notebook.tell
        self._origins = origins
        self._places = places
        self._statements = statements
        self.ends: Final[dict[int, End]] = {}
        self.of_lot: Final[dict[int, SpanMap[int]]] = {}
        self._rules: dict[str, list[tuple[int, int]]] = {}
        self._day = 0
        self._due: dict[tuple[str, int], int] = {}
        self._surrendered: dict[tuple[str, int], int] = {}
        self._shares: dict[int, tuple[tuple[str, int], int]] = {}
        self._buyers: dict[int, UseDetails] = {}

    # --- the law of the day ------------------------------------------------------------------------------------------

    def opened(self, event: VenueOpened) -> None:
        """The first trading day."""
        self._day = event.trading_day

    def next_day(self, event: DayOpened) -> None:
        """Another trading day."""
        self._day = event.day

    def rules(self, event: RulebookAdopted) -> None:
        """Another version of the rulebook, in which a rule may stand several times, each from a day on."""
        self._rules = {}
        for rule in event.rules:
            self._rules.setdefault(rule.rule, []).append((rule.effective_from, rule.value))

    def rule(self, name: str) -> int:
        """The value of a rule today; 0 while there is none."""
        return max(((day, value) for day, value in self._rules.get(name, ()) if day <= self._day), default=(0, 0))[1]

    def obligation(self, event: ObligationSet) -> None:
        """What a facility has to surrender for a year."""
        self._due[folded_number(event.facility), event.year] = event.due

    # --- uses --------------------------------------------------------------------------------------------------------

    def claim(self, event: ClaimMade) -> None:
        """Units were chosen for a use: free ones, as many as it says, of a kind that can serve it."""
        self._begin(End(event.claim, event.purpose, event.participant, event.quantity, _spans_of(event.units)))
        self._check_purpose(event)
        if event.purpose is Purpose.NATIONAL_SURRENDER:
            self._surrender(event)
        if not event.reversal:
            self._check_buyer(event.claim, event.details, {part.lot for part in event.units})

    def _begin(self, end: End) -> None:
        """Put the tonnes on the map, where nothing else may have any of them."""
        self.ends[end.number] = end
        for lot, spans in end.chosen.items():
            mine = self.of_lot.setdefault(lot, SpanMap())
            for a, b in spans:
                for lo, hi, other in mine.within(a, b):
                    self._tell("TWO-CLAIMS", lot=lot, lo=lo, hi=hi, end=end.number, other=other)
                mine.clear(a, b)
                mine.add(a, b, end.number)
        if _tonnes(end.chosen) != end.quantity:
            self._tell("CLAIM-WRONG", end=end.number, quantity=end.quantity, units=_tonnes(end.chosen))

    def _check_purpose(self, event: ClaimMade) -> None:
        origins = [self._origins.lots[part.lot] for part in event.units if part.lot in self._origins.lots]
        if event.purpose in _NATIONAL_PURPOSES and any(one.terms.family is not _CCER for one in origins):
            self._tell("PURPOSE-WRONG", claim=event.claim, purpose=event.purpose.name)
        if event.purpose in _FACILITY_PURPOSES and not _names_facility(event.details):
            self._tell("PURPOSE-WRONG", claim=event.claim, purpose=event.purpose.name, problem="no facility")

    def _check_buyer(self, claim: int, details: UseDetails, lots: set[int]) -> None:
        """A known facility is used for by its own firm, and in the league in which it stands. Quota for a covered one's
        year is allowed only where the rulebook has a legal basis for it; and a firm that has one cannot have it used
        for a facility that nobody knows.
        """
        facility, firm, year = details.facility, details.beneficiary_code, details.year
        self._buyers[claim] = details
        if self._origins.is_elsewhere(facility, details.league):
            self._tell("LEAGUE-WRONG", claim=claim, facility=facility, league=details.league)
        if self._origins.is_of_another(facility, firm):
            self._tell("BUYER-COVERED", claim=claim, facility=facility, firm=firm, year=year)
            return
        families = {self._origins.lots[lot].terms.family for lot in lots if lot in self._origins.lots}
        if Family.REDUCTION_QUOTA not in families or self.rule(BUYER_RULE):
            return
        if facility and (self._origins.is_covered(facility, year) or self._origins.is_hidden(facility, firm, year)):
            self._tell("BUYER-COVERED", claim=claim, facility=facility, firm=firm, year=year)

    def _surrender(self, event: ClaimMade) -> None:
        """It is within the cap as it was proposed, and takes nothing of it yet."""
        key = (folded_number(event.details.facility), event.details.year)
        self._shares[event.claim] = (key, 0)
        self._check_generation(event.claim)
        self._check_cap(event.claim, event.quantity)

    def _check_generation(self, claim: int) -> None:
        """CCER of the old generation are surrendered before the day of their rule, or not at all."""
        origins = [self._origins.lots[lot] for lot in self.ends[claim].chosen if lot in self._origins.lots]
        is_old = any(one.terms.ccer_generation is not CcerGeneration.NEW for one in origins)
        if is_old and self._day >= self.rule(OLD_RULE):
            self._tell("PURPOSE-WRONG", claim=claim, purpose=Purpose.NATIONAL_SURRENDER.name, problem="old CCER")

    def _check_cap(self, claim: int, quantity: int) -> None:
        """With what was approved before, a surrender is within what may be CCER of its facility's duty then."""
        key, _ = self._shares[claim]
        claimed = self._surrendered.get(key, 0) + quantity
        cap = self._due.get(key, 0) * self.rule(CAP_RULE) // 10_000
        if claimed > cap:
            self._tell("OVER-CAP", claim=claim, facility=key[0], year=key[1], claimed=claimed, cap=cap)

    def approved(self, event: ClaimApproved) -> None:
        """A second person said that it may be done."""
        end = self.ends.get(event.claim)
        if end is None or end.is_approved:
            self._tell("CLAIM-WRONG", end=event.claim, problem="approved twice, or never made")
            return
        end.is_approved = True
        details = self._buyers.pop(event.claim, None)
        if details is not None:
            self._check_buyer(event.claim, details, set(end.chosen))
        if event.claim in self._shares:
            self._check_generation(event.claim)
            self._check_cap(event.claim, end.quantity)
            self._keep_share(event.claim, end.quantity)

    def ended(self, event: ClaimEnded) -> None:
        """It came to nothing: all its tonnes are free again."""
        self._close(event.claim, ())
        self._keep_share(event.claim, 0)

    def fulfilled(self, event: ClaimFulfilled) -> None:
        """It is done, for all of its tonnes that were not refused."""
        end = self._close(event.claim, event.units)
        if end is None or not end.is_approved or end.is_fulfilled:
            self._tell("CLAIM-WRONG", end=event.claim, problem="done without approval, or twice")
            return
        said = _spans_of(event.units)
        if event.quantity != _tonnes(said):
            self._tell("CLAIM-WRONG", end=event.claim, quantity=event.quantity, units=_tonnes(said))
        if any(joined(end.spent.get(lot, ())) != joined(spans) for lot, spans in said.items()):
            self._tell("CLAIM-WRONG", end=event.claim, problem="done, and its units are not used up")
        end.is_fulfilled, end.quantity = True, event.quantity
        self._keep_share(event.claim, event.quantity)

    def revoked(self, event: ClaimRevoked) -> None:
        """It counts no more. Its tonnes stay used: this frees nothing but the facility's share."""
        self._keep_share(event.claim, 0)
        end = self.ends.get(event.claim)
        if end is None or not end.is_fulfilled or end.is_revoked:
            self._tell("CLAIM-WRONG", end=event.claim, problem="revoked and was not done")
            return
        end.is_revoked = True

    def _keep_share(self, claim: int, tonnes: int) -> None:
        """Of a facility's share so many tonnes are a claim's from now on."""
        if claim in self._shares:
            key, before = self._shares[claim]
            self._surrendered[key] = self._surrendered.get(key, 0) + tonnes - before
            self._shares[claim] = (key, tonnes)

    # --- releases ----------------------------------------------------------------------------------------------------

    def release(self, event: ReleaseMade) -> None:
        """Units were chosen for a release: such as the national market knows."""
        self._begin(End(event.release, None, event.participant, event.quantity, _spans_of(event.units)))
        for part in event.units:
            if part.lot in self._origins.lots and not self._origins.lots[part.lot].is_national:
                self._tell("PURPOSE-WRONG", release=event.release, lot=part.lot)

    def release_ended(self, event: ReleaseEnded) -> None:
        """It came to nothing."""
        self._close(event.release, ())

    def released(self, event: ReleaseDone) -> None:
        """The registry has spoken of all of it."""
        self._close(event.release, event.units)

    def _close(self, number: int, units: tuple[LotRanges, ...]) -> End | None:
        """What a use or a release has come to is just what is left of it on the map, or came back since."""
        end, said = self.ends.get(number), _spans_of(units)
        for lot in {*said, *(() if end is None else end.chosen)}:
            left = [] if end is None else [*self._own(lot, end.chosen.get(lot, []), number), *end.returned.get(lot, [])]
            if joined(left) != joined(said.get(lot, [])):
                self._tell("CLAIM-WRONG", end=number, lot=lot, problem="other tonnes than were chosen or refused")
        return end

    def _own(self, lot: int, spans: Iterable[Span], number: int) -> list[Span]:
        """What of these serials is a use's or a release's own."""
        mine = self.of_lot.get(lot, SpanMap())
        return [(lo, hi) for a, b in spans for lo, hi, owner in mine.within(a, b) if owner == number]

    # --- units -------------------------------------------------------------------------------------------------------

    def changed(self, event: UnitsChanged) -> None:
        """Units that change for a use or a release: they are its own."""
        cause, spans = event.cause, [(serials.lo, serials.hi) for serials in event.ranges]
        if cause in _TAKES or cause in _FINAL:
            self._demand_own(event, spans, event.subject)
        elif cause in (Cause.CANCELLED, Cause.RELEASED):
            request = self._statements.asked.get(event.subject)
            self._demand_own(event, spans, 0 if request is None else request.subject)
        elif cause in _FREES:
            self._free(event.lot, spans)
        elif cause is Cause.LOCK_CONFIRMED and event.state_before == ParcelState.RETURN_REQUESTED:
            for _, number, a, b in self._free(event.lot, spans):
                self.ends[number].returned.setdefault(event.lot, []).append((a, b))

    def _free(self, lot: int, spans: Iterable[Span]) -> list[tuple[int, int, int, int]]:
        """Take serials off the map; what was on it: lot, use or release, serials."""
        mine = self.of_lot.setdefault(lot, SpanMap())
        found = [(lot, number, a, b) for lo, hi in spans for a, b, number in mine.within(lo, hi)]
        for lo, hi in spans:
            mine.clear(lo, hi)
        return found

    def _demand_own(self, event: UnitsChanged, spans: list[Span], number: int) -> None:
        end = self.ends.get(number)
        own = self._own(event.lot, spans, number)
        too_early = event.cause not in _TAKES and end is not None and end.purpose is not None and not end.is_approved
        theirs = end is not None and end.participant == event.owner
        if not theirs or too_early or joined(own) != joined(spans):
            self._tell("CLAIM-WRONG", end=number, lot=event.lot, lo=spans[0][0], cause=event.cause.name)
        if end is not None and event.cause in _SPENDS:
            end.spent.setdefault(event.lot, []).extend(spans)

    # --- sink quota --------------------------------------------------------------------------------------------------

    def issuance(self, event: IssuanceRecorded) -> None:
        """Sink quota stands on cancelled CCER, tonne for tonne and once, and of the same league and year; nothing else
        stands on any.
        """
        is_sink = self._origins.category_of(event) is SourceCategory.ECOSYSTEM_SINK
        if not is_sink and not event.converted:
            return
        end = self.ends.get(event.converted)
        left = end.convertible if is_sink and end is not None else 0
        if event.serials.tonnes > left:
            self._tell("CONVERSION-WRONG", issuance=event.issuance, claim=event.converted, left=left)
        if end is None:
            return
        end.converted += event.serials.tonnes
        origins = [self._origins.lots[lot] for lot in end.spent if lot in self._origins.lots]
        terms = self._origins.projects.get(event.project)
        made = None if terms is None else (terms.league, event.vintage)
        if any((one.terms.league, one.vintage) != made for one in origins):
            self._tell("CONVERSION-WRONG", issuance=event.issuance, claim=event.converted, problem="of other tonnes")

    # --- at the end --------------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[int, int, int, int]]:
        """What each use has of each lot: use, lot, serials."""
        for lot, spans in self.of_lot.items():
            mine: dict[int, list[Span]] = {}
            for lo, hi, number in spans:
                mine.setdefault(number, []).append((lo, hi))
            for number, ranges in mine.items():
                if self.ends[number].purpose is not None:
                    yield from ((number, lot, lo, hi) for lo, hi in joined(ranges))

    def conclude(self) -> None:
        """What is spent or on its way out, lot by lot: just the tonnes that have an end, and of the right kind."""
        for lot in self._places.parcels:
            stretches = self._places.stretches(lot)
            ends = list(self.of_lot.get(lot, SpanMap()))
            for states, is_use in ((_ENDING, True), (_LEAVING, False)):
                standing = joined((lo, hi) for lo, hi, one in stretches if one.state in states)
                chosen = joined((lo, hi) for lo, hi, end in ends if (self.ends[end].purpose is not None) is is_use)
                if standing != chosen:
                    what = "use" if is_use else "release"
                    self._tell("CLAIM-WRONG", lot=lot, problem=f"what is spent is not what has a {what}")


def _names_facility(details: UseDetails) -> bool:
    """Whether a use says for which facility and year it is, and of a new project also for which firm."""
    return bool(folded(details.facility) and details.year and (folded(details.beneficiary_code) or not details.project))


def _spans_of(units: Iterable[LotRanges]) -> dict[int, list[Span]]:
    """Serials by lot."""
    spans: dict[int, list[Span]] = {}
    for part in units:
        spans.setdefault(part.lot, []).extend((serials.lo, serials.hi) for serials in part.ranges)
    return spans


def _tonnes(spans: dict[int, list[Span]]) -> int:
    return sum(hi - lo for ranges in spans.values() for lo, hi in ranges)
