"""The member list, which is public: a firm must be able to name the firm that it agrees a trade with."""

from __future__ import annotations

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_text
from exchange.api.fields import Model, PageQuery
from exchange.api.operations import Call, Document, Read
from exchange.api.outputs import Page, ParticipantOut
from exchange.api.paging import page
from exchange.core.events.participants import ParticipantAdmitted


class Member(Model):
    """A firm as everybody may know it: by its id, its code and its names."""

    id: ParticipantOut
    code: str
    name_en: str
    name_zh: str


class MemberPage(Page):
    """Firms."""

    items: list[Member]


def every(call: Call) -> Document:
    """All firms that are admitted to the market."""
    return page(
        call.services.view.people.participants.values(), lambda row: row.participant, member_document, call.query
    )


def member_document(admitted: ParticipantAdmitted) -> Document:
    """A firm as everybody may know it."""
    return {
        "id": id_text(Kind.PARTICIPANT, admitted.participant),
        "code": admitted.code,
        "name_en": admitted.name_en,
        "name_zh": admitted.name_zh,
    }


OPERATIONS = (Read(path="/v1/members", audience=Audience.PUBLIC, query=PageQuery, handle=every, answer=MemberPage),)
