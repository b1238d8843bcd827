"""Units, rounding, days and ids: tables that a trader or an accountant can check by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.values import (
    MAX_PRICE,
    MAX_QUANTITY,
    MAX_TOTAL,
    MAX_VENUE_CASH,
    Day,
    Fen,
    Micros,
    Ppm,
    Price,
    Seq,
    Side,
    Tonnes,
    average_price,
    day_number,
    day_of,
    derived_id,
    half_up_div,
    is_day,
    notional,
    share,
)

SHANGHAI = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> Micros:
    """An instant as the core counts it."""
    return Micros((moment - EPOCH) // timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(0, 1, 0), (1, 2, 1), (3, 2, 2), (5, 2, 3), (7, 2, 4), (1, 3, 0), (2, 3, 1), (49, 100, 0), (50, 100, 1),
     (2_500_000, 1_000_000, 3), (2_499_999, 1_000_000, 2), (10**30 + 5, 10, 10**29 + 1)],
)  # fmt: skip
def test_a_half_is_rounded_up_never_to_even(numerator: int, denominator: int, expected: int) -> None:
    assert half_up_div(numerator, denominator) == expected


@pytest.mark.parametrize(
    ("price", "factor", "expected"),
    [("30.05", 9_000, "27.05"), ("30.05", 11_000, "33.06"), ("62.55", 11_000, "68.81"), ("62.55", 9_000, "56.30"),
     ("30.00", 9_000, "27.00"), ("55.55", 11_000, "61.11"), ("0.05", 9_000, "0.05"), ("0.04", 9_000, "0.04")],
)  # fmt: skip
def test_the_ends_of_a_band_as_an_accountant_rounds_them(price: str, factor: int, expected: str) -> None:
    fen = int(Decimal(price) * 100)
    assert half_up_div(fen * factor, 10_000) == int(Decimal(expected) * 100)


@given(st.integers(0, 10**24), st.integers(1, 10**20))
def test_rounding_is_the_decimal_modules_half_up(numerator: int, denominator: int) -> None:
    doubled = Decimal(numerator // denominator) + Decimal((numerator % denominator) * 2 // denominator) / 2
    assert half_up_div(numerator, denominator) == int(doubled.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 2), (1, 0), (1, -2)])
def test_what_has_no_rounding_is_a_bug(numerator: int, denominator: int) -> None:
    with pytest.raises(AssertionError):
        half_up_div(numerator, denominator)


def test_products_and_shares() -> None:
    assert notional(Price(3_000), Tonnes(500_000)) == 1_500_000_000
    assert share(Ppm(1_000), Fen(250)) == 0
    assert share(Ppm(1_000), Fen(500)) == 1
    assert share(Ppm(1_000), Fen(2_500)) == 3
    assert share(Ppm(1_000_000), Fen(7)) == 7
    assert average_price(Fen(100_000_000), Tonnes(18_000)) == 5_556
    assert average_price(Fen(2_645_500_000), Tonnes(795_000)) == 3_328


def test_the_largest_numbers_fit_into_the_databases_integers() -> None:
    assert MAX_TOTAL == MAX_QUANTITY * MAX_PRICE
    assert max(MAX_TOTAL * 2, MAX_VENUE_CASH) < 2**63
    assert derived_id(Seq(2**42), 2**20 - 1) < 2**63


def test_ids_derive_from_the_place_in_the_log() -> None:
    assert [derived_id(Seq(1)), derived_id(Seq(1), 1), derived_id(Seq(2))] == [1_048_577, 1_048_578, 2_097_154]
    for wrong in (-1, 1 << 20):
        with pytest.raises(AssertionError):
            derived_id(Seq(1), wrong)


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_day_of_an_instant_is_the_calendars(moment: datetime) -> None:
    assert day_of(micros(moment)) == int(moment.astimezone(SHANGHAI).strftime("%Y%m%d"))


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-09-21T15:59:59.999999", 20260921), ("2026-09-21T16:00:00", 20260922), ("2024-02-28T16:00:00", 20240229),
     ("2025-02-28T16:00:00", 20250301), ("2026-12-31T16:00:00", 20270101), ("1969-12-31T16:00:00", 19700101)],
)  # fmt: skip
def test_a_day_begins_at_midnight_in_shanghai(moment: str, day: int) -> None:
    assert day_of(micros(datetime.fromisoformat(moment).replace(tzinfo=UTC))) == day


@given(st.integers(18_000_000, 20_300_000))
def test_is_day_is_the_calendars_word(value: int) -> None:
    year, month, day = value // 10_000, value // 100 % 100, value % 100
    try:
        date(year, month, day)
    except ValueError:
        assert not is_day(value)
    else:
        assert is_day(value) == (year >= 1900)


@given(st.dates(min_value=date(1900, 1, 1)))
def test_days_are_counted_as_the_calendar_counts_them(day: date) -> None:
    assert day_number(Day(int(day.strftime("%Y%m%d")))) == (day - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("value", "real"),
    [(20240229, True), (20230229, False), (20000229, True), (19000229, False), (21000229, False), (20260431, False),
     (20261301, False), (20260001, False), (20260100, False), (18991231, False), (99991231, True), (100000101, False),
     (-20260101, False), (0, False)],
)  # fmt: skip
def test_is_day_knows_leap_years_and_ends(value: int, real: bool) -> None:
    assert is_day(value) is real


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_has_its_days_and_no_more(month: int) -> None:
    last = (date(2025, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    assert is_day(20250000 + month * 100 + last.day)
    assert not is_day(20250000 + month * 100 + last.day + 1)


def test_sides_are_opposites() -> None:
    assert (Side.BUY.opposite, Side.SELL.opposite) == (Side.SELL, Side.BUY)
