"""Words: nothing is left for later, and what is sold is a reduction quota, which is not an allowance.

An allowance (配额) is a right to emit, given out in the national market. What this venue sells is a verified reduction
(减排量指标, CCER). Whoever mixes the two up lets one tonne be claimed twice, so the words are kept out, except where a
rule speaks of the national market itself: those places stand in `allowed_words.txt` with their reason.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, Finding, listed, sources

LEFT_FOR_LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
NOT_OURS = re.compile(r"allowance|配额", re.IGNORECASE)
ALLOWED_FILE = Path(__file__).with_name("allowed_words.txt")
DATA_ENDINGS = {".toml", ".json", ".yaml", ".txt", ".sql"}


def found_in(path: str, text: str, pattern: re.Pattern[str]) -> list[Finding]:
    lines = enumerate(text.splitlines(), start=1)
    return [Finding(path, number, match.group()) for number, line in lines if (match := pattern.search(line))]


def allowed_places(text: str) -> dict[str, str]:
    """Reason by path. A line is `path: reason`; empty lines and lines that begin with # are passed over."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {path.strip(): reason.strip() for path, _, reason in (line.partition(":") for line in lines)}


def data_files() -> list[Path]:
    return [path for path in sorted((ROOT / "exchange").rglob("*")) if path.suffix in DATA_ENDINGS]


def test_nothing_is_left_for_later() -> None:
    assert listed([f for s in sources("exchange") for f in found_in(s.path, s.text, LEFT_FOR_LATER)]) == ""


def test_what_is_sold_is_never_called_an_allowance() -> None:
    allowed = allowed_places(ALLOWED_FILE.read_text(encoding="utf-8"))
    texts = {source.path: source.text for source in sources("exchange")}
    texts |= {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in data_files()}
    found = [f for path, text in texts.items() if path not in allowed for f in found_in(path, text, NOT_OURS)]
    assert listed(found) == ""


def test_every_allowed_place_exists_still_needs_it_and_says_why() -> None:
    allowed = allowed_places(ALLOWED_FILE.read_text(encoding="utf-8"))
    for path, reason in allowed.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        assert found_in(path, text, NOT_OURS), f"{path} does not use the word any more; take it off the list"
        assert len(reason.split()) >= 3, f"{path} needs a reason"


@pytest.mark.parametrize("text", ["# TODO: later", "raise NotImplementedError", "x = 1  # FIXME"])
def test_a_leftover_is_found(text: str) -> None:
    assert len(found_in("x.py", text, LEFT_FOR_LATER)) == 1


@pytest.mark.parametrize("text", ['"carbon allowances"', '"碳配额"', "class Allowance:"])
def test_the_wrong_word_is_found(text: str) -> None:
    assert len(found_in("x.py", text, NOT_OURS)) == 1
