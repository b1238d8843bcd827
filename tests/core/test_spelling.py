"""Which names are one name: capital letters, full-width letters, spaces and dots at the ends do not tell two apart."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest

from exchange.core.credits.spelling import NAME_PATTERN, folded, folded_number, folded_space, is_name

LETTERS = [chr(code) for code in range(sys.maxunicode + 1)]
ASSIGNED = [letter for letter in LETTERS if unicodedata.category(letter) != "Cn"]


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


@pytest.mark.parametrize(
    "name",
    ["CCER-2024", "（2026）内01执118号", "〔2026〕9号", "内蒙古／呼伦贝尔市／小班０１２７", "Ärea 7 · A"],
)
def test_names_as_people_write_them(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "code",
    [0xFE0F, 0x034F, 0x3164, 0xFFA0, 0x115F, 0x1680, 0x2800, 0xE0100, 0x180B, 0x17B4, 0x200B, 0x202E, 0xFEFF, 0x0301,
     0x0421, 0x03A1, 0x2F00, 0x2162, 0x2460, 0xFB01, 0x2215, 0x2044, 0x2010, 0x2014, 0x2212, 0xF900, 0x0A,
     0x7F, 0xAD, 0x2126, 0xD800,
     0x5167, 0x9751, 0x771E, 0x9AD9, 0x1823, 0x1824, 0x2018, 0x3400, 0x20000],
    ids=hex,
)  # fmt: skip
def test_what_hides_in_a_name_is_no_part_of_one(code: int) -> None:
    assert not is_name(f"VCS{chr(code)}VCU")


@pytest.mark.parametrize("name", ["", " ", ".", "。 ·", "\u3000", "x" * 201])
def test_nothing_is_no_name(name: str) -> None:
    assert not is_name(name)


def test_nothing_in_a_name_has_a_spelling_that_folding_leaves_apart() -> None:
    """NFKC is what makes one of all spellings that Unicode knows of."""
    for letter in filter(is_name, ASSIGNED):
        plain = unicodedata.normalize("NFKC", letter)
        assert folded(plain) == folded(letter), ascii(letter)
        assert is_name(folded(letter)) and not unicodedata.combining(letter)


def test_the_pattern_says_the_same_of_all_but_chinese_characters() -> None:
    pattern = re.compile(NAME_PATTERN)
    for letter in LETTERS:
        if not 0x4E00 <= ord(letter) < 0xA000:
            assert (pattern.fullmatch(f"a{letter}") is not None) == is_name(f"a{letter}"), ascii(letter)


def test_of_chinese_characters_the_common_ones_are_in_names() -> None:
    """The first level of GB 2312 and what stands on the map of Inner Mongolia."""
    assert sum(is_name(chr(code)) for code in range(0x4E00, 0xA000)) == 6_763
    assert is_name("磴口县扎赉特旗鄂温克族自治旗喀喇沁旗莫力达瓦达斡尔族自治旗达茂旗")


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("VCS-VCU", "vcsvcu"),
        ("VCS,VCU", "vcsvcu"),
        ("SPC_013", "spc13"),
        ("1-11", "1-11"),
        ("11 - 1", "11-1"),
        ("#(GS1,01+CN)", "gs1-1cn"),
        ("ＡＣＲ－ＵＳ－０１９２", "acrus192"),
        ("000", "0"),
        ("第3号 ", "第3号"),
        ("〇々、，", "〇々"),
    ],
)
def test_a_space_is_its_letters_and_numbers(name: str, bare: str) -> None:
    assert folded_space(name) == bare


@pytest.mark.parametrize(
    "name",
    ["RC-2026-001", "RC_2026_001", "RC 2026 001", "rc2026/1", "RC.2026.01.", "ＲＣ－２０２６－００１",
     "RC〔2026〕1", "§RC·2026·1"],
)  # fmt: skip
def test_a_paper_is_one_paper_in_whatever_signs(name: str) -> None:
    assert folded_number(name) == "rc2026-1"


@pytest.mark.parametrize("name", ["RC-20260-01", "RC-2026001", "RC-2026-10", "RC-2026-0011", "2026-RC-1", "R-2026-C1"])
def test_another_number_is_another_paper(name: str) -> None:
    assert folded_number(name) != folded_number("RC-2026-001")


@pytest.mark.parametrize(("one", "other"), [("--", "-"), ("#1", "#"), ("【】", "--")])
def test_papers_of_signs_alone_are_told_apart_by_them(one: str, other: str) -> None:
    assert is_name(one) and is_name(other)
    assert folded_number(one) != folded_number(other)


def test_what_a_paper_folds_to_is_a_name_and_folds_to_itself() -> None:
    """An image keeps papers folded, and the database asks of what it keeps whether it is a name."""
    for letter in filter(is_name, LETTERS):
        for paper in (letter, f"{letter}-", f"7{letter}07", f"a {letter}.{letter}"):
            plain = folded_number(paper)
            assert is_name(plain) and folded_number(plain) == plain, ascii(paper)
