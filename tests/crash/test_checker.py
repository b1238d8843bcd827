"""The checker of the crash test finds what it is there to find: a checker that finds nothing proves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from exchange.core.commands.orders import CancelOrder
from exchange.core.commands.registry import AnswerRequest, RegistryOutcome, RequestKind
from exchange.core.rejections import RejectReason
from exchange.core.values import Micros, OrderId, ParticipantId, PersonId, RequestId
from tests.crash.checker import Written, check, requests_of
from tests.crash.history import Attempt, Request, Wish

Story = tuple[list[Request], list[Written]]


def told(seq: int) -> bytes:
    """The answer to a cancel that was done."""
    return json.dumps({"order": {"id": "ord-1"}, "as_of_seq": seq}).encode()


def story() -> Story:
    """Three cancels one after the other, the second of which was answered only when it was sent again."""
    requests, written = [], []
    for n in range(1, 4):
        request = Request(
            "a firm", "DELETE", f"/v1/orders/ord-{n}", b"", f"key-{n}", (Wish("CancelOrder", {"order": n}),)
        )
        if n == 2:
            request.attempts.append(Attempt(n * 10, n * 10 + 1, None))
        request.attempts.append(Attempt(n * 10 + 2, n * 10 + 5, 200, told(n + 5), replayed=n == 2))
        requests.append(request)
        command = CancelOrder(PersonId(1), ParticipantId(2), OrderId(n), "")
        written.append(
            Written(n + 5, request.key, request.body_hash, command, 0, 0, 200, told(n + 5), request.body_hash)
        )
    return requests, written


def test_a_true_story_is_believed() -> None:
    assert check(*story()) == []


def lose(requests: list[Request], written: list[Written]) -> None:
    del written[1]


def double(requests: list[Request], written: list[Written]) -> None:
    written.append(replace(written[1], seq=20))


def forget_answer(requests: list[Request], written: list[Written]) -> None:
    requests[1].attempts.pop()


def answer_otherwise(requests: list[Request], written: list[Written]) -> None:
    requests[1].attempts.append(Attempt(90, 91, 200, told(8), replayed=True))


def answer_another_status(requests: list[Request], written: list[Written]) -> None:
    requests[1].attempts.append(Attempt(90, 91, 409, told(7), replayed=True))


def write_another_command(requests: list[Request], written: list[Written]) -> None:
    written[1].command = CancelOrder(PersonId(1), ParticipantId(2), OrderId(77), "")


def state(seq: int, request: int, message: str, reason: int = 0) -> Written:
    """The registry's statement about a request."""
    receipt = f"receipt-{request}"
    said = (RequestKind.LOCK, "", RegistryOutcome.CONFIRMED, 1, 2, receipt, message, Micros(1), bytes(64))
    command = AnswerRequest(PersonId(9), RequestId(request), *said)
    return Written(seq, message, b"body", command, reason, 0, 200, b"{}", b"body")


def test_what_the_registry_states_is_nobodys_request() -> None:
    requests, written = story()
    closed = int(RejectReason.REQUEST_CLOSED)
    assert check(requests, [*written, state(20, 5, "m-1"), state(21, 6, "m-2"), state(22, 5, "m-3", closed)]) == []


@pytest.mark.parametrize("again", [state(21, 6, "m-1"), state(21, 5, "m-2")], ids=["statement", "answer"])
def test_a_statement_or_an_answer_that_is_there_twice_is_found(again: Written) -> None:
    requests, written = story()
    (finding,) = check(requests, [*written, state(20, 5, "m-1"), again])
    assert finding.startswith("DOUBLED: entry 21 ")


def write_another_hash(requests: list[Request], written: list[Written]) -> None:
    written[1].body_hash = bytes(32)


def store_another_hash(requests: list[Request], written: list[Written]) -> None:
    written[1].stored_hash = bytes(32)


def invent(requests: list[Request], written: list[Written]) -> None:
    written.append(replace(written[1], key="nobody's", seq=20))


def reorder(requests: list[Request], written: list[Written]) -> None:
    for entry, seq, request in ((written[0], 8, requests[0]), (written[2], 6, requests[2])):
        entry.seq, entry.body = seq, told(seq)
        request.attempts[-1].body = told(seq)


def refuse_in_the_journal(requests: list[Request], written: list[Written]) -> None:
    written[1].reason = 205


def say_another_seq(requests: list[Request], written: list[Written]) -> None:
    written[1].body = requests[1].attempts[-1].body = told(99)


def store_nothing(requests: list[Request], written: list[Written]) -> None:
    written[1].status = written[1].body = None
    requests[1].attempts = [Attempt(20, 25, None), Attempt(26, 27, 503)]


