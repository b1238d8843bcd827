"""Every published example is a body that the API takes, and what is proposed with it can be shown again as it was."""

from __future__ import annotations

import json
import re
from typing import Any, get_args

import pytest

from exchange.access.principal import Principal
from exchange.api.examples import ALL_EXAMPLES, PROPOSALS
from exchange.api.operations import Change
from exchange.api.resources.actions import ActionIn, action_document
from exchange.api.resources.proposals import ProposeIn
from exchange.api.routes import OPERATIONS
from exchange.api.spec import openapi_bytes
from exchange.api.validation import validate
from exchange.core.commands.governance import PersonRole, Scope
from exchange.core.values import KeyId, ParticipantId, PersonId

DOCUMENT: dict[str, Any] = json.loads(openapi_bytes())
TRADER = Principal(PersonId(12), ParticipantId(11), PersonRole.TRADER, KeyId(13), Scope.MANAGE)
ALL = [(model, name) for model, examples in ALL_EXAMPLES.items() for name in examples]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(("model", "name"), ALL, ids=lambda value: getattr(value, "__name__", value))
def test_an_example_is_a_body_that_the_api_takes(model: Any, name: str) -> None:
    example = ALL_EXAMPLES[model][name]
    validate(model, example.body)
    assert example.en and CHINESE.search(example.zh) and not CHINESE.search(example.en)


def test_every_kind_of_action_has_an_example() -> None:
    union = get_args(ActionIn)[0]
    kinds = {get_args(model.model_fields["type"].annotation)[0] for model in get_args(union)}
    assert {example.body["action"]["type"] for example in PROPOSALS.values()} == kinds


@pytest.mark.parametrize("name", PROPOSALS)
def test_what_is_proposed_is_shown_again(name: str) -> None:
    body = PROPOSALS[name].body
    shown = action_document(validate(ProposeIn, body).action.command(TRADER))
    assert {field: shown[field] for field in body["action"]} == body["action"]


def test_every_body_of_the_table_has_an_example() -> None:
    assert set(ALL_EXAMPLES) == {each.body for each in OPERATIONS if isinstance(each, Change) and each.body is not None}


def test_the_example_of_an_account_at_a_bank_is_not_the_reference_of_a_payment() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    account = schemas["WithdrawalIn"]["properties"]["bank_account"]["examples"]
    assert account == schemas["WithdrawalAction"]["properties"]["bank_account"]["examples"] == ["ICBC-6222-0200-1234"]
    assert schemas["DepositIn"]["properties"]["bank_reference"]["examples"] != account


def test_the_examples_are_published_with_their_operations() -> None:
    published: dict[tuple[str, str], Any] = {}
    models = set()
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            found = {(path, name): example["value"] for name, example in content.get("examples", {}).items()}
            models |= {(content["schema"]["$ref"].rpartition("/")[2], name) for _, name in found}
            published |= found
    assert models == {(model.__name__, name) for model, name in ALL}
    assert published["/v1/proposals", "resume the market"] == {"action": {"type": "RESUME"}}
