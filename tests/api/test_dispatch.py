"""An address leads to the operation to which the framework's router would lead, with the same names."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Match

from exchange.api.app import create_app
from exchange.api.dispatch import OPEN_NAME, Table
from exchange.api.routes import OPERATIONS, name_of
from tests.api.doubles import idle_services

TABLE = Table(OPERATIONS)
NAMES = {name_of(operation) for operation in OPERATIONS}
ROUTES = [route for route in create_app(idle_services()).routes if isinstance(route, APIRoute) and route.name in NAMES]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
WORDS = sorted({part for operation in OPERATIONS for part in operation.path.split("/") if "{" not in part})


def routed(method: str, path: str) -> tuple[str, Any] | None:
    """What the framework's router finds."""
    scope = {"type": "http", "method": method, "path": path, "headers": [], "root_path": ""}
    for route in ROUTES:
        match, child = route.matches(scope)
        if match is Match.FULL:
            return route.name, child["path_params"]
    return None


def found(method: str, path: str) -> tuple[str, Any] | None:
    """What the table finds."""
    at = TABLE.find(method, path)
    return None if at is None else (name_of(at[0]), dict(at[1]))


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_every_operation_is_found_at_its_own_address(operation: Any) -> None:
    path = operation.path.replace("{", "").replace("}", "-17")
    at = found(operation.method, path)
    assert at is not None and at[0] == name_of(operation)
    assert at == routed(operation.method, path)


@given(
    st.sampled_from(METHODS), st.lists(st.sampled_from([*WORDS, "ord-17", "é", "{order}", " "]), min_size=1, max_size=6)
)
def test_any_address_is_found_or_not_as_the_router_says(method: str, parts: list[str]) -> None:
    path = "/" + "/".join(parts)
    at = found(method, path)
    if at is not None and OPEN_NAME[1:-1] in at[1]:
        assert path.endswith(at[1][OPEN_NAME[1:-1]])
    else:
        assert at == routed(method, path)


@pytest.mark.parametrize(
    "path", ["/v1/orders/", "/v1/orders//events", "/v1/instruments//book", "//v1/orders", "/v1/orders/x/"]
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_nothing_is_no_name(method: str, path: str) -> None:
    assert found(method, path) is None
    assert routed(method, path) is None


def test_a_name_that_clients_choose_is_all_the_rest_of_the_address() -> None:
    for name in ("a", "a/b", "/", "a//b/", "events"):
        at = found("DELETE", f"/v1/orders/by-client-id/{name}")
        assert at == ("cancel_order_by_client_id", {"client_order_id": name})
    assert found("DELETE", "/v1/orders/by-client-id/") is None
    assert found("POST", "/v1/orders/by-client-id/a") is None
