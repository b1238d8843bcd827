"""What somebody with every right could do to the tables so that the registry has said something else."""

from __future__ import annotations

from typing import Final

from tests.audit.corruptions import Corruption

__all__ = ("CORRUPTIONS",)

CORRUPTIONS: Final[dict[str, Corruption]] = {
    "an answer about more serials": Corruption(
        ("ANSWER-WRONG", "NOT-LOCKED"), ("UPDATE registry_answers SET hi = hi + 100 WHERE outcome = 1",)
    ),
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
