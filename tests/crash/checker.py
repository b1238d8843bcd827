"""Holds the clients' history against the journal. It knows nothing of the service: bytes here, bytes there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import asyncpg

from exchange.access.ids import Kind, id_text
from exchange.core.codec import decode_command
from exchange.core.commands.registry import AnswerRequest
from exchange.core.rejections import RejectReason
from exchange.sequencer.journal import decode_leaf
from tests.crash.history import Request, Wish

_JOURNAL = "SELECT seq, leaf FROM journal ORDER BY seq"
_ANSWERS = "SELECT idempotency_key, seq, body_hash, status, body FROM idempotency ORDER BY seq"

NOT_FOUND = 404

CREATED = {"PlaceOrder": ("order", Kind.ORDER)}
"""Where the answer to a command names what it created."""


@dataclass(slots=True)
class Written:
    """An entry of the journal that has an idempotency key, and the answer that is stored with it; ``before`` are the
    other entries of the same request, which stand right before it.

    An entry of a request that has no last one has no key.
    """

    seq: int
    key: str
    body_hash: bytes
    command: object
    reason: int
    created: int
    status: int | None = None
    body: bytes | None = None
    stored_hash: bytes | None = None
    before: list[Written] = field(default_factory=list)

    @property
    def entries(self) -> list[Written]:
        """All entries of the request in order."""
        return [*self.before, self]


async def read_written(dsn: str) -> list[Written]:
    """Read the journal and the stored answers through a connection of the checker's own."""
    connection = await asyncpg.connect(dsn)
    try:
        journal = await connection.fetch(_JOURNAL)
        answers = await connection.fetch(_ANSWERS)
    finally:
        await connection.close()
    written = requests_of(_entry(row["seq"], row["leaf"]) for row in journal)
    by_seq = {entry.seq: entry for entry in written}
    for row in answers:
        entry = by_seq.get(row["seq"])
        if entry is not None and entry.key == row["idempotency_key"]:
            entry.status, entry.body, entry.stored_hash = row["status"], row["body"], row["body_hash"]
    return written


def requests_of(entries: Iterable[Written]) -> list[Written]:
    """The last entry of each request, with the others before it; and by themselves the entries of no whole request."""
    found: list[Written] = []
    parts: list[Written] = []
    for entry in entries:
        if parts and entry.body_hash != parts[0].body_hash:
            found += parts
            parts = []
        if entry.key:
            entry.before, parts = parts, []
            found.append(entry)
        elif entry.body_hash:
            parts.append(entry)
    return found + parts


def _entry(seq: int, leaf_bytes: bytes) -> Written:
    leaf = decode_leaf(leaf_bytes)
    command = decode_command(leaf.command)
    return Written(seq, leaf.idempotency_key, leaf.body_hash, command, leaf.reason, leaf.created)


def check(requests: Iterable[Request], written: Iterable[Written]) -> list[str]:
    """Everything that is wrong, one sentence each; nothing when the history can be true."""
    requests = list(requests)
    entries: dict[str, list[Written]] = {}
    stated: list[Written] = []
    for entry in written:
        if isinstance(entry.command, AnswerRequest):
            stated.append(entry)
        else:
            entries.setdefault(entry.key, []).append(entry)
    partial = (f"PARTIAL: entry {entry.seq} is of a request that is not there" for entry in entries.pop("", []))
    asked = {request.key for request in requests}
    invented = (f"INVENTED: entry {e.seq} has key {key}" for key, es in entries.items() if key not in asked for e in es)
    single = chain.from_iterable(_check_one(request, entries.get(request.key, [])) for request in requests)
    return [*single, *invented, *partial, *_check_stated(stated), *_check_order(requests, entries)]


def _check_stated(stated: Iterable[Written]) -> Iterator[str]:
    """What the registry stated, by callback or when asked: each statement once, and each request answered once.

    This registry contradicts itself never; so a second statement that the core took would be an answer done twice.
    """
    keys: set[str] = set()
    answered: set[int] = set()
    for entry in stated:
        assert isinstance(entry.command, AnswerRequest)
        if entry.key in keys:
            yield f"DOUBLED: entry {entry.seq} has the statement {entry.key} again"
        keys.add(entry.key)
        if not entry.reason:
            if entry.command.request in answered:
                yield f"DOUBLED: entry {entry.seq} answers request {entry.command.request} again"
            answered.add(entry.command.request)


