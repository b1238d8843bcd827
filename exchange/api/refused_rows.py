"""Rows of a file of units that were left out, as they are told: where, why, and what of the row it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from exchange.api.explaining import period_errors
from exchange.api.explaining_conversions import BEFORE_CONVERSION, is_of_sink
from exchange.api.field_texts import field_text
from exchange.api.language import Language
from exchange.api.named_facts import names_of, names_text
from exchange.api.problems import told_facts
from exchange.api.wire import day_text
from exchange.core.commands.credits import ImportRow
from exchange.core.credits.serial_text import serial_text
from exchange.core.credits.spelling import folded, folded_space
from exchange.core.rejections import TEXTS, RejectReason
from exchange.core.serials import SerialRange
from exchange.core.values import Day
from exchange.registry.row_faults import FAULTS, FOUND, REFUSED_ROWS, BadRow, Words
from exchange.sequencer.committed_view import CommittedView

Document = dict[str, Any]
Facts = Mapping[str, int]

_NO_FACTS: Final[Facts] = {}


def unread_row(bad: BadRow, language: Language) -> Document:
    """A row that could not be read."""
    detail: str = getattr(FAULTS[bad.fault], language)
    if bad.instead:
        detail += getattr(FOUND[bad.fault], language).format(bad.instead)
    return {"line": bad.line, "code": bad.fault.value, "detail": detail, "about": bad.about or None}


def refused_row(
    row: ImportRow, reason: RejectReason, view: CommittedView, language: Language, facts: Facts = _NO_FACTS
) -> Document:
    """A row that the core has refused, with the facts of the refusal."""
    told = RejectReason.CONVERSION_INVALID if _wants_conversion(row, reason, view) else reason
    detail: str = getattr(REFUSED_ROWS.get(told) or TEXTS[told], language)
    if reason is RejectReason.PERIOD_INVALID:
        # As by hand, each day with what is wrong with it; the general sentence where the view knows of nothing.
        detail = " ".join(_days_at_fault(row, view, language)) or detail
    if told is reason:
        detail += _told(row, reason, facts, view, language)
    about = _ABOUT[reason](row) if reason in _ABOUT else None
    return {"line": row.line, "code": reason.name, "detail": detail, "about": about}


def _wants_conversion(row: ImportRow, reason: RejectReason, view: CommittedView) -> bool:
    """Whether this refusal comes of a conversion that no row can name: without one quota of a sink stands on the ground
    of its own CCER.
    """
    return reason in BEFORE_CONVERSION and is_of_sink(view.projects.codes.get(folded(row.project)), view)


def _days_at_fault(row: ImportRow, view: CommittedView, language: Language) -> Iterator[str]:
    project = view.projects.codes.get(folded(row.project))
    for error in period_errors(row, project, view):
        yield f"{error.pointer.removeprefix('/')} ({error.code}): {field_text(error.code, language)}"


def _told(row: ImportRow, reason: RejectReason, facts: Facts, view: CommittedView, language: Language) -> str:
    """The facts of the refusal, as they are told elsewhere; those of an import that is too large are in its words."""
    if reason is RejectReason.TOO_MANY_ROWS:
        return ""
    spelling = _known_spelling(row, view, language) if reason is RejectReason.SPACE_SPELT_OTHERWISE else ""
    return spelling + told_facts(reason, facts.items(), language) + names_text(names_of(facts, view), language)


def _known_spelling(row: ImportRow, view: CommittedView, language: Language) -> str:
    known = view.units.spellings.get(folded_space(row.space))
    text: str = getattr(_KNOWN_AS, language)
    return "" if known is None else text.format(known)


_KNOWN_AS: Final = Words(" It is known as {}.", "已登记的写法为：{}。")


def verified_on_record(view: CommittedView, code: str, start: Day, end: Day) -> int:
    """The tonnes that were recorded as verified for a period of the project with this code, 0 where nothing was."""
    project = view.projects.codes.get(folded(code))
    issued = () if project is None else view.projects.issuances.get(project, ())
    periods = (view.units.issuances[one] for one in issued)
    return next((one.verified for one in periods if (one.monitoring_start, one.monitoring_end) == (start, end)), 0)


def _serials_of(row: ImportRow) -> str:
    return serial_text(row.serial_text, SerialRange(row.serial_lo, row.serial_hi))


def _period_of(row: ImportRow) -> str:
    return ", ".join(
        f"{name}: {day_text(Day(getattr(row, name)))}" for name in ("monitoring_start", "monitoring_end", "applied_on")
    )


_ABOUT: Final[dict[RejectReason, Callable[[ImportRow], str]]] = {
    RejectReason.PROJECT_NOT_FOUND: lambda row: row.project,
    RejectReason.LOCK_REFERENCE_USED: lambda row: row.lock_reference,
    RejectReason.SERIALS_OVERLAP: _serials_of,
    RejectReason.SERIALS_INVALID: _serials_of,
    RejectReason.LINE_TAKEN: _serials_of,
    RejectReason.SPACE_SPELT_OTHERWISE: lambda row: row.space,
    RejectReason.SERIALS_OF_ANOTHER_SPACE: _serials_of,
    RejectReason.GROUND_TAKEN: _period_of,
    RejectReason.PERIOD_INVALID: _period_of,
    RejectReason.REDUCTION_TOO_OLD: _period_of,
    RejectReason.VERIFIED_DIFFERS: lambda row: f"verified: {row.verified}",
    RejectReason.VERIFIED_EXCEEDED: lambda row: f"verified: {row.verified}",
}
"""What of a row a refusal of the core is about, named as the rows of an import are shown."""
