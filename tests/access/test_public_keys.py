"""Public keys: one spelling each, and none under which a signature that nobody made could fit."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.access.public_keys import _WEAK, has_signed, public_key_text, read_public_key
from exchange.client.signing import PrivateKey

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1)


def add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points of edwards25519 (RFC 8032, section 5.1)."""
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P


def times_eight(point: tuple[int, int]) -> tuple[int, int]:
    for _ in range(3):
        point = add(point, point)
    return point


def x_of(y: int) -> int | None:
    """One of the two x of a point with this y; None when there is no such point."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    return next((x for x in (root, root * ROOT_OF_MINUS_ONE % P) if x * x % P == square), None)


def spelt(y: int, sign: int) -> str:
    return public_key_text((y | sign << 255).to_bytes(32, "little"))


def test_the_weak_keys_are_the_points_of_small_order_and_all_of_them() -> None:
    points = set()
    for y in _WEAK:
        x = x_of(y)
        assert x is not None
        points |= {(x, y), ((P - x) % P, y)}
    assert all(times_eight(point) == IDENTITY for point in points)
    assert len(points) == 8  # the group has eight points whose order divides eight


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", sorted({*_WEAK, *(y + P for y in _WEAK if y + P < 2**255)}))
def test_a_weak_key_is_refused_in_every_spelling(y: int, sign: int) -> None:
    assert read_public_key(spelt(y, sign)) is None


def test_under_a_weak_key_a_signature_that_nobody_made_would_fit() -> None:
    identity = (1).to_bytes(32, "little")
    assert has_signed(identity, identity + bytes(32), b"whatever")


def test_a_good_key_has_one_spelling() -> None:
    text = PrivateKey.generate().public_text
    raw = read_public_key(text)
    assert raw is not None
    assert public_key_text(raw) == text
    last = text[:-1] + chr(ord(text[-1]) + 1)
    for other in (text + "=", text[:-1], text + "A", " " + text[1:], text + "\n", last, base64.b64encode(raw).decode()):
        assert read_public_key(other) is None


@given(st.text(max_size=50), st.binary(max_size=70), st.binary(max_size=40))
def test_nothing_raises_and_nothing_fits_by_chance(text: str, signature: bytes, key: bytes) -> None:
    raw = read_public_key(text)
    assert raw is None or len(raw) == 32
    assert not has_signed(key + b"\x02", signature, b"message")
