"""The first entry: what it must say, and whom and what there is after it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from exchange.core.commands.governance import Genesis, PersonRole, RegisterStaff, StaffMember
from exchange.core.handlers.keys import ALL_SCOPES
from exchange.core.machine import Outcome, apply
from exchange.core.participants import ApiKey, Person
from exchange.core.rejections import RejectReason
from exchange.core.sessions import Phase, Session
from exchange.core.state import ExchangeState
from exchange.core.values import Day, Fen, KeyId, Micros, ParticipantId, PersonId, Seq, Tonnes, derived_id
from tests.core.golden.story import told
from tests.support.market import OPENING, Market, rules

HASH = hashlib.sha256(b"secret").digest()
STAFF = (StaffMember("Wang", PersonRole.OPERATOR, HASH, b""), StaffMember("李", PersonRole.REGULATOR, HASH[::-1], b""))
GENESIS = Genesis(PersonId(0), "venue", Day(20260921), "profile", rules(), STAFF, Fen(0), Tonnes(0))
FULL, LONG = "x" * 200, "x" * 201


def opened(**changes: Any) -> tuple[ExchangeState, Outcome]:
    """A new state and what became of the first entry."""
    state = ExchangeState()
    return state, apply(state, replace(GENESIS, **changes), KeyId(0), Seq(1), OPENING)


def test_the_venue_is_open_with_its_rules_and_its_people() -> None:
    state, outcome = opened()
    assert outcome.reason is None
    assert (state.seq, state.at) == (1, OPENING)
    assert state.session == Session("venue", Fen(0), Tonnes(0), Day(20260921), Phase.OPEN, False, {})
    assert (state.rulebook.version, state.rulebook.profile, state.rulebook.rules) == (1, "profile", rules())
    ids = [derived_id(Seq(1), number) for number in range(4)]
    assert list(state.register.persons.values()) == [
        Person(PersonId(ids[0]), "Wang", PersonRole.OPERATOR, ParticipantId(0), 1, 0, Day(0), 0),
        Person(PersonId(ids[2]), "李", PersonRole.REGULATOR, ParticipantId(0), 1, 0, Day(0), 0),
    ]
    never, none, first, other = Micros(0), KeyId(0), KeyId(ids[1]), KeyId(ids[3])
    assert list(state.register.keys.values()) == [
        ApiKey(first, PersonId(ids[0]), "first key", HASH, b"", ALL_SCOPES, never, (), none, first, none, False),
        ApiKey(other, PersonId(ids[2]), "first key", HASH[::-1], b"", ALL_SCOPES, never, (), none, other, none, False),
    ]


@pytest.mark.parametrize(
    "changes",
    [{"venue": FULL}, {"profile": FULL}, {"profile": ""}, {"staff": STAFF[:1]}, {"trading_day": 19000101},
     {"staff": (replace(STAFF[0], name=FULL),)}, {"staff": (replace(STAFF[0], role=PersonRole.AUDITOR),)},
     {"staff": (replace(STAFF[0], public_key=HASH),)}, {"sandbox_cash": 10**12}, {"sandbox_tonnes": 10**9}],
)  # fmt: skip
def test_what_is_just_inside_a_limit_opens_the_venue(changes: dict[str, Any]) -> None:
    first_day = {"rules": tuple(replace(rule, effective_from=Day(19000101)) for rule in rules())}
    assert opened(**(first_day | changes))[1].reason is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"actor": 5}, RejectReason.NOT_AUTHORISED),
        ({"venue": ""}, RejectReason.INVALID_FIELD),
        ({"venue": LONG}, RejectReason.INVALID_FIELD),
        ({"profile": LONG}, RejectReason.INVALID_FIELD),
        ({"trading_day": 20260931}, RejectReason.INVALID_FIELD),
        ({"staff": ()}, RejectReason.INVALID_FIELD),
        ({"staff": (replace(STAFF[0], role=PersonRole.TRADER),)}, RejectReason.INVALID_FIELD),
        ({"staff": (replace(STAFF[0], secret_hash=b"short"),)}, RejectReason.INVALID_FIELD),
        ({"staff": (replace(STAFF[0], public_key=HASH[1:]),)}, RejectReason.INVALID_FIELD),
        ({"sandbox_cash": -1}, RejectReason.INVALID_FIELD),
        ({"sandbox_cash": 10**12 + 1}, RejectReason.INVALID_FIELD),
        ({"sandbox_tonnes": -1}, RejectReason.INVALID_FIELD),
        ({"sandbox_tonnes": 10**9 + 1}, RejectReason.INVALID_FIELD),
        ({"staff": (STAFF[0], replace(STAFF[1], secret_hash=HASH))}, RejectReason.SECRET_USED),
        ({"staff": tuple(replace(member, public_key=HASH) for member in STAFF)}, RejectReason.PUBLIC_KEY_USED),
        ({"staff": (STAFF[0], replace(STAFF[1], name=""))}, RejectReason.INVALID_FIELD),
        ({"staff": (STAFF[0], replace(STAFF[1], name=LONG))}, RejectReason.INVALID_FIELD),
        ({"rules": rules()[1:]}, RejectReason.RULEBOOK_INCOMPLETE),
        ({"rules": rules()[1:], "venue": ""}, RejectReason.INVALID_FIELD),
        ({"trading_day": 20231231}, RejectReason.RULEBOOK_INCOMPLETE),
    ],
)
def test_what_does_not_open_a_venue(changes: dict[str, Any], reason: RejectReason) -> None:
    state, outcome = opened(**changes)
    assert outcome.reason is reason
    assert state.session.phase is Phase.NEW
    assert not state.register.persons


def test_before_the_first_entry_nobody_may_do_anything() -> None:
    state = ExchangeState()
    for command, key, at in told().log[1:]:
        if command.actor:
            assert apply(state, command, key, Seq(state.seq + 1), at).reason is RejectReason.NOT_AUTHORISED
    assert state.seq > 50


def test_a_new_member_of_staff_has_a_key_for_everything_and_for_ever() -> None:
    market = Market()
    action = RegisterStaff(market.operator, "Zhao", PersonRole.AUDITOR, HASH, b"")
    person = PersonId(market.agree(action, market.regulator))
    assert market.state.register.persons[person] == Person(
        person, "Zhao", PersonRole.AUDITOR, ParticipantId(0), 1, 0, Day(0), 0
    )
    (key,) = (key for key in market.state.register.keys.values() if key.person == person)
    assert (key.scopes, key.expires_at, key.revoked, key.secret_hash) == (ALL_SCOPES, 0, False, HASH)
