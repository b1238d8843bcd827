"""Reading the command line: what is wrong with it is said in English, as argparse does, and then in Chinese.

The texts of the English line are those of :mod:`argparse`, which has no others; the Chinese ones are found by them. A
text that is not known here has a line all the same, which sends to the help.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable
from typing import Any, Final, NoReturn

from exchange.cli.problem import CANNOT

_CHINESE: Final = (
    (
        r"argument (?P<name>.+?): invalid choice: (?P<value>.+?) \(choose from (?P<known>.+)\)",
        "没有 {value}，可选：{known}",
    ),
    (r"argument (?P<name>.+?): invalid int value: (?P<value>.+)", "{name} 应为整数，不能是 {value}"),
    (r"argument (?P<name>.+?): invalid float value: (?P<value>.+)", "{name} 应为数字，不能是 {value}"),
    (r"argument (?P<name>.+?): expected (?:one|at least one|\d+) arguments?", "{name} 之后缺少值"),
    (r"argument (?P<name>.+?): not allowed with argument (?P<other>.+)", "{name} 不能与 {other} 同时使用"),
    (r"argument (?P<name>.+?): ignored explicit argument (?P<value>.+)", "{name} 不带值，不能写 {value}"),
    (r"the following arguments are required: (?P<name>.+)", "缺少必需的参数：{name}"),
    (r"one of the arguments (?P<name>.+) is required", "必须给出其中一项：{name}"),
    (r"unrecognized arguments: (?P<name>.+)", "没有此参数：{name}"),
    (r"ambiguous option: (?P<name>.+) could match (?P<known>.+)", "{name} 不明确，可能是：{known}"),
)
_OTHERWISE: Final = "命令行有误，用法见 --help"
_DASHED_KEY: Final = re.compile(r"-[A-Za-z0-9_-]{42}")
_HAN: Final = re.compile(r"[一-鿿]")


class Parser(argparse.ArgumentParser):
    """A parser whose errors are said in both languages; the parsers of its commands are such ones too.

    A public key may begin with a minus, which argparse would take for an option's.
    """

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The same as argparse, with a public key bound to the option in front of it."""
        given = list(sys.argv[1:] if args is None else args)
        for at in reversed(range(1, len(given))):
            if _DASHED_KEY.fullmatch(given[at]) and given[at - 1].startswith("--") and "=" not in given[at - 1]:
                given[at - 1 : at + 1] = [f"{given[at - 1]}={given[at]}"]
        return super().parse_known_args(given, namespace)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end with exit code 2."""
        self.print_usage(sys.stderr)
        self.exit(CANNOT, f"{self.prog}: error: {message}\n" + (f"  {said}\n" if (said := in_chinese(message)) else ""))


def in_chinese(message: str) -> str:
    """What an error of argparse says; "" when it is said in Chinese already."""
    for pattern, chinese in _CHINESE:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return f"错误：{chinese.format(**found.groupdict())}"
    return "" if _HAN.search(message) else _OTHERWISE


def whole_number(least: int) -> Callable[[str], int]:
    """How a whole number from ``least`` on is read."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"write a whole number from {least} on 应为不小于 {least} 的整数")
        return number

    return read


def seconds(text: str) -> float:
    """A time that something takes, in seconds; more than none."""
    return _seconds(text, least=math.ulp(0.0), said="write a number of seconds above 0 应为大于 0 的秒数")


def seconds_or_none(text: str) -> float:
    """A time in seconds that may be 0."""
    return _seconds(text, least=0.0, said="write a number of seconds from 0 on 应为不小于 0 的秒数")


def _seconds(text: str, least: float, said: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number < math.inf:
        raise argparse.ArgumentTypeError(said)
    return number
