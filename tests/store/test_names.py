"""Names by which things are told apart, in the database: their alphabet, and the words of one serial space."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from exchange.core.credits.spelling import NAME_PATTERN, is_name
from tests.store.bypass import Bypass
from tests.support.entries import issuance

if TYPE_CHECKING:
    from exchange.store.connecting import Connection


async def test_the_database_knows_the_alphabet_of_names(service: Connection) -> None:
    """At each end of each block of it and beside, as the core does; of Chinese characters it takes all."""
    ends = {ord(end) for end in NAME_PATTERN}
    near = {chr(end + step) for end in ends for step in (-1, 0, 1)}
    rows = await service.fetch("SELECT letter, is_name(letter) AS fits FROM unnest($1::text[]) letter", sorted(near))
    fits = {row["letter"] for row in rows if row["fits"]}
    assert fits - set("\u9ffe\u9fff") == {letter for letter in near if is_name(f"a{letter}")}


@pytest.mark.parametrize("name", ["CCER\ufe0f", "CC\u3164ER", "ССЕR", ""])
async def test_a_serial_space_hides_nothing_in_its_name(bypass: Bypass, name: str) -> None:
    other = replace(issuance(2, 1, 1_001, space=2), space_name=name)
    await bypass.refuse("issuances_space_is_a_name", (other,))


@pytest.mark.parametrize("text", ["W-{lo}-{hi}", "w {lo:6} to {hi:6}"])
async def test_serials_with_the_same_words_are_of_one_space(bypass: Bypass, text: str) -> None:
    await bypass.send((replace(issuance(2, 1, 101, space=2), space_name="WOODS", serial_text="W-{lo}-{hi}"),))
    other = replace(issuance(3, 1, 101, space=3), space_name="TREES", serial_text=text)
    await bypass.refuse("serial_wordings_of_one_space", (other,))
