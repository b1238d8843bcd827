"""Keys: what opens, what does not, and that the difference does not show."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.access.authority import Audience, may_command, scopes_to_command
from exchange.access.gate import Gate
from exchange.access.keys import SECRET_BYTES, hash_secret, new_secret, read_token, token_text
from exchange.access.principal import Principal, scope_names
from exchange.api.headers import RequestHeaders
from exchange.core.approvals import PROPOSERS
from exchange.core.authority import ACTION_SCOPES, AUTHORITY, SYSTEM
from exchange.core.commands.governance import PersonRole, Scope
from exchange.core.events.governance import KeyRegistered, PersonRegistered
from exchange.core.values import KeyId, Micros, ParticipantId, PersonId, Seq, derived_id
from exchange.sequencer.view.rows import KeyRow

NOW = Micros(1_000)
KEY = KeyId(derived_id(Seq(7)))
SECRET = new_secret()
PERSON = PersonRegistered(PersonId(5), "a trader", PersonRole.TRADER, ParticipantId(3))


@dataclass
class Directory:
    """One person, some keys."""

    keys: dict[KeyId, KeyRow] = field(default_factory=dict)

    def key(self, key: KeyId) -> KeyRow | None:
        """The key."""
        return self.keys.get(key)

    def person(self, person: PersonId) -> PersonRegistered | None:
        """The person."""
        return PERSON if person == PERSON.person else None


def directory(expires_at: int = 0, revoked: bool = False, person: int = 5, scopes: int = Scope.READ) -> Directory:
    """A directory with one key."""
    terms = KeyRegistered(
        KEY, PersonId(person), "k", hash_secret(SECRET), b"", scopes, Micros(expires_at), (), KeyId(0)
    )
    return Directory({KEY: KeyRow(terms, terms.expires_at, KeyId(0), revoked, Micros(0))})


def authenticate(header: str | None, directory: Directory, now: Micros) -> Principal | None:
    """Who comes in with a header, from wherever."""
    return Gate().authenticate(header, directory, now, {"client": None, "headers": []})


HEADER = f"Bearer {token_text(KEY, SECRET)}"


def test_a_valid_key_names_its_person() -> None:
    principal = authenticate(HEADER, directory(scopes=Scope.READ | Scope.FUNDS), NOW)
    assert principal is not None
    assert (principal.person, principal.participant, principal.role, principal.key) == (5, 3, PersonRole.TRADER, KEY)
    assert principal.has_any(Scope.FUNDS | Scope.MANAGE) and not principal.has_any(Scope.TRADE)
    assert not principal.is_staff and principal.idempotency_scope == 3


@pytest.mark.parametrize("header", [HEADER.replace("Bearer", "bearer"), HEADER.replace("Bearer ", "BEARER  ")])
def test_the_scheme_may_be_written_in_any_case(header: str) -> None:
    assert authenticate(header, directory(), NOW) is not None


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {token_text(KEY, SECRET)}",
        f"Bearer {SECRET}",
        f"Bearer {token_text(KeyId(derived_id(Seq(8))), SECRET)}",
        f"Bearer {token_text(KEY, new_secret())}",
        f"{HEADER}x",
        f"{HEADER}.x",
        HEADER[:-1],
        "Bearer key-7." + "é" * 43,
        "Bearer key-7." + "a" * 10_000,
        HEADER.replace("key-", "KEY-"),
        "\x00",
    ],
)
def test_everything_else_names_nobody(header: str | None) -> None:
    assert authenticate(header, directory(), NOW) is None


def test_a_revoked_or_expired_key_or_one_of_nobody_opens_nothing() -> None:
    assert authenticate(HEADER, directory(revoked=True), NOW) is None
    assert authenticate(HEADER, directory(expires_at=1_000), NOW) is None
    assert authenticate(HEADER, directory(expires_at=999), NOW) is None
    assert authenticate(HEADER, directory(expires_at=1_001), NOW) is not None
    assert authenticate(HEADER, directory(person=6), NOW) is None


@given(st.text(max_size=100))
def test_any_header_is_read(header: str) -> None:
    assert authenticate(header, directory(), NOW) is None


def test_secrets_are_256_bits_and_each_is_new() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(base64.urlsafe_b64decode(secret + "=")) == SECRET_BYTES for secret in secrets)
    token = read_token(token_text(KEY, SECRET))
    assert token is not None and (token.key, token.secret) == (KEY, SECRET)


def test_every_command_that_persons_may_give_needs_a_scope_and_the_programs_own_have_none() -> None:
    own = {command for command, authority in AUTHORITY.items() if authority is SYSTEM}
    assert {command for command in AUTHORITY if not scopes_to_command(command)} == own
    assert set(ACTION_SCOPES) == set(PROPOSERS) and all(ACTION_SCOPES.values())
    assert all(not may_command(role, command) for role in PersonRole for command in own)


def test_scopes_are_shown_by_name() -> None:
    assert scope_names(Scope.READ | Scope.MANAGE) == ["READ", "MANAGE"]
    assert Audience.PUBLIC.roles == ()


def headers(*pairs: tuple[bytes, bytes]) -> RequestHeaders:
    """Headers as they come."""
    return RequestHeaders(pairs)


@pytest.mark.parametrize("key", [b"a", b"!" * 255, b"~"])
def test_an_idempotency_key_is_visible_ascii(key: bytes) -> None:
    assert headers((b"idempotency-key", key)).valid_idempotency_key() == key.decode()


@pytest.mark.parametrize("key", [b"", b" ", b"a b", b"a" * 256, b"\xff", b"a\x7f", b"a\t"])
def test_another_idempotency_key_is_none(key: bytes) -> None:
    assert headers((b"idempotency-key", key)).valid_idempotency_key() is None
    assert headers().valid_idempotency_key() is None


def test_a_header_that_comes_twice_is_neither() -> None:
    twice = headers(
        (b"idempotency-key", b"a"), (b"idempotency-key", b"a"), (b"authorization", b"x"), (b"authorization", b"y")
    )
    assert twice.valid_idempotency_key() is None
    assert authenticate(twice.text(twice.authorization), directory(), NOW) is None


@pytest.mark.parametrize(
    ("kind", "encoding", "good"),
    [
        (b"application/json", None, True),
        (b"Application/JSON; charset=utf-8", None, True),
        (b'application/json;charset="UTF-8"', b"identity", True),
        (b"application/json; charset=gbk", None, False),
        (b"application/json; profile=x", None, False),
        (b"application/jsonx", None, False),
        (b"text/json", None, False),
        (b"", None, False),
        (None, None, False),
        (b"application/json", b"gzip", False),
        (b"application/json", b"", False),
    ],
)
def test_a_body_is_plain_json_or_it_is_not_read(kind: bytes | None, encoding: bytes | None, good: bool) -> None:
    pairs = [(b"content-type", kind), (b"content-encoding", encoding)]
    assert headers(*((name, value) for name, value in pairs if value is not None)).carries_json() is good
