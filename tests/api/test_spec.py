"""What is published is what is there: the OpenAPI document and the page of errors, and that every route is in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from exchange.api.csv_stream import cell
from exchange.api.operation_names import NAMES
from exchange.api.operations import Change, Operation
from exchange.api.routes import OPERATIONS, name_of
from exchange.api.spec import ASYNCAPI, ERRORS, OPENAPI, errors_page, openapi_bytes, write

ROOT = Path(__file__).parent.parent.parent
DOCUMENT: dict[str, Any] = json.loads(openapi_bytes())


def test_the_published_files_are_up_to_date(tmp_path: Path) -> None:
    write(tmp_path)
    for path in (OPENAPI, ASYNCAPI, ERRORS):
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes(), "run: python -m exchange spec"
    assert openapi_bytes() == openapi_bytes()
    assert errors_page() == errors_page()


def documented(operation: Operation) -> dict[str, Any]:
    """The operation in the document."""
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def test_every_route_is_in_the_document_and_nothing_else_is() -> None:
    table = {(operation.path, operation.method.lower()) for operation in OPERATIONS}
    outside = {("/health", "get"), ("/ready", "get"), ("/metrics", "get"), ("/problems/{code}", "get")}
    assert {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods} == table | outside


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_every_operation_says_who_may_call_it_and_what_it_answers(operation: Operation) -> None:
    found = documented(operation)
    assert found["summary"] and found["description"] and found["tags"]
    assert ("security" in found) == bool(operation.roles)
    assert str(operation.status) in found["responses"]
    assert ("401" in found["responses"]) == ("403" in found["responses"]) == bool(operation.roles)
    assert {"422", "503"} <= set(found["responses"])
    if operation.roles:
        assert found["x-roles"] == [role.name for role in operation.roles]
        assert found["x-scopes"]


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if isinstance(o, Change)], ids=name_of)
def test_every_change_asks_for_an_idempotency_key_and_documents_its_body(operation: Change) -> None:
    found = documented(operation)
    assert any(parameter["name"] == "Idempotency-Key" and parameter["required"] for parameter in found["parameters"])
    assert {"400", "404", "409", "413"} <= set(found["responses"])
    if operation.body is not None:
        reference = found["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
        assert schema["additionalProperties"] is False
        assert "415" in found["responses"]


def test_every_operation_has_a_summary_that_a_person_would_write() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            summary = operation["summary"]
            assert len(summary.split()) >= 2 and summary[0].isupper(), operation["operationId"]
            assert summary.casefold() != operation["operationId"].rpartition("_")[2].replace("_", " ").casefold()


def test_every_operation_is_named_by_what_is_done_and_to_what() -> None:
    told = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert sorted(told) == sorted(NAMES.values()), "each name is used, and used once"
    assert all(re.fullmatch("[a-z]+(_[a-z]+)+", name) for name in told)
    for methods in DOCUMENT["paths"].values():
        for method, operation in methods.items():
            reads = operation["operationId"].startswith(("list_", "get_", "check_", "explain_"))
            assert reads == (method == "get"), operation["operationId"]


def test_a_range_of_serials_says_that_it_is_half_open_wherever_it_stands() -> None:
    found = 0
    for schema in DOCUMENT["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            if name in ("serial_lo", "serial_hi"):
                assert "[serial_lo, serial_hi)" in field["description"]
                found += 1
    assert found >= 10


def test_an_example_is_in_the_language_of_its_field() -> None:
    found = 0
    for schema in DOCUMENT["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            if name.endswith("_en"):
                assert all(example.isascii() for example in field.get("examples", ()))
                found += 1
            if name.endswith("_zh"):
                assert not any(example.isascii() for example in field.get("examples", ()))
    assert found >= 4


def test_names_are_unique_and_references_lead_somewhere() -> None:
    names = [name_of(operation) for operation in OPERATIONS]
    assert len(set(names)) == len(names)

    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*(references(value) for value in node.values()))
        return set().union(*(references(value) for value in node)) if isinstance(node, list) else set()

    for reference in references(DOCUMENT):
        _, _, kind, name = reference.split("/")
        assert name in DOCUMENT["components"][kind]


def test_every_field_of_a_request_has_an_example_or_names_its_values() -> None:
    def explained(field: dict[str, Any]) -> bool:
        choices = [field, *field.get("anyOf", ()), field.get("items", {})]
        return any({"examples", "enum", "$ref", "const", "oneOf", "default"} & set(choice) for choice in choices)

    for operation in OPERATIONS:
        if isinstance(operation, Change) and operation.body is not None:
            schema = DOCUMENT["components"]["schemas"][operation.body.__name__]
            for name, field in schema.get("properties", {}).items():
                assert explained(field) or field["type"] == "boolean", f"{operation.body.__name__}.{name}"


def test_no_route_validates_an_answer_a_second_time() -> None:
    from exchange.api.app import create_app
    from tests.api.doubles import idle_services

    routes = [route for route in create_app(idle_services()).routes if isinstance(route, APIRoute)]
    assert all(route.response_model is None for route in routes)
    pages = {
        "/",
        "/docs",
        "/openapi.json",
        "/asyncapi.yaml",
        "/health",
        "/ready",
        "/metrics",
        "/problems/{code}",
        "/v1/stream",
        "/certificates",
        "/certificates/{number}",
        "/certificates/{number}.json",
        "/certificates/{number}.pdf",
    }
    assert len(routes) == len(OPERATIONS) + len(pages)
    assert {route.path for route in routes} == {operation.path for operation in OPERATIONS} | pages


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\r=x", "'\r=x"),
        ("\n=x", "'\n=x"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("a=1", "a=1"),
        (None, ""),
        (5, "5"),
    ],
)
def test_a_cell_is_never_a_formula(value: object, shown: str) -> None:
    assert cell(value) == shown
