"""What somebody with every right could do to the tables so that the registry has said something else."""

from __future__ import annotations

from typing import Final

from tests.audit.corruptions import Corruption

__all__ = ("CORRUPTIONS",)

_REFUSED_ON_PAPER: Final = "outcome = 2 AND NOT contradicts AND signature = ''"
_ANY_REFUSAL: Final = "ALTER TABLE registry_answers DROP CONSTRAINT registry_answers_refused_for_a_reason"

_PAPERS: Final = " AND a.signature = '' AND NOT contradicts"


def _dated(instant: str) -> str:
    """Every answer is of another time."""
    change = f"UPDATE registry_answers a SET stated_at_us = {instant} FROM registry_requests r"
    return f"{change} WHERE r.request_id = a.request_id"


CORRUPTIONS: Final[dict[str, Corruption]] = {
    "an answer about more serials": Corruption(
        ("ANSWER-WRONG", "NOT-LOCKED"), ("UPDATE registry_answers SET hi = hi + 100 WHERE outcome = 1",)
    ),
    "the national registry signs for another": Corruption(
        ("ANSWER-WRONG",), (f"UPDATE registry_answers SET signature = sha512('x') WHERE {_REFUSED_ON_PAPER}",)
    ),
    "the national registry contradicts another": Corruption(
        ("ANSWER-WRONG",),
        (
            (
                "UPDATE registry_answers a SET (request_id, lo, hi) = (p.request_id, p.lo, p.hi)"
                " FROM registry_answers p WHERE a.contradicts AND p.receipt = 'paper 5'"
            ),
        ),
    ),
    "a receipt of a contradiction stands for an answer": Corruption(
        ("RECEIPT-TWICE",),
        (
            (
                "UPDATE registry_answers SET receipt = 'Lie-7', receipt_folded = folded_number('Lie-7')"
                " WHERE seq = (SELECT min(seq) FROM registry_answers WHERE contradicts)"
            ),
            (
                "UPDATE registry_answers SET receipt = 'LIE / 07', receipt_folded = folded_number('LIE / 07')"
                " WHERE seq = (SELECT max(seq) FROM registry_answers WHERE NOT contradicts AND receipt <> '')"
            ),
        ),
    ),
    "a paper has the receipt of what was signed before": Corruption(
        ("RECEIPT-TWICE",),
        (
            (
                "UPDATE registry_answers SET (receipt, receipt_folded) = (upper(told.receipt), told.receipt_folded)"
                " FROM (SELECT receipt, receipt_folded FROM registry_answers WHERE receipt <> '' AND signature <> ''"
                " ORDER BY seq LIMIT 1) told WHERE registry_answers.receipt = 'paper 5'"
            ),
        ),
    ),
    "papers are from two days before the question": Corruption(
        ("ANSWER-WRONG", "NOT-SIGNED"), (_dated("a.stated_at_us - 172800000000") + _PAPERS,)
    ),
    "papers are from the day after they were read": Corruption(
        ("ANSWER-WRONG", "NOT-SIGNED"), (_dated("a.stated_at_us + 86400000000") + _PAPERS,)
    ),
    "papers have an hour": Corruption(("NOT-SIGNED",), (_dated("a.stated_at_us + 1") + _PAPERS,)),
    "a refusal on paper has a receipt": Corruption(
        ("ANSWER-WRONG",),
        (
            _ANY_REFUSAL,
            f"UPDATE registry_answers SET receipt = 'paper 9', receipt_folded = 'paper 9' WHERE {_REFUSED_ON_PAPER}",
            (
                "UPDATE registry_requests r SET receipt = 'paper 9' FROM registry_answers a"
                " WHERE a.request_id = r.request_id AND a.receipt = 'paper 9'"
            ),
        ),
    ),
    "a refusal on paper has no reason": Corruption(
        ("ANSWER-WRONG",), (_ANY_REFUSAL, f"UPDATE registry_answers SET message = '' WHERE {_REFUSED_ON_PAPER}")
    ),
    "a refusal on paper was read as another": Corruption(
        ("NOT-SIGNED",), (f"UPDATE registry_answers SET message = 'account open' WHERE {_REFUSED_ON_PAPER}",)
    ),
    "an answer is from before the question": Corruption(("ANSWER-WRONG",), (_dated("r.at_us - 3600000001"),)),
    "an answer is from the future": Corruption(("ANSWER-WRONG",), (_dated("a.at_us + 3600000001"),)),
    "an answer about another act": Corruption(
        ("ANSWER-WRONG",), ("UPDATE registry_answers SET kind = 3 WHERE kind = 1",)
    ),
    "an answer about another account": Corruption(
        ("ANSWER-WRONG",), ("UPDATE registry_answers SET account = 'NATIONAL-STRANGER' WHERE kind = 2",)
    ),
    "a lock was a cancellation": Corruption(
        ("NO-STATEMENT", "NOT-LOCKED"), ("UPDATE registry_requests SET kind = 3 WHERE kind = 1 AND status = 3",)
    ),
    "a release is newer than the lock": Corruption(
        ("NOT-LOCKED",),
        (
            (
                "UPDATE registry_answers a SET seq = a.seq + 999999 FROM registry_requests r"
                " WHERE r.request_id = a.request_id AND r.kind = 2 AND a.outcome = 1"
            ),
        ),
    ),
}
