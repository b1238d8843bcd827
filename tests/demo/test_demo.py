"""The demo itself, for real: an exchange, a market, a clean stop, a replay by another process, a damaged copy.

It is told in English, in Chinese and in both, each from a locale that knows ASCII only.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.demo.test_words import TABLES
from tests.docs.chinese import ascii_marks
from tests.docs.excerpt import not_told

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LAST_LINE = re.compile(
    r"demo: (?P<trades>\d+) trades, (?P<tonnes>\d+) tonnes, CNY (?P<cny>[\d.]+), entries (?P<entries>\d+),"
    r" state (?P<state>[0-9a-f]{64}), replay (?P<replay>[0-9a-f]{64}): equal"
)

LIFE = (
    r"^\[\d+/\d+\] Projects, and what was issued for them$",
    r"^\[\d+/\d+\] The national registry locks units, then books are listed$",
    r"^ +lot-\d+ .* confirmed +CCER-LOCK-",
    r"^\[\d+/\d+\] The forestry-CCER book$",
    r"traded ",
    r"^\[\d+/\d+\] Tonnes are used, and certified$",
    r"has cancelled them → fulfilled$",
    r"certificate GC-\S+ → the check page confirms it$",
    r"^\[\d+/\d+\] League budgets, and a reconciliation of three books$",
    r"the ledger agree to the tonne",
    r"exchange reconcile: .*: everything agrees$",
    r"exchange registry-reconcile: .*: everything agrees$",
    r"^\[\d+/\d+\] No tonne twice$",
    r"\(UNITS_NOT_THERE\)$",
    r"\(GROUND_TAKEN\)$",
)
"""The life of a tonne as it is told, each line first met after the one before."""


def play(*options: str, **environment: str) -> str:
    """What ``demo --exit`` prints in a locale that knows ASCII only."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("EXCHANGE_", "LC_", "LANG"))}
    result = subprocess.run(
        [sys.executable, "-m", "exchange", "demo", "--exit", *options],
        capture_output=True,
        encoding="utf-8",
        env={**inherited, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", **environment},
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-4000:]
    return result.stdout


@pytest.fixture(scope="module")
def told() -> str:
    """The story in English, which is what the C locale gets. One run serves all tests of it."""
    return play()


@pytest.fixture(scope="module")
def told_in_chinese() -> str:
    """The story in Chinese."""
    return play("--language", "zh")


@pytest.fixture(scope="module")
def told_in_both() -> str:
    """The story in both languages."""
    return play("--language", "both")


@pytest.mark.processes
@pytest.mark.slow
class TestDemo:
    """The whole life of a tonne: seven trades in the books and two settled agreements, two uses, two refusals."""

    def test_the_last_line_says_that_the_replay_is_equal(self, told: str) -> None:
        match = LAST_LINE.fullmatch(told.rstrip("\n").splitlines()[-1])
        assert match is not None, told.splitlines()[-1]
        assert match["state"] == match["replay"]
        assert (match["trades"], match["tonnes"], match["cny"]) == ("9", "670000", "25489100.00")

    def test_the_life_of_a_tonne_is_told_in_its_order(self, told: str) -> None:
        lines = told.splitlines()
        met = [next((n for n, line in enumerate(lines) if re.search(what, line)), -1) for what in LIFE]
        assert -1 not in met, LIFE[met.index(-1)]
        assert met == sorted(set(met)), [lines[n] for n in met]

    def test_the_acts_are_numbered_to_the_last(self, told: str) -> None:
        acts = re.findall(r"^\[(\d+)/(\d+)\] ", told, re.MULTILINE)
        assert acts == [(str(n), str(len(acts))) for n in range(1, len(acts) + 1)]

    def test_the_real_deals_are_told_with_their_figures(self, told: str) -> None:
        for figure in ("500,000", "15,000,000.00", "120,000", "7,500,000.00", "18,000", "1,000,000.00"):
            assert figure in told
        assert "Settled here: 620,000 t, 22,500,000.00 CNY" in told
        assert "17 projects, 795,000 t, 26,455,000.00 CNY" in told
        assert "Not itemised there: 157,000 t, 2,955,000.00 CNY" in told
        assert re.search(r"Tuquan → Huaneng Mengdong +18,000 +1,000,000.00 +55.5555… +forestry CCER +agreed\n", told)
        assert "1000000.00/18000 = 55.5555…" in told

    def test_the_refusals_name_rule_and_article(self, told: str) -> None:
        assert "rule BAND-LISTED · Settlement Rules, article 16" in told
        for code in ("NOT_FILLABLE", "POST_ONLY_WOULD_TAKE", "SAME_PERSON", "EVIDENCE_MISMATCH", "INSTRUMENT_HALTED"):
            assert re.search(rf"→ refused: [A-Z][^()]+ \({code}\)\n", told), code
        assert "→ cancelled: would trade with itself · same owner group" in told

    def test_a_tonne_is_sold_only_after_the_registry_has_locked_it(self, told: str) -> None:
        assert "before the registry has answered → refused: Insufficient tonnes (INSUFFICIENT_TONNES)" in told
        locked = re.findall(r"lot-\d+ .* SIM-CCER-2023-\d{8}-\d{8} .* confirmed +CCER-LOCK-\d{8}-\d{6}\n", told)
        assert len(locked) == 3

    def test_a_use_has_a_receipt_and_a_certificate_that_its_page_confirms(self, told: str) -> None:
        assert "refused: Facility pays nationally (BUYER_COVERED)" in told
        assert "rounded down: 6,500 t" in told
        assert "surrenders 6,501 t of CCER → refused: Over the offset limit (OFFSET_CAP)" in told
        assert re.search(r"has cancelled them → fulfilled\n +serials SIM-CCER-.*\n +receipt CCER-CANCEL-", told)
        assert len(re.findall(r"certificate GC-\S+ → the check page confirms it", told)) == 2

    def test_three_books_agree(self, told: str) -> None:
        assert "the ledger agree to the tonne" in told
        assert "exchange reconcile: every table against the journal: everything agrees" in told
        assert re.search(r"exchange registry-reconcile: .*: everything agrees", told)

    def test_a_tonne_is_not_used_twice(self, told: str) -> None:
        assert "for a zero-carbon meeting → refused: Units not there (UNITS_NOT_THERE)" in told
        assert "under another scheme → refused: Ground and period already counted (GROUND_TAKEN)" in told

    def test_a_damaged_copy_is_found_out(self, told: str) -> None:
        assert re.search(r"found out: exit code 1, “replay: DIFFERENT: .*”", told)

    def test_it_tells_what_the_readme_shows_of_it(self, told: str) -> None:
        assert not_told(told, "README.md") == []

    def test_what_the_api_says_in_code_words_is_told_in_words(self, told: str) -> None:
        """Codes of refusals stand in brackets, and names of ground between slashes; the words of the exchange's own
        texts are the API's.
        """
        story = re.sub(r"\(\w+\)|GET .*|that are [A-Z, ]+", "", told)
        codes = {code for table in TABLES.values() for code, word in table.items() if code != word.en}
        assert sorted(set(re.findall(r"(?<![\w/-])[A-Z][A-Z_]+(?![\w/-])", story)) & codes) == []

    def test_english_is_told_without_chinese(self, told: str) -> None:
        assert [line for line in told.splitlines() if CHINESE.search(line)] == []

    def test_nothing_that_is_sold_is_called_an_allowance(self, told: str, told_in_chinese: str) -> None:
        assert "allowance" not in told.lower()
        assert "配额" not in told_in_chinese


@pytest.mark.processes
@pytest.mark.slow
class TestDemoInChinese:
    """The whole story for a Chinese reader, to the heads of its tables."""

    def test_the_last_line_is_the_same(self, told_in_chinese: str) -> None:
        match = LAST_LINE.fullmatch(told_in_chinese.rstrip("\n").splitlines()[-1])
        assert match is not None
        assert (match["trades"], match["tonnes"], match["cny"]) == ("9", "670000", "25489100.00")

    def test_every_line_with_words_has_chinese(self, told_in_chinese: str) -> None:
        """Firms' codes, symbols, ids and numbers stand alone in some cells, never in a whole line of the story."""
        lines = told_in_chinese.splitlines()[:-1]
        wordy = [line for line in lines if re.search(r"[A-Za-z]{3,}", line)]
        assert [line for line in wordy if not CHINESE.search(line)] == []
        foreign = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")
        quoted = re.compile(r"“[^”]*”|规则 .*")
        assert [line for line in wordy if foreign.search(quoted.sub("", line))] == []

    def test_its_sentences_have_chinese_punctuation(self, told_in_chinese: str) -> None:
        lines = [line for line in told_in_chinese.splitlines() if "规则 " not in line]
        assert [place for line in lines for place in ascii_marks(line)] == []

    def test_a_refusal_says_name_numbers_and_rule(self, told_in_chinese: str) -> None:
        assert "价格超出涨跌幅（PRICE_OUTSIDE_BAND）" in told_in_chinese
        assert "最低 63.00 元/吨，最高 77.00 元/吨。" in told_in_chinese
        assert "规则 BAND-LISTED · 《交易和结算规则》第十六条 · 已核对原文" in told_in_chinese

    def test_a_damaged_copy_is_found_out_in_chinese(self, told_in_chinese: str) -> None:
        assert re.search(r"已发现篡改：退出码 1，“不符：[^”]*[\u4e00-\u9fff][^”]*”", told_in_chinese)

    def test_it_tells_what_the_chinese_readme_shows_of_it(self, told_in_chinese: str) -> None:
        assert not_told(told_in_chinese, "README.zh-CN.md") == []


@pytest.mark.processes
@pytest.mark.slow
class TestDemoInBothLanguages:
    """What is told twice happens once: ids and the number of entries are those of one language."""

    def test_it_makes_as_many_entries_as_in_one_language(
        self, told: str, told_in_chinese: str, told_in_both: str
    ) -> None:
        lasts = [
            LAST_LINE.fullmatch(each.rstrip("\n").splitlines()[-1]) for each in (told, told_in_chinese, told_in_both)
        ]
        assert len({last and last["entries"] for last in lasts}) == 1
        ids = [set(re.findall(r"\b(?:par|lot)-\d+\b", each)) for each in (told, told_in_both)]
        assert ids[0] == ids[1] != set()

    @pytest.mark.parametrize("mark", ["refused: ", "traded ", "rule ", "被拒绝 ", "规则 ", "成交 "])
    def test_it_tells_every_line_of_both(self, told: str, told_in_chinese: str, told_in_both: str, mark: str) -> None:
        lines = [line for line in (told + told_in_chinese).splitlines() if mark in line and "played" not in line]
        assert lines
        assert [line for line in lines if line not in told_in_both] == []

    def test_the_numbers_of_a_refusal_are_told_in_both(self, told_in_both: str) -> None:
        assert "Lowest 63.00 CNY/t, highest 77.00 CNY/t." in told_in_both
        assert "最低 63.00 元/吨，最高 77.00 元/吨。" in told_in_both

    def test_heads_of_tables_stand_above_each_other(self, told_in_both: str) -> None:
        lines = told_in_both.splitlines()
        (place,) = [
            n for n, line in enumerate(lines) if line.split() == ["market", "seller", "buyer", "tonnes", "CNY/t", "CNY"]
        ]
        assert lines[place + 1].split() == ["标的", "卖方", "买方", "数量（吨）", "单价（元/吨）", "金额（元）"]
