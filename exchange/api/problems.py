"""Problem documents (RFC 9457): the one form of every answer that is not a success.

``code`` is stable and in English; ``title``, the same words every time, and ``detail``, which tells what to do and the
numbers of this case, are for people, in the language that was asked for. ``facts`` are those numbers for programs. A
refusal names the rule that it enforces, with the article and the version of the rulebook that was in force. Nothing of
the input is ever repeated, but for the plain name of a field that is not known, and "there is no such thing" says
nothing else at all, so that it is the same bytes for a thing that is not there, one that is another's, and a name that
names nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from exchange.access.principal import Principal, scope_names
from exchange.api.field_texts import (
    allowed_text,
    example_text,
    explaining_text,
    field_text,
    range_text,
    scopes_text,
    status_text,
)
from exchange.api.language import Language, article_in
from exchange.api.named_facts import names_of, names_text, outside_name
from exchange.api.problem_tables import NOT_FOUND, UNAUTHENTICATED, ApiProblem
from exchange.api.refusal_status import STATUS_OF
from exchange.api.wire import kept_json_bytes, money_text
from exchange.core.commands.governance import Rule
from exchange.core.events.governance import Rejected
from exchange.core.rejections import TEXTS, TITLES, RejectReason, Title, Unit, fact_text
from exchange.core.values import Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.journal import Answer

PROBLEM_TYPE: Final = "application/problem+json"
PROBLEMS_PATH: Final = "/problems/"
"""Where each problem type is explained; ``type`` is this path and the code."""

_MONEY_FACTS: Final = ("_cash", "_price")
"""Facts whose names end so are in fen."""

_NEEDED_SCOPES: Final = "needed_scopes"
"""The fact that names the scopes of which a key needs one, with blanks between them as in OAuth (RFC 6749, 3.3)."""

_STATUS: Final = "status"
"""The fact that says how far the thing is that was asked for."""

_NO_FACTS: Final[Mapping[str, Any]] = {}


@dataclass(slots=True)
class FieldError:
    """One thing wrong with a request: where it stands (a JSON pointer, or "query" and a name) and a code.

    ``allowed`` are the values that it may have, or ``lowest`` and ``highest`` the bounds, where the code is about them;
    one bound alone is that of how many entries there may be. ``example`` is one of what may stand there.
    """

    pointer: str
    code: str
    allowed: Sequence[str] = ()
    lowest: int | None = None
    highest: int | None = None
    example: str = ""

    def document(self, language: Language) -> dict[str, Any]:
        """As it stands in ``errors``."""
        told: dict[str, Any] = {"pointer": self.pointer, "code": self.code}
        told["detail"] = field_text(self.code, language) + self._right(language)
        if self.allowed:
            told["allowed"] = list(self.allowed)
        told.update({name: bound for name, bound in self._bounds() if bound is not None})
        return told

    def explanation(self, language: Language) -> str:
        """Which field a refusal is about, for its detail; and where one value alone is right, that value. A longer
        choice stands in ``errors`` only.
        """
        told = explaining_text(self.pointer[1:], self.code, language)
        return told + allowed_text(self.allowed, language) if len(self.allowed) == 1 else told

    def _right(self, language: Language) -> str:
        """What would have been right, as a sentence."""
        if self.allowed:
            return allowed_text(self.allowed, language)
        if self.example:
            return example_text(self.example, language)
        return range_text(self.lowest, self.highest, language)

    def _bounds(self) -> tuple[tuple[str, int | None], ...]:
        return ("lowest", self.lowest), ("highest", self.highest)


@dataclass(slots=True, eq=False)
class ProblemError(Exception):
    """Ends the handling of a request with a problem of the API itself, or with one of the core's "not found".

    ``facts`` are those of a problem of the API, or of the scopes that are needed.
    """

    problem: ApiProblem | RejectReason
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


CHALLENGE: Final = {"www-authenticate": 'Bearer realm="exchange"'}
"""What RFC 9110 asks for beside every 401."""


def unauthenticated() -> ProblemError:
    """401 for whoever has no good key."""
    return ProblemError(UNAUTHENTICATED, headers=CHALLENGE)


def need_scope(principal: Principal, scopes: int) -> None:
    """Refuse with 403 a key that has none of these scopes, and name them; raises :class:`ProblemError`."""
    if not principal.has_any(scopes):
        names = " ".join(scope_names(scopes))
        raise ProblemError(RejectReason.SCOPE_MISSING, facts={_NEEDED_SCOPES: names})


def problem_answer(error: ProblemError, language: Language) -> Answer:
    """The answer to a request that never became a command."""
    if isinstance(error.problem, RejectReason):
        return refusal_answer(error.problem, language, error.facts)
    document = _api_document(error.problem, language)
    if error.facts:
        document["facts"] = dict(error.facts)
    if _STATUS in error.facts:
        document["detail"] += status_text(error.facts[_STATUS], language)
    if error.errors:
        document["errors"] = [each.document(language) for each in error.errors]
    return _answer(error.problem.status, document, language)


def fact_answer(problem: ApiProblem, facts: Mapping[str, Any], language: Language) -> Answer:
    """A problem of the API that says something about this one case."""
    return _answer(problem.status, {**_api_document(problem, language), "facts": dict(facts)}, language)


def refusal_answer(reason: RejectReason, language: Language, facts: Mapping[str, Any] = _NO_FACTS) -> Answer:
    """The answer to a refusal that is not in the journal: not found on reading, an idempotency key's own, or a scope
    that is missing, which ``facts`` name.
    """
    document = _refusal_document(reason, language)
    if facts:
        document["facts"] = dict(facts)
        document["detail"] += scopes_text(facts[_NEEDED_SCOPES].split(), language)
    return _answer(STATUS_OF[reason], document, language)


def rejection_answer(
    rejected: Rejected,
    seq: Seq,
    rules: Mapping[str, Rule],
    language: Language,
    wrong: Sequence[FieldError] = (),
    view: CommittedView | None = None,
) -> Answer:
    """The answer to a command that was sequenced and refused; ``wrong`` are the fields that explain it, and ``view``
    knows the names of what it is about.
    """
    reason = RejectReason(rejected.reason)
    document = _refusal_document(reason, language)
    if STATUS_OF[reason] == NOT_FOUND:
        return _answer(NOT_FOUND, document, language)
    numbers = dict(zip(rejected.fact_names, rejected.fact_values, strict=True))
    if numbers:
        names = names_of(numbers, view)
        document["detail"] += told_facts(reason, numbers.items(), language) + names_text(names, language)
        document["facts"] = {**_facts(numbers), **names}
    if wrong:
        document["detail"] += "".join(one.explanation(language) for one in wrong)
        document["errors"] = [one.document(language) for one in wrong]
    rule = _rule(TEXTS[reason].rule, rejected.rulebook_version, rules, language)
    if rule:
        document["rule"] = rule
    document["as_of_seq"] = seq
    return _answer(STATUS_OF[reason], document, language)


def _refusal_document(reason: RejectReason, language: Language) -> dict[str, Any]:
    texts = TEXTS[reason]
    return _document(
        reason.name, STATUS_OF[reason], TITLES[reason], texts.zh if language == "zh" else texts.en, language
    )


def _api_document(problem: ApiProblem, language: Language) -> dict[str, Any]:
    text = problem.zh if language == "zh" else problem.en
    return _document(problem.code, problem.status, problem.title, text, language)


def _document(code: str, status: int, title: Title, text: str, language: Language) -> dict[str, Any]:
    name = title.zh if language == "zh" else title.en
    return {"type": PROBLEMS_PATH + code, "title": name, "status": status, "code": code, "detail": text}


def told_facts(reason: RejectReason, facts: Iterable[tuple[str, int]], language: Language) -> str:
    """The numbers of a refusal as a sentence of its detail: " Lowest 63.00 CNY/t, highest 77.00 CNY/t.", or nothing."""
    texts = [
        (text, _number(text.unit, name, value), value)
        for name, value in facts
        if (text := fact_text(reason, name)) is not None
    ]
    if not texts:
        return ""
    if language == "zh":
        return "，".join(_told(text.zh, number, text.unit.zh) for text, number, _ in texts) + "。"
    said = ", ".join(_told(text.en, number, _unit_en(text.unit, value)) for text, number, value in texts)
    return f" {said[0].upper()}{said[1:]}."


def _told(name: str, number: str, unit: str) -> str:
    """With blanks between, but none after a Chinese colon, nor for a unit that is none."""
    return f"{name} {number} {unit}".rstrip().replace("： ", "：")


def _number(unit: Unit, name: str, value: int) -> str:
    """With separators, since the limits are long numbers, but for the number of a serial or line, or an id; money in
    CNY.
    """
    if unit.name:
        return str(outside_name(name, value))
    return f"{Decimal(money_text(value)):,}" if unit.money else f"{value:,}"


def _unit_en(unit: Unit, value: int) -> str:
    return unit.one if unit.one and value == 1 else unit.en


def _facts(numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        name: money_text(value) if name.endswith(_MONEY_FACTS) else outside_name(name, value)
        for name, value in numbers.items()
    }


def _rule(name: str, version: int, rules: Mapping[str, Rule], language: Language) -> dict[str, Any] | None:
    """The rule with its article in the reader's language; only id and version for one that this rulebook lacks."""
    if not name:
        return None
    rule = rules.get(name)
    if rule is None:
        return {"id": name, "version": version}
    article = article_in(language, rule.article)
    return {"id": name, "article": article, "version": version, "verified": rule.verified.name}


def _answer(status: int, document: dict[str, Any], language: Language) -> Answer:
    return Answer(status, PROBLEM_TYPE, language, kept_json_bytes(document))