def batch_told(results: list[dict[str, object]]) -> bytes:
    """The answer to a batch that ends with entry 12."""
    return json.dumps({"results": results, "as_of_seq": 12}).encode()


RESULTS: list[dict[str, object]] = [
    {"seq": 10, "status": 200, "order": {"id": "ord-1"}, "trades": []},
    {"seq": 11, "status": 422, "problem": {"code": RejectReason(205).name}},
    {"seq": 12, "status": 200, "order": {"id": "ord-3"}, "trades": []},
]


def batch_story() -> Story:
    """Three cancels in one request, the second of which was refused."""
    wishes = tuple(Wish("CancelOrder", {"order": n}) for n in range(1, 4))
    request = Request("a firm", "POST", "/v1/orders/batch", b"{}", "key", wishes, is_batch=True)
    request.attempts.append(Attempt(1, 2, 200, batch_told(RESULTS)))
    entries = [
        Written(9 + n, "", request.body_hash, CancelOrder(PersonId(1), ParticipantId(2), OrderId(n), ""), 0, 0)
        for n in range(1, 4)
    ]
    entries[1].reason = 205
    last = entries[2]
    last.key, last.status, last.body, last.stored_hash = "key", 200, batch_told(RESULTS), request.body_hash
    return [request], entries


def test_a_true_story_of_a_batch_is_believed() -> None:
    requests, entries = batch_story()
    own = Written(9, "", b"", None, 0, 0)
    assert check(requests, requests_of([own, *entries, replace(own, seq=13)])) == []


def tell(requests: list[Request], entries: list[Written], results: list[dict[str, object]]) -> None:
    """Client and stored answer agree on something."""
    requests[0].attempts[0].body = entries[-1].body = batch_told(results)


def lose_the_first(requests: list[Request], entries: list[Written]) -> None:
    del entries[0]


def lose_the_last(requests: list[Request], entries: list[Written]) -> None:
    del entries[2]


def lose_one_within(requests: list[Request], entries: list[Written]) -> None:
    del entries[1]


def come_between(requests: list[Request], entries: list[Written]) -> None:
    entries[2].seq = 13
    entries.insert(2, Written(12, "", b"", None, 0, 0))


def hash_otherwise(requests: list[Request], entries: list[Written]) -> None:
    entries[1].body_hash = bytes(32)


def swap(requests: list[Request], entries: list[Written]) -> None:
    entries[0].command, entries[1].command = entries[1].command, entries[0].command


def refuse_one(requests: list[Request], entries: list[Written]) -> None:
    entries[0].reason = 205


def do_the_refused_one(requests: list[Request], entries: list[Written]) -> None:
    entries[1].reason = 0


def tell_less(requests: list[Request], entries: list[Written]) -> None:
    tell(requests, entries, RESULTS[:2])


def tell_another_reason(requests: list[Request], entries: list[Written]) -> None:
    tell(requests, entries, [RESULTS[0], {"seq": 11, "status": 422, "problem": {"code": "OTHER"}}, RESULTS[2]])


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lose_the_first, "PARTIAL"),
        (lose_the_last, "PARTIAL"),
        (lose_the_last, "LOST"),
        (lose_one_within, "PARTIAL"),
        (come_between, "PARTIAL"),
        (hash_otherwise, "PARTIAL"),
        (swap, "CHANGED"),
        (refuse_one, "CHANGED"),
        (do_the_refused_one, "CHANGED"),
        (tell_less, "CHANGED"),
        (tell_another_reason, "CHANGED"),
    ],
)
def test_a_story_of_a_batch_that_cannot_be_true_is_not(
    spoil: Callable[[list[Request], list[Written]], None], finding: str
) -> None:
    requests, entries = batch_story()
    spoil(requests, entries)
    assert any(finding in found for found in check(requests, requests_of(entries)))


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lose, "LOST"),
        (double, "DOUBLED"),
        (forget_answer, "UNANSWERED"),
        (answer_otherwise, "CHANGED"),
        (answer_another_status, "CHANGED"),
        (write_another_command, "CHANGED"),
        (write_another_hash, "CHANGED"),
        (store_another_hash, "CHANGED"),
        (invent, "INVENTED"),
        (reorder, "REORDERED"),
        (refuse_in_the_journal, "CHANGED"),
        (say_another_seq, "CHANGED"),
        (store_nothing, "no stored answer"),
    ],
)
def test_a_story_that_cannot_be_true_is_not(
    spoil: Callable[[list[Request], list[Written]], None], finding: str
) -> None:
    requests, written = story()
    spoil(requests, written)
    assert any(finding in found for found in check(requests, written))
