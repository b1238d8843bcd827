"""Money never touches a float, and an answer that does not fit is refused by the name of the field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from exchange.client.problem import UnexpectedAnswerError
from exchange.client.wire import decode, encode_body, money_text


@dataclass(frozen=True, slots=True)
class Inner:
    price: Decimal


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    count: int
    on: bool
    at: datetime
    day: date
    levels: tuple[Inner, ...]
    facts: dict[str, object]
    limit: Decimal | None = None


GOOD: dict[str, object] = {
    "name": "n",
    "count": 3,
    "on": True,
    "at": "2026-11-20T01:02:03.000004Z",
    "day": "2026-11-20",
    "levels": [{"price": "30.00"}],
    "facts": {"a": 1},
    "newer_than_the_client": {},
}


def test_an_answer_becomes_typed_values() -> None:
    outer = decode(Outer, GOOD)
    assert outer.at == datetime(2026, 11, 20, 1, 2, 3, 4, tzinfo=UTC)
    assert outer.day == date(2026, 11, 20)
    assert outer.levels == (Inner(Decimal("30.00")),)
    assert outer.limit is None


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("name", 1, "Outer.name"),
        ("count", True, "Outer.count"),
        ("count", "3", "Outer.count"),
        ("count", 3.0, "Outer.count"),
        ("at", "yesterday", "Outer.at"),
        ("levels", {}, "Outer.levels"),
        ("levels", [{"price": 30.0}], r"Outer.levels\[0\].price"),
        ("levels", [{"price": "thirty"}], r"Outer.levels\[0\].price"),
        ("limit", 1, "Outer.limit"),
    ],
)
def test_an_answer_that_does_not_fit_names_the_field(field: str, value: object, where: str) -> None:
    with pytest.raises(UnexpectedAnswerError, match=where):
        decode(Outer, {**GOOD, field: value})


def test_a_missing_field_is_named() -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"Outer\.name is missing"):
        decode(Outer, {name: value for name, value in GOOD.items() if name != "name"})


@pytest.mark.parametrize(
    ("given", "text"),
    [("30", "30.00"), ("30.5", "30.50"), (30, "30.00"), (Decimal("0.01"), "0.01"), ("1E+3", "1000.00")],
)
def test_money_goes_out_with_two_decimals(given: Any, text: str) -> None:
    assert money_text(given) == text


@pytest.mark.parametrize("given", ["30.001", "abc", "NaN", "Infinity", ""])
def test_money_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"is no amount|more than two decimals"):
        money_text(given)


@pytest.mark.parametrize("given", ["1,000", "￥30", "thirty"])
def test_it_is_said_how_money_is_written(given: str) -> None:
    with pytest.raises(ValueError, match=r"write digits and a point alone, such as 1000\.00"):
        money_text(given)


@pytest.mark.parametrize("given", [30.5, True, None])
def test_a_float_is_never_money(given: Any) -> None:
    with pytest.raises(TypeError):
        money_text(given)


def test_a_body_leaves_out_what_was_not_given_and_keeps_chinese_readable() -> None:
    assert encode_body({"a": None, "名": "森工"}) == '{"名":"森工"}'.encode()
