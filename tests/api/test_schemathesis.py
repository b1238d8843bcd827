"""The running service attacked by its own published document: no 5xx, no status, body or header that is not documented.

Schemathesis makes requests that the document allows and requests that it forbids, for nobody and for a key of each
role. One of its checks is left out: that a request which the document allows is never refused, since whether an order
can be accepted is for the rules of the market to say and not for a schema.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.api.routes import OPERATIONS, name_of
from exchange.core.commands.governance import PersonRole
from tests.support.venue import Venue, a_venue

pytestmark = [pytest.mark.schemathesis, pytest.mark.processes]

CONFIG = Path(__file__).parent / "schemathesis.toml"
EXAMPLES = "3"
PHASES = "examples,coverage,fuzzing"
OUTSIDE = ("/health", "/ready", "/metrics", "/problems/{code}")


@pytest.fixture(scope="module")
def venue() -> Iterator[Venue]:
    """The service as an operator starts it, which ends without a word of failure."""
    with a_venue() as opened:
        yield opened


def operations_of(role: PersonRole | None) -> list[str]:
    """The operations that a role may call at all; everything for nobody. The access matrix tests the others."""
    return [name_of(operation) for operation in OPERATIONS if role is None or role in operation.roles]


@pytest.mark.parametrize("role", [None, *PersonRole], ids=lambda role: role.name if role else "NOBODY")
def test_no_request_finds_an_answer_that_is_not_documented(
    role: PersonRole | None, venue: Venue, tmp_path: Path
) -> None:
    names = operations_of(role)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
    command += [f"{venue.url}/openapi.json", "--phases", PHASES, "-n", EXAMPLES, "--seed", "1"]
    command += ["--exclude-checks", "positive_data_acceptance", "--generation-database", "none"]
    command += ["--no-color", "--warnings", "off"]
    if role is not None:
        command += ["-H", f"Authorization: Bearer {venue.tokens[role.name]}"]
    for name in names:
        command += ["--include-operation-id", name]
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, check=False
    )
    assert result.returncode == 0, result.stdout[-6_000:]
    assert f"{len(names)} selected / {len(OPERATIONS) + len(OUTSIDE)} total" in result.stdout
