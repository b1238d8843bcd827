"""Supervisors' lists at their edges: rows that the view does not know yet, and refusals that nobody asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from exchange.api.list_headings import IN_CHINESE, list_headings
from exchange.api.resources.audit import AuditAgreement, AuditOrder, AuditTrade
from exchange.api.resources.audit_units import TenureModel
from exchange.api.resources.supervision import AuditRead, AuditRefusal, refusal_document
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.instruments import Family
from exchange.core.rejections import RejectReason
from exchange.core.values import (
    AgreementId,
    Day,
    Fen,
    KeyId,
    Micros,
    ParticipantId,
    PersonId,
    Seq,
    Tonnes,
    derived_id,
)
from exchange.sequencer.view.people import People
from exchange.sequencer.view.rows import DayRow
from exchange.store.queries import AgreedTerms, Deal, Page, RefusedCommand
from exchange.store.read_log import StaffRead
from tests.api.documented import check_model
from tests.api.test_http_failures import ask, services

AGREED = AgreedTerms(AgreementId(derived_id(Seq(2))), Family.OTHER_SINK, "P")
DEAL = Deal(
    1,
    Seq(2),
    Micros(1),
    Tonnes(1),
    Fen(1),
    ParticipantId(derived_id(Seq(1))),
    ParticipantId(derived_id(Seq(2))),
    Fen(0),
    Fen(0),
    AGREED,
)


class Ahead:
    """A database that has one entry more than the view, and a log of reads that takes everything."""

    async def deals(self, *_: object) -> Page[Deal]:
        """One trade of the second entry."""
        return Page([DEAL], None)

    async def stream_deals(self, *_: object) -> AsyncIterator[Deal]:
        """The same."""
        yield DEAL

    async def begun(self, _read: StaffRead) -> int:
        """Written."""
        return 1

    def ended(self, *_: object) -> None:
        """Written."""


@pytest.mark.parametrize("path", ["/v1/audit/trades", "/v1/audit/trades?format=csv"])
async def test_a_row_waits_for_the_view_that_knows_its_names(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.api.listing.CATCH_UP_S", 0.01)
    behind = services(AssertionError("nothing else is asked"), PersonRole.AUDITOR)
    database: Any = Ahead()
    behind.history = behind.read_log = database
    answer = await ask(behind, "GET", path)
    assert (answer.status_code, answer.json()["code"]) == (503, "VIEW_BEHIND")
    behind.view.markets.days.append(DayRow(Seq(1), Day(20261120)))
    behind.view.apply(Seq(2), Micros(2), bytes(32), [])
    assert "2026-11-20" in (await ask(behind, "GET", path)).text


def test_a_refusal_of_the_program_itself_is_nobodys() -> None:
    """Such as a chunk of a job that is over; the program has no person, no key and no participant."""
    reason = RejectReason.JOB_NOT_FOUND
    refused = RefusedCommand(Seq(5), Micros(1), 0, PersonId(0), KeyId(0), "ContinueJob", reason)
    document = refusal_document(People(), refused)
    check_model(AuditRefusal, document)
    assert {document[name] for name in ("participant", "person", "person_name", "role", "key")} == {None}


def test_every_column_of_a_list_has_a_chinese_heading_of_its_own() -> None:
    models = (AuditTrade, AuditOrder, AuditAgreement, AuditRefusal, AuditRead, TenureModel)
    lists = [list(one.model_fields) for one in models]
    assert {column for columns in lists for column in columns} == set(IN_CHINESE)
    assert len(set(IN_CHINESE.values())) == len(IN_CHINESE)
    assert [list_headings(columns, "en") for columns in lists] == lists
    assert list_headings(["seq", "at"], "zh") == ["日志序号", "时间（UTC）"]


def test_the_chinese_heading_of_an_instant_says_that_it_is_in_utc() -> None:
    """Else an office reads it by its own clock, which is eight hours ahead. The pattern of an instant ends in Z."""
    for model in (AuditTrade, AuditOrder, AuditAgreement, AuditRefusal, AuditRead, TenureModel):
        for name, shape in model.model_json_schema(mode="serialization")["properties"].items():
            assert ("Z$" in str(shape)) is IN_CHINESE[name].endswith("（UTC）"), name
