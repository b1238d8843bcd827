"""Values on the wire: exact both ways, one spelling each, and no text that looks like another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from exchange.access.ids import NEVER, Kind, id_number, id_text, id_text_or_none
from exchange.api import fields
from exchange.api.language import language_of
from exchange.api.resources.agreements import unit_price
from exchange.api.wire import day_of_text, day_text, fen_of, micros_of, money_text, time_text
from exchange.core.values import MAX_PRICE, MAX_TOTAL, Day, Fen, Micros, Seq, Tonnes, derived_id


def read(field: Any, value: Any) -> Any:
    """The value that a field reads, or "refused"."""
    try:
        return TypeAdapter(field).validate_python(value)
    except ValidationError:
        return "refused"


@pytest.mark.parametrize(
    ("text", "fen"),
    [("30", 3_000), ("30.5", 3_050), ("30.00", 3_000), ("0.01", 1), ("1000000", MAX_PRICE), ("1000000.00", MAX_PRICE)],
)
def test_a_price_is_an_exact_number_of_fen(text: str, fen: int) -> None:
    assert read(fields.Price, text) == fen


@pytest.mark.parametrize(
    "text",
    ["", "0", "0.00", "-1", "+1", "1.", ".5", "1.001", "1e2", "01", "1,000", " 1", "1 ", "1\n", "1000000.01", "1000001",
     "NaN", "1_0", "١", "\uff11", 30, 30.5, None, True, ["1"]],
)  # fmt: skip
def test_what_is_no_exact_price_is_refused(text: Any) -> None:
    assert read(fields.Price, text) == "refused"


def test_money_goes_up_to_the_cores_largest_total() -> None:
    assert read(fields.Money, "1000000000000000.00") == MAX_TOTAL
    assert read(fields.Money, "1000000000000000.01") == "refused"
    assert read(fields.Money, "999999999999999.99") == MAX_TOTAL - 1


@given(st.integers(min_value=0, max_value=MAX_TOTAL))
def test_money_is_the_same_after_a_round_trip(fen: int) -> None:
    assert fen_of(money_text(fen)) == fen


@given(st.integers(min_value=1, max_value=4_102_444_800_000_000))
def test_an_instant_is_the_same_after_a_round_trip(at: int) -> None:
    text = time_text(Micros(at))
    assert micros_of(text) == at
    assert len(text) == len("2026-11-20T01:02:03.000004Z")


@pytest.mark.parametrize(
    "text",
    ["", "2026-11-20", "2026-11-20T01:02:03", "2026-11-20T01:02:03+08:00", "2026-11-20 01:02:03Z",
     "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-20T24:00:00Z",
     "2026-11-20T01:02:03.1234567Z",
     "2026-11-20T01:02:03Z\n", "2026-11-20T01:02:60Z", "0000-01-01T00:00:00Z"],
)  # fmt: skip
def test_what_is_no_instant_in_utc_is_refused(text: str) -> None:
    assert micros_of(text) is None


def test_an_instant_is_in_utc_to_the_microsecond() -> None:
    assert time_text(Micros(1_000_004)) == "1970-01-01T00:00:01.000004Z"
    assert micros_of("2026-11-20T01:02:03.5Z") == 1_795_136_523_500_000


@pytest.mark.parametrize(("text", "day"), [("2026-11-20", 20261120), ("2024-02-29", 20240229)])
def test_a_day_is_a_day_of_the_calendar(text: str, day: int) -> None:
    assert day_of_text(text) == day
    assert day_text(Day(day)) == text


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "1899-12-31", "2026-1-1", "20261120", "2026-11-20\n", ""])
def test_what_is_no_day_is_refused(text: str) -> None:
    assert day_of_text(text) is None


@given(st.sampled_from(list(Kind)), st.integers(1, 8_796_084_633_606), st.integers(0, (1 << 20) - 1))
def test_an_id_has_one_spelling(kind: Kind, seq: int, n: int) -> None:
    number = derived_id(Seq(seq), n)
    text = id_text(kind, number)
    assert id_number(kind, text) == number or number == NEVER
    assert text == (f"{kind.value}-{seq}-{n}" if n else f"{kind.value}-{seq}")
    assert id_text_or_none(kind, 0) is None


@pytest.mark.parametrize(
    "text",
    ["", "ord", "ord-", "ord-0", "ord-01", "ord-1-0", "ord-1-01", "ord--1", "ord-1-", "ord-1-2-3", "ORD-1", "ins-1",
     "ord-1 ", " ord-1", "ord-1\n", "ord-١", "ord-8796084633607", "ord-1-1048576", "ord-99999999999999",
     "ord_1", "order-1"],
)  # fmt: skip
def test_whatever_is_no_id_of_the_kind_names_nothing(text: str) -> None:
    assert id_number(Kind.ORDER, text) == NEVER


@given(st.text())
def test_any_text_may_be_asked_for_as_an_id(text: str) -> None:
    number = id_number(Kind.LOT, text)
    assert number == NEVER or id_text(Kind.LOT, number) == text


@pytest.mark.parametrize("text", ["A", "内蒙古森工集团", "Ünal é", "a" * 200, "🌲", "O'Neil & Söhne (1), 《林》"])
def test_a_text_for_people_is_kept_as_it_is(text: str) -> None:
    assert read(fields.Text, text) == text


@pytest.mark.parametrize(
    "text",
    ["", " ", " a", "a ", "a" * 201, "a\nb", "a\x7fb", "a\u202eb", "a\u200bb", "\ufeffa", "a\u2028b", "e\u0301",
     "\ue000", "\x00", "a\u2066b", "\u3000a", "\ud800", 1, None],
)  # fmt: skip
def test_a_text_that_could_deceive_is_refused(text: Any) -> None:
    assert read(fields.Text, text) == "refused"
    assert read(fields.OptionalText, text) == ("" if text == "" else "refused")


@pytest.mark.parametrize("text", ["NMSG", "a.b_c-d:e/f+1", "0"])
def test_a_code_is_plain_ascii(text: str) -> None:
    assert read(fields.Code, text) == text


@pytest.mark.parametrize("text", ["", "-a", "a b", "ä", "a\n", "=1", "a" * 65, "a'b"])
def test_another_text_is_no_code(text: str) -> None:
    assert read(fields.Code, text) == "refused"


@pytest.mark.parametrize("value", ["100", 1.0, 0, -1, 10**9 + 1, True, None])
def test_a_quantity_is_a_whole_number_of_tonnes(value: Any) -> None:
    assert read(fields.Quantity, value) == "refused"
    assert read(fields.Quantity, 10**9) == 10**9


@pytest.mark.parametrize("text", ["-1", "+1", "1.0", "", " 1", "１", "1_000", "0x1", "9" * 20, "9223372036854775808"])
def test_a_number_in_a_query_is_digits_alone(text: str) -> None:
    assert read(fields.SeqNumber, text) == "refused"
    assert read(fields.SeqNumber, "9223372036854775807") == (1 << 63) - 1


def test_the_unit_price_of_an_agreed_total_is_derived_and_says_so() -> None:
    assert unit_price(Fen(100_000_000), Tonnes(18_000)) == {
        "value": "55.56",
        "exact": False,
        "derived": True,
        "ratio": "1000000.00/18000",
    }
    assert unit_price(Fen(1_500_000_000), Tonnes(500_000)) == {
        "value": "30.00",
        "exact": True,
        "derived": True,
        "ratio": "15000000.00/500000",
    }


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en,zh;q=0.9", "en"),
        ("en;q=0.5, zh-Hans;q=0.7", "zh"),
        ("fr", "en"),
        ("fr, zh;q=0.1", "zh"),
        ("*", "en"),
        ("zh;q=0", "en"),
        ("zh;q=x", "en"),
        ("zh;q=nan", "en"),
        ("zh;q=9", "en"),
        ("zh," * 200, "en"),
        ("zh;level=1", "zh"),
    ],
)
def test_the_language_is_the_one_that_is_wanted_more(header: str | None, language: str) -> None:
    assert language_of(header) == language


@given(st.text(max_size=100))
def test_any_header_gives_a_language(header: str) -> None:
    assert language_of(header) in ("en", "zh")
