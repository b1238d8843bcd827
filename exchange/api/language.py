"""Which of the two languages a client wants, by ``Accept-Language`` (RFC 9110, 12.5.4)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

Language = Literal["en", "zh"]

DEFAULT: Final[Language] = "en"
BETWEEN_LANGUAGES: Final = " / "
"""What stands between the English and the Chinese of a rule's article."""
_LONGEST_HEADER: Final = 256


def language_of(header: str | None) -> Language:
    """English unless Chinese is wanted more; a header that is odd or very long counts as none."""
    if not header or len(header) > _LONGEST_HEADER:
        return DEFAULT
    return _negotiated(header)


def article_in(language: Language, article: str) -> str:
    """A rule's article in one language; as it is where it was not entered in both.

    A rulebook has one text for an article, the English, :data:`BETWEEN_LANGUAGES` and the Chinese.
    """
    english, between, chinese = article.partition(BETWEEN_LANGUAGES)
    if not between or BETWEEN_LANGUAGES in chinese:
        return article
    return chinese if language == "zh" else english


@lru_cache(maxsize=256)
def _negotiated(header: str) -> Language:
    wanted: dict[Language, float] = {}
    for part in header.split(","):
        name, _, parameters = part.partition(";")
        tag = name.strip().lower().partition("-")[0]
        if tag == "zh":
            wanted["zh"] = max(wanted.get("zh", 0.0), _quality(parameters))
        elif tag in ("en", "*"):
            wanted["en"] = max(wanted.get("en", 0.0), _quality(parameters))
    return "zh" if wanted.get("zh", 0.0) > wanted.get("en", 0.0) else DEFAULT


def _quality(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        quality = float(value.strip()[:5])
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
