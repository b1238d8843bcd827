"""The first entry opens a venue, and nobody's first key can be lost or read by others."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.access.keys import hash_secret, read_token
from exchange.access.public_keys import has_signed, public_key_text
from exchange.bootstrap.genesis import (
    FIRST_STAFF,
    SANDBOX_CASH,
    SANDBOX_TONNES,
    FirstKeys,
    first_trading_day,
    genesis,
    sandbox_genesis,
)
from exchange.client import PrivateKey
from exchange.core.events.governance import KeyRegistered, PersonRegistered
from exchange.core.machine import apply
from exchange.core.state import ExchangeState
from exchange.core.values import KeyId, Micros, PersonId, Seq
from exchange.rulebooks import load

FRIDAY = Micros(1_763_600_400_000_000 + 86_400_000_000)  # 2025-11-21 09:00 in Shanghai
DAY = 86_400_000_000


def test_the_core_accepts_the_first_entry(tmp_path: Path) -> None:
    keys = FirstKeys(tmp_path).make()
    outcome = apply(ExchangeState(), genesis(load(), keys, FRIDAY), KeyId(0), Seq(1), FRIDAY)
    assert outcome.reason is None
    persons = [event.name for event in outcome.events if isinstance(event, PersonRegistered)]
    assert persons == [name for name, _ in FIRST_STAFF]


def test_the_file_is_completed_with_what_the_log_made_of_the_keys(tmp_path: Path) -> None:
    first = FirstKeys(tmp_path)
    outcome = apply(ExchangeState(), genesis(load(), first.make(), FRIDAY), KeyId(0), Seq(1), FRIDAY)
    made = [event for event in outcome.events if isinstance(event, KeyRegistered)]
    first.complete({event.secret_hash: (event.person, event.key) for event in made})
    for entry, event in zip(first.read(), made, strict=True):
        token = read_token(entry.token)
        assert token is not None
        assert (token.key, hash_secret(token.secret)) == (event.key, event.secret_hash)
        assert entry.person.startswith("per-1")


def test_keys_of_another_journal_are_left_alone(tmp_path: Path) -> None:
    first = FirstKeys(tmp_path)
    first.make()
    first.complete({b"somebody else's hash": (PersonId(1), KeyId(2))})
    assert [key.token for key in first.read()] == ["", "", "", ""]


def test_each_of_the_first_persons_can_sign(tmp_path: Path) -> None:
    keys = FirstKeys(tmp_path).make()
    command = genesis(load(), keys, FRIDAY)
    for key, member in zip(FirstKeys(tmp_path).read(), command.staff, strict=True):
        private_key = PrivateKey.read(key.private_key)
        assert private_key.public_text == key.public_key == public_key_text(member.public_key)
        assert has_signed(member.public_key, private_key.sign(b"mine"), b"mine")
    assert len({member.public_key for member in command.staff}) == len(keys)


def test_nothing_secret_is_in_the_text_of_a_first_key(tmp_path: Path) -> None:
    (key, *_) = FirstKeys(tmp_path).make()
    shown = repr(replace(key, token=f"key-1.{key.secret}"))
    assert key.secret not in shown and key.private_key not in shown and key.public_key in shown


def test_a_key_that_was_replaced_is_written_over(tmp_path: Path) -> None:
    first = FirstKeys(tmp_path)
    before = first.make()
    first.put(replace(before[1], token="key-9.new"))
    assert first.read() == (before[0], replace(before[1], token="key-9.new"), *before[2:])
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    first = FirstKeys(tmp_path)
    first.make()
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [first.path.name]


def test_secrets_are_not_the_same_twice(tmp_path: Path) -> None:
    first = FirstKeys(tmp_path)
    secrets = {key.secret for _ in range(5) for key in first.make()}
    assert len(secrets) == 5 * len(FIRST_STAFF)


@pytest.mark.parametrize(("days_later", "day"), [(0, 20251121), (1, 20251124), (2, 20251124), (3, 20251124)])
def test_a_venue_that_opens_on_a_weekend_begins_on_monday(days_later: int, day: int) -> None:
    assert first_trading_day(Micros(FRIDAY + days_later * DAY)) == day


def test_a_sandbox_says_so_and_gives_each_firm_something_to_play_with(tmp_path: Path) -> None:
    real, play = (open_with(load(), FirstKeys(tmp_path).make(), FRIDAY) for open_with in (genesis, sandbox_genesis))
    assert (real.sandbox_cash, real.sandbox_tonnes) == (0, 0)
    assert (play.sandbox_cash, play.sandbox_tonnes) == (SANDBOX_CASH, SANDBOX_TONNES)
    assert "sandbox" in play.venue
    assert "sandbox" not in real.venue
    assert apply(ExchangeState(), play, KeyId(0), Seq(1), FRIDAY).reason is None
