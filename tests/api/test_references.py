"""References are written as the institutions write them; what looks alike or cannot be seen is no part of one."""

from __future__ import annotations

import pytest

from exchange.api.fields import is_reference


@pytest.mark.parametrize(
    "text", ["ICBC-20261120-000123", "（2026）内01执118号", "包头银行 6222-0200", "〔2026〕9号", "x", "字" * 100]
)
def test_a_paper_has_the_number_that_its_institution_gave_it(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "P-1 ",
        "　（2026）内01执118号",
        "（2026）内01执\u200b118号",
        "P-\u202e1",
        "P-\u20661\u2069",
        "\ufeffP-1",
        "P\n1",
        "P\u20281",
        "e\u0301tat",
        "字" * 101,
        "P-1\ufe0f",
        "P\u3164",
        "Р-1",
        "⼀号",
        "...",
    ],
    ids=ascii,
)
def test_characters_that_nobody_sees_are_refused(text: str) -> None:
    assert not is_reference(text)
