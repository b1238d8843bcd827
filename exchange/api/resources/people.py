"""Persons: who acts for whom, and who oneself is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_text, id_text_or_none
from exchange.access.principal import scope_names
from exchange.api.fields import Model, PageQuery
from exchange.api.operations import Call, Document, Read
from exchange.api.outputs import Dated, KeyOut, NetworkOut, Page, ParticipantOut, PersonOut, TimeOut, name_of
from exchange.api.paging import page
from exchange.api.wire import time_text
from exchange.core.commands.governance import PersonRole, Scope
from exchange.core.events.governance import PersonRegistered


class PersonModel(Model):
    """A person with exactly one role; ``participant`` is null for the venue's staff and its supervisors."""

    id: PersonOut
    name: str
    role: Annotated[str, name_of(PersonRole)]
    participant: ParticipantOut | None


class PersonPage(Page):
    """Persons."""

    items: list[PersonModel]


class Me(PersonModel, Dated):
    """Who asks, with which key, and for what, from where (none: everywhere) and until when it is good (null: for ever).

    ``signs`` says whether the key has a public key, so that it can approve and withdraw.
    """

    key: KeyOut
    scopes: list[Annotated[str, name_of(Scope)]]
    networks: list[NetworkOut]
    signs: bool
    expires_at: TimeOut | None


def person_document(event: PersonRegistered) -> Document:
    """A person as they are shown."""
    return {
        "id": id_text(Kind.PERSON, event.person),
        "name": event.name,
        "role": event.role.name,
        "participant": id_text_or_none(Kind.PARTICIPANT, event.participant),
    }


def _visible(call: Call) -> Iterator[PersonRegistered]:
    for person in call.services.view.people.persons.values():
        if call.who.is_staff or person.participant == call.who.participant:
            yield person


def every(call: Call) -> Document:
    """All persons for staff, those of the own firm for a trader."""
    return page(_visible(call), lambda row: row.person, person_document, call.query)


def me(call: Call) -> Document:
    """Who the key of this request speaks for."""
    people, who = call.services.view.people, call.who
    row = people.keys[who.key]
    return person_document(people.persons[who.person]) | {
        "key": id_text(Kind.KEY, who.key),
        "scopes": scope_names(who.scopes),
        "networks": list(row.terms.networks),
        "signs": bool(row.terms.public_key),
        "expires_at": time_text(row.expires_at) if row.expires_at else None,
    }


OPERATIONS = (
    Read(path="/v1/persons", audience=Audience.EVERYBODY, query=PageQuery, handle=every, answer=PersonPage),
    Read(path="/v1/me", audience=Audience.ANYBODY, handle=me, answer=Me, own=True),
)
