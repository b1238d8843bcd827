"""Statements: signed by the registry over everything that they say, and readable from the journal alone."""

from __future__ import annotations

import base64
from dataclasses import asdict, replace

import pytest

from exchange.client import PrivateKey
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.values import PersonId, RequestId, Seq, derived_id
from exchange.registry.answers import NO_REQUEST, command_of, request_of
from exchange.registry.statements import (
    LIST,
    STATEMENT,
    Statement,
    StatementError,
    read_signed,
    read_statement,
    sign,
    sign_document,
    signed_bytes,
)

REGISTRY = PrivateKey.read("A" * 43)
KEY = base64.urlsafe_b64decode(REGISTRY.public_text + "=")
ACT = ("venue 交易所-req-17-2-0A1B2C3D", "RELEASE", "NATIONAL-7")
MADE = Statement(*ACT, "CONFIRMED", "CCER-15", 1, 101, "OUT-1", "statement-1", 1_790_000_000_000_000)


def test_what_was_signed_is_read_again() -> None:
    read = read_statement(sign(MADE, REGISTRY), [KEY])
    assert (read.statement, read.public_key, len(read.signature)) == (MADE, KEY, 64)
    assert read.statement.outcome_stated is RegistryOutcome.CONFIRMED


def test_the_signed_bytes_are_canonical_json() -> None:
    assert signed_bytes(STATEMENT, asdict(MADE)) == (
        b'{"account":"NATIONAL-7","kind":"RELEASE","message":"statement-1","outcome":"CONFIRMED",'
        b'"purpose":"carbon-registry-statement/1","receipt":"OUT-1",'
        b'"reference":"venue \xe4\xba\xa4\xe6\x98\x93\xe6\x89\x80-req-17-2-0A1B2C3D","serial_hi":101,"serial_lo":1,'
        b'"space":"CCER-15","stated_at":1790000000000000}'
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"reference": "venue-req-17-2-0A1B2C3E"},
        {"kind": "CANCEL"},
        {"account": "NATIONAL-8"},
        {"outcome": "REFUSED"},
        {"space": "CCER-16"},
        {"serial_lo": 2},
        {"serial_hi": 102},
        {"receipt": "LOCK-2"},
        {"message": "statement-2"},
        {"stated_at": 1},
    ],
)
def test_a_statement_that_was_changed_is_not_the_registrys(changed: dict[str, object]) -> None:
    with pytest.raises(StatementError, match="not the registry's"):
        read_statement({**sign(MADE, REGISTRY), **changed}, [KEY])


def test_a_statement_of_somebody_else_is_not_the_registrys() -> None:
    with pytest.raises(StatementError, match="not the registry's"):
        read_statement(sign(MADE, PrivateKey.generate()), [KEY])
    with pytest.raises(StatementError, match="not the registry's"):
        read_statement(sign(MADE, REGISTRY), [])


