"""``exchange bench``: see :mod:`exchange.cli.bench`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Iterable
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import uvloop

from exchange.cli.arguments import seconds, seconds_or_none, whole_number
from exchange.cli.problem import OK, CommandError, reason_of
from exchange.cli.settings import Subparsers

if TYPE_CHECKING:
    from exchange.cli.bench.results import Report

NAMES: Final = {
    "matching": (
        "the matching engine alone, against the engines that a Python user can install",
        "单独测试撮合引擎，并与可安装的同类引擎比较",
    ),
    "core": ("apply() with everything but I/O", "不含输入输出的核心处理"),
    "orders": (
        "the whole path of an order: REST, batches, WebSocket, overload",
        "申报全程：REST、批量、WebSocket、过载",
    ),
    "stream": ("market data to many subscribers", "向大量订阅者推送行情"),
    "recovery": ("the start with a large book and a long tail of the journal", "大量挂单与长日志下的启动恢复"),
    "growth": ("how cost grows with the book, the firms and the past", "成本随挂单、企业数与历史的增长"),
    "double-count": ("the proof over a million parcels that no tonne is counted twice", "百万持有号段无重复计算的核查"),
}
ALL: Final = ("matching", "core", "orders", "stream", "recovery")
"""What `all` stands for; `growth` takes an hour and more at its full size and is asked for by name."""

NUMBERS: Final = {
    "commands": "mixed commands to measure (matching, core, growth) 测量的命令数",
    "resting": "orders in the book before (matching, core, stream, recovery) 事先挂单数",
    "firms": "buyers, and as many sellers 买方数，卖方同数",
    "rounds": "runs, of which the median is shown (matching, core) 轮数，取中位数",
    "clients": "order connections (orders, growth) 申报连接数",
    "largest_book": "orders in the largest book that is measured (matching, core, growth); 0 leaves it out 最大挂单数",
    "largest_firms": "most firms, buyers and sellers together, that are measured (growth) 最多企业数",
    "largest_history": "most rows in the past that are measured (growth) 最多历史行数",
    "subscribers": "listeners (stream) 订阅者数",
    "changes": "orders a second (stream) 每秒申报数",
    "tail": "entries after the snapshot (recovery) 快照之后的条目数",
    "parcels": "parcels, half of them spent (double-count) 持有号段数，其中一半已用尽",
}
MAY_BE_NONE: Final = ("largest_book", "largest_firms", "largest_history")
SAID: Final = (*NUMBERS, "seconds", "warm_up", "modes", "folder")
"""The options that change what is measured; each bench has some of them."""


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "bench",
        help="measure, with the floors of this machine in the same run 性能测试",
        description="Measure the parts of the exchange, with the floors of this machine. 性能测试。",
        add_help=False,
    )
    command.add_argument(
        "-h", "--help", action=_Help, help="say this, the defaults of each bench, and its modes 帮助、默认值与各模式"
    )
    command.add_argument(
        "what",
        nargs="?",
        default="core",
        choices=(*NAMES, "all", "page"),
        help="one of the benches below, core unless given; all: the first five; page: fill docs/PERFORMANCE.md "
        "测试名，默认 core；all 为前五项，page 写入 docs/PERFORMANCE.md",
    )
    for name, meaning in NUMBERS.items():
        least = 0 if name in MAY_BE_NONE else 1
        command.add_argument(_switch(name), type=whole_number(least), help=meaning)
    command.add_argument(
        "--seconds", type=seconds, help="how long each measurement takes (orders, stream, growth) 每项测量秒数"
    )
    command.add_argument(
        "--warm-up", type=seconds_or_none, help="seconds before each of them that are not counted 预热秒数，不计入"
    )
    command.add_argument(
        "--modes", type=_words, help="which parts of it, with commas between (orders, growth); all 所测部分"
    )
    command.add_argument(
        "--folder", type=Path, help="where the database of a long past stays, to go on with (growth) 历史数据目录"
    )
    command.add_argument(
        "--json", type=Path, metavar="FILE", help="write the result there; a folder for `all` 结果写入该文件"
    )
    command.set_defaults(run=run)


class _Help(argparse.Action):
    """``--help`` with what each bench is and does unless told otherwise, which only the benches themselves know."""

    def __init__(self, option_strings: list[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print and end."""
        parser.print_help()
        try:
            print(f"\nbenches and their defaults 各项测试及其默认值：\n{told()}")
        except CommandError as error:
            error.tell(print)
        parser.exit()


def told() -> str:
    """Each bench with what it is in both languages, and its options with their defaults."""
    lines = []
    for name, (english, chinese) in NAMES.items():
        lines.append(f"  {name:<9} {english}\n  {'':<9} {chinese}")
        options = bench_of(name).Options
        given = ((field.name, field.default) for field in fields(options) if field.default is not None)
        lines += [f"  {'':<9} {_option(*each)}" for each in given]
    return "\n".join(lines)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(",") if word)


