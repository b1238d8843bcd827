"""API keys. The secret of a key is made here, shown in one answer, and known to nobody afterwards but its owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final

from pydantic import Field

from exchange.access.authority import Audience
from exchange.access.gate import UNKNOWN, Stray
from exchange.access.ids import Kind, id_number, id_text, id_text_or_none
from exchange.access.keys import hash_secret, new_secret, token_text
from exchange.access.principal import scope_names
from exchange.access.public_keys import public_key_text
from exchange.api.fields import (
    Body,
    Hash,
    Model,
    Network,
    PageQuery,
    Person,
    PublicKey,
    Text,
    TimeText,
    Whole,
    named,
)
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import Dated, KeyOut, NetworkOut, Page, PersonOut, PublicKeyOut, TimeOut, name_of
from exchange.api.paging import page_of
from exchange.api.problems import FieldError
from exchange.api.wire import time_text
from exchange.core.approvals import may_revoke_of
from exchange.core.commands.governance import RegisterKey, RevokeKey, RotateKey, Scope
from exchange.core.events.governance import KeyRegistered, KeyRevoked, KeyRotated
from exchange.core.rejections import RejectReason
from exchange.core.values import KeyId, Micros, PersonId
from exchange.sequencer.submission import Decided
from exchange.sequencer.view.rows import KeyRow

_WRONG_WHEN_MADE: Final = {RejectReason.INVALID_FIELD: (FieldError("/expires_at", "NOT_IN_FUTURE"),)}
"""Of the fields of a key to make, the core refuses only this one by the time of the entry; the others were decoded."""

_WRONG_WHEN_ROTATED: Final = {RejectReason.INVALID_FIELD: (FieldError("/public_key", "PUBLIC_KEY_OF_SIGNER"),)}
"""A key that signs is replaced by one that signs; the grace was decoded, and of a key without a public key none is
asked for.
"""

LONGEST_GRACE: Final = 86_400
"""Seconds for which a key that was replaced can still be used, at most: a day."""

MOST_NETWORKS: Final = 20


class KeyModel(Model):
    """A key without its secret; ``expires_at`` is null for one that does not expire.

    ``public_key`` verifies its signatures, null for a key that cannot sign. ``networks`` are the only addresses that it
    can be used from; without any it can be used from everywhere. ``made_with`` is the key it was made with, null for a
    first key, which two persons entered; ``replaced_by`` the key that replaced it by rotation.

    ``strayed_at`` and ``strayed_from`` say when and from where it was last used outside of its networks, with its right
    secret (null: never since the start of the exchange). Such a request was refused as one with a wrong key. If it was
    not the owner, somebody has the secret: revoke the key.
    """

    id: KeyOut
    person: PersonOut
    label: str
    scopes: list[Annotated[str, name_of(Scope)]]
    public_key: PublicKeyOut | None
    networks: list[NetworkOut]
    expires_at: TimeOut | None
    made_with: KeyOut | None
    replaced_by: KeyOut | None
    revoked: bool
    strayed_at: TimeOut | None
    strayed_from: Annotated[str | None, Field(examples=["203.0.113.7", UNKNOWN])]


class KeyPage(Page):
    """Keys."""

    items: list[KeyModel]


class NewKey(KeyModel, Dated):
    """A key just made. ``token`` is shown this once; it is what ``Authorization: Bearer`` wants. Who made the secret
    and gave its hash is shown none: the token is ``<id>.<secret>``.
    """

    token: Annotated[str | None, Field(examples=["key-17.q0Bq…(43 characters)"])]


class RotatedKey(NewKey):
    """A key that replaces another, which is good until ``replaced_until``."""

    replaces: KeyOut
    replaced_until: TimeOut


class KeyIn(Body):
    """A key to make: what it is for, until when, and from where it can be used.

    With a ``public_key`` it can sign, and so approve and withdraw; to make it, the request must be signed itself.
    With a ``secret_hash`` the caller makes the secret, and has it whatever becomes of the answer.
    """

    label: Text
    scopes: Annotated[list[Annotated[Scope, named(Scope)]], Field(min_length=1, max_length=4)]
    expires_at: TimeText | None = None
    public_key: PublicKey | None = None
    secret_hash: Hash | None = None
    networks: Annotated[list[Network], Field(max_length=MOST_NETWORKS, default_factory=list)]


class RotateIn(Body):
    """What replaces the key that this is sent with; a key that signs is replaced by one that does.

    The old one can still be used for ``grace_seconds``, so that a program can change over without a gap. With a
    ``secret_hash`` the caller makes the secret, and has it whatever becomes of the answer.
    """

    public_key: PublicKey | None = None
    secret_hash: Hash | None = None
    grace_seconds: Annotated[int, Whole(0, LONGEST_GRACE, 3_600)] = 3_600


class KeyQuery(PageQuery):
    """Whose keys: without ``person`` the own ones."""

    person: Person | None = None


class Revoked(Dated):
    """A key that is useless for ever, and ``revoked_keys``: it and those of its line that this revoked, oldest first.

    It has none when all of them were revoked before.
    """

    id: KeyOut
    revoked: bool
    revoked_keys: list[KeyOut]


def _document(terms: KeyRegistered) -> Document:
    """A key as it was made."""
    return {
        "id": id_text(Kind.KEY, terms.key),
        "person": id_text(Kind.PERSON, terms.person),
        "label": terms.label,
        "scopes": scope_names(terms.scopes),
        "public_key": public_key_text(terms.public_key) if terms.public_key else None,
        "networks": list(terms.networks),
        "expires_at": _time_or_none(terms.expires_at),
        "made_with": id_text_or_none(Kind.KEY, terms.made_with),
        "replaced_by": None,
        "revoked": False,
        "strayed_at": None,
        "strayed_from": None,
    }


def _listed(row: KeyRow, stray: Stray | None) -> Document:
    """A key as it is now."""
    return _document(row.terms) | {
        "expires_at": _time_or_none(row.expires_at),
        "replaced_by": id_text_or_none(Kind.KEY, row.replaced_by),
        "revoked": row.revoked,
        "strayed_at": None if stray is None else time_text(stray.at),
        "strayed_from": None if stray is None else stray.address,
    }


def _time_or_none(at: Micros) -> str | None:
    return time_text(at) if at else None


def of_person(call: Call) -> Document:
    """The own keys, or those of a ``person``, revoked and expired ones too.

    Of others an operator sees the keys of traders and operators, a regulator anybody's, which are those that they may
    revoke. To everybody else a person has none.
    """
    people, person = call.services.view.people, _whose(call)
    known = people.person(person)
    shown = person == call.who.person or may_revoke_of(call.who.role, None if known is None else known.role)
    strays = call.services.gate.strays
    rows = people.keys_of(person) if shown else ()
    return page_of(rows, lambda row: row.terms.key, lambda row: _listed(row, strays.of(row.terms.key)), call.query)


def _whose(call: Call) -> PersonId:
    query: KeyQuery = call.query
    return call.who.person if query.person is None else PersonId(query.person)


def _of_another(call: Call) -> bool:
    return _whose(call) != call.who.person


def make(call: Call) -> Draft:
    """Make a further key of one's own, good for no more and no longer than the key that this request is sent with.

    Nor from elsewhere: a key that has networks makes keys for some of these only. The secret is in the first answer and
    in no other: a repeat with the same Idempotency-Key is told that it was shown. Who gives the hash of a secret of
    their own gets the same answer each time.
    """
    body: KeyIn = call.body
    scopes = 0
    for scope in body.scopes:
        scopes |= scope
    expires_at, networks = Micros(body.expires_at or 0), tuple(sorted(set(body.networks)))
    secret, hashed = _secret(body.secret_hash)
    command = RegisterKey(call.who.person, body.label, hashed, body.public_key or b"", scopes, expires_at, networks)
    return _draft(command, secret, _shown, _WRONG_WHEN_MADE)


def rotate(call: Call) -> Draft:
    """Replace the key that this request is sent with by a new one, good for the same, from the same places and as long.

    Any key may replace itself, whatever its scopes; one with a public key must sign the request, and names the public
    key of the new one. The old key is good for ``grace_seconds`` longer. The secret is in the first answer and in no
    other, unless the caller made it and gives its hash.
    """
    body: RotateIn = call.body
    secret, hashed = _secret(body.secret_hash)
    command = RotateKey(call.who.person, hashed, body.public_key or b"", body.grace_seconds)
    return _draft(command, secret, _rotated, _WRONG_WHEN_ROTATED)


def _secret(hashed: bytes | None) -> tuple[str | None, bytes]:
    """A new secret and its hash, or the hash that was given, of a secret that only the caller knows."""
    if hashed is not None:
        return None, hashed
    secret = new_secret()
    return secret, hash_secret(secret)


def _draft(
    command: RegisterKey | RotateKey,
    secret: str | None,
    show: Callable[[Decided, str | None], Document],
    wrong: Mapping[RejectReason, Sequence[FieldError]] | None = None,
) -> Draft:
    """A secret is shown once; an answer without one can be given again."""

    def shown(decision: Decided) -> Document:
        return show(decision, secret)

    return Draft(command, shown, wrong=wrong or {}) if secret is None else Draft(command, _made, shown, wrong or {})


def _registered(decision: Decided) -> KeyRegistered:
    (event,) = (event for event in decision.events if isinstance(event, KeyRegistered))
    return event


def _made(decision: Decided) -> Document:
    return {"key": id_text(Kind.KEY, _registered(decision).key)}


def _shown(decision: Decided, secret: str | None) -> Document:
    event = _registered(decision)
    return {**_document(event), "token": None if secret is None else token_text(event.key, secret)}


def _rotated(decision: Decided, secret: str | None) -> Document:
    (old,) = (event for event in decision.events if isinstance(event, KeyRotated))
    replaced = {"replaces": id_text(Kind.KEY, old.key), "replaced_until": time_text(old.expires_at)}
    return {**_shown(decision, secret), **replaced}


def revoke(call: Call) -> Draft:
    """Make a key useless: the own ones; an operator those of traders and operators, a regulator anybody's.

    The keys that it replaced by rotation and those that have replaced it are revoked with it, as a thief may have
    rotated it; ``revoked_keys`` names them all. The key that this request is sent with may be among them: no further
    request is let in with it then. Only a key that has replaced it revokes it alone, which ends the rotation before its
    grace does. What is revoked already may be revoked again; nothing happens then.

    Open orders of a revoked key stay in the book, except where a stream of that key had asked for
    ``cancel_on_disconnect`` or its cancel-after is armed and runs out. An operator cancels them with all others of the
    firm by ``DELETE /v1/participants/{participant}/orders``, a trader of the firm by ``DELETE /v1/orders`` with another
    key.
    """
    key = KeyId(id_number(Kind.KEY, call.path["key"]))
    return Draft(RevokeKey(call.who.person, key), lambda decision: _revoked(key, decision))


def _revoked(key: KeyId, decision: Decided) -> Document:
    ended = sorted(event.key for event in decision.events if isinstance(event, KeyRevoked))
    keys = [id_text(Kind.KEY, number) for number in ended]
    return {"id": id_text(Kind.KEY, key), "revoked": True, "revoked_keys": keys}


OPERATIONS = (
    Read(
        path="/v1/keys",
        audience=Audience.ANYBODY,
        query=KeyQuery,
        handle=of_person,
        answer=KeyPage,
        own=True,
        others=_of_another,
    ),
    Change(
        method="POST",
        path="/v1/keys",
        command=RegisterKey,
        body=KeyIn,
        draft=make,
        answer=NewKey,
        signed="when it names a public_key",
    ),
    Change(
        method="POST",
        path="/v1/keys/rotate",
        command=RotateKey,
        body=RotateIn,
        draft=rotate,
        answer=RotatedKey,
        signed="when the key has a public key",
    ),
    Change(method="DELETE", path="/v1/keys/{key}", command=RevokeKey, draft=revoke, answer=Revoked, status=200),
)
