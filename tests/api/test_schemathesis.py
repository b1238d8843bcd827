"""The running service attacked by its own published document: no 5xx, no status, body or header that is not documented.

Schemathesis makes requests that the document allows and requests that it forbids, for nobody and for a key of each
role. One of its checks is left out: that a request which the document allows is never refused, since whether an order
can be accepted is for the rules of the market to say and not for a schema.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from exchange.api.routes import OPERATIONS, name_of
from exchange.bootstrap.genesis import FirstKeys
from exchange.client import ExchangeClient
from exchange.core.commands.governance import PersonRole
from exchange.store.embedded import EmbeddedServer
from tests.api.stack import build_world
from tests.support import keyring
from tests.support.database import fresh_database

pytestmark = [pytest.mark.schemathesis, pytest.mark.processes]

CONFIG = Path(__file__).parent / "schemathesis.toml"
EXAMPLES = "3"
PHASES = "examples,coverage,fuzzing"
OUTSIDE = ("/health", "/ready", "/metrics", "/problems/{code}")


class Served:
    """A service in a process of its own, with a small market in it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        keys = FirstKeys(folder).read()
        keyring.keep_first_keys(keys)
        self.staff: dict[str, str] = {key.role: key.token for key in reversed(keys)}
        self.staff["SECOND"] = keys[1].token
        self.tokens: dict[str, str] = {}

    def client(self, token: str) -> ExchangeClient:
        """The project's own client over HTTP."""
        return ExchangeClient(self.url, token, private_key=keyring.private_key_of(token))

    async def populate(self) -> None:
        """A market with a trade and an order that rests."""
        world = await build_world(self)
        await world.trade(3)
        await world.place(world.buyer, "BUY", 5, "29.00")
        self.tokens = {**self.staff, "TRADER": world.buyer.token}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the service ended"
        try:
            if httpx.get(f"{url}/ready", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the service is not ready after a minute")


@pytest.fixture(scope="module")
def served(postgres: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service as an operator starts it, on a database of its own."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    with fresh_database(postgres) as urls, (folder / "log").open("wb") as log:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")},
            "EXCHANGE_DATA_DIR": str(folder),
            "EXCHANGE_DATABASE_URL": urls.service,
            "EXCHANGE_OWNER_DATABASE_URL": urls.owner,
            "EXCHANGE_PORT": str(port),
        }
        command = [sys.executable, "-m", "exchange", "serve", "--stop-with-stdin"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, process)
            service = Served(url, folder)
            asyncio.run(service.populate())
            yield service
        finally:
            process.communicate(timeout=60)
        assert process.returncode == 0
        assert b"Traceback" not in (folder / "log").read_bytes()


def operations_of(role: PersonRole | None) -> list[str]:
    """The operations that a role may call at all; everything for nobody. The access matrix tests the others."""
    return [name_of(operation) for operation in OPERATIONS if role is None or role in operation.roles]


@pytest.mark.parametrize("role", [None, *PersonRole], ids=lambda role: role.name if role else "NOBODY")
def test_no_request_finds_an_answer_that_is_not_documented(
    role: PersonRole | None, served: Served, tmp_path: Path
) -> None:
    names = operations_of(role)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
    command += [f"{served.url}/openapi.json", "--phases", PHASES, "-n", EXAMPLES, "--seed", "1"]
    command += ["--exclude-checks", "positive_data_acceptance", "--generation-database", "none"]
    command += ["--no-color", "--warnings", "off"]
    if role is not None:
        command += ["-H", f"Authorization: Bearer {served.tokens[role.name]}"]
    for name in names:
        command += ["--include-operation-id", name]
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, check=False
    )
    assert result.returncode == 0, result.stdout[-6_000:]
    assert f"{len(names)} selected / {len(OPERATIONS) + len(OUTSIDE)} total" in result.stdout
