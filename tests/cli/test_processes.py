"""The service as a process: started, stopped, killed, doubled, fenced, on damaged data; and what replay says of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from exchange.bootstrap.genesis import FirstKeys
from exchange.cli.demo.service import END_REPORT, Service, free_port
from exchange.cli.problem import CANNOT, DIFFERENT, STOPPED_ITSELF
from exchange.client import ClientError, ExchangeClient, ExchangeProblem, Patience
from exchange.store.embedded import DATABASE, OWNER_ROLE, EmbeddedServer, temporary_home
from exchange.store.embedded.cluster import Cluster
from tests.support.service import a_service

pytestmark = [pytest.mark.processes, pytest.mark.slow]

IMPATIENT = Patience(attempts=2)


def command(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run another command of the command line on the service's folder."""
    whole = [sys.executable, "-m", "exchange", *arguments]
    return subprocess.run(whole, env=service.environment, capture_output=True, text=True, timeout=120, check=False)


def pid_of(service: Service) -> int:
    """The serving process."""
    process = service._process
    assert process is not None
    return process.pid


def exit_code(service: Service) -> int:
    """Wait for the end of the service."""
    process = service._process
    assert process is not None
    return process.wait(60)


def dsn(service: Service, role: str) -> str:
    """The service's private PostgreSQL, as one of its roles."""
    cluster = Cluster(service.folder)
    pid_file = cluster.pid_file()
    assert pid_file is not None
    return f"postgresql://{role}:{cluster.passwords()[role]}@127.0.0.1:{pid_file.port}/{DATABASE}"


async def admit(service: Service, token: str, code: str) -> str:
    """Make an entry in the journal: admit a firm."""
    async with ExchangeClient(service.url, token, patience=IMPATIENT) as client:
        firm = await client.participants.admit(code=code, name_en=code, name_zh=code, role="BOTH", owner_group=code)
        return firm.id


@pytest.fixture
def service() -> Iterator[Service]:
    with a_service() as made:
        yield made


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    """One running service, for tests that leave it running."""
    with a_service() as made:
        asyncio.run(made.start())
        yield made


async def test_a_stop_loses_nothing_and_a_start_goes_on(service: Service) -> None:
    keys = await service.start()
    await admit(service, keys["Operator A"].token, "FIRST")
    os.kill(pid_of(service), signal.SIGTERM)
    assert exit_code(service) == 0
    ended = json.loads((service.folder / END_REPORT).read_text())
    replayed = json.loads(command(service, "replay", "--json").stdout)
    assert {name: replayed[name] for name in ended} == ended
    assert replayed["attestations"] == 1
    assert await service.start() == keys
    await admit(service, keys["Operator B"].token, "SECOND")
    async with ExchangeClient(service.url, keys["Auditor"].token) as client:
        assert [firm.code async for firm in client.participants.every()] == ["FIRST", "SECOND"]
    assert service.stop().entries > ended["entries"]


def test_a_second_service_on_the_same_data_is_refused(running: Service) -> None:
    other = command(running, "serve", "--port", str(free_port()))
    assert other.returncode == CANNOT
    assert "already in use by process" in other.stderr
    assert "Traceback" not in other.stderr


def test_a_second_service_on_the_same_port_is_refused(running: Service) -> None:
    other = command(running, "serve")
    assert other.returncode == CANNOT
    assert f"port {running.port}: Address already in use. 端口已被占用\n" in other.stderr
    assert "rrno" not in other.stderr


class Configured(Service):
    """A service on a PostgreSQL that is configured, with a data folder of its own."""

    urls: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | self.urls


