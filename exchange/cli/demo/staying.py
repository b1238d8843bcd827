"""The demo after its story: the exchange stays until Ctrl-C or SIGTERM, and whoever ends it is told how to go on."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from typing import Final

from exchange.cli.demo.service import Service
from exchange.cli.problem import OK, CommandError, Terminated
from exchange.cli.terminal import Screen

LOOKS_EVERY: Final = 0.5
"""Seconds between two looks whether the exchange still runs."""


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


def stay(service: Service, screen: Screen) -> int:
    """Wait for the end that is asked for: of the demo, or of the exchange alone, which ends with 0 then.

    Raises:
        CommandError: when the exchange ended for another reason.
    """
    try:
        while service.poll() is None:
            time.sleep(LOOKS_EVERY)
    except KeyboardInterrupt:
        screen.line()
    if service.poll() not in (None, OK):
        raise CommandError(
            f"the exchange ended by itself with exit code {service.poll()}. 交易所自行停止。",
            f"read {service.log_file} 请查看日志文件",
            f"go on where its journal ends: {_go_on(service)} 由日志末尾继续",
        )
    ended = service.stop()
    screen.say(
        f"Stopped after journal entry {ended.entries}. It goes on from there with:",
        f"已在第 {ended.entries} 条日志后停止。用下面的命令可从此处继续运行：",
    )
    screen.line(f"  {_go_on(service)}")
    screen.say("./dev demo begins anew and removes this market.", "./dev demo 会重新开始，并清除这个市场。")
    return OK


def _go_on(service: Service) -> str:
    return f"EXCHANGE_DATA_DIR={service.folder} EXCHANGE_PORT={service.port} ./dev run"
