"""Keys that a person makes and rotates: what is counted, what a successor takes over, which orders a key attends to."""

from __future__ import annotations

from exchange.core.commands.governance import RegisterKey, RevokeKey, RotateKey
from exchange.core.events.governance import KeyRegistered, KeyRotated
from exchange.core.rejections import RejectReason
from exchange.core.values import KeyId, Micros, PersonId
from tests.support.keys import key_of
from tests.support.market import Market

HOUR = 3_600
SECOND = 1_000_000


def trader() -> tuple[Market, PersonId]:
    """A market with one trader, who has one key."""
    market = Market()
    return market, market.traders[market.firm("firm")]


def make(market: Market, person: PersonId, expires_at: int = 0, networks: tuple[str, ...] = ()) -> KeyId:
    """A further key."""
    command = RegisterKey(person, "desk", market.new_secret_hash(), b"", 3, Micros(expires_at), networks)
    return KeyId(market.done(command).created)


def rotate(market: Market, person: PersonId, key: KeyId, grace: int = HOUR) -> KeyId:
    """Its successor."""
    return KeyId(market.done(RotateKey(person, market.new_secret_hash(), b"", grace), key).created)


def test_a_successor_is_good_for_the_same_as_long_from_the_same_places() -> None:
    market, person = trader()
    expires_at = market.now() + 10 * HOUR * SECOND
    old = make(market, person, expires_at, ("10.1.0.0/16",))
    at = market.now()
    outcome = market.done(RotateKey(person, market.new_secret_hash(), b"", HOUR), old)
    registered, rotated = outcome.events
    assert isinstance(registered, KeyRegistered)
    assert rotated == KeyRotated(old, registered.key, Micros(at + HOUR * SECOND))
    keys = market.state.register.keys
    first, new = keys[old], keys[registered.key]
    assert outcome.created == new.key
    assert (new.label, new.scopes, new.expires_at, new.networks) == ("desk", 3, expires_at, ("10.1.0.0/16",))
    assert (new.made_with, new.replaces, new.replaced_by, new.revoked) == (first.made_with, old, 0, False)
    assert (first.expires_at, first.replaced_by, first.revoked) == (rotated.expires_at, new.key, False)


def test_a_first_key_is_rotated_for_ever() -> None:
    market, person = trader()
    first = key_of(market.state, person, market.now())
    new = market.state.register.keys[rotate(market, person, first)]
    assert (new.expires_at, new.made_with, new.scopes) == (0, 0, 15)


def test_rotation_takes_no_place_among_the_keys_of_a_person() -> None:
    market, person = trader()
    last = make(market, person)
    while market.state.register.persons[person].keys < 100:
        make(market, person)
    for _ in range(3):
        last = rotate(market, person, last)
    full = RegisterKey(person, "one more", market.new_secret_hash(), b"", 3, Micros(0), ())
    assert market.give(full).reason is RejectReason.TOO_MANY_KEYS
    counted = market.state.register.persons[person].keys
    replaced = market.state.register.keys[last].replaces
    market.done(RevokeKey(person, replaced))
    assert market.state.register.persons[person].keys == counted == 100
    market.done(RevokeKey(person, last))
    assert market.state.register.persons[person].keys == 99
    market.done(full)


def test_the_line_of_a_key_is_what_it_replaced() -> None:
    market, person = trader()
    first = make(market, person)
    second = rotate(market, person, first)
    third = rotate(market, person, second)
    stranger = make(market, person)
    register = market.state.register
    assert list(register.line_of(third)) == [third, second, first]
    assert list(register.line_of(first)) == [first]
    assert list(register.line_of(stranger)) == [stranger]
    assert list(register.line_of(KeyId(0))) == []
