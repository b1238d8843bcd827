"""``exchange demo``: a market on stage, played through the public HTTP API with the project's own client.

It starts an exchange with its private PostgreSQL on fresh data as a child process, admits the firms that the sources
name, lets them trade, records the three real deals, and ends by leaving the exchange running. With ``--exit`` it stops
the exchange instead, rebuilds the market from the journal in another process, and compares.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from exchange.cli.demo.cast import open_stage
from exchange.cli.demo.proof import prove
from exchange.cli.demo.service import Service, demand_free, free_port, fresh_folder
from exchange.cli.demo.story import ACTS, announce, tell
from exchange.cli.problem import DIFFERENT, OK, CommandError
from exchange.cli.terminal import Screen
from exchange.config import Settings
from exchange.store.embedded import temporary_home


def run(port: int, ends: bool) -> int:
    """Play; with ``ends`` finish with the proof, else stay until Ctrl-C. Returns the exit code."""
    screen = Screen()
    screen.line(screen.paint("An open exchange for carbon credits  开放的碳减排量交易所", "bold"))
    screen.line(
        "Everything marked SIM or simulated (模拟) is invented for this demo; firms and the three deals are real."
    )
    with _service(port, ends) as service:
        auditor_token = asyncio.run(_play(service, screen))
        if ends:
            return _prove(service, screen)
        _say_what_to_try(service, auditor_token, screen)
        return _stay(service, screen)


@contextlib.contextmanager
def _service(port: int, ends: bool) -> Iterator[Service]:
    """The exchange on a folder that goes away (``--exit``), or on the demo's own, which stays."""
    with contextlib.ExitStack() as stack:
        if ends:
            folder: Path = stack.enter_context(temporary_home())
            service = Service(folder, port or free_port())
        else:
            demand_free(port)
            service = Service(fresh_folder(Settings.from_environment().data_dir), port)
        stack.callback(service.end)
        yield service


async def _play(service: Service, screen: Screen) -> str:
    started = time.monotonic()
    screen.line(f"Starting it with a private PostgreSQL in {service.folder} …")
    tokens = await service.start()
    screen.line(f"It answers at {service.url} after {time.monotonic() - started:.1f} s.")
    async with contextlib.AsyncExitStack() as clients:
        stage = await open_stage(service.url, tokens, clients)
        await tell(stage, screen)
    return tokens["Auditor"]


def _prove(service: Service, screen: Screen) -> int:
    announce(screen, ACTS, "Another process rebuilds the market from its journal", "由日志重建并核对")
    return OK if prove(service, service.stop(), screen) else DIFFERENT


def _say_what_to_try(service: Service, auditor_token: str, screen: Screen) -> None:
    """The addresses of the exchange that goes on running."""
    announce(screen, ACTS, "The exchange goes on running until Ctrl-C", "交易所持续运行,按 Ctrl-C 结束")
    url = service.url
    for what, command in (
        ("the API, to read and try", f"{url}/docs"),
        ("instruments", f"curl {url}/v1/instruments"),
        ("rulebook in force", f"curl {url}/v1/rulebook"),
        ("a refusal in Chinese", f"curl -H 'Accept-Language: zh' {url}/v1/account"),
        (
            "every trade, as the auditor",
            f"curl -H 'Authorization: Bearer {auditor_token}' '{url}/v1/audit/trades?format=csv'",
        ),
        ("metrics", f"curl {url}/metrics"),
        ("rebuild it from its journal", f"EXCHANGE_DATA_DIR={service.folder} ./dev replay"),
    ):
        screen.line(f"  {what:<28} {command}")
    screen.line(f"  {'the first keys are in':<28} {service.folder / 'first-keys.json'}")


def _stay(service: Service, screen: Screen) -> int:
    """Wait for Ctrl-C, which is the end that was asked for."""
    try:
        while service.poll() is None:
            time.sleep(0.5)
    except KeyboardInterrupt:
        ended = service.stop()
        screen.line()
        screen.line(f"  Stopped after journal entry {ended.entries}. It goes on from there with 已停止,可继续运行:")
        screen.line(f"  EXCHANGE_DATA_DIR={service.folder} EXCHANGE_PORT={service.port} ./dev run")
        return OK
    raise CommandError("the exchange ended by itself.", f"read {service.log_file}")
