"""A header that was seen before is taken apart once, and is good for exactly as long as it would be without that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange.access.gate import Gate
from exchange.access.keys import hash_secret, new_secret, token_text
from exchange.access.principal import Principal, Recognised
from exchange.core.commands.governance import PersonRole
from exchange.core.events.governance import KeyRegistered, PersonRegistered
from exchange.core.values import KeyId, Micros, ParticipantId, PersonId, Seq, derived_id
from exchange.sequencer.view.people import People

KEY, PERSON, FIRM = KeyId(derived_id(Seq(5))), PersonId(derived_id(Seq(4))), ParticipantId(derived_id(Seq(3)))
SECRET = new_secret()
HEADER = f"Bearer {token_text(KEY, SECRET)}"
NOW = Micros(1_000)
HERE: dict[str, Any] = {"client": ("192.0.2.1", 1), "headers": []}
AT, BY = Seq(1), Micros(1)


def registered(secret: str = SECRET, networks: tuple[str, ...] = (), expires_at: int = 0) -> KeyRegistered:
    return KeyRegistered(KEY, PERSON, "k", hash_secret(secret), b"", 1, Micros(expires_at), networks, KeyId(0))


def people(key: KeyRegistered) -> People:
    made = People()
    made.on_person(PersonRegistered(PERSON, "trader", PersonRole.TRADER, FIRM), AT, BY)
    made.on_key(key, AT, BY)
    return made


@pytest.fixture
def gate() -> Gate:
    return Gate()


def ask(gate: Gate, directory: People, now: int = NOW, header: str = HEADER, scope: Any = HERE) -> Principal | None:
    """The same twice over, since the first time is another way than the second."""
    first = gate.authenticate(header, directory, Micros(now), scope)
    assert gate.authenticate(header, directory, Micros(now), scope) == first
    return first


def test_it_is_the_same_principal_the_second_time(gate: Gate) -> None:
    directory = people(registered())
    first = ask(gate, directory)
    assert first == Principal(PERSON, FIRM, PersonRole.TRADER, KEY, 1)
    assert ask(gate, directory) is first


def test_a_revoked_key_is_good_no_more(gate: Gate) -> None:
    directory = people(registered())
    assert ask(gate, directory)
    directory.keys[KEY].revoked = True
    assert ask(gate, directory) is None


def test_a_key_is_good_until_it_expires_also_when_that_is_told_later(gate: Gate) -> None:
    directory = people(registered(expires_at=2_000))
    assert ask(gate, directory, 1_999)
    assert ask(gate, directory, 2_000) is None
    directory.keys[KEY].expires_at = Micros(1_500)
    assert ask(gate, directory, 1_600) is None
    assert ask(gate, directory, 1_400)


def test_a_key_out_of_place_is_refused_every_time_and_remembered(gate: Gate) -> None:
    directory = people(registered(networks=("192.0.2.0/24",)))
    assert ask(gate, directory)
    assert ask(gate, directory, scope={**HERE, "client": ("198.51.100.1", 1)}) is None
    assert gate.strays.of(KEY) is not None
    assert ask(gate, directory)


def test_another_secret_or_person_or_directory_is_seen_at_once(gate: Gate) -> None:
    directory = people(registered())
    assert ask(gate, directory)
    directory.persons[PERSON] = replace(directory.persons[PERSON], role=PersonRole.AUDITOR)
    seen = ask(gate, directory)
    assert seen is not None and seen.role is PersonRole.AUDITOR
    directory.on_key(registered(new_secret()), AT, BY)
    assert ask(gate, directory) is None
    assert ask(gate, people(registered(new_secret()))) is None
    assert ask(gate, People()) is None


@pytest.mark.parametrize(
    "header", ["", "Bearer", f"Basic {HEADER}", HEADER + "x", f"Bearer {token_text(KEY, 'a' * 43)}"]
)
def test_what_has_no_right_secret_is_not_kept(header: str) -> None:
    gate, directory = Gate(recognised=Recognised(most=1)), people(registered())
    known = ask(gate, directory)
    assert ask(gate, directory, header=header) is None
    assert ask(gate, directory) is known, "it was pushed out"


def test_so_many_are_kept_and_then_all_are_forgotten() -> None:
    gate, directory = Gate(recognised=Recognised(most=2)), people(registered())
    spellings = [HEADER, HEADER + " ", f"bearer  {token_text(KEY, SECRET)}"]
    first, *_ = [ask(gate, directory, header=header) for header in spellings]
    again = ask(gate, directory)
    assert first is not None and again == first and again is not first
