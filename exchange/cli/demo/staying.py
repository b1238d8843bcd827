"""The demo after its story: exchange and registry stay until Ctrl-C or SIGTERM, and whoever ends them is told how to
go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Coroutine, Iterator
from typing import Any, Final, TypeVar

from exchange.cli.demo.program import Program
from exchange.cli.demo.registry import Registry
from exchange.cli.demo.service import Service
from exchange.cli.problem import OK, Terminated
from exchange.cli.terminal import Screen

LOOKS_EVERY: Final = 0.5
"""Seconds between two looks whether exchange and registry still run."""

T = TypeVar("T")


@contextlib.contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """SIGTERM does what Ctrl-C does, so that the exchange is stopped cleanly and a farewell is said."""

    def told(*_: object) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def beside(program: Program, story: Coroutine[Any, Any, T]) -> T:
    """Play a story that needs a program. Without it the story would wait for ever: the exchange waits for a registry.

    Raises:
        CommandError: when the program ended before the story.
    """
    playing = asyncio.ensure_future(story)
    try:
        while not playing.done():
            if program.poll() is not None:
                raise program.ended_by_itself()
            await asyncio.wait((playing,), timeout=LOOKS_EVERY)
        if playing.exception() is not None and program.poll() is not None:
            raise program.ended_by_itself() from playing.exception()
        return playing.result()
    finally:
        playing.cancel()
        await asyncio.wait((playing,))


def stay(service: Service, registry: Registry, screen: Screen) -> int:
    """Wait for the end that is asked for: of the demo, or of the exchange alone, which ends with 0 then.

    Raises:
        CommandError: when the exchange ended for another reason, or the registry ended. The exchange could go on
            without it, but whoever tries something would wait for an answer and not know why.
    """
    lines = (f"go on where the journal ends: {line} 由日志末尾继续" for line in go_on(service, registry))
    try:
        while service.poll() is None:
            if registry.poll() is not None:
                raise registry.ended_by_itself(*lines)
            time.sleep(LOOKS_EVERY)
    except KeyboardInterrupt:
        screen.line()
        screen.say(
            "Stopping: the exchange finishes what it has taken in and closes its database; a few seconds.",
            "正在停止：交易所先处理完已受理的请求，再关闭数据库，需数秒。",
        )
    if service.poll() not in (None, OK):
        raise service.ended_by_itself(*lines)
    ended = service.stop()
    screen.say(
        f"Stopped after journal entry {ended.entries}. Registry and exchange go on from there, each in a terminal"
        " of its own, with:",
        f"已在第 {ended.entries} 条日志后停止。在两个终端中依次运行下面的命令，登记机构与交易所即从此处继续：",
    )
    for line in go_on(service, registry):
        screen.line(f"  {line}")
    screen.say("./dev demo begins anew and removes this market.", "./dev demo 会重新开始，并清除这个市场。")
    return OK


def go_on(service: Service, registry: Registry) -> tuple[str, str]:
    """What to type for the registry and then, in another terminal, for the exchange, which asks it."""
    registry_again = f"./dev registry --data-dir {registry.folder} --port {registry.port}"
    return registry_again, f"{_settings_of(service, registry)} ./dev run"


def look_again(service: Service, registry: Registry) -> tuple[str, str]:
    """What to type, while both run, to compare them once more, and to count every tonne."""
    exchange = ".venv/bin/python -m exchange"
    return (
        f"{_settings_of(service, registry)} {exchange} registry-reconcile",
        f"{exchange} audit double-count --data-dir {service.folder}",
    )


def _settings_of(service: Service, registry: Registry) -> str:
    settings = {"EXCHANGE_DATA_DIR": str(service.folder), "EXCHANGE_PORT": str(service.port), **registry.settings}
    return " ".join(f"{name}={value}" for name, value in settings.items())
