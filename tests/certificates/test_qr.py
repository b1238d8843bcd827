"""The QR code, read by somebody else's reader as a telephone would."""

from __future__ import annotations

import re

import pytest
import zxingcpp

from exchange.certificates.qr import QUIET_ZONE, qr_svg
from tests.certificates.examples import ADDRESS, document

SCALE = 4


def pixels_of(svg: str) -> list[bytearray]:
    """The modules that the path draws, as rows of grey pixels; only the few commands that are used are known."""
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert found is not None
    assert found[1] == found[2]
    side = int(found[1])
    rows = [bytearray(b"\xff" * side) for _ in range(side)]
    (path,) = re.findall(r'stroke="#000" d="([^"]+)"', svg)
    x, y = 0.0, 0.0
    for command, given in re.findall(r"([Mmhv])([^Mmhv]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[0-9.]+", given)]
        if command == "M":
            x, y = numbers
        elif command == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            assert command == "h"
            for at in range(int(x), int(x + numbers[0])):
                rows[int(y)][at] = 0
            x += numbers[0]
    return rows


def read(rows: list[bytearray]) -> list[str]:
    """What a reader sees in them, each pixel enlarged."""
    wide = [b"".join(bytes([pixel]) * SCALE for pixel in row) for row in rows]
    image = b"".join(row * SCALE for row in wide)
    side = len(rows) * SCALE
    seen = zxingcpp.read_barcodes(memoryview(image).cast("B", (side, side)))
    return [one.text for one in seen]


@pytest.mark.parametrize("address", [f"{ADDRESS}{document()['number']}", "http://127.0.0.1:8000/certificates/GC-1"])
def test_a_telephone_finds_the_page(address: str) -> None:
    assert read(pixels_of(qr_svg(address))) == [address]


def test_a_stain_does_no_harm() -> None:
    address = f"{ADDRESS}{document()['number']}"
    rows = pixels_of(qr_svg(address))
    side = len(rows)
    for y in range(side // 2, side // 2 + side // 6):
        rows[y][side // 2 : side // 2 + side // 6] = b"\xff" * (side // 6)
    assert read(rows) == [address]


def test_there_is_white_around_it() -> None:
    rows = pixels_of(qr_svg(ADDRESS))
    assert all(set(row) == {0xFF} for row in [*rows[:QUIET_ZONE], *rows[-QUIET_ZONE:]])
    assert all(set(row[:QUIET_ZONE]) == set(row[-QUIET_ZONE:]) == {0xFF} for row in rows)


def test_it_is_one_element_without_scripts() -> None:
    svg = qr_svg(ADDRESS)
    assert re.fullmatch(r"<svg [^>]*>(?:<path [^>]*/>)+</svg>", svg)
    assert 'xmlns="http://www.w3.org/2000/svg"' in svg
