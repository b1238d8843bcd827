"""Every operation of the API, in the order in which addresses are tried: those that are asked for most come first."""

from __future__ import annotations

from typing import Final

from exchange.api.operation_names import NAMES
from exchange.api.operations import Operation
from exchange.api.resources import (
    account,
    agreements,
    audit,
    audit_units,
    budgets,
    callbacks,
    candles,
    certificates,
    encumbrances,
    feed,
    imports,
    instruments,
    keys,
    market,
    members,
    orders,
    participants,
    people,
    projects,
    proposals,
    releases,
    requests,
    supervision,
    trading,
    units,
    uses,
)

OPERATIONS: Final[tuple[Operation, ...]] = (
    *orders.OPERATIONS,
    *trading.OPERATIONS,
    *instruments.OPERATIONS,
    *market.OPERATIONS,
    *candles.OPERATIONS,
    *feed.OPERATIONS,
    *account.OPERATIONS,
    *agreements.OPERATIONS,
    *proposals.OPERATIONS,
    *projects.OPERATIONS,
    *units.OPERATIONS,
    *requests.OPERATIONS,
    *uses.OPERATIONS,
    *certificates.OPERATIONS,
    *releases.OPERATIONS,
    *encumbrances.OPERATIONS,
    *imports.OPERATIONS,
    *budgets.OPERATIONS,
    *participants.OPERATIONS,
    *people.OPERATIONS,
    *members.OPERATIONS,
    *keys.OPERATIONS,
    *callbacks.OPERATIONS,
    *audit.OPERATIONS,
    *audit_units.OPERATIONS,
    *supervision.OPERATIONS,
)


def tag_of(operation: Operation) -> str:
    """The group under which an operation is documented: the resource file that it is in."""
    return operation.handler.__module__.rpartition(".")[2]


def name_of(operation: Operation) -> str:
    """A stable name of the operation, unique over the API: ``place_order``."""
    return NAMES[f"{tag_of(operation)}.{operation.handler.__name__}"]