def run(arguments: argparse.Namespace) -> int:
    """Measure, show the tables, write the files."""
    from exchange.cli.bench import page

    names = {"all": ALL, "page": ()}.get(arguments.what, (arguments.what,))
    _know_options(arguments, names)
    if arguments.what == "page":
        page.fill()
        return OK
    files = {name: _file(arguments, name) for name in names}
    for file in files.values():
        _try_to_write(file)
    for name in names:
        report = _bench(name)(arguments)
        report.command = command_of(name, report)
        print(f"## {name}\n\n{page.section(report)}\n", flush=True)
        if (file := files[name]) is not None:
            report.save(file)
    return OK


def _know_options(arguments: argparse.Namespace, names: Iterable[str]) -> None:
    """An option that no bench asked for has would be passed over, and the figures would not be what was meant."""
    has = [field.name for name in names for field in fields(bench_of(name).Options)]
    said = vars(arguments)
    options = (*SAID, *(["json"] if arguments.what == "page" else []))
    strange = [name for name in options if said[name] is not None and name not in has]
    if strange:
        known = ", ".join(_switch(name) for name in dict.fromkeys(has)) or "none 没有"
        raise CommandError(
            f"bench {arguments.what} has no option {', '.join(map(_switch, strange))}. 该测试没有此选项",
            f"its options are {known} 可用选项如上",
        )


def _file(arguments: argparse.Namespace, name: str) -> Path | None:
    """Where a result goes, if anywhere."""
    path: Path | None = arguments.json
    return path / f"{name}.json" if path is not None and arguments.what == "all" else path


def _try_to_write(file: Path | None) -> None:
    """What cannot be written is said before an hour is spent on it; a file that was not there is not there after."""
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        was_there = file.exists()
        file.open("ab").close()
        if not was_there:
            file.unlink()
    except OSError as error:
        raise CommandError(
            f"cannot write {file}: {reason_of(error)}. 无法写入该文件", "name another with --json 请用 --json 另选"
        ) from None


def _bench(name: str) -> Callable[[argparse.Namespace], Report]:
    """How a bench is run. Only what is asked for is imported: some of it needs more than a server has installed."""
    module = bench_of(name)

    def measure(arguments: argparse.Namespace) -> Report:
        options = module.Options(**_given(arguments, (field.name for field in fields(module.Options))))
        _know_modes(name, module, options)
        made = module.run(options)
        report: Report = _run(made) if asyncio.iscoroutine(made) else made
        report.smaller = smaller_than_usual(options, module.Options())
        return report

    return measure


def smaller_than_usual(options: Any, usual: Any) -> list[str]:
    """The options that ask for less than the bench does by itself, as they are typed, with the default of each."""
    found = []
    for name in (field.name for field in fields(usual)):
        given, default = getattr(options, name), getattr(usual, name)
        if isinstance(default, int | float) and given < default:
            found.append(f"{_option(name, given)} (default {default})")
    return found


def bench_of(name: str) -> ModuleType:
    """The module of a bench, which has ``Options``, ``run`` and perhaps ``MODES``; CommandError without load tests."""
    try:
        return import_module(f"exchange.cli.bench.{name.replace('-', '_')}")
    except ModuleNotFoundError as missing:
        if missing.name is None or not missing.name.startswith("loadtests"):
            raise
        remedy = "run it from the project's folder: ./dev bench 请在项目目录中运行"
        raise CommandError("the load tests are not here. 缺少负载测试程序", remedy) from None


def _know_modes(name: str, module: ModuleType, options: Any) -> None:
    """A mode that is not known would measure nothing, and say nothing."""
    known: tuple[str, ...] = getattr(module, "MODES", ())
    asked = getattr(options, "modes", known)
    strange = [mode for mode in asked if mode not in known]
    if strange or (known and not asked):
        raise CommandError(
            f"bench {name} has no mode {', '.join(strange) or 'without a name'}. 没有这一模式",
            f"its modes are {', '.join(known)} 可选模式如上",
        )


def _run(whole: Any) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(whole)


def _given(arguments: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """What was said of the options that a bench has."""
    said = vars(arguments)
    return {name: said[name] for name in names if said.get(name) is not None}


def command_of(name: str, report: Report) -> str:
    """The command that measures the same again."""
    words = [f"./dev bench {name}"]
    words += [_option(option, value) for option, value in report.options.items() if value not in (None, "")]
    return " ".join(words)


def _option(name: str, value: object) -> str:
    """An option as it is typed."""
    shown = ",".join(map(str, value)) if isinstance(value, list | tuple) else value
    return f"{_switch(name)} {shown}"


def _switch(name: str) -> str:
    """An option's name as it is typed."""
    return f"--{name.replace('_', '-')}"
