"""What somebody with every right could do to the place at which the writer stands; beside all the others."""

from __future__ import annotations

from typing import Final

from tests.audit.corruptions import Corruption, copy

_CHECK: Final = ("LEADER-WRONG",)
_BEYOND: Final = "(SELECT seq + 5 FROM leader)"

CORRUPTIONS: Final[dict[str, Corruption]] = {
    "the writer stands before the journal's end": Corruption(_CHECK, ("UPDATE leader SET seq = seq - 1",)),
    "the writer stands behind the journal's end": Corruption(_CHECK, ("UPDATE leader SET seq = seq + 1",)),
    "the writer goes on from another head": Corruption(_CHECK, ("UPDATE leader SET head = sha256('forged')",)),
    "the writer is of a time before": Corruption(_CHECK, ("UPDATE leader SET epoch = -1",)),
    "a use is of an entry that nobody wrote": Corruption(_CHECK, (copy("claims", "true", claim_id="7", seq=_BEYOND),)),
    "a use takes its last step in an entry that nobody wrote": Corruption(
        _CHECK, (f"UPDATE claims SET last_seq = {_BEYOND} WHERE status = 2",)
    ),
    "a use is revoked in an entry that nobody wrote": Corruption(
        _CHECK,
        (
            "ALTER TABLE claims DROP CONSTRAINT claims_ended_in_their_entry",
            f"UPDATE claims SET revoked_seq = {_BEYOND} WHERE status = 5",
        ),
    ),
    "a freeze is lifted in an entry that nobody wrote": Corruption(
        _CHECK, (f"UPDATE encumbrances SET lifted_seq = {_BEYOND} WHERE lifted_seq IS NOT NULL",)
    ),
    "a duty is of an entry that nobody wrote": Corruption(_CHECK, (f"UPDATE obligations SET seq = {_BEYOND}",)),
    "a bank's reference is of an entry that nobody wrote": Corruption(
        _CHECK, (f"UPDATE bank_references SET seq = {_BEYOND}",)
    ),
    "a day is of an entry that nobody wrote": Corruption(
        _CHECK, (f"UPDATE trading_days SET seq = {_BEYOND} WHERE seq = (SELECT max(seq) FROM trading_days)",)
    ),
    "a rulebook is of an entry that nobody wrote": Corruption(
        _CHECK, (f"UPDATE rulebooks SET seq = {_BEYOND} WHERE version = (SELECT max(version) FROM rulebooks)",)
    ),
    "the writer's batch begins behind its end": Corruption(_CHECK, ("UPDATE leader SET batch_first = seq + 2",)),
    "the writer's batch begins before the journal": Corruption(_CHECK, ("UPDATE leader SET batch_first = 0",)),
    "a step is from before the first entry": Corruption(_CHECK, (copy("parcel_changes", "true", seq="0"),)),
}
