"""The demo itself, for real: an exchange, a market, a clean stop, a replay by another process, a damaged copy."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.docs.excerpt import not_told

LAST_LINE = re.compile(
    r"demo: (?P<trades>\d+) trades, (?P<tonnes>\d+) tonnes, CNY (?P<cny>[\d.]+), entries (?P<entries>\d+),"
    r" state (?P<state>[0-9a-f]{64}), replay (?P<replay>[0-9a-f]{64}): equal"
)


@pytest.fixture(scope="module")
def told() -> str:
    """What ``demo --exit`` prints. One run serves all tests of this file."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    result = subprocess.run(
        [sys.executable, "-m", "exchange", "demo", "--exit"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-4000:]
    return result.stdout


@pytest.mark.processes
@pytest.mark.slow
class TestDemo:
    """Seven trades in the books and two settled agreements."""

    def test_the_last_line_says_that_the_replay_is_equal(self, told: str) -> None:
        match = LAST_LINE.fullmatch(told.rstrip("\n").splitlines()[-1])
        assert match is not None, told.splitlines()[-1]
        assert match["state"] == match["replay"]
        assert (match["trades"], match["tonnes"], match["cny"]) == ("9", "670000", "25489100.00")

    def test_the_real_deals_are_told_with_their_figures(self, told: str) -> None:
        for figure in ("500,000", "15,000,000.00", "120,000", "7,500,000.00", "18,000", "1,000,000.00"):
            assert figure in told
        assert "Settled here: 620,000 t, 22,500,000.00 CNY" in told
        assert "17 projects, 795,000 t, 26,455,000.00 CNY" in told
        assert "Not itemised there: 157,000 t, 2,955,000.00 CNY" in told
        assert re.search(r"突泉县 → 华能内蒙古东部能源 +18,000 +1,000,000.00 +55.5555… +FORESTRY_CCER +AGREED\n", told)
        assert "1000000.00/18000 = 55.5555…" in told

    def test_the_refusals_name_rule_and_article_in_both_languages(self, told: str) -> None:
        assert "价格超出当日基准价涨跌幅范围" in told
        assert "rule BAND-LISTED · T16" in told
        for code in ("NOT_FILLABLE", "POST_ONLY_WOULD_TAKE", "SAME_PERSON", "EVIDENCE_MISMATCH", "INSTRUMENT_HALTED"):
            assert f"refused {code}" in told
        assert "cancelled: SELF_TRADE" in told

    def test_a_damaged_copy_is_found_out(self, told: str) -> None:
        assert re.search(r"found out .*: exit code 1, “replay: DIFFERENT: .*”", told)

    def test_it_tells_what_the_readmes_show_of_it(self, told: str) -> None:
        assert not_told(told, "README.md", "README.zh-CN.md") == []

    def test_nothing_that_is_sold_is_called_an_allowance(self, told: str) -> None:
        assert "allowance" not in told.lower()
        assert "配额" not in told