def _check_one(request: Request, entries: list[Written]) -> Iterator[str]:
    about = f"{request.key} ({request.method} {request.path} by {request.who})"
    if not request.answers:
        yield f"UNANSWERED: {about}"
    if len(entries) > 1:
        yield f"DOUBLED: {about} is in entries {[entry.seq for entry in entries]}"
    if request.answers and not entries:
        yield f"LOST: {about} was answered {request.answers[0].status}, and the journal does not have it"
    for entry in entries[:1]:
        yield from _check_entry(request, entry, about)


def _check_entry(request: Request, entry: Written, about: str) -> Iterator[str]:
    if entry.body_hash != request.body_hash or entry.stored_hash != request.body_hash:
        yield f"CHANGED: entry {entry.seq} stands for another request than {about}"
    if [one.seq for one in entry.entries] != list(range(entry.seq + 1 - len(request.wishes), entry.seq + 1)):
        yield f"PARTIAL: {about} is in the entries {[one.seq for one in entry.entries]}, not in {len(request.wishes)}"
        return
    for one, wish in zip(entry.entries, request.wishes, strict=True):
        yield from _check_command(one, wish, about)
    for attempt in request.answers:
        if (attempt.status, attempt.body) != (entry.status, entry.body):
            yield f"CHANGED: {about} was answered {attempt.status} {attempt.body!r}, stored is {entry.body!r}"
            return
    yield from _check_meaning(request, entry, about)


def _check_command(entry: Written, wish: Wish, about: str) -> Iterator[str]:
    if type(entry.command).__name__ != wish.command:
        yield f"CHANGED: entry {entry.seq} is a {type(entry.command).__name__}, {about} asked for a {wish.command}"
        return
    for name, value in wish.wants.items():
        if getattr(entry.command, name) != value:
            yield f"CHANGED: entry {entry.seq} has {name} {getattr(entry.command, name)}, {about} wanted {value}"


def _check_meaning(request: Request, entry: Written, about: str) -> Iterator[str]:
    """The stored answer must say what the journal says."""
    if entry.body is None or entry.status is None:
        yield f"CHANGED: entry {entry.seq} of {about} has no stored answer"
        return
    document = json.loads(entry.body)
    # Not found is said in the same bytes to everybody, so it cannot name an entry.
    as_of = document.get("as_of_seq", entry.seq if entry.status == NOT_FOUND else None)
    if as_of != entry.seq:
        yield f"CHANGED: the answer to {about} is as of {as_of}, it is entry {entry.seq}"
    if not request.is_batch:
        yield from _check_outcome(entry, entry.status, document, document, about)
        return
    results = document["results"]
    if [result["seq"] for result in results] != [one.seq for one in entry.entries]:
        yield f"CHANGED: the results of {about} are not those of the entries up to {entry.seq}"
        return
    for one, result in zip(entry.entries, results, strict=True):
        yield from _check_outcome(one, result["status"], result, result.get("problem", {}), about)


def _check_outcome(
    entry: Written, status: int, document: Mapping[str, Any], problem: Mapping[str, Any], about: str
) -> Iterator[str]:
    """One command was done or refused as the client was told."""
    if entry.reason:
        code = RejectReason(entry.reason).name
        if problem.get("code") != code or status < 400:
            yield f"CHANGED: entry {entry.seq} was refused as {code}, {about} was told {status} {document}"
    elif status >= 400:
        yield f"CHANGED: entry {entry.seq} was done, {about} was told {status}"
    elif (made := CREATED.get(type(entry.command).__name__)) is not None:
        name, kind = made
        if document[name]["id"] != id_text(kind, entry.created):
            yield f"CHANGED: {about} was told of {document[name]['id']}, entry {entry.seq} created another"


def _check_order(requests: list[Request], entries: dict[str, list[Written]]) -> Iterator[str]:
    """Real time: what was answered before something else was asked for must stand before it in the journal."""
    moments: list[tuple[float, int, int, str]] = []
    for request in requests:
        for entry in entries.get(request.key, [])[:1]:
            moments.append((min(attempt.began for attempt in request.attempts), 1, entry.seq, request.key))
            if request.answers:
                answered = min(attempt.ended for attempt in request.answers)
                moments.append((answered, 0, entry.seq, request.key))
    latest = (0, "")
    for _, begins, seq, key in sorted(moments):
        if not begins:
            latest = max(latest, (seq, key))
        elif seq < latest[0]:
            yield f"REORDERED: {key} is entry {seq}, but began after {latest[1]} (entry {latest[0]}) was answered"
