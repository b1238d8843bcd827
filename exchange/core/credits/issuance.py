"""Issuances and the serial spaces they lie in; guard (1): ranges of one space never overlap, spent ones included."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import CcerGeneration, Mechanism, ProjectTerms
from exchange.core.credits.spelling import folded
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, Day, IssuanceId, ProjectId, SpaceId, Tonnes


@dataclass(slots=True)
class Issuance:
    """What a registry certified for a monitoring period of a project, and under which serials."""

    issuance: IssuanceId
    project: ProjectId
    monitoring_start: Day
    monitoring_end: Day
    verified: Tonnes
    applied_on: Day
    vintage: int
    space: SpaceId
    serial_text: str
    serials: SerialRange
    converted: ClaimId


@dataclass(slots=True)
class RangeIndex:
    """Disjoint serial ranges in order, so that an overlap is found by looking at two neighbours."""

    lows: list[int] = field(default_factory=list)
    highs: list[int] = field(default_factory=list)

    def overlaps(self, serials: SerialRange) -> bool:
        """Whether a serial of the range is taken."""
        at = bisect_left(self.lows, serials.lo)
        return (at > 0 and self.highs[at - 1] > serials.lo) or (at < len(self.lows) and self.lows[at] < serials.hi)

    def first_taken(self, serials: SerialRange) -> SerialRange | None:
        """The first block of the range's serials that is taken as one; None where all are free."""
        met = self.first_met(serials)
        return None if met is None else SerialRange(max(met.lo, serials.lo), min(met.hi, serials.hi))

    def first_met(self, serials: SerialRange) -> SerialRange | None:
        """The whole of the first block with a serial of the range; None where all are free."""
        if not self.overlaps(serials):
            return None
        at = bisect_left(self.lows, serials.lo)
        if at > 0 and self.highs[at - 1] > serials.lo:
            at -= 1
        return SerialRange(self.lows[at], self.highs[at])

    def add(self, serials: SerialRange) -> None:
        """Take the serials; they must be free."""
        assert not self.overlaps(serials)
        at = bisect_left(self.lows, serials.lo)
        self.lows.insert(at, serials.lo)
        self.highs.insert(at, serials.hi)


def fits_family(terms: ProjectTerms) -> bool:
    """Whether mechanism, category, league and source facility fit the family.

    A reduction quota names its source category and league (Regional Plan) and, unless it is of a sink, the facility
    where it was made: a quota without one could be a covered facility's. A forestry CCER is of the CCER mechanism, and
    OTHER_SINK is for certified sinks of any other scheme or of none that was stated.
    """
    if terms.family is Family.REDUCTION_QUOTA:
        is_sink = terms.source_category is SourceCategory.ECOSYSTEM_SINK
        sourced = is_sink or bool(folded(terms.source_facility))
        named = terms.source_category is not SourceCategory.NONE and terms.league is not League.NONE
        return terms.mechanism is Mechanism.REGIONAL_QUOTA and named and sourced
    if terms.source_category is not SourceCategory.NONE or terms.mechanism is Mechanism.REGIONAL_QUOTA:
        return False
    return (terms.mechanism is Mechanism.CCER) == (terms.family is Family.FORESTRY_CCER)


def fits_generation(mechanism: Mechanism, generation: CcerGeneration) -> bool:
    """A CCER names its generation, nothing else has one."""
    return (mechanism is Mechanism.CCER) == (generation is not CcerGeneration.NONE)
