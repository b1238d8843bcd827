"""Values as they are on the wire, both ways: money and prices as decimal strings, times in RFC 3339, days, hashes.

Nothing here rounds: a text says an exact number of fen or it is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import orjson

from exchange.core.values import Day, Micros, is_day

MONEY_PATTERN: Final = r"^(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,2})?|1000000000000000(?:\.0{1,2})?)$"
"""Money from 0 to 10**15 CNY, the core's largest total and cash (10**17 fen): no sign, no exponent, two decimals."""

PRICE_PATTERN: Final = r"^(?:(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,2})?|1000000(?:\.0{1,2})?)$"
"""A price from 0 to 1,000,000.00 CNY a tonne, the core's largest."""

DAY_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z$"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_TIME: Final = re.compile(TIME_PATTERN, re.ASCII)
_DAY: Final = re.compile(DAY_PATTERN, re.ASCII)
_CENTS: Final = tuple([f"{cents:02}" for cents in range(100)])


def money_text(fen: int) -> str:
    """Fen as CNY with two decimals: 3000 is "30.00"."""
    if fen < 0:
        return f"-{-fen // 100}.{_CENTS[-fen % 100]}"
    return f"{fen // 100}.{_CENTS[fen % 100]}"


def fen_of(text: str) -> int:
    """The fen that a text of one of the patterns above says; the pattern is the caller's business."""
    whole, _, decimals = text.partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def time_text(at: Micros) -> str:
    """An instant in RFC 3339, UTC, with microseconds."""
    second, micros = divmod(at, 1_000_000)
    return f"{_second_text(second)}.{micros:06}Z"


@lru_cache(maxsize=1_024)
def _second_text(second: int) -> str:
    """A whole second; thousands of instants that are shown lie in the same one."""
    return (_EPOCH + timedelta(seconds=second)).replace(tzinfo=None).isoformat(timespec="seconds")


def micros_of(text: str) -> Micros | None:
    """The instant that an RFC 3339 text in UTC says; None when it says none after 1970-01-01."""
    if _TIME.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    micros = (moment - _EPOCH) // _MICROSECOND
    return Micros(micros) if micros > 0 else None


def day_text(day: Day) -> str:
    """A day in ISO 8601."""
    return f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"


def day_text_or_none(day: Day) -> str | None:
    """A day in ISO 8601, or None for no day (0)."""
    return day_text(day) if day else None


def day_of_text(text: str) -> Day | None:
    """The day that a text says, or None when there is no such day between 1900 and 9999."""
    if _DAY.fullmatch(text) is None:
        return None
    day = int(text[:4]) * 10_000 + int(text[5:7]) * 100 + int(text[8:])
    return Day(day) if is_day(day) else None


def json_bytes(document: Any) -> bytes:
    """A document as JSON. Its keys stay in the order they were put in, so the same document is the same bytes."""
    return orjson.dumps(document)


def kept_json_bytes(document: Any) -> bytes:
    """The same for bytes that are kept, as each answer is for its idempotency key.

    orjson writes into a large buffer and shrinks it where it lies, so what is kept of it keeps two pages of memory:
    8 KB an answer, and 14 µs to touch them. A copy is as large as what is in it.
    """
    return bytes(memoryview(orjson.dumps(document)))
