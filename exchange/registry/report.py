"""What a reconciliation has found, for people in both languages and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from exchange.access.ids import Kind, id_text, id_text_or_none
from exchange.registry.reconcile import Discrepancy, Finding
from exchange.registry.suspending import Affected, Used, uses_within
from exchange.registry.sweeps import MOST_TOLD

MOST_SHOWN: Final = 200
"""Lines of one kind that people are shown; who has to read more than that reads JSON by a program."""


class Words(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str


SENTENCES: Final[dict[Finding, Words]] = {
    Finding.MISSING_THERE: Words(
        "by our books the registry has once locked them for us, and its list does not have them",
        "按我方账簿，登记机构曾予锁定，其名册中却没有",
    ),
    Finding.MISSING_HERE: Words(
        "the registry lists them for this venue, and they are in none of our lots", "登记机构名册列为本所，我方无此批次"
    ),
    Finding.OTHER_ACCOUNT: Words("the registry holds them in the name of another firm", "登记机构记于其他主体名下"),
    Finding.RELEASED_ELSEWHERE: Words(
        "the registry has let them go to another national account than we asked for",
        "登记机构已转出至非我方所请的账户",
    ),
    Finding.OLD_REQUEST: Words(
        "the registry names a request of ours that a later one has overtaken", "登记机构所引请求已被其后的请求取代"
    ),
    Finding.OTHER_RANGE: Words(
        "the registry names a request of ours that was about other serials", "登记机构所引请求原指其他序列号"
    ),
    Finding.OTHER_STATE: Words("our state and the registry's cannot both be true", "双方状态互相矛盾"),
    Finding.CANCELLED_THERE: Words("the registry has cancelled what is alive here", "登记机构已注销，我方仍为存续"),
    Finding.RELEASED_THERE: Words(
        "the registry has released what is alive here to the national market", "登记机构已转出至全国市场，我方仍为存续"
    ),
    Finding.LOCK_WITHOUT_REQUEST: Words(
        "the registry names a request that we never made", "登记机构所引请求非我方所发"
    ),
    Finding.REQUEST_WITHOUT_LOCK: Words(
        "we keep an answer that the registry has not on record", "我方存有应答，登记机构并无记录"
    ),
    Finding.TWO_STATEMENTS: Words("the registry says two things", "登记机构说法不一"),
    Finding.OTHER_ANSWER: Words("the registry has another outcome on record", "登记机构记录的结果与所告知不同"),
    Finding.NOT_SIGNED: Words("we keep an answer that the registry has not signed", "我方所存应答并无登记机构签名"),
    Finding.RECEIPT_UNKNOWN: Words("the registry has another receipt than we have", "登记机构的回执与我方所存不同"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """One reconciliation: up to which entry our side was read, how much was compared, what does not agree, which
    serials are to be suspended for it, and which an earlier one has suspended, ``held_before``. ``uses`` are those of
    the serials about which something does not agree, by lot and serial: their certificates are in doubt as long.
    """

    as_of_seq: int
    serials: int
    lines: int
    requests: int
    found: Sequence[Discrepancy]
    held: Sequence[Affected]
    held_before: Sequence[Affected] = ()
    uses: Sequence[Used] = ()

    @property
    def agrees(self) -> bool:
        """Whether nothing was found."""
        return not self.found

    def document(self) -> dict[str, Any]:
        """As JSON."""
        found = [
            {**asdict(one), **SENTENCES[one.finding]._asdict(), "lot": _lot(one.lot), "uses": self.uses_of(one)}
            for one in self.found
        ]
        held = [{**asdict(one), "lot": _lot(one.lot)} for one in self.held]
        before = [{**asdict(one), "lot": _lot(one.lot)} for one in self.held_before]
        counts = {"serials": self.serials, "lines": self.lines, "requests": self.requests}
        return {
            "as_of_seq": self.as_of_seq,
            "agrees": self.agrees,
            **counts,
            "found": found,
            "held": held,
            "held_before": before,
        }

    def text(self) -> Iterator[str]:
        """Line by line."""
        for one in self.found[:MOST_SHOWN]:
            words, place = SENTENCES[one.finding], f"{one.space} {one.lo}-{one.hi - 1}"
            yield f"registry-reconcile: {one.finding}: {place}: {words.en}"
            yield f"  不符：{place}：{words.zh}"
            if one.here:
                yield f"  here 我方：{one.here}"
            if one.there:
                yield f"  registry 登记机构：{one.there}"
            if uses := self.uses_of(one):
                yield f"  used for 所涉使用：{', '.join(uses[:MOST_TOLD])}{', …' if len(uses) > MOST_TOLD else ''}"
        yield from _left_out(self.found)
        for held in self.held[:MOST_SHOWN]:
            yield f"  to be suspended 应予暂停：{_place(held)}"
        yield from _left_out(self.held)
        for held in self.held_before[:MOST_SHOWN]:
            yield f"  already suspended 已暂停：{_place(held)}"
        yield from _left_out(self.held_before)
        yield self._last()

    def advice(self, is_held: bool) -> Iterator[str]:
        """What to do next about what was found; ``is_held`` where the same call suspends it."""
        if self.held and not is_held:
            yield (
                '  -> suspend just these serials: give the command again with --hold NAME, such as --hold "Operator A"'
                " 请加 --hold 姓名 重新执行，以暂停上列序列号"
            )
        if not self.agrees:
            yield (
                "  -> what each finding asks of an operator stands in docs/REGISTRY.md, Reconciliation"
                " 各类不符的处理见 docs/REGISTRY.zh-CN.md“对账”"
            )

    def uses_of(self, one: Discrepancy) -> list[str]:
        """The ids of the uses of any of these serials, in the order of their serials."""
        within = uses_within(self.uses, one.lot, one.lo, one.hi)
        return list(dict.fromkeys(id_text(Kind.USE, used.claim) for used in within))

    def _last(self) -> str:
        compared = f"{self.serials:,} t here, {self.lines:,} lines there, {self.requests:,} requests"
        zh = f"我方 {self.serials:,} 吨，登记机构 {self.lines:,} 行，请求 {self.requests:,} 笔"
        if self.agrees:
            return f"registry-reconcile: everything agrees up to entry {self.as_of_seq} ({compared}) 全部一致（{zh}）"
        count = len(self.found)
        noun = "discrepancy" if count == 1 else "discrepancies"
        return f"registry-reconcile: {count:,} {noun} ({compared}) 共 {count:,} 处不符（{zh}）"


def _left_out(told: Sequence[object]) -> Iterator[str]:
    if len(told) > MOST_SHOWN:
        left = len(told) - MOST_SHOWN
        yield f"  and {left:,} more, which --json has as well 另有 {left:,} 项，见 --json"


def _place(part: Affected) -> str:
    return f"{id_text(Kind.LOT, part.lot)} {part.lo}-{part.hi - 1}"


def _lot(lot: int) -> str | None:
    return id_text_or_none(Kind.LOT, lot)