def test_a_signature_over_a_list_is_none_over_a_statement() -> None:
    with pytest.raises(StatementError, match="not the registry's"):
        read_statement(sign_document(LIST, asdict(MADE), REGISTRY), [KEY])
    with pytest.raises(StatementError, match="not the registry's"):
        read_signed(LIST, sign(MADE, REGISTRY), [KEY])


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "not an object"),
        ([], "not an object"),
        ({**asdict(MADE)}, "64 bytes"),
        ({**asdict(MADE), "signature": "AAAA"}, "64 bytes"),
        ({**asdict(MADE), "signature": 7}, "64 bytes"),
        ({**asdict(MADE), "signature": "A" * 85 + "B=="}, "64 bytes"),
        (sign_document(STATEMENT, {**asdict(MADE), "more": 1}, REGISTRY), "exactly the fields"),
        (sign_document(STATEMENT, {"reference": "x"}, REGISTRY), "exactly the fields"),
        (sign_document(STATEMENT, {**asdict(MADE), "serial_lo": "1"}, REGISTRY), "wrong kind: serial_lo"),
        (sign_document(STATEMENT, {**asdict(MADE), "serial_lo": True}, REGISTRY), "wrong kind: serial_lo"),
        (sign_document(STATEMENT, {**asdict(MADE), "receipt": "x" * 201}, REGISTRY), "wrong kind: receipt"),
        (sign_document(STATEMENT, {**asdict(MADE), "stated_at": -1}, REGISTRY), "wrong kind: stated_at"),
        (sign_document(STATEMENT, {**asdict(MADE), "outcome": "PERHAPS"}, REGISTRY), "one of CONFIRMED, REFUSED"),
        (sign_document(STATEMENT, {**asdict(MADE), "kind": "SELL"}, REGISTRY), "one of LOCK, RELEASE, CANCEL"),
        (sign_document(STATEMENT, {**asdict(MADE), "kind": 3}, REGISTRY), "wrong kind: kind"),
        (sign_document(STATEMENT, {**asdict(MADE), "account": "x" * 201}, REGISTRY), "wrong kind: account"),
        (sign_document(STATEMENT, {**asdict(MADE), "receipt": "LOCK\x00"}, REGISTRY), "wrong kind: receipt"),
        (sign_document(STATEMENT, {**asdict(MADE), "message": "one\ntwo"}, REGISTRY), "wrong kind: message"),
        (sign_document(STATEMENT, {**asdict(MADE), "message": "\uffff"}, REGISTRY), "wrong kind: message"),
        (sign_document(STATEMENT, {**asdict(MADE), "message": ""}, REGISTRY), "wrong kind: message"),
        (sign_document(STATEMENT, {**asdict(MADE), "stated_at": 2**63 - 1}, REGISTRY), "after 9998"),
        (sign_document(STATEMENT, {**asdict(MADE), "stated_at": 7}, REGISTRY), "before the year 2000"),
    ],
)
def test_what_is_no_statement_is_refused_with_the_reason(document: object, why: str) -> None:
    with pytest.raises(StatementError, match=why):
        read_statement(document, [KEY])


def test_a_document_of_any_depth_is_read_or_refused() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(StatementError, match="texts and numbers"):
        read_statement({"reference": deep, "signature": "A" * 86 + "=="}, [bytes(32)])


def test_the_command_has_everything_that_the_signature_is_over() -> None:
    """But for the reference and the space, which follow from the request: so the log alone can be checked."""
    command = command_of(read_statement(sign(MADE, REGISTRY), [KEY]), RequestId(5), PersonId(9))
    again = replace(
        MADE,
        kind=command.kind.name,
        account=command.account,
        outcome=command.outcome.name,
        serial_lo=command.serials_lo,
        serial_hi=command.serials_hi,
        receipt=command.receipt,
        message=command.message,
        stated_at=command.stated_at,
    )
    document = {**asdict(again), "signature": base64.b64encode(command.signature).decode()}
    assert read_statement(document, [KEY]).statement == MADE
    assert (command.request, command.actor) == (5, 9)


@pytest.mark.parametrize(
    ("reference", "request_id"),
    [
        ("venue-req-17-2-0A1B2C3D", derived_id(Seq(17), 2)),
        ("a-req-1-1-0A1B2C3D-req-17-2-0A1B2C3D", derived_id(Seq(17), 2)),
        ("venue-req-17-2", NO_REQUEST),
        ("venue-req-17-2-0a1b2c3d", NO_REQUEST),
        ("venue-req-17-0A1B2C3D", NO_REQUEST),
        ("venue-req-17-9999999-0A1B2C3D", NO_REQUEST),
        ("venue-req-１７-2-0A1B2C3D", NO_REQUEST),
        ("", NO_REQUEST),
    ],
)
def test_a_reference_names_one_request(reference: str, request_id: int) -> None:
    assert request_of(reference) == request_id
