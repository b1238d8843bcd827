"""What can go wrong between the client and the exchange.

ClientError
├── ExchangeProblem          the exchange refused, and says why (RFC 9457)
│   ├── UnauthorisedError      401, 403: the key is not good, or not good for this
│   ├── NotThereError          404: there is no such thing, or it is another's
│   ├── ConflictError          409: an idempotency key was used for something else, or a state does not allow it
│   ├── TooManyRequestsError   429: a rate limit; ``retry_after`` seconds
│   └── BusyError              503: the exchange cannot do it now; ``retry_after`` seconds
├── NoAnswerError            nothing was heard in spite of repeats: the outcome is not known
├── UnexpectedAnswerError    an answer that is not of this API, or of another version of it
├── StreamEndedError         the stream was closed for good, or by its own user
└── SlowReaderError          messages of the stream came faster than they were taken
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from exchange.client.patience import retry_after
from exchange.client.trouble import shown_address


class ClientError(Exception):
    """Whatever a call of the client can raise."""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """The rule of the rulebook that a refusal enforces, with the article that it rests on."""

    id: str
    article: str
    version: int
    verified: str


class FieldError(NamedTuple):
    """One field that was refused: where it stands (RFC 6901), a stable code, and what to write instead in the language
    that was asked for.
    """

    pointer: str
    code: str
    detail: str


class ExchangeProblem(ClientError):
    """The exchange refused. ``code`` is stable; ``title`` and ``detail`` are in the language that was asked for.

    ``title`` is the same words every time, ``detail`` says what to do and has the numbers of this case. ``facts`` are
    those numbers for programs, such as the ends of the band. ``as_of_seq`` is the journal entry of the refusal, or None
    when the request never came that far. ``errors`` has a :class:`FieldError` for each field that was refused.
    ``retry_after`` is in seconds, None where the exchange named no time.
    """

    def __init__(self, status: int, document: Mapping[str, object], headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.code = _text(document, "code")
        self.title = _text(document, "title")
        self.detail = _text(document, "detail")
        self.rule = _rule(document.get("rule"))
        self.facts = _facts(document.get("facts"))
        self.errors = _errors(document.get("errors"))
        seq = document.get("as_of_seq")
        self.as_of_seq = seq if isinstance(seq, int) else None
        self.retry_after = retry_after(headers or {})
        where = "".join(f" {each.pointer}: {each.code}. {each.detail}".rstrip() for each in self.errors)
        super().__init__(f"{status} {self.code}: {self.detail or self.title}{where}")


class UnauthorisedError(ExchangeProblem):
    """The key is unknown, no longer good, or not good for this."""


class NotThereError(ExchangeProblem):
    """There is no such thing; a thing of somebody else looks the same."""


class ConflictError(ExchangeProblem):
    """What was asked does not go with what is, such as an idempotency key with another body."""


class TooManyRequestsError(ExchangeProblem):
    """A rate limit is used up; nothing was done."""


class BusyError(ExchangeProblem):
    """The exchange cannot do it now."""


_BY_STATUS: Final[Mapping[int, type[ExchangeProblem]]] = {
    401: UnauthorisedError,
    403: UnauthorisedError,
    404: NotThereError,
    409: ConflictError,
    429: TooManyRequestsError,
    503: BusyError,
}


def problem_of(
    status: int, document: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> ExchangeProblem:
    """The problem that an answer is; ``headers`` by names in lower case."""
    return _BY_STATUS.get(status, ExchangeProblem)(status, document, headers)


class StreamEndedError(ClientError):
    """The stream is closed and does not come back: ``code`` is the WebSocket close code, None when it was closed here.

    1008 means that the key is no longer good or that a frame was not.
    """

    def __init__(self, why: str, code: int | None = None) -> None:
        self.code = code
        super().__init__(why if code is None else f"{why} ({code})")


class SlowReaderError(ClientError):
    """Messages were not taken in time and some are lost; what was subscribed is so no more."""


class NoAnswerError(ClientError):
    """No answer to ``what`` after ``attempts`` tries. A change may or may not have happened: ask again with the same
    ``idempotency_key``, which is "" for what changes nothing.

    ``address`` is where it was asked, and ``cause`` what went wrong the last time, such as "connection refused".
    """

    def __init__(self, what: str, attempts: int, idempotency_key: str, address: str = "", cause: str = "") -> None:
        self.what = what
        self.attempts = attempts
        self.idempotency_key = idempotency_key
        self.address = shown_address(address)
        self.cause = cause
        place = f" from {self.address}" if address else ""
        last = f" (last: {cause})" if cause else ""
        again = f"; repeat it with Idempotency-Key {idempotency_key}" if idempotency_key else ""
        tries = "1 try" if attempts == 1 else f"{attempts} tries"
        super().__init__(f"no answer{place} to {what} after {tries}{last}{again}")


class UnexpectedAnswerError(ClientError):
    """The answer cannot be read: not JSON, or a field is missing or of another type."""


def _text(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _rule(value: object) -> BrokenRule | None:
    if not isinstance(value, dict):
        return None
    version = value.get("version")
    return BrokenRule(
        id=_text(value, "id"),
        article=_text(value, "article"),
        version=version if isinstance(version, int) else 0,
        verified=_text(value, "verified"),
    )


def _facts(value: object) -> dict[str, int | str]:
    if not isinstance(value, dict):
        return {}
    return {name: fact for name, fact in value.items() if isinstance(name, str) and isinstance(fact, int | str)}


def _errors(value: object) -> tuple[FieldError, ...]:
    """Each field that the decoder refused."""
    errors = [error for error in value if isinstance(error, dict)] if isinstance(value, list) else []
    return tuple(FieldError(_text(each, "pointer"), _text(each, "code"), _text(each, "detail")) for each in errors)
