"""``exchange registry-simulator``: a national registry to try the exchange with, as a process of its own."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn

from exchange.bootstrap.genesis import write_private
from exchange.bootstrap.http_server import listening_socket
from exchange.cli.listening import cannot_listen
from exchange.cli.problem import OK
from exchange.cli.settings import Subparsers, port
from exchange.cli.terminal import say
from exchange.config import default_data_dir
from exchange.registry.simulator.app import Simulator
from exchange.registry.simulator.faults import CERTAIN, Fault, Faults

TOKEN_FILE: Final = "venue-token"
STAFF_FILE: Final = "staff-proposal.json"
DEFAULT_PORT: Final = 8100
FAREWELL_SECONDS: Final = 1


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "registry-simulator",
        help="run a simulated national registry 启动模拟的国家登记机构",
        description=(
            "Run a simulated national registry with a store and a key of its own. Faults are switched on by name;"
            " docs/REGISTRY.md lists them. 运行模拟的国家登记机构，故障按名称开启，见 docs/REGISTRY.zh-CN.md。"
        ),
    )
    command.add_argument(
        "--data-dir",
        type=Path,
        default=Path(default_data_dir() or "") / "registry-simulator",
        metavar="FOLDER",
        help="folder of the registry's own store 登记机构自己的数据目录",
    )
    command.add_argument("--host", default="127.0.0.1", help="address to listen on 监听地址")
    command.add_argument("--port", type=port, default=DEFAULT_PORT, help="port; 0 takes a free one 端口")
    command.add_argument(
        "--issue-on-demand",
        action="store_true",
        help="serials that nobody knows belong to the first who asks for their lock 未知序列号归首个申请锁定者",
    )
    command.add_argument(
        "--fault",
        action="append",
        type=fault,
        metavar="NAME=PERCENT",
        help="a fault and its chance in percent, such as SLOW=50; may be repeated 故障及其概率（百分比），可重复给出",
    )
    command.add_argument("--seed", type=int, default=1, help="from which faults are drawn 随机种子")
    command.add_argument(
        "--stop-with-stdin",
        action="store_true",
        help="stop when standard input closes, for programs that start this 随标准输入关闭而停止",
    )
    command.set_defaults(run=run)


def fault(text: str) -> tuple[Fault, int]:
    """A fault and its chance in percent, on a command line."""
    name, _, percent = text.partition("=")
    is_percent = percent.isascii() and percent.isdigit() and int(percent) <= CERTAIN
    if name not in Fault.__members__ or not is_percent:
        known = ", ".join(Fault)
        raise argparse.ArgumentTypeError(
            f"write NAME=PERCENT with 0 to {CERTAIN} and one of {known}"
            f" 请按 故障=百分比 填写，百分比为 0 至 {CERTAIN}，故障可选：{known}"
        )
    return Fault[name], int(percent)


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM, Ctrl-C or, where asked for, the end of standard input."""
    logging.basicConfig(level="WARNING", stream=sys.stderr)
    try:
        listening = listening_socket(arguments.host, arguments.port)
    except (OSError, UnicodeError) as error:
        raise cannot_listen(arguments.host, arguments.port, error, "--port") from None
    faults = Faults(arguments.seed, dict(arguments.fault)) if arguments.fault else None
    folder: Path = arguments.data_dir.absolute()
    simulator = Simulator(folder, faults, arguments.issue_on_demand)
    write_private(folder / TOKEN_FILE, simulator.identity.token + "\n")
    write_private(folder / STAFF_FILE, simulator.identity.staff_text())
    host, bound = listening.getsockname()[:2]
    say(f"the simulated registry answers at http://{host}:{bound} 模拟登记机构已启动")
    say(f"  the venue's token is in {folder / TOKEN_FILE} 交易所访问令牌")
    say(f"  the proposal that makes it known to the venue is in {folder / STAFF_FILE} 登记人员申请")
    config = uvicorn.Config(
        simulator.app(), log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=FAREWELL_SECONDS
    )
    server = _Server(config)
    if arguments.stop_with_stdin:
        _stop_with_stdin(server)
    with listening:
        server.run(sockets=[listening])
    return OK


class _Server(uvicorn.Server):
    """Says at once that it stops, and what for it waits: a second Ctrl-C is for whoever does not want to."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop because of a signal, even if nobody reads any more that it does: Ctrl-C ends ``| tee`` too."""
        is_first = not self.should_exit
        super().handle_exit(sig, frame)
        if is_first:
            say(
                f"stopping: open requests have {FAREWELL_SECONDS} s; Ctrl-C again does not wait for them"
                f" 正在停止：最多等待未完成的请求 {FAREWELL_SECONDS} 秒；再按 Ctrl-C 则不再等待"
            )


def _stop_with_stdin(server: uvicorn.Server) -> None:
    """Stop when the program that started this is gone."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        server.should_exit = True

    threading.Thread(target=wait, daemon=True).start()
