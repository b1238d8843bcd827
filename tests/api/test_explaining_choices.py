"""A choice of units, a firm or an answer that contradicts itself is refused with the field that is wrong."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from exchange.api.explaining import explained
from exchange.api.explaining_choices import choice_errors, serial_errors
from exchange.api.field_texts import field_text
from exchange.core.commands.agreements import AgreementKind, ProposeAgreement
from exchange.core.commands.instruments import Family
from exchange.core.commands.uses import Pick
from exchange.core.handlers import choosing
from exchange.core.rejections import RejectReason
from exchange.core.values import Fen, InstrumentId, LotId, ParticipantId, PersonId, Side, Tonnes
from exchange.sequencer.committed_view import CommittedView
from tests.api.stack import World, project_of, sink_of
from tests.api.unit_steps import BAOTOU

ONES = tuple(
    Pick(LotId(lot), lo, hi)
    for lot, lo, hi in ((1, 0, 0), (2, 0, 0), (1, 5, 10), (1, 9, 12), (1, 10, 12), (2, 5, 10), (1, 10, 5), (1, 0, 9))
)
"""Picks of two lots: bare ones, ranges that overlap or touch, and ranges that are none."""


@pytest.mark.parametrize("instrument", [0, 7])
def test_a_field_is_named_when_and_only_when_the_core_refuses_the_choice(instrument: int) -> None:
    refused = 0
    for length in range(4):
        for picks in itertools.product(ONES, repeat=length):
            refusal = choosing._refuse_form(InstrumentId(instrument), picks) or choosing._refuse_twice(picks)
            if refusal is not None and refusal.reason is RejectReason.SERIALS_INVALID:
                assert list(serial_errors(picks, "")), picks
                continue
            assert bool(list(choice_errors(picks, instrument, ""))) is (refusal is not None), picks
            refused += refusal is not None
    assert refused > 100


@pytest.mark.parametrize(("counterparty", "told"), [(2, ["OWN_FIRM"]), (3, [])])
def test_a_firm_that_cannot_be_both_sides_is_told_that_it_named_itself(counterparty: int, told: list[str]) -> None:
    firms = ParticipantId(2), ParticipantId(counterparty)
    command = ProposeAgreement(
        PersonId(1), *firms, Side.SELL, AgreementKind.SPOT, Family.OTHER_SINK, "", Tonnes(5), Fen(100), ()
    )
    wrong = explained(command, CommittedView())
    for reason in (RejectReason.ROLE_CANNOT_BUY, RejectReason.ROLE_CANNOT_SELL, RejectReason.SAME_OWNER_GROUP):
        assert [error.code for error in wrong[reason]] == told


# --- over HTTP --------------------------------------------------------------------------------------------------------

STAGE = pytest.mark.asyncio(loop_scope="module")
USE = {"purpose": "VOLUNTARY", **BAOTOU}
AGREED = {"side": "SELL", "kind": "SPOT", "family": "OTHER_SINK", "quantity": 5, "total": "100.00"}
ORDER = {"side": "SELL", "price": "70.00", "quantity": 1}


def serials(lo: int, hi: int) -> dict[str, Any]:
    """A pick of the world's lot."""
    return {"lot": "LOT", "serial_lo": lo, "serial_hi": hi}


