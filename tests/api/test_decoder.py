"""The strict decoder: what it lets through means the same to everybody, and its refusal is all that it raises."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.api.batch import LARGEST_BATCH
from exchange.api.decoder import (
    INEXACT,
    MAX_BODY,
    MAX_DEPTH,
    MAX_NAMES,
    UNCOUNTED,
    Incomplete,
    Receive,
    TooLarge,
    Undecodable,
    collect,
    decode,
)
from exchange.api.resources.proposals import LARGEST_PROPOSAL
from tests.fuzz.targets import strict_json

REFUSED = {
    "nothing": (b"", "EMPTY"),
    "blanks": (b" \n\t", "EMPTY"),
    "no JSON": (b"{", "NOT_JSON"),
    "two objects": (b"{}{}", "NOT_JSON"),
    "something behind": (b"{}\x00", "NOT_JSON"),
    "a comment": (b'{"a":1}//', "NOT_JSON"),
    "a comma too many": (b'{"a":1,}', "NOT_JSON"),
    "single quotes": (b"{'a':1}", "NOT_JSON"),
    "a list": (b"[]", "NOT_AN_OBJECT"),
    "null": (b"null", "NOT_AN_OBJECT"),
    "a text": (b'"a"', "NOT_AN_OBJECT"),
    "NaN": (b'{"a":NaN}', "NOT_JSON"),
    "Infinity": (b'{"a":-Infinity}', "NOT_JSON"),
    "a number beyond every float": (b'{"a":1e999}', "NOT_JSON"),
    "20 digits": (b'{"a":10000000000000000000}', "NUMBER_TOO_LONG"),
    "5,000 digits": (b'{"a":' + b"9" * 5_000 + b"}", "NOT_JSON"),
    "a leading zero": (b'{"a":01}', "NOT_JSON"),
    "a plus": (b'{"a":+1}', "NOT_JSON"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "BYTE_ORDER_MARK"),
    "UTF-16": ('{"a":1}'.encode("utf-16"), "BYTE_ORDER_MARK"),
    "bad UTF-8": (b'{"a":"\xff"}', "NOT_UTF8"),
    "an overlong form": (b'{"a":"\xc0\xaf"}', "NOT_UTF8"),
    "a surrogate in UTF-8": (b'{"a":"\xed\xa0\x80"}', "NOT_UTF8"),
    "a lone high surrogate": (b'{"a":"\\ud800"}', "NOT_JSON"),
    "a lone low surrogate": (b'{"a":"\\udc00"}', "NOT_JSON"),
    "a lone surrogate in a name": (b'{"\\ud800":1}', "NOT_JSON"),
    "a raw NUL": (b'{"a":"\x00"}', "NOT_JSON"),
    "an escaped NUL": (b'{"a":"\\u0000"}', "NUL_CHARACTER"),
    "an escaped NUL in a name": (b'{"a\\u0000":1}', "NUL_CHARACTER"),
    "a raw line feed": (b'{"a":"\n"}', "NOT_JSON"),
    "a name twice": (b'{"a":1,"a":1}', "DUPLICATE_NAME"),
    "a name twice, once escaped": (b'{"a":1,"\\u0061":1}', "DUPLICATE_NAME"),
    "a name twice, deep": (b'{"x":[{"y":{"a":1,"b":":","a":2}}]}', "DUPLICATE_NAME"),
    "a name twice behind a colon in a text": (b'{"c":"a:b","a":1,"a":2}', "DUPLICATE_NAME"),
    "too deep": (b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "TOO_DEEP"),
    "as deep as is counted": (b'{"a":' + b"[" * 1_023 + b"]" * 1_023 + b" " * 4_000 + b"}", "TOO_DEEP"),
    "more brackets than any body has": (b'{"a":' + b"[" * 1_024 + b"]" * 1_024 + b" " * 4_000 + b"}", "TOO_MANY"),
    "more values than any body has": (b'{"a":[' + b"1,    " * 2_047 + b"1]}", "TOO_MANY"),
    "values too close to each other": (b'{"a":[' + b"1," * 600 + b"1]}", "TOO_MANY"),
    "more colons than any body has": (b'{"a":"' + b":    " * 2_048 + b'"}', "TOO_MANY"),
    "too deep where a name twice hides it": (
        b'{"a":' + b"[" * 1_020 + b"]" * 1_020 + b" " * 4_000 + b',"a":1}',
        "TOO_DEEP",
    ),
    "more names than any object has fields": (
        b'{"a":[{' + b",".join(b'"%d":1' % number for number in range(MAX_NAMES + 1)) + b"}]}",
        "TOO_MANY_NAMES",
    ),
    "16,000 brackets": (b"[" * 16_000, "TOO_MANY"),
}


@pytest.mark.parametrize(("raw", "code"), REFUSED.values(), ids=REFUSED)
def test_what_two_programs_could_read_differently_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Undecodable) as refused:
        decode(raw)
    assert refused.value.code == code


ACCEPTED: dict[bytes, dict[str, Any]] = {
    b"{}": {},
    b' {"a" : 1 } ': {"a": 1},
    b'{"a":-0}': {"a": 0},
    b'{"a":9999999999999999999}': {"a": 9_999_999_999_999_999_999},
    b'{"a":-9223372036854775808}': {"a": -(1 << 63)},
    b'{"a":"x:y","b:c":true}': {"a": "x:y", "b:c": True},
    b'{"a":"\\\\u0000"}': {"a": "\\u0000"},
    b'{"a":{"a":{"a":null}}}': {"a": {"a": {"a": None}}},
    b'{"a":"\\ud83c\\udf32"}': {"a": "🌲"},
    '{"a":"内蒙古"}'.encode(): {"a": "内蒙古"},
    b'{"a":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}": {"a": [[[[[[[]]]]]]]},
}


INEXACT_NUMBERS = {
    "a fraction": b"5.5",
    "a whole number with a point": b"70.0",
    "an exponent": b"1e2",
    "a large exponent": b"1e308",
    "a small exponent": b"1e-999999",
    "zero with a sign and a point": b"-0.0",
    "21 digits": b"100000000000000000000",
    "a negative number of 20 digits": b"-10000000000000000000",
}


@pytest.mark.parametrize("number", INEXACT_NUMBERS.values(), ids=INEXACT_NUMBERS)
def test_an_inexact_number_has_no_value_wherever_it_stands(number: bytes) -> None:
    raw = b'{"a":%b,"b":[%b,1,[%b]],"c":{"d":%b,"e":"x:y"}}' % (number, number, number, number)
    assert decode(raw) == {"a": INEXACT, "b": [INEXACT, 1, [INEXACT]], "c": {"d": INEXACT, "e": "x:y"}}


@pytest.mark.parametrize("raw", ACCEPTED)
def test_plain_json_is_read(raw: bytes) -> None:
    assert decode(raw) == ACCEPTED[raw]


def test_the_longest_bodies_that_somebody_needs_are_read() -> None:
    order = {
        "do": "place", "instrument": "ins-1027", "client_order_id": "a:b", "side": "SELL", "kind": "LIMIT",
        "time_in_force": "GTD", "price": "70.00", "quantity": 1, "post_only": False,
        "self_trade_prevention": "CANCEL_NEWEST", "good_til": "2026-12-31", "lots": ["lot-1"] * 25,
    }  # fmt: skip
    rule = {
        "id": "A-1", "value": 1, "unit": "%", "article": "5(2), 6", "verified": "VERIFIED",
        "effective_from": "2026-01-01", "text_en": "One, two: three.", "text_zh": "一，二",
    }  # fmt: skip
    channel = {"channel": "candles:ins-5:1m", "after_seq": 1027}
    longest: list[tuple[dict[str, Any], int]] = [
        ({"commands": [order] * 500}, LARGEST_BATCH),
        ({"commands": [{"do": "cancel", "order": "ord-1"}] * 500}, LARGEST_BATCH),
        ({"action": {"type": "RULEBOOK", "profile": "x", "rules": [rule] * 200}}, LARGEST_PROPOSAL),
        (
            {"action": {"type": "ISSUANCE", "site_parcels": ["Parcel 7, slope: north [old]"] * 100}},
            LARGEST_PROPOSAL,
        ),
        ({"id": "1", "op": "subscribe", "channels": [channel] * 200}, MAX_BODY),
    ]
    for body, largest in longest:
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        assert UNCOUNTED < len(raw) <= largest and decode(raw, largest) == body


PIECES = st.sampled_from(
    [b"{", b"}", b"[", b"]", b",", b":", b'"a"', b'"b"', b'"a:b"', b'"\\u0061"', b'"\\u0000"', b'"\\ud800"', b"1",
     b"-0", b"1.0", b"1e5", b"12345678901234567890", b"true", b"null", b"NaN", b" ", b"\xff", b"\xef\xbb\xbf"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_as_the_rules_say(raw: bytes) -> None:
    strict_json(raw)


@given(st.lists(PIECES, max_size=12))
def test_pieces_of_json_are_read_or_refused_as_the_rules_say(pieces: list[bytes]) -> None:
    strict_json(b"".join(pieces))
    strict_json(b"{" + b"".join(pieces) + b"}")
    strict_json(b'{"x":' + b"".join(pieces) + b"}")


@given(VALUES, st.booleans())
def test_values_are_read_or_refused_as_the_rules_say(value: Any, ascii_only: bool) -> None:
    strict_json(json.dumps({"a": value}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


@given(st.lists(st.tuples(st.sampled_from("abc:"), st.integers(0, 9)), max_size=6))
def test_a_name_is_written_once(pairs: list[tuple[str, int]]) -> None:
    strict_json(("{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}").encode())


def messages(*parts: bytes) -> Receive:
    """A body that comes in parts, as ASGI tells it."""
    coming = [
        {"type": "http.request", "body": part, "more_body": n < len(parts)} for n, part in enumerate(parts, start=1)
    ]

    async def receive() -> MutableMapping[str, Any]:
        return coming.pop(0)

    return receive


async def test_a_body_is_counted_while_it_comes() -> None:
    assert await collect(messages(b"a", b"", b"bc"), None, 3) == b"abc"
    with pytest.raises(TooLarge):
        await collect(messages(b"a", b"bcd"), None, 3)

    async def endless() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"x" * 1_000, "more_body": True}

    with pytest.raises(TooLarge):
        await collect(endless, None, MAX_BODY)


async def test_a_message_may_leave_out_what_has_a_default() -> None:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    assert await collect(receive, None, 3) == b""


async def test_a_client_who_leaves_has_sent_no_body() -> None:
    coming: list[MutableMapping[str, Any]] = [
        {"type": "http.request", "body": b"{}", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> MutableMapping[str, Any]:
        return coming.pop(0)

    with pytest.raises(Incomplete):
        await collect(receive, None, 3)


@pytest.mark.parametrize("announced", ["4", "99999999999999999999999999", "0004"])
async def test_an_announced_body_that_is_too_large_is_not_read(announced: str) -> None:
    async def read() -> MutableMapping[str, Any]:
        raise AssertionError("it was read")

    with pytest.raises(TooLarge):
        await collect(read, announced, 3)


@pytest.mark.parametrize("announced", ["3", "-1", "x", "", "٣"])
async def test_an_odd_announcement_does_not_matter_when_the_bytes_are_counted(announced: str) -> None:
    assert await collect(messages(b"abc"), announced, 3) == b"abc"
