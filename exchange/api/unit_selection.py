"""Which units a query is about: of a project, a vintage, a lot, or a range of a serial space over all its lots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from exchange.api.fields import Lot, PageQuery, Project, SerialNumber, Text, YearNumber
from exchange.api.validation import invalid
from exchange.core.credits.spelling import folded_space
from exchange.core.events.credits import LotAdmitted
from exchange.core.events.uses import LotRanges
from exchange.core.serials import SerialRange
from exchange.core.values import LotId, ProjectId
from exchange.sequencer.committed_view import CommittedView

Selection = dict[LotId, SerialRange]
"""Lots, and of each the serials that are asked for."""

_ALL: Final = SerialRange(1, 1 << 63)


class UnitQuery(PageQuery):
    """Only units that are all of this: of a ``project``, of a ``vintage``, of a ``lot``, with serials from
    ``serial_lo`` to the one before ``serial_hi`` of that lot or of a serial ``space``, in whatever spelling.
    """

    project: Project | None = None
    vintage: YearNumber | None = None
    lot: Lot | None = None
    space: Text | None = None
    serial_lo: SerialNumber | None = None
    serial_hi: SerialNumber | None = None

    @property
    def names_units(self) -> bool:
        """Whether it asks for some units only."""
        named = (self.project, self.vintage, self.lot, self.space, self.serial_lo, self.serial_hi)
        return any(given is not None for given in named)


def refuse_unknown(query: UnitQuery, view: CommittedView) -> None:
    """Say that what is named is not known here, where an empty list would pass for "nobody ever held it".

    Raises:
        ProblemError: when it names a serial space, lot or project that was never entered.
    """
    units, projects = view.units, view.projects
    if query.space is not None and folded_space(query.space) not in units.spellings:
        raise invalid("query/space", "NOT_ENTERED_HERE")
    if query.lot is not None and LotId(query.lot) not in units.lots:
        raise invalid("query/lot", "NOT_ENTERED_HERE")
    if query.project is not None and ProjectId(query.project) not in projects.by_id:
        raise invalid("query/project", "NOT_ENTERED_HERE")


def selection_of(query: UnitQuery, view: CommittedView) -> Selection:
    """The lots that the query names and the serials of them; none where nothing was admitted of what it names.

    Raises:
        ProblemError: when it names serials and not of what, or an empty range.
    """
    wanted = _serials(query)
    found = ((lot.lot, _common(lot.serials, wanted)) for lot in _lots(query, view))
    return {lot: serials for lot, serials in found if serials is not None}


def _serials(query: UnitQuery) -> SerialRange:
    for name in ("serial_lo", "serial_hi"):
        if getattr(query, name) is not None and query.lot is None and query.space is None:
            raise invalid(f"query/{name}", "SERIALS_OF_WHAT")
    serials = SerialRange(query.serial_lo or _ALL.lo, query.serial_hi or _ALL.hi)
    if serials.lo >= serials.hi:
        raise invalid("query/serial_hi", "ABOVE_SERIAL_LO")
    return serials


def _common(one: SerialRange, other: SerialRange) -> SerialRange | None:
    return SerialRange(max(one.lo, other.lo), min(one.hi, other.hi)) if one.overlaps(other) else None


def _lots(query: UnitQuery, view: CommittedView) -> Iterator[LotAdmitted]:
    """The lots of which the query names project, vintage, lot and space, found by the narrowest of these."""
    units = view.units
    if query.lot is not None:
        number = LotId(query.lot)
        candidates: Iterable[LotId] = (number,) if number in units.lots else ()
    elif query.space is not None:
        candidates = units.of_space.get(folded_space(query.space), ())
    elif query.project is not None:
        issuances = view.projects.issuances.get(ProjectId(query.project), ())
        candidates = (lot for issuance in issuances for lot in units.of_issuance.get(issuance, ()))
    else:
        candidates = units.lots
    return (units.lots[lot] for lot in candidates if _fits(query, view, lot))


def _fits(query: UnitQuery, view: CommittedView, lot: LotId) -> bool:
    issuance = view.units.issuances[view.units.lots[lot].issuance]
    return (
        query.project in (None, issuance.project)
        and query.vintage in (None, issuance.vintage)
        and (query.space is None or folded_space(query.space) == folded_space(issuance.space_name))
    )


def touches(units: Iterable[LotRanges], selection: Selection) -> bool:
    """Whether some units are among those that are asked for."""
    return any(
        part.lot in selection and any(serials.overlaps(selection[part.lot]) for serials in part.ranges)
        for part in units
    )