def filled_in(value: Any, names: dict[str, str]) -> Any:
    """The body with the ids of a world in the place of their names."""
    if isinstance(value, dict):
        return {key: filled_in(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [filled_in(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def use_of(**fields: Any) -> tuple[str, dict[str, Any]]:
    """A use that is proposed."""
    return "/v1/uses", {**USE, **fields}


def agreed_with(**fields: Any) -> tuple[str, dict[str, Any]]:
    """An agreement that is proposed to the buyer."""
    return "/v1/agreements", {**AGREED, "counterparty": "BUYER", **fields}


OF_A_FIRM: list[tuple[tuple[str, dict[str, Any]], str, list[tuple[str, str]]]] = [
    (use_of(), "INVALID_FIELD", [("/picks", "PICKS_OR_INSTRUMENT")]),
    (use_of(quantity=5), "INVALID_FIELD", [("/picks", "PICKS_OR_INSTRUMENT")]),
    (
        use_of(quantity=5, picks=[{"lot": "LOT"}], instrument="INSTRUMENT"),
        "INVALID_FIELD",
        [("/picks", "PICKS_OR_INSTRUMENT")],
    ),
    (use_of(picks=[{"lot": "LOT"}]), "VALIDATION", [("/quantity", "MISSING")]),
    (use_of(instrument="INSTRUMENT"), "VALIDATION", [("/quantity", "MISSING")]),
    (use_of(picks=[serials(1, 9), {"lot": "LOT"}]), "INVALID_FIELD", [("/picks/1", "SERIALS_IN_ALL")]),
    (use_of(quantity=9, picks=[{"lot": "LOT"}] * 2), "INVALID_FIELD", [("/picks/1", "NAMED_TWICE")]),
    (use_of(picks=[serials(1, 9), serials(11, 13), serials(5, 7)]), "INVALID_FIELD", [("/picks/2", "NAMED_TWICE")]),
    (use_of(picks=[serials(9, 1)]), "SERIALS_INVALID", [("/picks/0/serial_hi", "ABOVE_SERIAL_LO")]),
    (use_of(picks=[{"lot": "LOT", "serial_lo": 3}]), "SERIALS_INVALID", [("/picks/0/serial_hi", "MISSING")]),
    (
        ("/v1/releases", {"picks": [serials(1, 9), serials(8, 10)], "national_account": "N-1"}),
        "INVALID_FIELD",
        [("/picks/1", "NAMED_TWICE")],
    ),
    (
        ("/v1/proposals", {"action": {"type": "USE", **USE, "picks": [{"lot": "LOT"}]}}),
        "VALIDATION",
        [("/action/quantity", "MISSING")],
    ),
    (
        ("/v1/proposals", {"action": {"type": "USE", **USE, "picks": [serials(1, 9), serials(8, 10)]}}),
        "INVALID_FIELD",
        [("/action/picks/1", "NAMED_TWICE")],
    ),
    (agreed_with(counterparty="OWN"), "SAME_OWNER_GROUP", [("/counterparty", "OWN_FIRM")]),
    (agreed_with(lots=["LOT", "LOT"]), "INVALID_FIELD", [("/lots/1", "NAMED_TWICE")]),
    (agreed_with(side="BUY", lots=["LOT"]), "INVALID_FIELD", [("/lots", "NOT_OF_BUYER")]),
    (agreed_with(kind="PRE_ISSUANCE", lots=["LOT"]), "INVALID_FIELD", [("/lots", "NOT_BEFORE_ISSUANCE")]),
    (
        ("/v1/orders", {**ORDER, "instrument": "INSTRUMENT", "side": "BUY", "lots": ["LOT"]}),
        "VALIDATION",
        [("/lots", "NOT_OF_BUYER")],
    ),
    (
        ("/v1/orders", {**ORDER, "instrument": "INSTRUMENT", "lots": ["LOT", "LOT"]}),
        "VALIDATION",
        [("/lots/1", "NAMED_TWICE")],
    ),
    (
        ("/v1/orders/batch", {"commands": [{"do": "place", **ORDER, "instrument": "INSTRUMENT", "lots": ["LOT"] * 2}]}),
        "VALIDATION",
        [("/commands/0/lots/1", "NAMED_TWICE")],
    ),
]
"""What a firm asks, the code with which it is refused, and the fields that are named."""

OF_THE_VENUE: list[tuple[dict[str, Any], str, list[tuple[str, str]]]] = [
    (project_of("HALF", estimate_kg=5), "INVALID_FIELD", [("/action/estimate_years", "MISSING")]),
    (project_of("HALF", estimate_years=5), "INVALID_FIELD", [("/action/estimate_kg", "MISSING")]),
    (
        {**sink_of("PLAY"), "registry": "sandbox"},
        "INVALID_FIELD",
        [("/action/registry", "OF_SANDBOX")],
    ),
    (
        {"type": "LOT_ADMISSION", "issuance": "ISSUANCE", "serial_lo": 1, "serial_hi": 9, "lock_reference": "L-1"},
        "VALIDATION",
        [("/action/owner", "MISSING")],
    ),
    (
        {"type": "LOT_ADMISSION", "issuance": "ISSUANCE", "serial_lo": 9, "serial_hi": 9, "lock_reference": "L-1"}
        | {"owner": "BUYER"},
        "SERIALS_INVALID",
        [("/action/serial_hi", "ABOVE_SERIAL_LO")],
    ),
    ({"type": "RETURN", **serials(1, 9), "lock_reference": "L-1"}, "VALIDATION", [("/action/owner", "MISSING")]),
    (
        {"type": "TRADER", "name": "Wang", "secret_hash": "0" * 64},
        "VALIDATION",
        [("/action/participant", "MISSING")],
    ),
]
"""The same for what a person of the venue proposes; projects have no ``type`` here."""


def names_of(world: World) -> dict[str, str]:
    """What the names in the bodies above stand for."""
    return {
        "LOT": world.lot,
        "INSTRUMENT": world.instrument,
        "ISSUANCE": world.issuance,
        "BUYER": world.buyer.id,
        "OWN": world.seller.id,
    }


async def check_refused(
    world: World, token: str, request: tuple[str, dict[str, Any]], code: str, wrong: list[tuple[str, str]]
) -> None:
    """The code, the fields and their sentences, in both languages; and the firm has what it had."""
    path, body = request[0], filled_in(request[1], names_of(world))
    before = (await world.stack.get("/v1/holdings", world.seller.token)).json()["items"]
    for language in ("en", "zh"):
        answer = await world.stack.ask("POST", path, token, body, {"accept-language": language})
        document = answer.json()
        assert (answer.status_code >= 400, document.get("code")) == (True, code), document
        assert [(error["pointer"], error["code"]) for error in document["errors"]] == wrong
        sentence = field_text(wrong[0][1], "zh" if language == "zh" else "en")
        assert document["errors"][0]["detail"].startswith(sentence)
        name = wrong[0][0].removeprefix("/")
        assert code == "VALIDATION" or f"`{name}`" in document["detail"]
    assert (await world.stack.get("/v1/holdings", world.seller.token)).json()["items"] == before


@STAGE
@pytest.mark.parametrize(("request_", "code", "wrong"), OF_A_FIRM)
async def test_what_a_firm_asks_is_refused_with_the_field(
    world: World, request_: tuple[str, dict[str, Any]], code: str, wrong: list[tuple[str, str]]
) -> None:
    await check_refused(world, world.seller.token, request_, code, wrong)


@STAGE
@pytest.mark.parametrize(("action", "code", "wrong"), OF_THE_VENUE)
async def test_what_the_venue_proposes_is_refused_with_the_field(
    world: World, action: dict[str, Any], code: str, wrong: list[tuple[str, str]]
) -> None:
    body = {"action": {"type": "PROJECT", **action}}
    await check_refused(world, world.doors.staff["OPERATOR"], ("/v1/proposals", body), code, wrong)


@STAGE
@pytest.mark.parametrize(
    ("kind", "lots", "wrong"),
    [
        ("SPOT", ["LOT", "LOT"], [("/lots/1", "NAMED_TWICE")]),
        ("PRE_ISSUANCE", ["LOT"], [("/lots", "NOT_BEFORE_ISSUANCE")]),
    ],
)
async def test_lots_that_cannot_be_named_when_affirming_are_told(
    world: World, kind: str, lots: list[str], wrong: list[tuple[str, str]]
) -> None:
    family = "FORESTRY_CCER" if kind == "PRE_ISSUANCE" else "OTHER_SINK"
    body = {**AGREED, "counterparty": world.seller.id, "side": "BUY", "kind": kind, "family": family}
    proposed = (await world.stack.ask("POST", "/v1/agreements", world.buyer.token, body)).json()
    affirm = {"quantity": 5, "total": "100.00", "lots": lots}
    request = (f"/v1/agreements/{proposed['id']}/affirm", affirm)
    await check_refused(world, world.seller.token, request, "INVALID_FIELD", wrong)
