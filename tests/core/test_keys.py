"""Keys that a person makes and rotates: what is counted, what a successor takes over, which orders a key attends to."""

from __future__ import annotations

import pytest

from exchange.core.commands.governance import RegisterKey, ReplaceKeys, RevokeKey, RotateKey, Scope
from exchange.core.commands.orders import SetCancelAfter
from exchange.core.events.governance import KeyRegistered, KeyRevoked, KeyRotated
from exchange.core.events.orders import CancelAfterSet
from exchange.core.handlers import keys
from exchange.core.rejections import RejectReason
from exchange.core.values import MICROS_PER_DAY, SHANGHAI_OFFSET_MICROS, KeyId, Micros, PersonId
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
    known = market.state.register.keys
    first, new = known[old], known[registered.key]
    assert outcome.created == new.key
    assert (new.label, new.scopes, new.expires_at, new.networks) == ("desk", 3, expires_at, ("10.1.0.0/16",))
    assert (new.made_with, new.line, new.replaced_by, new.revoked) == (first.made_with, old, 0, False)
    assert (first.expires_at, first.line, first.replaced_by, first.revoked) == (rotated.expires_at, old, new.key, False)


def test_a_first_key_is_rotated_for_ever() -> None:
    market, person = trader()
    first = key_of(market.state, person, market.now())
    new = market.state.register.keys[rotate(market, person, first)]
    assert (new.expires_at, new.made_with, new.scopes) == (0, 0, 15)


def test_rotation_takes_no_place_among_the_keys_of_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MAX_MADE_A_DAY", 1_000)
    market, person = trader()
    last = make(market, person)
    while market.state.register.persons[person].keys < 100:
        make(market, person)
    replaced = last
    for _ in range(3):
        replaced, last = last, rotate(market, person, last)
    full = RegisterKey(person, "one more", market.new_secret_hash(), b"", 3, Micros(0), ())
    assert market.give(full).reason is RejectReason.TOO_MANY_KEYS
    counted = market.state.register.persons[person].keys
    market.done(RevokeKey(person, replaced), rotate_once_more(market, person, last))
    assert market.state.register.persons[person].keys == counted == 100
    market.done(RevokeKey(person, last))
    assert market.state.register.persons[person].keys == 99
    market.done(full)


def rotate_once_more(market: Market, person: PersonId, key: KeyId) -> KeyId:
    """A successor that may revoke."""
    market.state.register.keys[key].scopes = int(sum(Scope))
    return rotate(market, person, key)


def test_what_a_person_makes_and_rotates_is_counted_by_the_day() -> None:
    market, person = trader()
    other = market.traders[market.firm("other")]
    made = make(market, person)
    rotate(market, person, made)
    for _ in range(9):
        rotate(market, person, make(market, person))
    command = RegisterKey(person, "one more", market.new_secret_hash(), b"", 3, Micros(0), ())
    turning = RotateKey(person, market.new_secret_hash(), b"", HOUR)
    for refused in (market.give(command), market.give(turning), market.give(turning, made)):
        assert refused.reason in (RejectReason.TOO_MANY_KEYS_MADE, RejectReason.KEY_REPLACED)
    market.done(RevokeKey(person, made))
    assert market.give(command).reason is RejectReason.TOO_MANY_KEYS_MADE
    make(market, other)
    midnight = MICROS_PER_DAY - (market.now() + SHANGHAI_OFFSET_MICROS) % MICROS_PER_DAY
    market.wait(midnight // SECOND - 2)
    assert market.give(command).reason is RejectReason.TOO_MANY_KEYS_MADE
    market.wait(2)
    market.done(command)
    assert market.state.register.persons[person].keys_made == 1


def test_new_keys_are_given_to_whoever_has_made_too_many() -> None:
    market, person = trader()
    for _ in range(20):
        make(market, person)
    market.agree(ReplaceKeys(market.operator, person, market.new_secret_hash(), b""), market.second)
    register = market.state.register
    assert [key.made_with for key in register.keys.values() if key.person == person and not key.revoked] == [0]
    assert register.persons[person].keys == 1


def test_the_line_of_a_key_is_what_it_replaced_and_what_has_replaced_it() -> None:
    market, person = trader()
    first = make(market, person)
    second = rotate(market, person, first)
    third = rotate(market, person, second)
    stranger = make(market, person)
    register = market.state.register
    for key in (first, second, third):
        assert register.line_of(register.keys[key]) == [first, second, third]
    assert register.line_of(register.keys[stranger]) == [stranger]


def test_a_long_line_is_not_walked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is rotated every hour for a week; whoever arms its switch or revokes it meets the last days' keys."""
    monkeypatch.setattr(keys, "MAX_MADE_A_DAY", 24)
    market, person = trader()
    last = key_of(market.state, person, market.now())
    for _ in range(7 * 24):
        market.wait(HOUR - 1)
        last = rotate(market, person, last, grace=24 * HOUR)
    line = market.state.register.line_of(market.state.register.keys[last])
    assert len(line) == 7 * 24 + 1
    met = [key.key for key in market.state.register.lately(line, market.state.at)]
    assert met == list(reversed(line))[: len(met)]
    assert len(met) < 4 * 24
    good = [key for key in line if market.state.register.keys[key].is_good(market.now())]
    told = market.done(RevokeKey(market.operator, line[0])).events
    assert told == [KeyRevoked(key) for key in (line[0], *reversed(good))]
    assert 25 <= len(told) <= 26


def test_a_switch_of_a_key_that_has_ended_is_taken_over_from_it() -> None:
    """The longest that a switch can be armed: a day, at the end of the longest grace."""
    market, person = trader()
    firm = market.state.register.persons[person].participant
    first = key_of(market.state, person, market.now())
    second = rotate(market, person, first, grace=24 * HOUR)
    market.wait(24 * HOUR - 3)
    armed = market.done(SetCancelAfter(person, firm, 24 * HOUR), first).events
    third = rotate(market, person, second, grace=0)
    market.wait(24 * HOUR - 3)
    told = market.done(SetCancelAfter(person, firm, 30), third).events
    assert [event.key for event in armed if isinstance(event, CancelAfterSet)] == [first]
    assert [event.key for event in told if isinstance(event, CancelAfterSet)] == [first, third]
    assert list(market.state.deadlines.of) == [third]
