"""What supervisors look for beside the trades: commands that were refused, and who of the staff has read what."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_text, id_text_or_none
from exchange.api.fields import Model, Participant, Person, filter_named
from exchange.api.listing import CSV, JSON, DayQuery, Listing, ListQuery, answer_list, entries_of
from exchange.api.operations import FROM_THE_DATABASE, Call, Document, Read
from exchange.api.outputs import KeyOut, Page, ParticipantOut, PersonOut, TimeOut, name_of, one_of
from exchange.api.wire import time_text
from exchange.core.commands.governance import PersonRole
from exchange.core.rejections import TEXTS, RejectReason
from exchange.core.values import NOBODY, ParticipantId, PersonId, Seq
from exchange.sequencer.view.people import People
from exchange.store.queries import LoggedRead, ReadFilter, RefusalFilter, RefusedCommand


class AuditRefusal(Model):
    """A command that was sequenced and refused: who gave it, with which key, of what type, and why not.

    ``participant`` is null for staff, the person too for the program itself. ``command`` names the type, and for a
    proposal what was proposed; ``rule`` is the rule that the refusal enforces ("" for none). What the command asked for
    is in the journal.
    """

    seq: int
    at: TimeOut
    participant: ParticipantOut | None
    participant_code: str | None
    person: PersonOut | None
    person_name: str | None
    role: Annotated[str, name_of(PersonRole)] | None
    key: KeyOut | None
    command: Annotated[str, Field(examples=["PlaceOrder", "Propose WithdrawCash"])]
    code: Annotated[str, name_of(RejectReason)]
    rule: str


class AuditRefusalPage(Page):
    """Refusals."""

    items: list[AuditRefusal]


class AuditRead(Model):
    """A read of the staff: who asked what, with which key, and how many rows were given out.

    ``operation`` is the address, ``asked`` what stood in the place of its names and in its query, ``seq`` the journal
    entry up to which the answer was true. ``complete`` is false for a download that broke off; it and ``rows`` are null
    for one that is still going or whose end is not known. A row that names nobody whom the exchange knows, which only
    somebody with the service's password can have put there, has the name "" and no role.
    """

    id: int
    at: TimeOut
    person: PersonOut
    person_name: str
    role: Annotated[str, name_of(PersonRole)] | None
    key: KeyOut
    operation: Annotated[str, Field(examples=["/v1/audit/ledger/{owner}"])]
    asked: Annotated[str, Field(examples=["owner=par-17&limit=100"])]
    form: Annotated[str, one_of(JSON, CSV)]
    rows: int | None
    complete: bool | None
    seq: int


class AuditReadPage(Page):
    """Reads."""

    items: list[AuditRead]


class RefusalQuery(DayQuery):
    """Filters by time and trading day, by the participant or the person whose command it was, and by code."""

    participant: Participant | None = None
    person: Person | None = None
    code: Annotated[RejectReason, filter_named(RejectReason)] | None = None


class LoggedReadQuery(ListQuery):
    """Filters by time and by person."""

    person: Person | None = None


async def refusals(call: Call) -> Document | Response:
    """Every command that was sequenced and refused, whoever gave it, in journal order."""
    query: RefusalQuery = call.query
    person = None if query.person is None else PersonId(query.person)
    span = (query.from_at, query.to_at)
    wanted = RefusalFilter(*span, query.participant, person, query.code, entries_of(call))
    history = call.services.history
    pages, stream = partial(history.refusals, wanted), partial(history.stream_refusals, wanted)
    shown = partial(refusal_document, call.services.view.people)
    return await answer_list(call, Listing("refusals", AuditRefusal, pages, stream, attrgetter("seq"), shown))


def refusal_document(people: People, refusal: RefusedCommand) -> Document:
    """A refusal without what was asked for."""
    firm = people.participants.get(ParticipantId(refusal.scope))
    return {
        "seq": refusal.seq,
        "at": time_text(refusal.at),
        "participant": None if firm is None else id_text(Kind.PARTICIPANT, firm.participant),
        "participant_code": None if firm is None else firm.code,
        **_person(refusal.person, people),
        "key": id_text_or_none(Kind.KEY, refusal.key),
        "command": refusal.command,
        "code": refusal.reason.name,
        "rule": TEXTS[refusal.reason].rule,
    }


async def reads(call: Call) -> Document | Response:
    """Every read of others' data by operators, regulators and auditors, these ones too, in the order of their times."""
    query: LoggedReadQuery = call.query
    person = None if query.person is None else PersonId(query.person)
    wanted = ReadFilter(query.from_at, query.to_at, person)
    history = call.services.history
    pages, stream = partial(history.reads, wanted), partial(history.stream_reads, wanted)
    shown = partial(read_document, call.services.view.people)
    # Nothing is waited for: whoever reads is known before, and a row is not believed to say which entries there are.
    return await answer_list(call, Listing("reads", AuditRead, pages, stream, lambda _: Seq(0), shown))


def read_document(people: People, read: LoggedRead) -> Document:
    """A read as it was written down."""
    return {
        "id": read.read,
        "at": time_text(read.at),
        **_person(read.person, people),
        "key": id_text(Kind.KEY, read.key),
        "operation": read.operation,
        "asked": read.asked,
        "form": read.form,
        "rows": read.rows,
        "complete": read.complete,
        "seq": read.as_of_seq,
    }


def _person(person: PersonId, people: People) -> Document:
    if person == NOBODY:
        return dict.fromkeys(("person", "person_name", "role"))
    known = people.persons.get(person)
    return {
        "person": id_text(Kind.PERSON, person),
        "person_name": known.name if known else "",
        "role": known.role.name if known else None,
    }


OPERATIONS = (
    Read(
        path="/v1/audit/refusals",
        audience=Audience.SUPERVISION,
        query=RefusalQuery,
        handle=refusals,
        answer=AuditRefusalPage,
        csv=True,
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/audit/reads",
        audience=Audience.OVERSIGHT,
        query=LoggedReadQuery,
        handle=reads,
        answer=AuditReadPage,
        csv=True,
        weight=FROM_THE_DATABASE,
    ),
)
