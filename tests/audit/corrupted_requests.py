"""What somebody with every right could do to the tables of what the registry was asked for; beside all the others."""

from __future__ import annotations

from typing import Final

from tests.audit.corrupted_people import CORRUPTIONS as ALL_OTHERS
from tests.audit.corruptions import Corruption, copy

__all__ = ("CORRUPTIONS",)

_UNIQUE: Final = "DROP INDEX registry_requests_once_for_a_range"

_MINE: Final = "MINE-req-0-7-00000000"
"""A reference of the form that request 7 would have."""


def _asked(which: str, *before: str, **changes: str) -> Corruption:
    """One request more, like one that is there."""
    return Corruption(
        ("ASKED-WRONG",), (*before, copy("registry_requests", which, request_id="7", reference=f"'{_MINE}'", **changes))
    )


def _changed(check: str, cause: int, changes: str) -> Corruption:
    """A step of another cause or for something else than it was."""
    one = f"(SELECT ctid FROM parcel_changes WHERE cause = {cause} LIMIT 1)"
    return Corruption((check,), (f"UPDATE parcel_changes SET {changes} WHERE ctid = {one}",))


_OF_REQUESTS: Final[dict[str, Corruption]] = {
    "a release is asked for that nobody made": _asked("kind = 3", kind="2", subject="7777", account="'N-1'"),
    "the same serials are to be cancelled again": _asked("kind = 3 AND status = 3", _UNIQUE),
    "a lock is asked for units that wait for none": _asked("kind = 1"),
    "a cancellation is asked for in another firm's name": Corruption(
        ("ASKED-WRONG",), ("UPDATE registry_requests SET owner = owner + 1 WHERE kind = 3",)
    ),
    "the registry was not asked to cancel": Corruption(
        ("ASKED-WRONG",),
        ("DELETE FROM registry_requests WHERE kind = 3 AND status = 1",),
    ),
    "the registry was not asked to release": Corruption(
        ("ASKED-WRONG",), ("DELETE FROM registry_requests WHERE kind = 2",)
    ),
    "the registry was asked before it was agreed": Corruption(
        ("ASKED-WRONG",), ("UPDATE registry_requests SET seq = seq - 1 WHERE kind = 3",)
    ),
    "a release goes to another account": Corruption(
        ("ASKED-WRONG",), ("UPDATE registry_requests SET account = 'NATIONAL-STRANGER' WHERE kind = 2",)
    ),
    "a request is of another time": Corruption(
        ("REFERENCE-WRONG",), ("UPDATE registry_requests SET at_us = at_us + 1 WHERE kind = 3",)
    ),
    "quota is to be cancelled by the registry": Corruption(
        ("ASKED-WRONG",),
        (
            (
                "INSERT INTO registry_requests SELECT 7, 3, u.lot_id, c.participant_id, u.lo, u.hi, '',"
                f" '{_MINE}', c.claim_id, 0, 1, '', '', c.last_seq, 0, c.last_seq, 0 FROM parcel_changes s"
                " JOIN claims c ON c.claim_id = s.subject JOIN claim_ranges u USING (claim_id)"
                " WHERE s.cause = 10 LIMIT 1"
            ),
        ),
    ),
    "a cancellation that the registry confirmed was not done": Corruption(
        ("NOT-DONE",), ("DELETE FROM parcel_changes WHERE cause = 11",)
    ),
    "a release that the registry confirmed was not done": Corruption(
        ("NOT-DONE",), ("DELETE FROM parcel_changes WHERE cause = 16",)
    ),
    "a lock that the registry refused was": Corruption(("NOT-DONE",), ("DELETE FROM parcel_changes WHERE cause = 5",)),
    "a cancellation was done later than it was confirmed": _changed("NOT-DONE", 11, "seq = 999999"),
    "CCER were retired here alone": _changed("ENDED-WRONG", 11, "cause = 10, state = 9"),
    "CCER went to another province without the registry": _changed("ENDED-WRONG", 11, "cause = 12, state = 11"),
    "quota was cancelled as CCER are": _changed("ENDED-WRONG", 10, "cause = 11, state = 10"),
    "what a use has was used up for another": _changed("ENDED-WRONG", 10, "subject = 7"),
    "a use was withdrawn that was approved": Corruption(
        ("TAKEN-BACK",),
        (
            (
                "UPDATE proposals SET status = 2 WHERE decided_by IS NOT NULL AND proposal_id IN ("
                "SELECT c.proposal_id FROM claims c JOIN parcel_changes s ON s.subject = c.claim_id WHERE s.cause = 8)"
            ),
        ),
    ),
    "a use was withdrawn that goes on": Corruption(
        ("TAKEN-BACK",),
        ("UPDATE claims SET status = 1 WHERE claim_id IN (SELECT subject FROM parcel_changes WHERE cause = 8)",),
    ),
    "units of another use came free": _changed("TAKEN-BACK", 8, "subject = 7"),
    "a release was withdrawn that goes on": Corruption(
        ("TAKEN-BACK",),
        ("UPDATE releases SET status = 2 WHERE release_id IN (SELECT subject FROM parcel_changes WHERE cause = 14)",),
    ),
    "a release was withdrawn that was sent": Corruption(
        ("TAKEN-BACK", "ASKED-WRONG"),
        (
            copy(
                "registry_requests",
                "kind = 2",
                request_id="7",
                reference=f"'{_MINE}'",
                subject="(SELECT subject FROM parcel_changes WHERE cause = 14 LIMIT 1)",
            ),
        ),
    ),
}

CORRUPTIONS: Final = ALL_OTHERS | _OF_REQUESTS
