"""The published description of the stream: whole, consistent in itself, and what the code does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
import yaml
from pydantic import ValidationError

from exchange.api.stream.asyncapi import asyncapi_bytes
from exchange.api.stream.chinese import MODELS_ZH
from exchange.api.stream.order_entry import ADDRESSES
from exchange.api.stream.requests import REQUESTS
from exchange.api.stream.yaml_text import yaml_text
from exchange.marketdata.messages import MESSAGES
from tests.stream.documented import PUBLISHED, validator

COMPONENTS = PUBLISHED["components"]


def references(value: Any) -> Iterator[str]:
    """Every reference in a document."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_the_file_is_yaml_and_says_what_the_document_says() -> None:
    assert yaml.safe_load(asyncapi_bytes()) == json.loads(json.dumps(PUBLISHED))


ODD: dict[str, Any] = {
    "y": "no", "on": ["", {}, [], None, True, 1, -1.5], "a b": "x: y # z", "中": ["中\n\t\"'", [["a"], {"b": {}}]],
    "1": {"list": [{"a": 1, "b": [2]}, [3]]},
}  # fmt: skip


def test_odd_names_and_texts_are_read_as_they_were_written() -> None:
    assert yaml.safe_load(yaml_text(ODD)) == ODD


def test_every_reference_leads_somewhere() -> None:
    found = set(references(PUBLISHED))
    for reference in found:
        place: Any = PUBLISHED
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
    shown = {reference.rpartition("/")[2] for reference in found if reference.startswith("#/channels/stream/messages/")}
    assert shown == set(COMPONENTS["messages"]) == set(PUBLISHED["channels"]["stream"]["messages"])


@pytest.mark.parametrize("name", COMPONENTS["messages"])
def test_every_message_says_what_it_is_and_has_an_example_of_its_form(name: str) -> None:
    message = COMPONENTS["messages"][name]
    assert message["summary"]
    (example,) = message["examples"]
    validator(name).validate(example["payload"])
    for field in COMPONENTS["schemas"][message["payload"]["$ref"].rpartition("/")[2]]["required"]:
        damaged = {key: value for key, value in example["payload"].items() if key != field}
        assert not validator(name).is_valid(damaged), f"{field} is missed by nobody"


@pytest.mark.parametrize("op", REQUESTS)
def test_the_example_of_a_request_is_taken_by_what_decodes_it(op: str) -> None:
    (example,) = COMPONENTS["messages"][op]["examples"]
    REQUESTS[op].model_validate(example["payload"])
    with pytest.raises(ValidationError):
        REQUESTS[op].model_validate({**example["payload"], "more": 1})
    assert not validator(op).is_valid({**example["payload"], "more": 1})


def test_everything_that_is_sent_and_taken_is_in_it() -> None:
    operations = PUBLISHED["operations"]
    assert set(operations) == {*REQUESTS, "tell"}
    pushed = {reference.rpartition("/")[2] for reference in references(operations["tell"]["messages"])}
    assert pushed == {model.__name__[0].lower() + model.__name__[1:] for model in MESSAGES} | {"heartbeatMessage"}
    for op, _ in ADDRESSES:
        assert operations[op]["description"].startswith("Stands for `")


def test_every_form_that_only_the_stream_has_is_told_in_chinese_as_fully_as_in_english() -> None:
    assert set(MODELS_ZH) <= set(COMPONENTS["schemas"])
    for name, text in MODELS_ZH.items():
        form = COMPONENTS["schemas"][name]
        assert form["x-description-zh"] == text and all(part[-1] == "。" for part in text.split("\n\n")), name
        assert text.count("\n\n") == form["description"].count("\n\n"), name


def test_the_protocol_is_told_with_the_same_paragraphs_names_and_numbers_in_both_languages() -> None:
    english, chinese = (PUBLISHED["info"][name].split("\n\n") for name in ("description", "x-description-zh"))
    for here, there in zip(english, chinese, strict=True):
        codes = [set(re.findall("`[^`]+`", text)) for text in (here, there)]
        assert codes[0] <= codes[1], here
        assert set(re.findall(r"\b[0-9]{2,4}\b", here)) == set(re.findall(r"(?<![0-9])[0-9]{2,4}(?![0-9])", there))


def test_an_example_of_cancel_all_names_a_side() -> None:
    (asked,), (answered,) = (COMPONENTS["messages"][name]["examples"] for name in ("cancel_all", "answerToCancelAll"))
    assert asked["payload"]["body"]["side"] == answered["payload"]["body"]["side"] == "BUY"


@pytest.mark.parametrize("text", [PUBLISHED["info"], COMPONENTS["schemas"]["CancelOnDisconnect"]])
def test_nobody_is_led_to_rest_orders_on_cancel_on_disconnect_alone(text: dict[str, str]) -> None:
    assert "after a crash" in text["description"] and "交易所自身崩溃" in text["x-description-zh"]
    assert all("`cancel_after`" in text[name] for name in ("description", "x-description-zh"))


def example_of(message: str) -> Any:
    (example,) = COMPONENTS["messages"][message]["examples"]
    return example["payload"]


def checked_text(bids: dict[str, Any], asks: dict[str, Any]) -> str:
    """The book as its checksum is documented: levels by price, the better ones first."""
    sides = (
        sorted(bids.values(), key=lambda level: -float(level["price"])),
        sorted(asks.values(), key=lambda level: float(level["price"])),
    )
    return "|".join(
        ",".join(f"{level['price']}:{level['quantity']}:{level['orders']}" for level in side[:10]) for side in sides
    )


def test_the_checksums_of_the_examples_are_those_of_their_books_and_are_explained() -> None:
    bids: dict[str, Any] = {}
    asks: dict[str, Any] = {}
    told = []
    for message in ("bookSnapshot", "bookUpdate"):
        example = example_of(message)
        told.append(example)
        for side, levels in ((bids, example["bids"]), (asks, example["asks"])):
            side.update({level["price"]: level for level in levels})
        text = checked_text(*({p: each for p, each in side.items() if each["quantity"]} for side in (bids, asks)))
        assert example["checksum"] == crc32(text.encode())
        for name in ("description", "x-description-zh"):
            assert f"`{text}`" in PUBLISHED["info"][name] and str(example["checksum"]) in PUBLISHED["info"][name]
    assert told[1]["prev_seq"] == told[0]["seq"] < told[1]["first_seq"] <= told[1]["seq"]
    assert {name for name in COMPONENTS["messages"] if "checksum" in example_of(name)} == {"bookSnapshot", "bookUpdate"}


def test_every_example_of_a_change_has_an_idempotency_key_of_its_own() -> None:
    keys = [example_of(op)["idempotency_key"] for op in sorted({op for op, _ in ADDRESSES})]
    assert len(keys) == len(set(keys)) == 6


@pytest.mark.parametrize(("op", "method"), [("amend", "PATCH"), ("cancel", "DELETE")])
def test_who_names_an_order_by_its_own_name_is_told_for_what_that_stands(op: str, method: str) -> None:
    told = PUBLISHED["operations"][op]
    for name in ("description", "x-description-zh"):
        for path in ("/v1/orders/{order}", "/v1/orders/by-client-id/{client_order_id}"):
            assert f"`{method} {path}`" in told[name]


def test_what_becomes_of_a_request_without_a_good_id_is_told() -> None:
    info = PUBLISHED["info"]
    assert "text of 1 to 36 printable characters; anything else ends the connection" in info["description"].replace(
        "\n", " "
    )
    assert "1 至 36 个可打印字符的文本；其他任何 `id` 均导致连接关闭" in info["x-description-zh"]
