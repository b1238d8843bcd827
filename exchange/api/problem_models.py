"""Problem documents as models, for the documentation and for answers that have problems inside."""

from __future__ import annotations

from exchange.api.fields import Model


class BrokenRule(Model):
    """The rule that a refusal enforces, with its article in the language that was asked for.

    ``article`` and ``verified`` are missing for a moment after an adoption.
    """

    id: str
    version: int
    article: str | None = None
    verified: str | None = None


class FieldProblem(Model):
    """What is wrong with one field: a JSON pointer into the body, or ``query`` and a pointer; a code; what to do.

    ``allowed`` lists the values that it may have, ``lowest`` and ``highest`` are its bounds; only where they matter.
    """

    pointer: str
    code: str
    detail: str
    allowed: list[str] | None = None
    lowest: int | None = None
    highest: int | None = None


class Problem(Model):
    """A problem document (RFC 9457). ``code`` is stable; ``title`` is the same for a code every time.

    ``detail`` says what to do, with the numbers of the case; ``facts`` are these numbers for programs.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    rule: BrokenRule | None = None
    facts: dict[str, str | int] | None = None
    errors: list[FieldProblem] | None = None
    as_of_seq: int | None = None
