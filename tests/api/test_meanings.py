"""Every field that is published says what it means, in both languages, and so does every operation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from exchange.api.batch import PlaceItem
from exchange.api.meanings import BY_NAME, OF_MODEL, SUMMARY_ZH, TEXT, TEXT_ZH, meaning_of
from exchange.api.meanings.chinese import in_chinese
from exchange.api.meanings.descriptions import MODELS_ZH, OPERATIONS_ZH
from exchange.api.meanings.summaries import SUMMARIES_ZH
from exchange.api.order_commands import PlaceIn
from exchange.api.order_documents import OrderModel
from exchange.api.resources.trading import OneOrder
from exchange.api.spec import openapi_bytes
from exchange.api.stream.asyncapi import document

OPENAPI: dict[str, Any] = json.loads(openapi_bytes())
DOCUMENTS = (OPENAPI, document())
HAN = re.compile(r"[\u4e00-\u9fff]")
FIELDS = [
    pytest.param(field, id=f"{model}.{name}")
    for published in DOCUMENTS
    for model, schema in published["components"]["schemas"].items()
    for name, field in schema.get("properties", {}).items()
]
PARAMETERS = [
    pytest.param(parameter, id=f"{operation['operationId']}.{parameter['name']}")
    for methods in OPENAPI["paths"].values()
    for operation in methods.values()
    for parameter in operation.get("parameters", ())
]
ENUMS = [
    pytest.param(field, each["enum"], id=f"{model}.{name}")
    for model, schema in OPENAPI["components"]["schemas"].items()
    for name, field in schema.get("properties", {}).items()
    for each in (field, *field.get("anyOf", ()), field.get("items", {}))
    if "enum" in each and name not in ("league", "code")
]


def assert_both(told: dict[str, Any]) -> None:
    assert told[TEXT] and not HAN.search(told[TEXT])
    assert HAN.search(told[TEXT_ZH])
    assert told[TEXT][-1] == "." and told[TEXT_ZH][-1] == "。"


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_has_a_meaning_in_both_languages(field: dict[str, Any]) -> None:
    assert_both(field)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_every_parameter_has_a_meaning_in_both_languages(parameter: dict[str, Any]) -> None:
    assert_both(parameter)


@pytest.mark.parametrize(("field", "values"), ENUMS)
def test_every_value_of_an_enumeration_is_explained(field: dict[str, Any], values: list[str]) -> None:
    for value in values:
        assert value in field[TEXT] and value in field[TEXT_ZH]


def test_money_is_told_in_cny_and_never_in_fen_alone() -> None:
    for meaning in (*BY_NAME.values(), *(each for model in OF_MODEL.values() for each in model.values())):
        assert "fen" not in meaning.en.replace("half-up to the fen", "").split()


def test_every_row_of_the_tables_is_used() -> None:
    names = {str(each.id).partition(".")[2] for each in (*FIELDS, *PARAMETERS)}
    assert set(BY_NAME) <= names
    assert {name for fields in OF_MODEL.values() for name in fields} <= names


def test_a_model_takes_what_its_parents_say_and_else_what_the_name_says() -> None:
    assert meaning_of(PlaceItem, "price") == meaning_of(PlaceIn, "price") == OF_MODEL["PlaceIn"]["price"]
    assert meaning_of(OneOrder, "placed_at") == meaning_of(OrderModel, "placed_at") != BY_NAME["placed_at"]
    assert meaning_of(PlaceIn, "side") == BY_NAME["side"]
    assert meaning_of(PlaceIn, "nothing of the sort") is None


def test_every_operation_has_a_summary_in_chinese_and_every_summary_an_operation() -> None:
    operations = [operation for methods in OPENAPI["paths"].values() for operation in methods.values()]
    assert {operation["operationId"] for operation in operations} == set(SUMMARIES_ZH)
    for operation in operations:
        assert HAN.search(operation[SUMMARY_ZH]) and not HAN.search(operation["summary"])
        assert operation[SUMMARY_ZH] == SUMMARIES_ZH[operation["operationId"]]


def test_every_operation_and_every_model_is_described_in_chinese_and_every_row_is_used() -> None:
    operations = [operation for methods in OPENAPI["paths"].values() for operation in methods.values()]
    longer = {each["operationId"] for each in operations if "\n\n" in each["description"]}
    assert longer == set(OPERATIONS_ZH)
    for operation in operations:
        assert_both({**operation, TEXT: "."})
        assert operation[TEXT_ZH].startswith(operation[SUMMARY_ZH])
        assert ("\n\n" in operation[TEXT_ZH]) == ("\n\n" in operation["description"])
    models = OPENAPI["components"]["schemas"]
    assert {name for name in models if "properties" in models[name]} <= set(MODELS_ZH) <= set(models)
    for name, model in models.items():
        assert model.get(TEXT_ZH) == MODELS_ZH.get(name)
        assert all(text[-1] == "。" and HAN.search(text) for text in MODELS_ZH.get(name, "一。").split("\n\n")), name


def test_every_answer_is_described_in_chinese() -> None:
    answers = [
        answer
        for methods in OPENAPI["paths"].values()
        for operation in methods.values()
        for answer in operation["responses"].values()
    ]
    for answer in (*answers, *OPENAPI["components"]["responses"].values()):
        assert "$ref" in answer or (HAN.search(answer[TEXT_ZH]) and not HAN.search(answer[TEXT]))


def texts(node: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, str, Any]]:
    """Every summary and description below a place of a document, and what its Chinese one is; examples have none."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from texts(each, (*place, str(number)))
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in ("summary", TEXT) and isinstance(value, str):
                yield "/".join((*place, name)), value, node.get(f"x-{name}-zh")
            elif name not in ("example", "value", "payload"):
                yield from texts(value, (*place, name))


@pytest.mark.parametrize("published", DOCUMENTS, ids=["openapi", "asyncapi"])
def test_no_summary_and_no_description_of_a_document_lacks_its_chinese_one(published: dict[str, Any]) -> None:
    found = list(texts(published))
    assert len(found) > 200
    assert [(place, english) for place, english, chinese in found if not (chinese and HAN.search(chinese))] == []
    assert [
        place for place, _, chinese in found if re.search("[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]", chinese)
    ] == []


def test_headers_of_answers_are_told_in_both_languages() -> None:
    headers = OPENAPI["paths"]["/v1/orders"]["post"]["responses"]["201"]["headers"]
    for name in ("RateLimit", "RateLimit-Policy", "Idempotency-Replayed"):
        assert_both(headers[name])


def test_the_document_in_chinese_has_the_chinese_texts_and_is_otherwise_the_same() -> None:
    chinese = in_chinese(OPENAPI)
    place = chinese["paths"]["/v1/orders"]["post"]
    assert place["summary"] == SUMMARIES_ZH["place_order"]
    assert chinese["components"]["schemas"]["PlaceIn"]["properties"]["price"][TEXT] == OF_MODEL["PlaceIn"]["price"].zh
    assert place["operationId"] == "place_order" and chinese["openapi"] == OPENAPI["openapi"]
    assert OPENAPI["paths"]["/v1/orders"]["post"]["summary"] != place["summary"], "the English one stays as it is"
