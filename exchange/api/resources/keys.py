"""API keys. The secret of a key is made here, shown in one answer, and known to nobody afterwards but its owner."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text, id_text_or_none
from exchange.access.keys import hash_secret, new_secret, token_text
from exchange.access.principal import scope_names
from exchange.api.fields import Body, Model, PageQuery, Person, Text, TimeText, named
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import Dated, KeyOut, Page, PersonOut, TimeOut, name_of
from exchange.api.paging import page
from exchange.api.wire import time_text
from exchange.core.approvals import may_revoke_of
from exchange.core.commands.governance import RegisterKey, RevokeKey, Scope
from exchange.core.events.governance import KeyRegistered
from exchange.core.values import KeyId, Micros, PersonId
from exchange.sequencer.submission import Decided


class KeyModel(Model):
    """A key without its secret; ``expires_at`` is null for one that does not expire.

    ``made_with`` is the key it was made with, null for a first key, which two persons entered.
    """

    id: KeyOut
    person: PersonOut
    label: str
    scopes: list[Annotated[str, name_of(Scope)]]
    expires_at: TimeOut | None
    made_with: KeyOut | None
    revoked: bool


class KeyPage(Page):
    """Keys."""

    items: list[KeyModel]


class NewKey(KeyModel, Dated):
    """A key just made. ``token`` is shown this once; it is what ``Authorization: Bearer`` wants."""

    token: Annotated[str, Field(examples=["key-17.q0Bq…(43 characters)"])]


class KeyIn(Body):
    """A key to make: what it is for, and until when."""

    label: Text
    scopes: Annotated[list[Annotated[Scope, named(Scope)]], Field(min_length=1, max_length=4)]
    expires_at: TimeText | None = None


class KeyQuery(PageQuery):
    """Whose keys: without ``person`` the own ones."""

    person: Person | None = None


class Revoked(Dated):
    """A key that is useless from now on."""

    id: KeyOut
    revoked: bool


def key_document(terms: KeyRegistered, revoked: bool) -> Document:
    """A key as it is shown."""
    return {
        "id": id_text(Kind.KEY, terms.key),
        "person": id_text(Kind.PERSON, terms.person),
        "label": terms.label,
        "scopes": scope_names(terms.scopes),
        "expires_at": time_text(terms.expires_at) if terms.expires_at else None,
        "made_with": id_text_or_none(Kind.KEY, terms.made_with),
        "revoked": revoked,
    }


def of_person(call: Call) -> Document:
    """The own keys, or those of a ``person``, revoked and expired ones too.

    Of others an operator sees the keys of traders and operators, a regulator anybody's, which are those that they may
    revoke. To everybody else a person has none.
    """
    people, person = call.services.view.people, _whose(call)
    known = people.person(person)
    shown = person == call.who.person or may_revoke_of(call.who.role, None if known is None else known.role)
    rows = (row for row in people.keys.values() if shown and row.terms.person == person)
    return page(rows, lambda row: row.terms.key, lambda row: key_document(row.terms, row.revoked), call.query)


def _whose(call: Call) -> PersonId:
    query: KeyQuery = call.query
    return call.who.person if query.person is None else PersonId(query.person)


def _of_another(call: Call) -> bool:
    return _whose(call) != call.who.person


def make(call: Call) -> Draft:
    """Make a further key of one's own, good for no more and no longer than the key that this request is sent with.

    The secret is in the first answer and in no other: a repeat with the same Idempotency-Key is told that it was shown.
    """
    body: KeyIn = call.body
    secret = new_secret()
    scopes = 0
    for scope in body.scopes:
        scopes |= scope
    expires_at = Micros(body.expires_at or 0)
    command = RegisterKey(call.who.person, body.label, hash_secret(secret), scopes, expires_at)
    return Draft(command, _made, lambda decision: _shown(decision, secret))


def _registered(decision: Decided) -> KeyRegistered:
    (event,) = decision.events
    assert isinstance(event, KeyRegistered)
    return event


def _made(decision: Decided) -> Document:
    return {"key": id_text(Kind.KEY, _registered(decision).key)}


def _shown(decision: Decided, secret: str) -> Document:
    event = _registered(decision)
    return {**key_document(event, revoked=False), "token": token_text(event.key, secret)}


def revoke(call: Call) -> Draft:
    """Make a key useless: the own ones; an operator those of traders and operators, a regulator anybody's."""
    key = KeyId(id_number(Kind.KEY, call.path["key"]))
    shown = id_text(Kind.KEY, key)
    return Draft(RevokeKey(call.who.person, key), lambda _decision: {"id": shown, "revoked": True})


OPERATIONS = (
    Read(
        path="/v1/keys",
        audience=Audience.EVERYBODY,
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
    ),
    Change(method="DELETE", path="/v1/keys/{key}", command=RevokeKey, draft=revoke, answer=Revoked, status=200),
)
