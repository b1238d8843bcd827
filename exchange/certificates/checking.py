"""Holding a certificate to what it says of itself, and to what a journal says.

Without a journal there is one thing to see: whether the number fits the contents, that is, whether somebody changed
them after the number was made. Whoever makes up a whole certificate makes up a fitting number as well; only the log, or
the venue's check page, shows that there is such a use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from exchange.certificates.document import (
    DISPUTED,
    FORMAT,
    REVOKED,
    VALID,
    Document,
    canonical_bytes,
    conversions_in,
    document_of,
    since_in,
    stated_in,
)
from exchange.certificates.numbers import LONGEST, check_code, claim_of
from exchange.certificates.register import CertificateRegister
from exchange.certificates.sheet import sheet_of, shown
from exchange.certificates.words import Words
from exchange.foreign_json import ForeignJsonError, read_foreign_json

MOST_BYTES: Final = 64 * 1024 * 1024
"""A use has a bounded number of ranges, and so has each cancellation of CCER behind its quota. A hundred such
cancellations, each as scattered as one can be, with names of the usual length, are smaller.
"""


class NotACertificateError(Exception):
    """A file is something else; the text says what it lacks, :attr:`chinese` the same in Chinese."""

    def __init__(self, problem: str, chinese: str) -> None:
        super().__init__(problem)
        self.chinese = chinese


class Verdict(Enum):
    """What a journal says of a certificate."""

    CONFIRMED = "the log has this use, word for word"
    REVOKED_SINCE = "the log has this use, and it was revoked since"
    DISPUTED_SINCE = "the log has this use, and it is disputed since"
    SETTLED_SINCE = "the log has this use, and a dispute about it was settled since"
    NO_SUCH_USE = "the log has no certificate of this use"
    DIFFERENT = "the log says something else of this use"


VERDICTS_ZH: Final = {
    Verdict.CONFIRMED: "日志载有此项使用，逐字一致",
    Verdict.REVOKED_SINCE: "日志载有此项使用，但其后已被撤销",
    Verdict.DISPUTED_SINCE: "日志载有此项使用，但其后存在争议",
    Verdict.SETTLED_SINCE: "日志载有此项使用，其争议其后已了结",
    Verdict.NO_SUCH_USE: "日志中没有此项使用的证书",
    Verdict.DIFFERENT: "日志所载与证书不同",
}


def read_certificate(data: bytes) -> Document:
    """The document in a file, in whatever spelling of JSON; what it says is not believed yet.

    Raises:
        NotACertificateError: when it is none of this format.
    """
    try:
        document = read_foreign_json(data)
    except ForeignJsonError as error:
        raise NotACertificateError(f"it cannot be read as JSON: {error}", "该文件无法作为 JSON 读取") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotACertificateError(f"its format is not {FORMAT}", f"其格式不是 {FORMAT}")
    if not isinstance(document.get("number"), str):
        raise NotACertificateError("it has no number", "其中没有证书编号")
    try:
        sheet_of(document)
        is_whole = _names_what_it_stands_on(document)
    except KeyError as error:
        raise NotACertificateError(f"it lacks {error}", f"其中缺少 {error}") from None
    except (TypeError, ValueError, AttributeError):
        raise NotACertificateError("something in it is not of its kind", "其中有内容的类型不符") from None
    if not is_whole:
        raise NotACertificateError(
            "it does not name just the cancelled CCER that its quota was issued against",
            "其中所列的 CCER 注销与其指标所据的不符",
        )
    return document


def _names_what_it_stands_on(document: Document) -> bool:
    """Whether each cancellation that its units were issued against is told once, and no other."""
    wanted = {unit["issued_against"] for unit in document["units"]} - {None}
    return sorted(one["claim"] for one in conversions_in(document)) == sorted(wanted)


def fits_its_number(document: Document) -> bool:
    """Whether the number is the one of these contents."""
    number: str = document["number"]
    is_one = len(number) <= LONGEST and claim_of(number) is not None
    return is_one and number.rpartition("-")[2] == check_code(stated_in(document))


def judge(document: Document, register: CertificateRegister) -> Verdict:
    """What the journal that the register was told says of a certificate."""
    claim = claim_of(document["number"])
    facts = None if claim is None else register.facts_of(claim)
    if facts is None:
        return Verdict.NO_SUCH_USE
    told = document_of(facts)
    if canonical_bytes(told) == canonical_bytes(document):
        return Verdict.CONFIRMED
    return _SINCE[told["status"]] if _may_be_older(document, told) else Verdict.DIFFERENT


_SINCE: Final = {
    VALID: Verdict.SETTLED_SINCE,
    DISPUTED: Verdict.DISPUTED_SINCE,
    REVOKED: Verdict.REVOKED_SINCE,
}


def _may_be_older(document: Document, told: Document) -> bool:
    """Whether a certificate can be a copy from before: it states the same, and it was not revoked then, for that is
    never taken back. Which disputes stood once is not looked at, only that its status and since when it is so fit to
    those that it names.
    """
    says_the_same = (document["number"], stated_in(document)) == (told["number"], stated_in(told))
    was = DISPUTED if document.get("disputes") else VALID
    if not says_the_same or document.get("revocation") is not None or document.get("status") != was:
        return False
    return document.get("status_since") == since_in(document)


def newest_entry(document: Document) -> int:
    """The last entry of the log that a certificate tells of: that of the use, of a dispute or of the revocation."""
    told = (document, document.get("revocation") or {}, *document.get("disputes", ()))
    return max((seq for one in told if type(seq := one.get("log", {}).get("seq")) is int), default=0)


def is_ahead(document: Document, register: CertificateRegister, last: int) -> bool:
    """Whether a journal that ends with the entry ``last`` cannot confirm this certificate because it ends too early.

    What the journal has of the use must be the same all the same; else the certificate is not ahead but different.
    """
    if newest_entry(document) <= last:
        return False
    claim = claim_of(document["number"])
    facts = None if claim is None else register.facts_of(claim)
    if facts is None:
        return True
    told = document_of(facts)
    return (document["number"], stated_in(document)) == (told["number"], stated_in(told))


def differences(document: Document, register: CertificateRegister) -> Iterator[Words]:
    """Which values of a certificate are others in the log, each with the way to it: where an auditor is to look."""
    claim = claim_of(document["number"])
    facts = None if claim is None else register.facts_of(claim)
    if facts is None:
        return
    told, given = dict(_values(document_of(facts))), dict(_values(document))
    for way in sorted(told.keys() | given.keys()):
        there, here = _in_words(told.get(way)), _in_words(given.get(way))
        if there != here:
            name = shown(way)
            yield Words(
                f"{name}: the log has {there.en}, this file has {here.en}",
                f"{name}：日志所载为{there.zh}，本文件所载为{here.zh}",
            )


def _values(value: Any, way: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is in a document, with the names that lead to it, such as ``units[0].quantity``."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _values(each, f"{way}.{name}" if way else name)
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _values(each, f"{way}[{n}]")
    else:
        yield way, value


def _in_words(value: Any) -> Words:
    """A value as JSON spells it; what is null is not there."""
    if value is None:
        return Words("nothing", "无")
    text = shown(json.dumps(value, ensure_ascii=False))
    return Words(text, f" {text}")
