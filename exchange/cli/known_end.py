"""The options of those who check a journal: what they noted of it earlier; and what is said when they noted nothing."""

from __future__ import annotations

import argparse
from typing import Final

from exchange.audit.known_end import KnownEnd
from exchange.core.values import Seq
from exchange.sequencer.journal import GENESIS_HEAD

NOT_CHECKED: Final = (
    "  the end  NOT CHECKED: nothing in a journal shows that entries are missing at its end, or that it was rewritten\n"
    "           with new hashes. Note head and as_of_seq of GET /v1/status every day where the operator cannot write,\n"
    "           and give what you noted: --head HEX --entries N\n"
    "  末尾     未核对：单凭日志本身，看不出末尾是否缺少条目，也看不出是否换上新哈希整体重写。\n"
    "           请每天把 GET /v1/status 的 head 与 as_of_seq 记在交易机构无法改写的地方，\n"
    "           核对时用 --head HEX --entries N 给出。"
)


def add_known_end(command: argparse.ArgumentParser) -> None:
    """What was noted earlier."""
    command.add_argument(
        "--head", type=_head, metavar="HEX", help="a head that you noted earlier; it must be in this journal 已知链头"
    )
    command.add_argument(
        "--entries", type=_count, metavar="N", help="how many entries there were, with --head: at that head 已知条目数"
    )


def known_end_of(arguments: argparse.Namespace) -> KnownEnd:
    """What the arguments say."""
    return KnownEnd(arguments.head, arguments.entries)


def end_words(known: KnownEnd, last: Seq) -> str:
    """How far the journal's end is known, in both languages; ``last`` is the last entry there is."""
    if known.found_at is None:
        return NOT_CHECKED
    after = last - known.found_at
    if known.head is None:
        return (
            f"  the end  there is an entry {known.found_at:,}; {after:,} more came after it. What is in it is NOT"
            " CHECKED:\n           no head was given. Give what you noted: --head HEX --entries N\n"
            f"  末尾     有第 {known.found_at:,} 条；未给链头，其内容未核对。其后还有 {after:,} 条。\n"
            "           请用 --head HEX --entries N 给出您记下的链头。"
        )
    return (
        f"  the end  the known head stands at entry {known.found_at:,}; {after:,} more came after it. Whether still"
        f" more\n           are missing behind entry {last:,} only a head noted later can show.\n"
        f"  末尾     第 {known.found_at:,} 条的链头与已知链头相符；其后还有 {after:,} 条。\n"
        f"           第 {last:,} 条之后是否有缺失，须凭更晚记下的链头判断。"
    )


def _head(text: str) -> bytes:
    try:
        head = bytes.fromhex(text)
    except ValueError:
        head = b""
    if len(head) != len(GENESIS_HEAD):
        digits = 2 * len(GENESIS_HEAD)
        raise argparse.ArgumentTypeError(f"a head is {digits} hexadecimal digits 链头为 {digits} 位十六进制数")
    return head


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError("write a whole number above zero 请填写正整数")
    return int(text)
