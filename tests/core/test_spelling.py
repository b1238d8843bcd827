"""Which names are one name: capital letters, full-width letters, spaces and dots at the ends do not tell two apart."""

from __future__ import annotations

import pytest

from exchange.core.credits.spelling import folded


@pytest.mark.parametrize(
    "name",
    [
        "ccer-2024",
        "CCER-2024",
        "ＣＣＥＲ－２０２４",
        " CCER-2024 ",
        "CCER-\u00a02024",
        "CCER\u200b-2024",
        "CC\u00adER-2024",
        "CCER-2024.",
        "..CCER-2024",
        "CCER-2024。",
        "\u3000CCER-2024 .",
        "ＣＣＥＲ-2024．",
    ],
)
def test_look_alikes_are_one_name(name: str) -> None:
    assert folded(name) == "ccer-2024"


@pytest.mark.parametrize("around", ["{}", "A{}b", "{}Z.{}", "..{}"])
def test_plain_names_fold_as_others_do(around: str) -> None:
    """They take a shorter way; a space that is not plain sends the same name the long way round."""
    for character in map(chr, range(128)):
        name = around.replace("{}", character)
        assert folded(name) == folded(f"{name}\u200b"), repr(character)


@pytest.mark.parametrize(
    ("one", "other"), [("内蒙古碳普惠", "内蒙古碳普惠。"), ("Ärea", "äREA"), ("Ἀρχή", "ἀρχή"), ("ДОМ", "дом")]
)
def test_names_of_any_language_fold(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1-11", "11-1"), ("A.1", "A1"), ("A_1", "A-1"), ("内蒙古", "內蒙古"), ("CCER", "ССЕR"), ("a", "b")],
)
def test_other_names_stay_other_names(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_letters_of_unfinished_blocks_are_left_alone() -> None:
    """Or else the next version of Unicode would change what is one name, and with it what a log comes to."""
    assert folded("\u1c89\u2c2f\ua7cb\U00010d50") == "\u1c89\u2c2f\ua7cb\U00010d50"
