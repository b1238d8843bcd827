"""When something behind the API is wrong (full queue, stopping, no database, a bug), the client gets a problem."""

from __future__ import annotations

import httpx
import pytest
from starlette.types import Message

from exchange.access.keys import hash_secret, new_secret, token_text
from exchange.api.app import create_app
from exchange.api.ports import Services
from exchange.core.commands.governance import PersonRole
from exchange.core.events.governance import KeyRegistered, PersonRegistered
from exchange.core.values import KeyId, Micros, ParticipantId, PersonId, Seq, derived_id
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import OverloadedError, StoppedError
from tests.api.documented import Documented
from tests.api.doubles import Refusing, always, idle_services

SECRET = new_secret()
PERSON, FIRM, KEY = PersonId(derived_id(Seq(1), 1)), ParticipantId(derived_id(Seq(1))), KeyId(derived_id(Seq(1), 2))
HEADERS = {"authorization": f"Bearer {token_text(KEY, SECRET)}", "idempotency-key": "k"}
ORDER = {"instrument": "ins-1", "side": "BUY", "quantity": 1, "price": "1"}


def services(error: Exception, role: PersonRole = PersonRole.TRADER) -> Services:
    """Services in which one person has a key and everything behind fails."""
    view = CommittedView()
    person = PersonRegistered(PERSON, "p", role, FIRM if role is PersonRole.TRADER else ParticipantId(0))
    key = KeyRegistered(KEY, PERSON, "k", hash_secret(SECRET), b"", 15, Micros(0), (), KeyId(0))
    view.apply(Seq(1), Micros(1), bytes(32), [person, key])
    return idle_services(view, error)


async def ask(services: Services, method: str, path: str, body: object = None, language: str = "en") -> httpx.Response:
    """One request to an application over these services."""
    transport = Documented(create_app(services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://exchange") as client:
        return await client.request(method, path, json=body, headers={**HEADERS, "accept-language": language})


async def test_a_full_queue_is_503_with_the_time_to_wait() -> None:
    answer = await ask(services(OverloadedError(3)), "POST", "/v1/orders", ORDER)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "OVERLOADED", "3")


async def test_a_stop_is_503_because_a_repeat_tells() -> None:
    answer = await ask(services(StoppedError()), "POST", "/v1/orders", ORDER)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "STOPPED", "1")


HISTORY = ["/v1/orders?status=all", "/v1/orders/ord-5", "/v1/trades", "/v1/events"]
AUDIT = ["/v1/audit/trades", "/v1/audit/trades?format=csv", "/v1/audit/orders?format=csv", "/v1/audit/journal"]


@pytest.mark.parametrize("path", [*HISTORY, *AUDIT])
async def test_a_database_that_does_not_answer_is_503(path: str) -> None:
    role = PersonRole.AUDITOR if path in AUDIT else PersonRole.TRADER
    answer = await ask(services(ConnectionError("secret host name"), role), "GET", path)
    assert (answer.status_code, answer.json()["code"]) == (503, "HISTORY_UNAVAILABLE")
    assert "secret" not in answer.text


async def test_what_is_in_memory_is_answered_without_the_database() -> None:
    assert (await ask(services(ConnectionError()), "GET", "/v1/account")).status_code == 200
    assert (await ask(services(ConnectionError()), "GET", "/v1/orders")).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), [("GET", "/v1/trades", None), ("POST", "/v1/orders", ORDER)])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_bug_is_500_without_a_word_about_it(method: str, path: str, body: object, language: str) -> None:
    broken = services(RuntimeError("secret: the cause"))
    answer = await ask(broken, method, path, body, language)
    assert answer.status_code == 500
    assert answer.json()["code"] == "INTERNAL_ERROR"
    assert answer.headers["content-language"] == language
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert 'status="500"' in broken.telemetry.page().decode()


async def test_a_view_that_has_not_what_is_decided_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.api.pipeline.LONGEST_WAIT", 0.01)
    lagging = services(AssertionError())
    lagging.sequencer = Refusing(AssertionError(), decided=2)
    answer = await ask(lagging, "GET", "/v1/account?min_seq=2")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "VIEW_BEHIND", "1")
    assert (await ask(lagging, "GET", "/v1/account?min_seq=3")).status_code == 422


async def test_ready_says_whether_commands_can_be_taken() -> None:
    waiting = services(StoppedError())
    answer = await ask(waiting, "GET", "/ready")
    assert (answer.status_code, answer.json()["code"]) == (503, "NOT_READY")
    waiting.ready = always
    assert (await ask(waiting, "GET", "/ready")).json() == {"status": "ready", "as_of_seq": 1}
    assert (await ask(waiting, "GET", "/health")).json() == {"status": "alive"}


async def test_downloads_that_fail_give_their_places_back() -> None:
    broken = services(ConnectionError(), PersonRole.AUDITOR)
    for _ in range(5):
        assert (await ask(broken, "GET", "/v1/audit/trades?format=csv")).json()["code"] == "HISTORY_UNAVAILABLE"


async def test_a_client_who_leaves_in_the_middle_has_given_no_command() -> None:
    """The body ends in a disconnect; nothing is submitted (the sequencer here would raise), and nothing breaks."""
    app = create_app(services(AssertionError("it was submitted")))
    begun: Message = {"type": "http.request", "body": b'{"in', "more_body": True}
    messages = iter([begun, {"type": "http.disconnect"}])
    sent: list[Message] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/orders",
        "raw_path": b"/v1/orders",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("exchange", 80),
        "client": ("127.0.0.1", 1),
        "headers": [*headers, (b"content-type", b"application/json")],
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 400
