"""``exchange serve``: run the exchange until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import logging
import shlex
import socket
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final

import uvloop

from exchange.api.wire import day_text
from exchange.bootstrap.database import open_database
from exchange.bootstrap.http_server import listening_socket
from exchange.bootstrap.service import Ending, NotASandboxError, Running, serve
from exchange.cli.listening import cannot_listen
from exchange.cli.problem import OK, STOPPED_ITSELF, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, log_to_stderr, port, settings_of, understandable
from exchange.cli.terminal import say
from exchange.cli.verdict import of_other_version
from exchange.config import Settings
from exchange.core.image import state_hash
from exchange.sequencer.journal import JournalCorruptError, OtherVersionError
from exchange.sequencer.sequencer import StopCause

logger = logging.getLogger(__name__)

NEXT: Final = """
  try next 接下来可以：
    curl {url}/v1/status
    curl {url}/v1/rulebook
    curl -H "Authorization: Bearer <token of Operator A>" {url}/v1/participants
    {url}/docs
"""

NO_ORIGIN: Final = (
    "warning: EXCHANGE_PUBLIC_ORIGIN is not set, and this address can be reached from other machines. So a signature\n"
    "  is good for whatever Host its request names, another venue's too.\n"
    "  -> set it to the address that clients use, such as https://exchange.example, and start again\n"
    "  警告：监听地址可从其他机器访问，但未设置 EXCHANGE_PUBLIC_ORIGIN。签名将按请求自带的 Host 核验，\n"
    "  为其他交易场所所作的签名也可能通过。\n"
    "  -> 请设为客户端所用的地址，例如 https://exchange.example，然后重新启动"
)
"""What an operator is told who serves others without saying where they find the venue."""


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "serve",
        help="run the exchange until Ctrl-C or SIGTERM 启动交易所",
        description="Run the exchange; without EXCHANGE_DATABASE_URL it has a private PostgreSQL. 启动交易所。",
    )
    command.add_argument("--host", help="address to listen on, instead of EXCHANGE_HOST 监听地址")
    command.add_argument("--port", type=port, help="port, instead of EXCHANGE_PORT; 0 takes a free one 端口")
    command.add_argument(
        "--takeover", action="store_true", help="end another process that leads this journal, and lead it 强制接管"
    )
    command.add_argument(
        "--stop-with-stdin",
        action="store_true",
        help="stop when standard input closes, for programs that start this 随标准输入关闭而停止",
    )
    command.add_argument(
        "--end-report",
        type=Path,
        metavar="FILE",
        help="write the last entry, its head and the state's hash at the end 停止时写入",
    )
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve; 0 after a stop that was asked for, 3 when the exchange stopped itself."""
    settings = settings_of(arguments)
    log_to_stderr(settings)
    try:
        listening = listening_socket(settings.host, settings.port)
    except (OSError, UnicodeError) as error:
        raise cannot_listen(settings.host, settings.port, error, "--port or EXCHANGE_PORT") from None
    warn_of_no_origin(settings, listening)
    with listening, understandable(), open_database(settings, say) as database:
        whole = serve(
            settings,
            database,
            listening,
            say,
            welcome,
            stops_with_stdin=arguments.stop_with_stdin,
            takeover=arguments.takeover,
        )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            ending = _run(runner, whole)
    return tell_the_end(ending, arguments.end_report)


def warn_of_no_origin(settings: Settings, listening: socket.socket) -> None:
    """On the terminal and in the log, where requests can come from elsewhere and signatures are for no venue."""
    address = ipaddress.ip_address(listening.getsockname()[0].partition("%")[0])
    if settings.public_origin is None and not address.is_loopback:
        say(NO_ORIGIN)
        logger.warning("EXCHANGE_PUBLIC_ORIGIN is not set, and %s is no address of this machine alone 未设置", address)


def _run(runner: asyncio.Runner, whole: Coroutine[Any, Any, Ending]) -> Ending:
    try:
        return runner.run(whole)
    except NotASandboxError:
        raise CommandError(
            "EXCHANGE_SANDBOX is on, and this venue was not opened as a sandbox: it is not served. 此交易所并非沙箱。",
            "choose another folder for the sandbox: EXCHANGE_DATA_DIR or --data-dir 请另选数据目录",
            "or leave EXCHANGE_SANDBOX out 或去掉该设置",
        ) from None
    except OtherVersionError as error:
        raise of_other_version(error) from None
    except JournalCorruptError as error:
        raise CommandError(
            f"the journal is not what was written, so nothing is served: {error}. 日志已非原样，未启动。",
            "keep this data as it is, and start on a restored copy of it 请保留现有数据，从恢复的副本启动",
            "`exchange replay` and `exchange reconcile` say more 可进一步核查",
        ) from None


def welcome(running: Running, url: str) -> None:
    """Where everything is, and what to try next."""
    view, keys = running.sequencer.view, running.keys.path
    day = day_text(view.markets.day)
    say(f"the exchange answers at {url} (journal entry {view.seq}, trading day {day}) 交易所已启动")
    if view.governance.is_sandbox:
        say("  this is a sandbox: money and units are play 沙箱：资金与标的均为模拟")
    if keys.exists():
        say(f"  the first keys are in {keys} (readable by you alone) 初始密钥")
        folder = shlex.quote(str(keys.parent))
        say(f"  to see their tokens 查看令牌：.venv/bin/python -m exchange keys --show --data-dir {folder}")
    say(NEXT.format(url=url))


def tell_the_end(ending: Ending, report: Path | None) -> int:
    """Say how it ended; the exit code."""
    if report is not None and ending.state is not None:
        state = state_hash(ending.state)
        document = {"entries": ending.entries, "head": ending.head.hex(), "state": state.hex()}
        report.write_text(json.dumps(document) + "\n", encoding="utf-8")
    if ending.cause is StopCause.ASKED:
        say(f"the exchange has stopped after journal entry {ending.entries}; everything is durable 已安全停止")
        return OK
    print(
        f"exchange: stopped by itself because {ending.cause.value}; what was acknowledged is durable. 已自行停止\n"
        "  -> the log above says more; start it again: it goes on where the journal ends 请重新启动，将从日志末尾继续",
        file=sys.stderr,
        flush=True,
    )
    return STOPPED_ITSELF
