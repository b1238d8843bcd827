"""Nothing that was changed passes, whatever it is."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from exchange.certificates.checking import (
    NotACertificateError,
    Verdict,
    differences,
    fits_its_number,
    judge,
    read_certificate,
)
from exchange.certificates.document import BESIDE, Document, canonical_bytes, stated_in
from exchange.certificates.numbers import check_code
from tests.certificates.examples import document, revoked_document, sink_document
from tests.certificates.told import ccer_market, quota_market


def altered(value: Any) -> Any:
    """Another value of the same kind."""
    if value is None:
        return "something"
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}1"


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there is a value in a document."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    is_leaf = not isinstance(value, dict | list)
    if is_leaf:
        yield path
    for key, child in children:
        yield from places(child, (*path, key))


def changed(made: Document, path: tuple[Any, ...]) -> Document:
    """The document with one value changed."""
    other = copy.deepcopy(made)
    *way, last = path
    parent: Any = other
    for key in way:
        parent = parent[key]
    parent[last] = altered(parent[last])
    return other


STATED = [path for path in places(document()) if path[0] not in BESIDE]


@pytest.mark.parametrize("path", STATED, ids=lambda path: "/".join(map(str, path)))
def test_each_changed_value_is_seen_by_the_number_alone(path: tuple[Any, ...]) -> None:
    assert fits_its_number(document())
    assert not fits_its_number(changed(document(), path))


BEHIND = [path for path in places(sink_document()) if path[0] == "conversions"]


@pytest.mark.parametrize("path", BEHIND, ids=lambda path: "/".join(map(str, path)))
def test_so_is_each_of_the_cancelled_ccer_behind_quota(path: tuple[Any, ...]) -> None:
    assert fits_its_number(sink_document())
    assert not fits_its_number(changed(sink_document(), path))


def test_a_range_that_was_added_or_taken_away_is_seen() -> None:
    made = document()
    assert not fits_its_number({**made, "units": made["units"] * 2})
    assert not fits_its_number({**made, "units": made["units"][:1]})
    assert not fits_its_number({**made, "note": "gold class"})
    assert not fits_its_number({key: value for key, value in made.items() if key != "venue"})


@pytest.mark.parametrize("number", ["", "GC", "GC-2026-1027-1-0000000000000", "GC-2026-1027-1-000000000000"])
def test_another_number_is_seen(number: str) -> None:
    assert not fits_its_number({**document(), "number": number})


def test_the_log_confirms_what_it_says() -> None:
    for market, claim in (quota_market(), ccer_market()):
        assert judge(market.certificate(claim), market.register) is Verdict.CONFIRMED
        market.revoke(claim)
        assert judge(market.certificate(claim), market.register) is Verdict.CONFIRMED


def test_an_old_copy_of_a_revoked_one_is_told_from_a_forgery() -> None:
    market, claim = ccer_market()
    old = market.certificate(claim)
    market.revoke(claim)
    assert judge(old, market.register) is Verdict.REVOKED_SINCE
    assert judge({**old, "covers": 11}, market.register) is Verdict.DIFFERENT


def test_who_wipes_a_revocation_off_gets_no_further_than_an_old_copy() -> None:
    market, claim = ccer_market()
    market.revoke(claim)
    revoked = market.certificate(claim)
    wiped = {**revoked, "status": "VALID", "revocation": None}
    assert fits_its_number(wiped)
    assert judge(wiped, market.register) is Verdict.DIFFERENT
    wiped["status_since"] = revoked["log"]["at"]
    assert judge(wiped, market.register) is Verdict.REVOKED_SINCE
    half = {**market.certificate(claim), "status": "VALID"}
    assert judge(half, market.register) is Verdict.DIFFERENT


@pytest.mark.parametrize("path", [("quantity",), ("beneficiary", "name_en"), ("units", 0, "serials"), ("log", "seq")])
def test_a_forgery_with_a_fitting_number_is_seen_by_the_log(path: tuple[Any, ...]) -> None:
    """Whoever has this program can make a number for any text."""
    market, claim = ccer_market()
    forged = changed(market.certificate(claim), path)
    forged["number"] = f"{forged['number'].rpartition('-')[0]}-{check_code(stated_in(forged))}"
    assert fits_its_number(forged)
    assert judge(forged, market.register) is Verdict.DIFFERENT
    told = " ".join(words.en + words.zh for words in differences(forged, market.register))
    way = "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in path).removeprefix(".")
    assert f"{way}: the log has" in told
    assert f"{way}：日志所载为" in told


def test_a_certificate_of_nothing_is_seen_by_the_log() -> None:
    market, _ = ccer_market()
    assert judge(document(), market.register) is Verdict.NO_SUCH_USE
    assert list(differences(document(), market.register)) == []


@pytest.mark.parametrize("made", [document(), revoked_document(), sink_document()])
def test_any_spelling_of_the_json_is_read(made: Document) -> None:
    assert read_certificate(canonical_bytes(made)) == made
    assert read_certificate(json.dumps(made, indent=3).encode()) == made


GOOD = canonical_bytes(document())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b"[]",
        b"{}",
        b'{"format":"another/1"}',
        b'{"format":"carbon-exchange-certificate/1"}',
        b'{"format":"carbon-exchange-certificate/1","number":7}',
        b'{"format":"carbon-exchange-certificate/1","number":"GC"}',
        b"[" * 100_000,
        b"\xff" + GOOD,
        GOOD[:-1],
        GOOD + b"x",
        GOOD.replace(b'"covers":100', b'"covers":100,"covers":200'),
        GOOD.replace(b'"kind":"REDUCTION"', b'"kind":"GOLD"'),
        GOOD.replace(b'"units":[', b'"units":["x",'),
        GOOD.replace(b'"purpose":"EVENT_NEUTRALITY"', b'"purpose":null'),
        GOOD.replace(b'"quantity":100', b'"quantity":"many"'),
        GOOD[:-1] + b',"more":' + b"[" * 950 + b"]" * 950 + b"}",
        GOOD[:-1] + b',"more":"\\ud800"}',
        GOOD[:-1] + b',"more":NaN}',
        GOOD[:-1] + b',"more":' + b"9" * 1_000_000 + b"}",
    ],
    ids=range(21),
)
def test_what_is_no_certificate_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NotACertificateError) as caught:
        read_certificate(data)
    assert str(caught.value)
    assert caught.value.chinese
