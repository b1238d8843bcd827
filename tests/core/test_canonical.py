"""Canonical bytes: the same for the same record, different for different ones, and nothing else is accepted."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.canonical import CanonicalError, RecordCodec, TaggedUnion, Wide
from exchange.core.record_code import code_of


class Colour(IntEnum):
    """An enum with holes."""

    RED = 1
    BLUE = 3


@dataclass(slots=True)
class Inner:
    """A record inside another."""

    number: int


@dataclass(slots=True)
class Pair:
    """A text between two numbers."""

    number: int
    name: str
    inner: Inner


@dataclass(slots=True)
class Sample:
    """One field of each kind, in an order that breaks the runs of fixed-size fields."""

    number: int
    flag: bool
    colour: Colour
    text: str
    wide: Wide
    data: bytes
    inner: Inner
    numbers: tuple[int, ...]
    inners: list[Inner]
    colours: tuple[Colour, ...]


CODEC = RecordCodec(Sample)
SAMPLE = Sample(-2, True, Colour.BLUE, "吨", Wide(2**64), b"\x00\xff", Inner(7), (1, 2), [Inner(8)], (Colour.RED,))
BYTES = bytes.fromhex(
    "fffffffffffffffe" "01" "0003" "00000003e590a8" "00000000000000010000000000000000" "0000000200ff"
    "0000000000000007" "0000000200000000000000010000000000000002" "000000010000000000000008" "000000010001"
)  # fmt: skip


def test_the_format_is_what_its_page_says() -> None:
    assert CODEC.encode(SAMPLE) == BYTES
    assert CODEC.decode(BYTES) == SAMPLE


def test_decoded_fields_have_their_own_types() -> None:
    decoded = CODEC.decode(BYTES)
    assert decoded.flag is True
    assert isinstance(decoded.colour, Colour)
    assert isinstance(decoded.colours[0], Colour)
    assert isinstance(decoded.numbers, tuple)
    assert isinstance(decoded.inners, list)


def test_bytes_that_are_cut_short_anywhere_are_refused() -> None:
    for end in range(len(BYTES)):
        with pytest.raises(CanonicalError, match="cut short"):
            CODEC.decode(BYTES[:end])


def test_bytes_that_go_on_are_refused() -> None:
    with pytest.raises(CanonicalError, match="1 bytes too many"):
        CODEC.decode(BYTES + b"\x00")


@pytest.mark.parametrize(
    ("at", "wrong", "message"),
    [(8, b"\x02", "truth value"), (8, b"\xff", "truth value"), (9, b"\x00\x02", "no Colour has the number 2"),
     (9, b"\x00\x00", "no Colour"), (15, b"\xff", "not UTF-8"), (15, b"\xed\xa0\x80", "not UTF-8"),
     (len(BYTES) - 2, b"\x00\x04", "no Colour has the number 4")],
)  # fmt: skip
def test_values_that_cannot_be_are_refused(at: int, wrong: bytes, message: str) -> None:
    with pytest.raises(CanonicalError, match=message):
        CODEC.decode(BYTES[:at] + wrong + BYTES[at + len(wrong) :])


def test_a_length_beyond_the_end_is_refused_at_once() -> None:
    with pytest.raises(CanonicalError, match="cut short"):
        CODEC.decode(BYTES[:11] + b"\xff\xff\xff\xff" + BYTES[15:])


def test_numbers_beyond_64_bits_are_a_bug() -> None:
    with pytest.raises(struct.error):
        RecordCodec(Inner).encode(Inner(2**63))
    with pytest.raises(OverflowError):
        CODEC.encode(Sample(0, True, Colour.RED, "", Wide(2**127), b"", Inner(0), (), [], ()))


def test_a_float_has_no_canonical_form() -> None:
    @dataclass(slots=True)
    class Price:
        yuan: float

    with pytest.raises(TypeError, match="no canonical form"):
        RecordCodec(Price)
    with pytest.raises(struct.error):
        RecordCodec(Inner).encode(Inner(1.0))  # type: ignore[arg-type]


def test_lengths_stand_in_front_so_that_fields_cannot_flow_into_each_other() -> None:
    @dataclass(slots=True)
    class Pair:
        left: str
        right: str

    codec = RecordCodec(Pair)
    assert codec.encode(Pair("ab", "c")) != codec.encode(Pair("a", "bc"))


@given(st.binary(max_size=80))
def test_any_bytes_are_refused_or_are_the_canonical_form_of_what_they_mean(data: bytes) -> None:
    codec = RecordCodec(Sample)
    try:
        record = codec.decode(data)
    except CanonicalError:
        return
    assert codec.encode(record) == data


@given(st.integers(0, len(BYTES) * 8 - 1))
def test_one_flipped_bit_never_means_the_same(bit: int) -> None:
    flipped = bytearray(BYTES)
    flipped[bit // 8] ^= 1 << bit % 8
    try:
        assert CODEC.decode(bytes(flipped)) != SAMPLE
    except CanonicalError:
        return


UNION = TaggedUnion(Inner | Sample, {1: Inner, 7: Sample})


def test_a_tag_says_which_record_follows() -> None:
    assert UNION.encode(Inner(5)) == bytes.fromhex("00010000000000000005")
    assert UNION.decode(UNION.encode(SAMPLE)) == SAMPLE


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x02", b"\x00\x00" + bytes(8), b"\xff\xff" + bytes(8)])
def test_an_unknown_tag_is_refused(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        UNION.decode(data)


def test_one_record_has_one_tag() -> None:
    with pytest.raises(AssertionError, match="two tags"):
        TaggedUnion(Inner, {1: Inner, 2: Inner})


def test_a_function_tells_its_text() -> None:
    """Neighbouring fields of fixed size, and the length behind them, are one call."""
    encode, decode = code_of(Pair, {}, tag=5)
    assert encode.__doc__ is not None
    assert encode.__doc__.splitlines() == [
        "def encode(record):",
        "    text_1 = record.name.encode()",
        "    return join((pack_1(5, record.number, len(text_1)), text_1, pack_2(record.inner.number)))",
    ]
    data = encode(Pair(1, "a", Inner(2)))
    assert data == bytes.fromhex("0005000000000000000100000001610000000000000002")
    assert decode(data, 2) == (Pair(1, "a", Inner(2)), len(data))


@dataclass(slots=True)
class Holding:
    """Records of no fixed size in a tuple, rows with wide numbers in a list, texts."""

    pairs: tuple[Pair, ...]
    totals: list[Total]
    names: tuple[str, ...]
    shelves: list[Shelf]


@dataclass(slots=True)
class Shelf:
    """A list inside of what stands in a list, and something behind it."""

    names: tuple[str, ...]
    label: str


@dataclass(slots=True)
class Total:
    """A row of fixed size that is not of plain integers."""

    wide: Wide
    good: bool


SHELVES = [Shelf((), "empty"), Shelf(("b", "c"), "")]


def test_lists_of_every_kind_survive_their_bytes_and_no_part_of_them_is_one() -> None:
    codec = RecordCodec(Holding)
    holding = Holding(
        (Pair(1, "", Inner(2)), Pair(3, "吨", Inner(4))), [Total(Wide(-(2**64)), True)], ("", "a"), SHELVES
    )
    data = codec.encode(holding)
    assert codec.decode(data) == holding
    assert codec.decode(codec.encode(Holding((), [], (), []))) == Holding((), [], (), [])
    for end in range(len(data)):
        with pytest.raises(CanonicalError):
            codec.decode(data[:end])
