"""A journal whose end was cut off is sound in itself: only what was noted of it shows that there was more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exchange.cli import main
from tests.certificates.told import ToldMarket, ccer_market

AUDIT = ["audit", "double-count", "--export"]


@pytest.fixture(scope="module")
def market() -> ToldMarket:
    """A market in which units were used."""
    market, _ = ccer_market()
    return market


@pytest.fixture(scope="module")
def short(market: ToldMarket, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its journal without the last five entries."""
    path = tmp_path_factory.mktemp("export") / "short"
    whole = market.journal
    market.journal = whole[:-5]
    market.export(path)
    market.journal = whole
    return path


def test_what_was_noted_shows_that_entries_are_missing(
    market: ToldMarket, short: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*AUDIT, str(short), "--head", market.journal[-1].head.hex()]) == 1
    told = capsys.readouterr().out
    assert "END-DIFFERS" in told
    assert "日志末尾缺失" in told
    assert "every tonne has one place" not in told
    assert main([*AUDIT, str(short), "--entries", str(len(market.journal))]) == 1


def test_with_nothing_noted_it_says_that_the_end_is_unchecked(short: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*AUDIT, str(short)]) == 0
    told = capsys.readouterr().out
    assert "NOT CHECKED" in told
    assert "未核对" in told


def test_a_noted_head_is_found(market: ToldMarket, short: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = market.journal[3].head.hex()
    assert main([*AUDIT, str(short), "--head", head]) == 0
    assert "the known head stands at entry 4" in capsys.readouterr().out
    assert main([*AUDIT, str(short), "--head", head, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["noted_head_at"] == 4


def test_another_file_is_no_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    other.write_text("something else")
    assert main([*AUDIT, str(other)]) == 2
    assert "not an exported journal" in capsys.readouterr().err
