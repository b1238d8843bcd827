"""Serials as their registries write them: any part of a range is written in the registry's own shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.credits.serial_text import (
    MAX_TEMPLATE,
    SerialWords,
    is_template,
    serial_text,
    space_by_wording,
    wording,
)
from exchange.core.credits.spelling import folded_space
from exchange.core.serials import SerialRange

SHAPES = [
    ("0001-{lo:6}-{hi:6}-VCS-VCU-003-VER-US-0003-01012020-1", "0001-000007-000010-VCS-VCU-003-VER-US-0003-01012020-1"),
    ("GS1-1-CN-GS1234-12-2023-5678-{lo}-{hi}", "GS1-1-CN-GS1234-12-2023-5678-7-10"),
    ("CAR-1-US-123-4-567-CA-2023-890-{lo} to {hi}", "CAR-1-US-123-4-567-CA-2023-890-7 to 10"),
    ("ACR-US-123-2023-456-{lo}-{hi}", "ACR-US-123-2023-456-7-10"),
    ("核证-{lo:4}至{hi:4}号", "核证-0007至0010号"),
    ("", "7-10"),
]


@pytest.mark.parametrize(("template", "text"), SHAPES)
def test_a_range_is_written_as_its_registry_writes_it(template: str, text: str) -> None:
    assert is_template(template)
    assert serial_text(template, SerialRange(7, 11)) == text


def test_one_tonne_has_its_number_twice_and_a_long_one_is_not_cut() -> None:
    assert serial_text("{lo:3}-{hi:3}", SerialRange(5, 6)) == "005-005"
    assert serial_text("{lo:3}-{hi:3}", SerialRange(99_999, 100_001)) == "99999-100000"


@pytest.mark.parametrize(
    "template",
    ["x", "{lo}", "{hi}", "{hi}-{lo}", "{lo}-{lo}-{hi}", "{lo}-{hi}}", "{{lo}-{hi}", "{lo:}-{hi}", "{lo:0}-{hi}",
     "{lo}{hi}", "A1{lo}-{hi}", "A-{lo}-{hi}0", "{lo}1-{hi}", "{lo}-2{hi}", "A１{lo}-{hi}",
     "{lo}-5-{hi}", "A\u200b{lo}-{hi}",
     "{lo:21}-{hi}", "{lo:-1}-{hi}", "{lo:٣}-{hi}", "{lo6}-{hi}", "{lo}-{hi", "{LO}-{HI}",
     "{lo}-{hi}" + "x" * MAX_TEMPLATE],
)  # fmt: skip
def test_what_is_no_template(template: str) -> None:
    assert not is_template(template)


@given(st.text("ab-{}lohi:069", max_size=24), st.integers(1, 10**6), st.integers(1, 10**6))
def test_every_template_writes_every_range(template: str, lo: int, tonnes: int) -> None:
    if is_template(template):
        text = serial_text(template, SerialRange(lo, lo + tonnes))
        assert str(lo) in text and str(lo + tonnes - 1) in text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("W-{lo}-{hi}", "w {lo:6} to {hi:6}"),
        ("ACR-US-192-2023-203-{lo}-{hi}", "ＡＣＲ-US-192-2023-203 {lo} to {hi}"),
        ("ACR-US-192-2023-203-{lo}-{hi}", "#(ACR+US,0192:2023/203)-{lo}-{hi}"),
        ("第{lo}至{hi}号", "第 {lo:3}-{hi:3} 号。"),
    ],
)
def test_the_same_words_are_the_same_in_whatever_spelling(one: str, other: str) -> None:
    assert wording(one) == wording(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("W-{lo}-{hi}", "V-{lo}-{hi}"), ("W-{lo}-{hi}", "{lo}-{hi}-W"), ("A-{lo}-{hi}", "A-{lo}-{hi}-B")]
)
def test_other_words_are_other_words(one: str, other: str) -> None:
    assert wording(one) != wording(other)


@pytest.mark.parametrize("template", ["", "{lo}-{hi}", "{lo:6} - {hi:6}", " .{lo}-{hi}. "])
def test_plain_numbers_could_be_of_every_space(template: str) -> None:
    assert wording(template) == "" == space_by_wording(template)


@pytest.mark.parametrize(
    ("template", "space"),
    [
        ("12629-{lo}-{hi}-VCS-VCU-576-VER-PY-14-2498-01012020-19112020-0", "VCS-VCU"),
        ("12629 {lo} {hi} vcs vcu 576", "VCS-VCU"),
        ("GS1-1-KE-GS7495-16-2025-30645-{lo}-{hi}", "GS1-1-KE-GS7495-16-2025-30645"),
        ("CAR-1-US-293-1-120-CA-2006-102-{lo} to {hi}", "CAR-1-US-293-1-120-CA-2006-102"),
        ("acr-us-192-2010-203-{lo}-{hi}", "ACR-US-192-2010-203"),
        ("1-{lo}-{hi}-VCS,VCU-576", "VCS-VCU"),
        ("ACR-US-{lo}-{hi}-203-1-100", "ACR-US"),
        ("CCER-{lo:9}-{hi:9}", ""),
        ("CARBON-{lo}-{hi}", ""),
        ("GSP-{lo}-{hi}", ""),
    ],
)
def test_a_registry_is_known_by_its_words(template: str, space: str) -> None:
    assert space_by_wording(template) == folded_space(space)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABC-1-{lo}-{hi}", "ABC-{lo}-{hi}-199"),
        ("ACR-US-192-2023-203-{lo}-{hi}", "ACR-US-192-{lo}-{hi}-1-100"),
        ("A-{lo}-{hi}-B-7-8", "A-1-2-B-{lo}-{hi}"),
        ("A-{lo}-{hi}", "a_{lo:4} {hi:4}"),
    ],
)
def test_texts_that_could_be_read_in_two_ways_are_not_both_taken(one: str, other: str) -> None:
    words = SerialWords()
    words.note("SP-A", one)
    assert words.are_of_another("SP-B", other)


NUMBERS = st.integers(1, 12).map(str)
PARTS = st.lists(st.one_of(NUMBERS, st.sampled_from(["A", "b", "-", " ", "to", "0", ","])), max_size=4).map("".join)
BETWEEN = st.sampled_from(["-", " to ", "-X", ","])


@st.composite
def templates(draw: st.DrawFn) -> str:
    """Some that are templates and some that are not."""
    return draw(PARTS) + "-{lo}" + draw(BETWEEN) + "{hi}-" + draw(PARTS)


@given(templates(), templates(), *[st.integers(1, 12)] * 4)
def test_no_two_spaces_ever_write_one_serial(one: str, other: str, lo: int, more: int, low: int, most: int) -> None:
    """Whatever two templates are taken, in two spaces: no block of the one is written as one of the other."""
    if not (is_template(one) and is_template(other) and wording(one) and wording(other)):
        return
    words = SerialWords()
    words.note("SP-A", one)
    if not words.are_of_another("SP-B", other):
        texts = serial_text(one, SerialRange(lo, lo + more)), serial_text(other, SerialRange(low, low + most))
        assert folded_space(texts[0]) != folded_space(texts[1])
