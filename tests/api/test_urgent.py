"""What gets a place when all are taken: signs of life, and every way to take an order out of the market, halts."""

from __future__ import annotations

import pytest

from exchange.api.operations import Change, Operation
from exchange.api.routes import OPERATIONS, name_of
from exchange.api.urgent import is_urgent
from exchange.core.commands.instruments import HaltTrading
from exchange.core.commands.orders import CancelAllOrders, CancelOrder


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_cancelling_and_halting_are_urgent_and_no_other_operation_is(operation: Operation) -> None:
    urgent = isinstance(operation, Change) and operation.command in (CancelOrder, CancelAllOrders, HaltTrading)
    path = operation.path.replace("{", "").replace("}", "")
    assert is_urgent(operation.method, path) == urgent


@pytest.mark.parametrize(("method", "path"), [("GET", "/health"), ("GET", "/ready")])
def test_signs_of_life_are_urgent(method: str, path: str) -> None:
    assert is_urgent(method, path)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/health"), ("GET", "/metrics"), ("GET", "/health/x"), ("DELETE", "/orders")]
)
def test_nothing_else_is(method: str, path: str) -> None:
    assert not is_urgent(method, path)