async def test_a_configured_postgresql_is_migrated_by_its_owner_and_led_by_one_process(tmp_path: Path) -> None:
    with temporary_home() as home, EmbeddedServer.start(home) as server:
        first, second = Configured(tmp_path, free_port()), Configured(tmp_path, free_port())
        first.urls = second.urls = {"EXCHANGE_DATABASE_URL": server.service_dsn}
        try:
            refused = command(first, "serve")
            assert refused.returncode == CANNOT
            assert "must not serve from this database" in refused.stderr
            first.urls = first.urls | {"EXCHANGE_OWNER_DATABASE_URL": server.owner_dsn}
            assert command(first, "migrate").returncode == 0
            first.urls = second.urls
            keys = await first.start()
            busy = command(second, "serve")
            assert busy.returncode == CANNOT
            assert "leads this exchange's journal" in busy.stderr
            assert "start with --takeover" in busy.stderr
            assert await second.start("--takeover") == keys
            await _is_replaced(first, keys["Operator A"].token)
            await admit(second, keys["Operator A"].token, "ON-TIME")
            second.stop()
        finally:
            first.end()
            second.end()


async def _is_replaced(service: Service, token: str) -> None:
    """The service learns with its next command that another one leads, does nothing, and ends."""
    with pytest.raises(ClientError):
        await admit(service, token, "LATE")
    assert exit_code(service) == STOPPED_ITSELF
    assert "stopped by itself because another process leads" in service.log_file.read_text()


async def test_a_damaged_journal_is_not_served_and_replay_names_the_entry(service: Service) -> None:
    keys = await service.start()
    await admit(service, keys["Operator A"].token, "FIRST")
    owner = await asyncpg.connect(dsn(service, OWNER_ROLE))
    await owner.execute("ALTER TABLE journal DISABLE TRIGGER USER")
    await owner.execute("UPDATE journal SET leaf = set_byte(leaf, 40, get_byte(leaf, 40) # 1) WHERE seq = 2")
    await owner.execute("ALTER TABLE journal ENABLE TRIGGER USER")
    await owner.close()
    os.kill(pid_of(service), signal.SIGKILL)
    exit_code(service)
    replayed = command(service, "replay")
    assert replayed.returncode == DIFFERENT
    assert re.search(r"DIFFERENT: entry 2 ", replayed.stderr)
    served = command(service, "serve")
    assert served.returncode == CANNOT
    assert "nothing is served: entry 2 " in served.stderr
    assert command(service, "reconcile").returncode == DIFFERENT


async def test_commands_that_read_work_beside_a_running_service(running: Service, tmp_path: Path) -> None:
    file = tmp_path / "journal.cxj"
    assert command(running, "export", str(file)).returncode == 0
    assert command(running, "verify-export", str(file)).returncode == 0
    assert command(running, "reconcile").returncode == 0
    from_journal, from_file = (
        command(running, "replay", "--json"),
        command(running, "replay", "--json", "--export", str(file)),
    )
    assert json.loads(from_journal.stdout) == json.loads(from_file.stdout)
    assert json.loads(from_file.stdout)["entries"] >= 1


async def test_keys_are_made_and_revoked_from_the_command_line(running: Service) -> None:
    listed = command(running, "keys").stdout
    assert all(key.secret not in listed for key in FirstKeys(running.folder).read())
    made = command(running, "keys", "--as", "Auditor", "--new", "laptop", "--scopes", "read")
    token = made.stdout.splitlines()[-1]
    async with ExchangeClient(running.url, token) as client:
        assert [key.label async for key in client.keys.own()] == ["first key", "laptop"]
        assert command(running, "keys", "--as", "Auditor", "--revoke", token.partition(".")[0]).returncode == 0
        with pytest.raises(ExchangeProblem, match="UNAUTHENTICATED"):
            [key async for key in client.keys.own()]
    assert command(running, "keys", "--new", "x").returncode == CANNOT


def test_keys_asks_whether_the_exchange_runs_only_when_nothing_answers(running: Service) -> None:
    refused = command(running, "keys", "--as", "Auditor", "--revoke", "key-999999")
    assert (refused.returncode, "KEY_NOT_FOUND" in refused.stderr, "is the exchange running" in refused.stderr) == (
        CANNOT,
        True,
        False,
    )
    silent = command(running, "keys", "--as", "Auditor", "--revoke", "key-1", "--url", "http://127.0.0.1:1")
    assert (silent.returncode, "is the exchange running at http://127.0.0.1:1?" in silent.stderr) == (CANNOT, True)
