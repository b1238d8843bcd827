"""The client knows exactly what the published API has: every address, and every field of every answer."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import BaseModel

from exchange.client import models
from exchange.marketdata import messages

ROOT = Path(__file__).resolve().parents[2]
API = json.loads((ROOT / "api_spec" / "openapi.json").read_text())

SCHEMAS = {
    "Account": ["Account"],
    "Agreement": ["AgreementAnswer", "OneAgreement"],
    "AskedLock": ["LockAsked"],
    "AuditAgreement": ["AuditAgreement"],
    "AuditOrder": ["AuditOrder"],
    "AuditRead": ["AuditRead"],
    "AuditRefusal": ["AuditRefusal"],
    "AuditTrade": ["AuditTrade"],
    "BadRow": ["BadRowModel"],
    "BatchAnswer": ["BatchAnswer"],
    "BatchOrder": ["BatchOrder"],
    "BatchResult": ["BatchResult"],
    "BatchTrade": ["BatchTrade"],
    "Book": ["Book"],
    "Budget": ["BudgetModel"],
    "CalledOffRelease": ["CalledOff"],
    "CancelAfter": ["CancelAfterAnswer"],
    "CancelledAll": ["CancelledAll"],
    "Certificate": ["OneCertificate"],
    "Deposit": ["Deposit"],
    "Encumbrance": ["EncumbranceModel", "OneEncumbrance"],
    "Facility": ["FacilityModel"],
    "Halt": ["Halt"],
    "Holder": ["Holder"],
    "Holding": ["Holding"],
    "ImportRow": ["ImportRowModel"],
    "Instrument": ["InstrumentModel"],
    "Issuance": ["IssuanceModel"],
    "JournalEntry": ["JournalEntry"],
    "Key": ["KeyModel"],
    "LeagueLine": ["LeagueLineModel"],
    "LeagueReport": ["LeagueReportAnswer"],
    "Level": ["LevelModel"],
    "Lot": ["LotModel"],
    "LotParcel": ["LotParcel"],
    "Me": ["Me"],
    "Member": ["Member"],
    "MonitoringPeriod": ["MonitoringPeriod"],
    "Movement": ["MovementModel"],
    "NewEncumbrance": ["EncumbranceAnswer"],
    "NewKey": ["NewKey"],
    "Obligation": ["ObligationModel"],
    "OffsetCap": ["OffsetCap"],
    "Order": ["OrderModel"],
    "OrderAnswer": ["OrderAnswer"],
    "Parcel": ["ParcelModel"],
    "Participant": ["ParticipantModel"],
    "Person": ["PersonModel"],
    "Posting": ["Posting"],
    "Project": ["ProjectModel"],
    "Proposal": ["ProposalAnswer", "OneProposal"],
    "ProposedRelease": ["ReleaseProposed"],
    "ProposedUse": ["UseProposed"],
    "RegistryRequest": ["RequestModel"],
    "Release": ["ReleaseModel"],
    "Reversal": ["ReversalModel"],
    "RevokedKey": ["Revoked"],
    "RotatedKey": ["RotatedKey"],
    "Rule": ["RuleModel"],
    "Rulebook": ["RulebookModel"],
    "Step": ["StepModel"],
    "TapeTrade": ["TapeTrade"],
    "Tenure": ["TenureModel"],
    "Trade": ["TradeModel"],
    "Transition": ["TransitionModel"],
    "UnitImport": ["ImportModel"],
    "UnitPrice": ["UnitPrice"],
    "UnitRange": ["UnitRange"],
    "UploadedUnits": ["ImportUploaded"],
    "Use": ["UseModel"],
    "VenueAccount": ["VenueAccount"],
    "VenueAccounts": ["VenueAccounts"],
    "VenueStatus": ["Status"],
}
"""Model of the client → what the API calls it; two where a command's answer and a read differ."""


STREAMED: dict[str, list[type[BaseModel]]] = {
    "Balance": [messages.Balance],
    "BookMessage": [messages.BookSnapshot, messages.BookUpdate],
    "Candle": [messages.Candle],
    "CandlesMessage": [messages.Candles],
    "PrivateMessage": [messages.PrivateSnapshot, messages.PrivateUpdate],
    "StreamMessage": [messages.Message],
    "TapeTrade": [messages.Trade],
    "TickerMessage": [messages.Ticker],
    "TradesMessage": [messages.Trades],
}
"""The same for what comes by the stream; the form of a message in general leaves its type to each."""


def test_every_model_is_compared() -> None:
    assert set(models.__all__) - SCHEMAS.keys() - STREAMED.keys() == {"FeedEvent"}  # whose fields are the events' own


@pytest.mark.parametrize("model", STREAMED)
def test_a_message_has_the_fields_that_are_streamed(model: str) -> None:
    known = {field.name for field in fields(getattr(models, model))}
    assert known - {"type"} == {name for form in STREAMED[model] for name in form.model_fields} - {"type"}


@pytest.mark.parametrize("model", SCHEMAS)
def test_a_model_has_the_fields_that_the_api_has(model: str) -> None:
    known = {field.name for field in fields(getattr(models, model))}
    published = {name for schema in SCHEMAS[model] for name in API["components"]["schemas"][schema]["properties"]}
    assert known - published == set()
    assert published - known <= {"as_of_seq"}
