"""What can go wrong between the client and the exchange.

ClientError
├── ExchangeProblem      the exchange refused, and says why (RFC 9457)
├── NoAnswerError        nothing was heard in spite of repeats: the outcome is not known
└── UnexpectedAnswerError  an answer that is not of this API, or of another version of it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class ClientError(Exception):
    """Whatever a call of the client can raise."""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """The rule of the rulebook that a refusal enforces, with the article that it rests on."""

    id: str
    article: str
    version: int
    verified: str


class ExchangeProblem(ClientError):
    """The exchange refused. ``code`` is stable; ``title`` and ``detail`` are in the language that was asked for.

    ``facts`` are numbers that help to do better next time, such as the ends of the band. ``as_of_seq`` is the journal
    entry of the refusal, or None when the request never came that far.
    """

    def __init__(self, status: int, document: Mapping[str, object]) -> None:
        self.status = status
        self.code = _text(document, "code")
        self.title = _text(document, "title")
        self.detail = _text(document, "detail")
        self.rule = _rule(document.get("rule"))
        self.facts = _facts(document.get("facts"))
        self.errors = _errors(document.get("errors"))
        seq = document.get("as_of_seq")
        self.as_of_seq = seq if isinstance(seq, int) else None
        where = "".join(f" {said}" for said in _what_to_do(document.get("errors")))
        super().__init__(f"{status} {self.code}: {self.detail or self.title}{where}")


class NoAnswerError(ClientError):
    """No answer after ``attempts`` tries. A change may or may not have happened: ask again with the same key."""

    def __init__(self, what: str, attempts: int, idempotency_key: str) -> None:
        self.attempts = attempts
        self.idempotency_key = idempotency_key
        again = f"; repeat it with Idempotency-Key {idempotency_key}" if idempotency_key else ""
        super().__init__(f"no answer to {what} after {attempts} tries{again}")


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


def _what_to_do(value: object) -> list[str]:
    """One line for each field that was refused: where it stands, the code, and what to write instead."""
    errors = [error for error in value if isinstance(error, dict)] if isinstance(value, list) else []
    return [f"{_text(error, 'pointer')}: {_text(error, 'code')}. {_text(error, 'detail')}".strip() for error in errors]


def _errors(value: object) -> tuple[tuple[str, str], ...]:
    """(pointer, code) of each field that the decoder refused."""
    if not isinstance(value, list):
        return ()
    return tuple((_text(error, "pointer"), _text(error, "code")) for error in value if isinstance(error, dict))
