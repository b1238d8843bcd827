"""Whoever ends the demo, or its exchange, is told how to go on, and the exchange is stopped cleanly."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.cli import INTERRUPTED, TERMINATED
from exchange.cli.demo.registry import Registry
from exchange.cli.demo.service import END_REPORT, Service, free_port
from exchange.cli.demo.staying import beside, go_on, look_again, stay
from exchange.cli.problem import OK, CommandError
from exchange.cli.terminal import Screen
from tests.support.service import a_service

pytestmark = [pytest.mark.processes, pytest.mark.slow]

STAYS = '''
import asyncio, sys
from pathlib import Path
from exchange.cli.demo.registry import Registry
from exchange.cli.demo.service import Service
from exchange.cli.demo.staying import ended_by_sigterm, stay
from exchange.cli.terminal import Screen

class Watched(Service):
    """Says when it is waited for: a signal that comes earlier is for the story."""

    started = False

    def poll(self):
        if self.started:
            print("it stays", flush=True)
        return super().poll()

service = Watched(Path(sys.argv[1]), int(sys.argv[2]))
asyncio.run(service.start())
service.started = True
with ended_by_sigterm():
    sys.exit(stay(service, Registry(service.folder / "registry", 1), Screen(language="both")))
'''


def pid_of(service: Service) -> int:
    """The serving process."""
    process = service._process
    assert process is not None
    return process.pid


def registry_of(service: Service) -> Registry:
    """The registry that the demo would have started beside it."""
    return Registry(service.folder / "registry", 1)


def test_what_to_type_names_exchange_and_registry() -> None:
    service = Service(Path("/data"), 8001)
    registry, exchange = go_on(service, registry_of(service))
    assert exchange.split() == [
        "EXCHANGE_DATA_DIR=/data",
        "EXCHANGE_PORT=8001",
        "EXCHANGE_REGISTRY_URL=http://127.0.0.1:1",
        "EXCHANGE_REGISTRY_TOKEN_FILE=/data/registry/venue-token",
        "./dev",
        "run",
    ]
    assert registry == "./dev registry --data-dir /data/registry --port 1"


def test_what_to_type_to_look_again_has_the_settings_of_both() -> None:
    service = Service(Path("/data"), 8001)
    reconcile, count = look_again(service, registry_of(service))
    settings = go_on(service, registry_of(service))[1].removesuffix("./dev run")
    assert reconcile == f"{settings}.venv/bin/python -m exchange registry-reconcile"
    assert count == ".venv/bin/python -m exchange audit double-count --data-dir /data"


def test_sigterm_says_goodbye_and_stops_the_exchange_cleanly() -> None:
    with a_service() as service:
        command = [sys.executable, "-c", STAYS, str(service.folder), str(service.port)]
        root = Path(__file__).parents[2]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", cwd=root) as demo:
            assert demo.stdout is not None
            assert demo.stdout.readline() == "it stays\n"
            demo.send_signal(signal.SIGTERM)
            said = demo.stdout.read()
        assert demo.returncode == OK
        assert "Stopping: the exchange finishes" in said.partition("Stopped after")[0] and "正在停止：" in said
        assert "Stopped after journal entry" in said and "条日志后停止" in said
        assert all(line in said for line in go_on(service, registry_of(service)))
        assert (service.folder / END_REPORT).exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, TERMINATED), (signal.SIGINT, INTERRUPTED)])
def test_a_signal_during_the_story_is_told_by_the_exit_code_and_leaves_nothing_behind(
    number: signal.Signals, code: int
) -> None:
    command = [sys.executable, "-u", "-m", "exchange", "demo", "--exit", "--language", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True) as demo:
        assert demo.stdout is not None
        told = next(line for line in demo.stdout if "private PostgreSQL in" in line)
        folder = Path(told.partition("private PostgreSQL in ")[2].split()[0])
        assert any("answers at" in line for line in demo.stdout), "the story begins"
        demo.send_signal(number)
        said = demo.stdout.read()
    assert demo.returncode == code
    assert "Cut off: exchange and registry are being stopped." in said
    assert not folder.exists()


async def test_a_registry_that_ends_by_itself_ends_the_demo(tmp_path: Path) -> None:
    """What is tried afterwards would wait for its answer, and nobody would know why."""
    registry = Registry(tmp_path / "registry", free_port())
    with a_service() as service:
        try:
            await service.start()
            await registry.start()
            registry.kill()
            with pytest.raises(CommandError, match="simulated registry ended by itself with exit code -9") as told:
                stay(service, registry, Screen(io.StringIO()))
        finally:
            registry.end()
        assert service.poll() is None, "it is stopped by whoever has started it"
        assert registry._last_lines() and registry._last_lines() in told.value.problem
        assert all(line in "".join(told.value.remedies) for line in go_on(service, registry))


async def test_a_registry_that_ends_by_itself_ends_the_story(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry", free_port())
    await registry.start()

    async def story() -> None:
        registry.kill()
        await asyncio.Event().wait()

    async def another() -> None:
        await registry.behave({})

    try:
        for each in (story, another):
            with pytest.raises(CommandError, match="ended by itself with exit code -9"):
                await beside(registry, each())
    finally:
        registry.end()


async def test_a_story_beside_its_registry_ends_as_it_would_without(tmp_path: Path) -> None:
    async def told() -> str:
        return "told"

    async def broken() -> None:
        raise AssertionError("the story's own")

    registry = Registry(tmp_path / "registry", 1)
    assert await beside(registry, told()) == "told"
    with pytest.raises(AssertionError, match="the story's own"):
        await beside(registry, broken())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_an_exchange_that_ended_before_the_demo_can_be_gone_on_with(number: signal.Signals) -> None:
    out = io.StringIO()
    with a_service() as service:
        await service.start()
        os.kill(pid_of(service), number)
        registry = registry_of(service)
        if number is signal.SIGTERM:
            assert stay(service, registry, Screen(out)) == OK
            said = out.getvalue()
        else:
            with pytest.raises(CommandError, match="ended by itself with exit code -9") as told:
                stay(service, registry, Screen(out))
            said = "".join(told.value.remedies)
        assert all(line in said for line in go_on(service, registry))
