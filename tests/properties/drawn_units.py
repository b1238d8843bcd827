"""What is drawn at random for the life of units: uses, what the registry says, what is held fast, rows of files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from hypothesis import strategies as st

from exchange.core.commands.instruments import League
from exchange.core.commands.registry import RequestKind
from exchange.core.commands.uses import Intensity, Neutrality, Purpose, UseDetails
from exchange.core.values import Day
from tests.properties.drawn import ANY, MOSTLY, RARELY
from tests.support.market import FIRM

FEW = st.integers(1, 6)
_HOUR = 3_600 * 10**6

NOTHING = UseDetails("Steel", "钢铁", "", "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.NONE)
VOLUNTARY = (Purpose.VOLUNTARY, replace(NOTHING, league=League.ORDOS))


class Choice(NamedTuple):
    """Which units: ``style`` serials, lots or good; of which lots, from which tonne on, and how many of each."""

    style: str
    lots: list[int]
    start: int
    size: int
    quantity_off: int


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    """Some units of a firm; mostly so many as the picks say."""
    return Choice(
        draw(st.sampled_from(["serials", "serials", "serials", "lots", "good"])),
        draw(st.lists(ANY, min_size=1, max_size=2)),
        draw(ANY),
        draw(FEW),
        draw(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 0, 1, -1])),
    )


@st.composite
def purposes(draw: st.DrawFn) -> tuple[Purpose, UseDetails]:
    """A purpose and what it must say; now and then something else."""
    purpose = draw(st.sampled_from([one for one in Purpose if one is not Purpose.FORCED]))
    league = draw(st.sampled_from([League.HOHHOT, League.BAOTOU, League.HULUNBUIR]))
    details = dict(_FITTING[purpose])
    if purpose not in (Purpose.NATIONAL_SURRENDER, Purpose.INTER_PROVINCE, Purpose.CONVERSION):
        details["league"] = league
    if purpose is Purpose.NEW_PROJECT_OFFSET:
        details["intensity"] = draw(st.sampled_from([Intensity.LOW, Intensity.HIGH]))
        if draw(st.integers(0, 3)) == 0:
            details |= {"facility": "mill", "year": draw(st.sampled_from([2023, 2025])), "beneficiary_code": FIRM}
        if draw(st.integers(0, 3)) == 0:
            details["beneficiary_code"] = draw(st.sampled_from([FIRM, FIRM.lower(), "91150200MA0NPTHERF"]))
    if draw(RARELY):
        details |= draw(st.sampled_from(_ODD))
    return draw(st.sampled_from([purpose] * 30 + [Purpose.FORCED])), _changed(details)


def _changed(given: dict[str, Any]) -> UseDetails:
    names = {name: given.get(name, getattr(NOTHING, name)) for name in UseDetails.__slots__}
    return UseDetails(**names)


_FITTING: dict[Purpose, dict[str, Any]] = {
    Purpose.NATIONAL_SURRENDER: {"facility": "Mill", "year": 2025, "beneficiary_code": FIRM},
    Purpose.NEW_PROJECT_OFFSET: {
        "project": "New",
        "facility": "Other",
        "year": 2025,
        "beneficiary_code": "91150200MA0N0MALL8",
    },
    Purpose.EVENT_NEUTRALITY: {"event": "Naadam", "event_day": Day(20260711), "neutrality": Neutrality.MEETING},
    Purpose.VOLUNTARY: {},
    Purpose.ECO_COMPENSATION: {},
    Purpose.INTER_PROVINCE: {"province": "Shanxi"},
    Purpose.CONVERSION: {},
}
_ODD: list[dict[str, Any]] = [
    {"province": "Shanxi"},
    {"league": League.NONE},
    {"facility": "Mill", "year": 0},
    {"facility": "Mill", "year": 2022},
    {"facility": "Other", "year": 2025},
    {"event": "Naadam"},
    {"event_day": Day(20260732)},
    {"event_day": Day(19990711)},
    {"beneficiary_en": ""},
    {"beneficiary_code": "MILL"},
    {"beneficiary_code": FIRM},
    {"intensity": Intensity.LOW},
]

ANSWERS = st.lists(st.sampled_from(["yes", "yes", "yes", "no", "silence", "old paper"]), min_size=1, max_size=3)
"""What the registry says about one request after the other, over and over."""


class Statement(NamedTuple):
    """A statement that may be odd: about other serials or (``mixed_up``) another act, with a receipt or number that was
    used before, or of an instant that is ``apart`` from now, or from when it was asked where that is before.
    """

    request: int
    confirmed: bool
    receipt: str
    message: str
    shift: int
    by_registry: bool
    apart: int
    mixed_up: tuple[RequestKind, str] | None


STATEMENTS = st.builds(
    Statement,
    ANY,
    st.booleans(),
    st.sampled_from(["", "new", "new", "K-1", "k_01"]),
    st.sampled_from(["new", "new", "M-1", ""]),
    st.sampled_from([0, 0, 0, 0, 1]),
    MOSTLY,
    st.sampled_from([*[0] * 8, -_HOUR, -_HOUR - 1, _HOUR, _HOUR + 1]),
    st.sampled_from([*[None] * 9, (RequestKind.LOCK, ""), (RequestKind.CANCEL, ""), (RequestKind.RELEASE, "N-9")]),
)


class Scope(NamedTuple):
    """What shall be held fast: ``what`` project, lot or serials; ``odd`` makes it impossible, or something that a
    reconciliation has found.
    """

    what: str
    which: int
    vintage: int
    start: int
    size: int
    odd: str


SCOPES = st.builds(
    Scope,
    st.sampled_from(["project", "vintage", "lot", "serials", "serials", "serials"]),
    ANY,
    st.sampled_from([0, 0, 2023, 2024, 1]),
    st.integers(0, 20),
    st.integers(1, 12),
    st.sampled_from(["", "", "", "", "", "", "both", "neither", "outside", "no reference", "found"]),
)


class Row(NamedTuple):
    """A row of a file: of which project, from which serial behind all that are known, for whom, on which paper."""

    project: str
    vintage: int
    start: int
    size: int
    owner: int
    lock: int
    verified: int
    half_year: bool
    space: str
    text: str


TEXTS = st.sampled_from(
    ["", "", "", "", "W-1-{lo}-{hi}", "w 01 {lo:4} to {hi:4}", "W-{lo}-{hi}-7", "ACR-US-1-{lo}-{hi}"]
)
"""How serials are written: mostly as plain numbers, in words that are of one space, or as a known registry's."""

ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from(["P1", "p1", "S1", "OLD", "Q1", "P9"]),
        st.sampled_from([2021, 2022, 2023, 2025, 2019]),
        st.integers(-1, 8),
        st.integers(0, 4),
        st.sampled_from([0, 0, 2, 2, 3, 1]),
        st.integers(0, 6),
        st.sampled_from([10**12, 10**12, 10**12, 6, 6]),
        RARELY,
        st.sampled_from(["CCER", "CCER", "CCER", "CCER", "Verra", "ver-ra"]),
        TEXTS,
    ),
    min_size=1,
    max_size=3,
)
