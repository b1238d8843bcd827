"""Names by which things are told apart, in the database: that of a serial space, and the words that are its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.bypass import Bypass
from tests.support.entries import issuance


@pytest.mark.parametrize("name", ["CCER\ufe0f", "CC\u3164ER", "ССЕR", ""])
async def test_a_serial_space_hides_nothing_in_its_name(bypass: Bypass, name: str) -> None:
    other = replace(issuance(2, 1, 1_001, space=2), space_name=name)
    await bypass.refuse("issuances_space_is_a_name", (other,))


@pytest.mark.parametrize("text", ["W-{lo}-{hi}", "w {lo:6} to {hi:6}"])
async def test_serials_with_the_same_words_are_of_one_space(bypass: Bypass, text: str) -> None:
    await bypass.send((replace(issuance(2, 1, 101, space=2), space_name="WOODS", serial_text="W-{lo}-{hi}"),))
    other = replace(issuance(3, 1, 101, space=3), space_name="TREES", serial_text=text)
    await bypass.refuse("serial_wordings_of_one_space", (other,))
