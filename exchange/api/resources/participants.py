"""Firms. The persons who trade for them are proposed by one person and approved by another (see proposals)."""

from __future__ import annotations

from typing import Annotated

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.fields import Body, Code, Model, OptionalText, PageQuery, Text, named
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import Dated, Page, ParticipantOut, name_of
from exchange.api.paging import page
from exchange.api.problems import ProblemError
from exchange.core.commands.participants import AdmitParticipant, ParticipantRole
from exchange.core.events.participants import ParticipantAdmitted
from exchange.core.rejections import RejectReason
from exchange.core.values import ParticipantId
from exchange.sequencer.submission import Decided


class ParticipantModel(Model):
    """A firm. Firms of one ``owner_group`` never trade with each other; "" is a firm without a group."""

    id: ParticipantOut
    code: str
    name_en: str
    name_zh: str
    role: Annotated[str, name_of(ParticipantRole)]
    owner_group: str


class ParticipantAnswer(ParticipantModel, Dated):
    """One firm."""


class ParticipantPage(Page):
    """Firms."""

    items: list[ParticipantModel]


class AdmitIn(Body):
    """A firm to admit, under a code of its own."""

    code: Code
    name_en: Text
    name_zh: Text
    role: Annotated[ParticipantRole, named(ParticipantRole)]
    owner_group: OptionalText = ""


def participant_document(event: ParticipantAdmitted) -> Document:
    """A firm as it is shown."""
    return {
        "id": id_text(Kind.PARTICIPANT, event.participant),
        "code": event.code,
        "name_en": event.name_en,
        "name_zh": event.name_zh,
        "role": event.role.name,
        "owner_group": event.owner_group,
    }


def _visible(call: Call, participant: ParticipantId) -> ParticipantAdmitted | None:
    """A participant as far as the principal may see it: staff all, a trader the own."""
    if not call.who.is_staff and participant != call.who.participant:
        return None
    return call.services.view.people.participants.get(participant)


def every(call: Call) -> Document:
    """All firms for staff, the own one for a trader."""
    rows = call.services.view.people.participants.values()
    visible = (row for row in rows if call.who.is_staff or row.participant == call.who.participant)
    return page(visible, lambda row: row.participant, participant_document, call.query)


def one(call: Call) -> Document:
    """One firm; to a trader every other firm is not there."""
    row = _visible(call, ParticipantId(id_number(Kind.PARTICIPANT, call.path["participant"])))
    if row is None:
        raise ProblemError(RejectReason.PARTICIPANT_NOT_FOUND)
    return participant_document(row)


def admit(call: Call) -> Draft:
    """Admit a firm."""
    body: AdmitIn = call.body
    command = AdmitParticipant(call.who.person, body.code, body.name_en, body.name_zh, body.role, body.owner_group)
    return Draft(command, _admitted)


def _admitted(decision: Decided) -> Document:
    # A sandbox gives the firm something in the same entry, which is told by other events.
    (event,) = (event for event in decision.events if isinstance(event, ParticipantAdmitted))
    return participant_document(event)


OPERATIONS = (
    Read(
        path="/v1/participants",
        audience=Audience.EVERYBODY,
        query=PageQuery,
        handle=every,
        answer=ParticipantPage,
    ),
    Read(
        path="/v1/participants/{participant}",
        audience=Audience.EVERYBODY,
        handle=one,
        answer=ParticipantAnswer,
        missing=(RejectReason.PARTICIPANT_NOT_FOUND,),
    ),
    Change(
        method="POST",
        path="/v1/participants",
        command=AdmitParticipant,
        body=AdmitIn,
        draft=admit,
        answer=ParticipantAnswer,
    ),
)
