"""Values as texts in what is streamed; the same texts as in REST answers, which a test holds them to.

Money and prices are CNY with two decimals, instants RFC 3339 in UTC with microseconds, days ISO 8601.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from exchange.access.ids import Kind, id_text
from exchange.core.ledger.chart import CNY
from exchange.core.values import Day, Micros, half_up_div

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def money_text(fen: int) -> str:
    """Fen as CNY: 3000 is "30.00"."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02}"


def percent_text(part: int, whole: int) -> str:
    """``part`` of ``whole`` in percent with two decimals, rounded half-up by its size: -1 of 300 is "-0.33"."""
    hundredths = half_up_div(abs(part) * 10_000, whole)
    return money_text(-hundredths if part < 0 else hundredths)


@lru_cache(maxsize=4_096)  # everything that one entry tells has its instant, and an order keeps the one of its placing
def time_text(at: Micros) -> str:
    """An instant: "2026-11-20T01:02:03.000004Z"."""
    return f"{(_EPOCH + timedelta(microseconds=at)).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def day_text(day: Day) -> str:
    """A day: 20261120 is "2026-11-20"."""
    return f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"


def asset_text(asset: int) -> str:
    """CNY, or a lot's id."""
    return "CNY" if asset == CNY else id_text(Kind.LOT, asset)


def amount_text(asset: int, amount: int) -> str:
    """An amount of an asset: CNY with two decimals, tonnes of a lot without."""
    return money_text(amount) if asset == CNY else str(amount)
