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
    "a step is from before the first entry": Corruption(_CHECK, (copy("parcel_changes", "true", seq="0"),)),
}
