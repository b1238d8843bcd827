"""Every operation succeeds for every role that it is there for, and its answer is the documented one.

The attacks of :mod:`tests.api.test_schemathesis` show that nothing that is refused is refused in an undocumented way;
they would also pass if nothing ever succeeded. So here Schemathesis holds one success of each to the document.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from schemathesis.schemas import BaseSchema

from exchange.api.operations import Operation, Read
from exchange.api.routes import OPERATIONS, name_of
from exchange.api.spec import openapi_bytes
from exchange.core.commands.governance import PersonRole
from tests.api.stack import World
from tests.api.successes import RECIPES, Asker, read

PAIRS = [(operation, role) for operation in OPERATIONS for role in (operation.roles or (None,))]


def test_there_is_a_recipe_for_every_change() -> None:
    assert set(RECIPES) >= {name_of(operation) for operation in OPERATIONS if not isinstance(operation, Read)}
    assert set(RECIPES) <= {name_of(operation) for operation in OPERATIONS}


@pytest.fixture(scope="module")
def document() -> BaseSchema:
    """The published document, as Schemathesis reads it."""
    return schemathesis.openapi.from_dict(json.loads(openapi_bytes()))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("operation", "role"), PAIRS, ids=[f"{name_of(o)}-{r.name if r else 'NOBODY'}" for o, r in PAIRS]
)
async def test_it_succeeds_as_documented(
    operation: Operation, role: PersonRole | None, world: World, document: Any
) -> None:
    asker = Asker(world, role, name_of(operation))
    sent = await RECIPES.get(name_of(operation), read)(asker)
    path = operation.path.format_map(sent.path) + sent.query
    headers = {"content-type": "text/csv"} if sent.file is not None else {}
    token = sent.token or asker.token
    response = await world.stack.ask(operation.method, path, token, sent.body, headers, sent.file)
    assert response.status_code == operation.status, response.text
    response.elapsed = timedelta(0)  # which a transport within the process leaves out
    document[operation.path][operation.method].validate_response(response)
    if name_of(operation) == "halt_market":
        await asker.lifted()
