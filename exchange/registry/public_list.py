"""Reading the national registry's public list of projects and issuances, as its web pages show it.

A list row is one step of one application. An application runs through several steps and so has several rows (on
2026-07-19 187 rows were 81 applications), which is why rows are never counted as projects. Methodology, province and
tonnes stand in a second document, the detail of the row. Shapes: ``getOpeningApply`` and ``getOpeningApplyDetail`` of
the registry's public site as they were observed on that day (domain.md §1.3). Nothing here sends a request; a caller
hands the bytes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from exchange.core.values import Day, is_day
from exchange.foreign_json import ForeignJsonError, read_foreign_json

_DAY: Final = re.compile(r"\d{8}", re.ASCII)
_NONE: Final = ("", "-", "--")
MOST_DIGITS: Final = 15


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
    """These bytes are not a page of the list, or no detail; the text says what is wrong, :attr:`chinese` the same in
    Chinese.
    """

    def __init__(self, problem: str, chinese: str) -> None:
        super().__init__(problem)
        self.chinese = chinese


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the list. ``project``, ``certification`` and ``issuance`` are the registry's ids, "" where the row has
    none; ``status`` is the registry's own word for it.
    """

    application: str
    step: Step
    name: str
    owner: str
    kind: str
    status: str
    project: str
    certification: str
    issuance: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a tab, and how many rows the tab has in all."""

    rows: tuple[Listed, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Detail:
    """What the detail of a row says: ``expected`` and ``certified`` in tonnes of CO2e, None where it does not say;
    the days of the public notice, 0 where there is none. What is expected is an estimate and no unit (rule UNIT).
    """

    methodology: str
    province: str
    expected: int | None
    certified: int | None
    notice_from: Day
    notice_to: Day


def read_page(data: bytes, step: Step) -> Page:
    """One page of a tab.

    Raises:
        PublicListError: when it is not of that shape, or the registry says that the request failed.
    """
    envelope = _envelope(data)
    if not {"dataInfo", "total"} <= envelope.keys():
        # An empty page would say of every project of ours that it is not listed.
        raise PublicListError("dataInfo or total is missing", "缺少 dataInfo 或 total")
    rows, total = envelope["dataInfo"], envelope["total"]
    if not isinstance(rows, list | None):
        raise PublicListError("dataInfo is no list", "dataInfo 不是列表")
    if type(total) is not int or total < len(rows or ()):
        raise PublicListError("total is not the number of rows", "total 与行数不符")
    return Page(tuple(_row(row, step) for row in rows or ()), total)


def step_of(data: bytes) -> Step:
    """The tab that a page is of, as its rows say.

    Raises:
        PublicListError: when it is no page, or its rows name no tab or several.
    """
    rows = _envelope(data).get("dataInfo")
    stated = {_text(row.get("dataType")) for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
    known = {str(int(step)): step for step in Step}
    if len(stated) != 1 or not stated <= known.keys():
        raise PublicListError(
            "its rows name no tab, or several: write TAB=FILE", "各行未载栏号，或栏号不一：请写作 栏号=文件（TAB=FILE）"
        )
    return known[stated.pop()]


def read_detail(data: bytes) -> Detail:
    """The detail of a row; raises PublicListError as :func:`read_page` does."""
    detail = _envelope(data).get("dataInfo")
    if not isinstance(detail, dict):
        raise PublicListError(
            "dataInfo is no object: a detail has one, with certifiedNum in it",
            "dataInfo 不是对象：详情的 dataInfo 为一个对象，载有 certifiedNum",
        )
    return Detail(
        methodology=_text(detail.get("methodologyNum")),
        province=_text(detail.get("provinceName")),
        expected=_tonnes(detail, "expectYearNum"),
        certified=_tonnes(detail, "certifiedNum"),
        notice_from=_day(detail, "publicStartDate"),
        notice_to=_day(detail, "publicEndDate"),
    )


def _envelope(data: bytes) -> dict[str, Any]:
    try:
        document = read_foreign_json(data)
    except ForeignJsonError as error:
        raise PublicListError("no JSON", "不是 JSON") from error
    if not isinstance(document, dict):
        raise PublicListError("no object", "不是对象")
    if document.get("successful") is False:
        raise PublicListError("the registry says that it did not work", "登记机构网站称查询未成功")
    return document


def _row(row: Any, step: Step) -> Listed:
    if not isinstance(row, dict) or not _text(row.get("applyId")):
        raise PublicListError("a row without applyId", "某行没有 applyId")
    stated = _text(row.get("dataType"))
    if stated not in ("", str(int(step))):
        raise PublicListError("a row of another tab", "某行属于另一栏")
    return Listed(
        application=_text(row["applyId"]),
        step=step,
        name=_text(row.get("projectName")),
        owner=_text(row.get("orgCustomerName")),
        kind=_text(row.get("projectType")),
        status=_text(row.get("statusName")),
        project=_text(row.get("projectInfoId")),
        certification=_text(row.get("certificationId")),
        issuance=_text(row.get("ccerId")),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _tonnes(detail: dict[str, Any], name: str) -> int | None:
    """A whole number of tonnes, as number or text; a fraction is not certified tonnes (rule UNIT)."""
    text = _text(detail.get(name)).replace(",", "")
    if text in _NONE:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise PublicListError(f"{name} is not a whole number of tonnes", f"{name} 不是整数吨数")
    return int(text)


def _day(detail: dict[str, Any], name: str) -> Day:
    text = _text(detail.get(name))
    if text in _NONE:
        return Day(0)
    if not _DAY.fullmatch(text) or not is_day(int(text)):
        raise PublicListError(f"{name} is not a day of eight digits", f"{name} 不是八位数字的日期")
    return Day(int(text))


def applications(rows: Iterable[Listed]) -> dict[str, Listed]:
    """Each application once, at the furthest step that it has reached."""
    furthest: dict[str, Listed] = {}
    for row in rows:
        known = furthest.get(row.application)
        if known is None or row.step > known.step:
            furthest[row.application] = row
    return furthest
