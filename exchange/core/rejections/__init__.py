"""Refusals: their numbers in order of precedence, names and texts in two languages, the rules that they enforce."""

from exchange.core.rejections.facts import FACTS, FactText, Unit, fact_text
from exchange.core.rejections.reason_text import ReasonText
from exchange.core.rejections.reasons import Refusal, RejectReason, first_of
from exchange.core.rejections.texts import TEXTS
from exchange.core.rejections.titles import TITLES, Title

__all__ = [
    "FACTS",
    "TEXTS",
    "TITLES",
    "FactText",
    "ReasonText",
    "Refusal",
    "RejectReason",
    "Title",
    "Unit",
    "fact_text",
    "first_of",
]
