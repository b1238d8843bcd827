"""Reading the national registry's public list of projects and issuances, as its web pages show it.

Each row is one step of one application; an application runs through several steps and so has several rows (187 rows
were 81 applications on 2026-07-19), which is why rows are never counted as projects. Shape: domain.md §1.3, taken from
``getOpeningApply`` of the registry's public site; nothing here sends a request, a caller hands the bytes in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

_DAY: Final = re.compile(r"\d{8}", re.ASCII)


class Step(IntEnum):
    """The list's tabs (``dataType``); 6 and 7, ended and cancelled, were empty when they were looked at."""

    PROJECT_NOTICE = 1
    PROJECT_REGISTERED = 2
    REDUCTION_NOTICE = 3
    REDUCTION_REGISTERED = 4
    ISSUED = 5
    ENDED = 6
    CANCELLED = 7


class PublicListError(ValueError):
    """These bytes are not a page of the list; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class PublicRow:
    """One row. ``certified`` is in tonnes, 0 where the row has none; ``published`` is ``yyyymmdd`` or 0."""

    application: str
    project: str
    name: str
    step: Step
    methodology: str
    province: str
    certified: int
    published: int


def read_page(data: bytes, step: Step) -> list[PublicRow]:
    """The rows of one page of a tab.

    Raises:
        PublicListError: when it is not of that shape.
    """
    try:
        document = json.loads(data)
    except ValueError as error:
        raise PublicListError("no JSON") from error
    rows = _rows(document)
    return [_row(row, step) for row in rows]


def _rows(document: Any) -> list[dict[str, Any]]:
    """The list inside of the envelope, which is ``data.list`` or ``data.records``."""
    inner = document.get("data") if isinstance(document, dict) else None
    for name in ("list", "records"):
        if isinstance(inner, dict) and isinstance(inner.get(name), list):
            rows: list[dict[str, Any]] = inner[name]
            return rows
    raise PublicListError("no list of rows in data.list or data.records")


def _row(row: Any, step: Step) -> PublicRow:
    if not isinstance(row, dict) or not row.get("applyId"):
        raise PublicListError("a row without applyId")
    return PublicRow(
        application=str(row["applyId"]),
        project=str(row.get("projectInfoId") or ""),
        name=str(row.get("projectName") or ""),
        step=step,
        methodology=str(row.get("methodologyNum") or ""),
        province=str(row.get("provinceName") or ""),
        certified=_whole(row.get("certifiedNum")),
        published=_day(row.get("publicStartDate")),
    )


def _whole(value: Any) -> int:
    """A whole number of tonnes; "-" and nothing are 0, and a fraction is not certified tonnes (rule UNIT)."""
    text = str(value if value is not None else "").replace(",", "").strip()
    if text in ("", "-"):
        return 0
    if not text.isascii() or not text.isdigit():
        raise PublicListError(f"not a whole number of tonnes: {text[:20]!r}")
    return int(text)


def _day(value: Any) -> int:
    text = str(value or "")
    return int(text) if _DAY.fullmatch(text) else 0


def applications(rows: Iterable[PublicRow]) -> dict[str, PublicRow]:
    """Each application once, at the furthest step that it has reached."""
    furthest: dict[str, PublicRow] = {}
    for row in rows:
        known = furthest.get(row.application)
        if known is None or row.step > known.step:
            furthest[row.application] = row
    return furthest
