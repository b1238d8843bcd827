"""What reads bytes that somebody else wrote, and for each reader what must hold whatever the bytes are.

A target is a function of bytes. It raises AssertionError when a rule is broken, and lets through every exception that
is not the reader's own refusal, since that is a bug as well. Both fuzzers use the same ones: Hypothesis in the tests,
Atheris (coverage-guided, from libFuzzer) in `./dev fuzz`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any, Final

from exchange.access.keys import read_token
from exchange.access.public_keys import read_public_key
from exchange.access.signature_input import read_signature_input
from exchange.api.decoder import INEXACT, MAX_DEPTH, Undecodable, decode
from exchange.audit.export import read_export
from exchange.certificates.checking import NotACertificateError, fits_its_number, newest_entry, read_certificate
from exchange.certificates.document import canonical_bytes
from exchange.client.signing import PrivateKey
from exchange.core.canonical import CanonicalError
from exchange.core.codec import decode_command, decode_events, encode_command, encode_events
from exchange.core.credits.serial_text import is_template, serial_text
from exchange.core.serials import SerialRange
from exchange.core.values import Day, ParticipantId
from exchange.foreign_json import ForeignJsonError, read_foreign_json
from exchange.registry.public_list import PublicListError, read_detail, read_page, step_of
from exchange.registry.statements import StatementError, read_statement, sign
from exchange.registry.unit_files import Given, read_units
from exchange.registry.unit_forms import UnitForm
from exchange.sequencer.journal import MAX_LEAF_BYTES, JournalCorruptError, decode_leaf

Target = Callable[[bytes], None]

_GIVEN: Final = Given(ParticipantId(5), "LOCK-{line}", Day(20260901), verified=100)


REGISTRY_KEY: Final = PrivateKey.read("A" * 43)
"""Of the registry whose statements are read here; always the same, so that examples can be signed."""

_PUBLIC_KEY: Final = read_public_key(REGISTRY_KEY.public_text) or b""


def reference(raw: bytes) -> dict[str, Any] | None:
    """The rules of the strict decoder by the standard library alone, slowly; None for a refusal."""
    try:
        value = json.loads(
            raw.decode(), object_pairs_hook=_unique, parse_float=_number, parse_int=_number, parse_constant=_never
        )
        bad = not isinstance(value, dict) or not _is_plain(value, 1)
    except (ValueError, RecursionError):
        return None
    return None if bad else value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError
    return dict(pairs)


def _never(_text: str) -> Any:
    raise ValueError


def _number(text: str) -> Any:
    if math.isinf(float(text)):
        raise ValueError
    return int(text) if text.lstrip("-").isdigit() and -(1 << 63) <= int(text) < 1 << 64 else INEXACT


def _is_plain(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, int):
        return abs(value) < 10**19
    if isinstance(value, dict):
        return depth <= MAX_DEPTH and all(_is_plain(k, depth) and _is_plain(v, depth + 1) for k, v in value.items())
    if isinstance(value, list):
        return depth <= MAX_DEPTH and all(_is_plain(item, depth + 1) for item in value)
    return value is None or value is INEXACT


def strict_json(raw: bytes) -> None:
    """A body means to us exactly what it means to the slow reader, or is refused by both. How much we take of what is
    well written is not the slow reader's matter.
    """
    meant = reference(raw)
    try:
        value = decode(raw)
    except Undecodable as refusal:
        if refusal.code in ("TOO_MANY", "TOO_MANY_NAMES"):
            return
        value = None
    assert value == meant


def canonical_command(raw: bytes) -> None:
    """Whatever is read as a command has these bytes and no others, so no entry can be spelt in two ways."""
    try:
        command = decode_command(raw)
    except CanonicalError:
        return
    assert encode_command(command) == raw


def canonical_events(raw: bytes) -> None:
    """The same for the events of an entry."""
    try:
        events = decode_events(raw)
    except CanonicalError:
        return
    assert encode_events(events) == raw


def signature_fields(raw: bytes) -> None:
    """The two fields of a signature are read or named as faulty; nothing raises."""
    declared, _, signature = raw.decode("latin-1").partition("\n")
    read_signature_input(declared, signature)


def bearer_token(raw: bytes) -> None:
    """What is taken for a token is one in every character."""
    text = raw.decode("latin-1")
    token = read_token(text)
    assert token is None or text.isascii()


def unit_file(raw: bytes) -> None:
    """A file of units is read to its end whoever wrote it: each row can be written again as its registry writes it."""
    for form in UnitForm:
        for row in read_units(raw, form, _GIVEN).rows:
            serials = SerialRange(row.serial_lo, row.serial_hi)
            assert 1 <= serials.lo < serials.hi
            assert is_template(row.serial_text)
            text = serial_text(row.serial_text, serials)
            assert text in raw.decode(errors="replace")


def registry_statement(raw: bytes) -> None:
    """Nothing but the registry's own statement, signed, passes for one; whatever else comes is refused and no more."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return
    try:
        signed = read_statement(document, [_PUBLIC_KEY])
    except StatementError:
        return
    assert sign(signed.statement, REGISTRY_KEY) == document


def foreign_json(raw: bytes) -> None:
    """Whatever is read of a stranger's JSON can be written again and is the same then, and each of its readers takes it
    or refuses it.
    """
    try:
        value = read_foreign_json(raw)
    except ForeignJsonError:
        return
    assert read_foreign_json(json.dumps(value, ensure_ascii=False, allow_nan=False).encode()) == value


def certificate(raw: bytes) -> None:
    """A certificate that is read can be held to its number, written canonically and asked for its newest entry."""
    try:
        document = read_certificate(raw)
    except NotACertificateError:
        return
    fits_its_number(document)
    newest_entry(document)
    assert read_certificate(canonical_bytes(document)) == document


def public_list(raw: bytes) -> None:
    """A page of the public list, or a detail, is read or refused, and what is read of it can be told."""
    with suppress(PublicListError):
        for row in read_page(raw, step_of(raw)).rows:
            repr(row).encode()
    with suppress(PublicListError):
        repr(read_detail(raw)).encode()


def journal_file(raw: bytes) -> None:
    """A file of entries is read to its end, or where it is damaged that is said; no entry is longer than one may be."""
    with suppress(JournalCorruptError, CanonicalError):
        for entry in read_export(BytesIO(raw)):
            assert len(entry.leaf_bytes) <= MAX_LEAF_BYTES
            decode_leaf(entry.leaf_bytes)


TARGETS: Final[dict[str, Target]] = {
    "strict_json": strict_json,
    "canonical_command": canonical_command,
    "canonical_events": canonical_events,
    "signature_fields": signature_fields,
    "bearer_token": bearer_token,
    "unit_file": unit_file,
    "registry_statement": registry_statement,
    "foreign_json": foreign_json,
    "certificate": certificate,
    "public_list": public_list,
    "journal_file": journal_file,
}
