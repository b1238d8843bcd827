"""Refusals: their numbers in order of precedence, their texts in two languages, the rules they enforce."""

from exchange.core.rejections.reasons import Refusal, RejectReason
from exchange.core.rejections.texts import TEXTS, ReasonText

__all__ = ["TEXTS", "ReasonText", "Refusal", "RejectReason"]
