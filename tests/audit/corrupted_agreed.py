"""What somebody with every right could do to the tables of the serials and firms that two persons had agreed to."""

from __future__ import annotations

from typing import Final

from exchange.core.commands.credits import AdmitLot, ReturnUnits
from exchange.core.commands.uses import ReleaseUnits, UseUnits
from exchange.store.double_count_people import is_of
from tests.audit.corruptions import Corruption

__all__ = ("CORRUPTIONS",)

_USED_AT, _RELEASED_AT = 31, 23
"""Where the first of the named serials begin in the bytes of a use or a release: lot, first one, and the end."""

_OWNER_AT: Final = 19
"""Where in those of a return its firm stands."""

_FIRST_LOT: Final = "WHERE lot_id = (SELECT min(lot_id) FROM lots)"
_FIRST_ISSUANCE: Final = "WHERE issuance_id = (SELECT min(issuance_id) FROM issuances)"

_EIGHT: Final = "decode('0000000000000007', 'hex')"


def _overlay(action: type, at: int) -> str:
    """A number of an action that was agreed to is 7."""
    return (
        f"UPDATE proposals SET action = overlay(action PLACING {_EIGHT} FROM {at}) WHERE status = 2 AND {is_of(action)}"
    )


CORRUPTIONS: Final[dict[str, Corruption]] = {
    "other serials were agreed for a use": Corruption(("ONE-PERSON",), (_overlay(UseUnits, _USED_AT + 8),)),
    "another lot was agreed for a use": Corruption(("ONE-PERSON",), (_overlay(UseUnits, _USED_AT),)),
    "another firm was to use the units": Corruption(("ONE-PERSON",), (_overlay(UseUnits, 11),)),
    "other serials were agreed for a release": Corruption(("ONE-PERSON",), (_overlay(ReleaseUnits, _RELEASED_AT + 8),)),
    "units were to come back to another firm": Corruption(("ONE-PERSON",), (_overlay(ReturnUnits, _OWNER_AT),)),
    "a lot was to come in for another firm": Corruption(("ONE-PERSON",), (_overlay(AdmitLot, _OWNER_AT),)),
    "a lot came in for another firm": Corruption(("ONE-PERSON",), (f"UPDATE lots SET first_owner = 7 {_FIRST_LOT}",)),
    "a lot came in on another paper": Corruption(
        ("ONE-PERSON",), (f"UPDATE lots SET lock_reference = 'X-1', lock_folded = 'x1' {_FIRST_LOT}",)
    ),
    "a lot came in later than it was agreed": Corruption(
        ("ONE-PERSON",), (f"UPDATE lots SET seq = seq + 1 {_FIRST_LOT}",)
    ),
    "more was verified than was agreed": Corruption(
        ("ONE-PERSON",), ("UPDATE issuances SET verified = verified + 1 WHERE space_name = 'SINK'",)
    ),
    "an issuance was applied for on another day": Corruption(
        ("ONE-PERSON",), (f"UPDATE issuances SET applied_on = applied_on - 10000 {_FIRST_ISSUANCE}",)
    ),
    "an issuance's serials are written otherwise": Corruption(
        ("ONE-PERSON",),
        (f"UPDATE issuances SET serial_text = 'X {{lo}} to {{hi}}', serial_wording = 'xto' {_FIRST_ISSUANCE}",),
    ),
    "units came back that nobody agreed to": Corruption(
        ("ONE-PERSON",), ("UPDATE parcel_changes SET lo = lo + 1 WHERE cause = 17",)
    ),
    "units came back to another firm than was asked for": Corruption(
        ("ONE-PERSON",), ("UPDATE parcel_changes SET owner = 7 WHERE cause = 4 AND state_before = 7",)
    ),
    "units that came back are another firm's": Corruption(
        ("ONE-PERSON",),
        (
            (
                "UPDATE movements m SET target = 7 FROM parcel_changes s"
                " WHERE s.cause = 4 AND s.state_before = 7 AND m.seq = s.seq AND m.lot_id = s.lot_id"
            ),
        ),
    ),
    "a use was ended by nobody": Corruption(
        ("ONE-PERSON",), ("UPDATE proposals SET decided_by = NULL WHERE status = 3 AND decided_by IS NOT NULL",)
    ),
    "an order ended the use of a firm that owes nothing": Corruption(
        ("ONE-PERSON",), ("UPDATE proposals SET participant_id = 7 WHERE status = 3 AND decided_by IS NULL",)
    ),
    "a proposal has ended and its use has not": Corruption(
        ("CLAIM-WRONG",),
        (
            (
                "UPDATE proposals SET status = 3, decided_by = proposer"
                " WHERE proposal_id IN (SELECT proposal_id FROM claims WHERE status = 1)"
            ),
        ),
    ),
    "a use has ended and its proposal waits": Corruption(
        ("CLAIM-WRONG",), ("UPDATE proposals SET status = 1, decided_by = NULL WHERE status = 3",)
    ),
    "a firm uses the units of another": Corruption(
        ("CLAIM-WRONG",), ("UPDATE claims SET participant_id = 7 WHERE purpose = 6",)
    ),
    "a firm releases the units of another": Corruption(
        ("CLAIM-WRONG",), ("UPDATE releases SET participant_id = 7 WHERE status = 2",)
    ),
    "a use is done and its units are only set aside": Corruption(
        ("CLAIM-WRONG",), ("UPDATE parcels SET state = 8 WHERE state IN (9, 10, 11)",)
    ),
    "a use is done with a serial that was only chosen": Corruption(
        ("CLAIM-WRONG",), ("UPDATE claim_ranges SET status = 1 WHERE status = 2",)
    ),
    "sink quota is of another league than its CCER": Corruption(
        ("CONVERSION-WRONG",), ("UPDATE projects SET league = 3 - league % 2 WHERE source_category = 5",)
    ),
    "sink quota brought in by a firm that cancelled nothing": Corruption(
        ("CONVERSION-WRONG",),
        (
            (
                "UPDATE lots SET first_owner = first_owner + 1"
                " WHERE issuance_id IN (SELECT min(issuance_id) FROM issuances WHERE converted IS NOT NULL)"
            ),
        ),
    ),
    "sink quota is of another year than its CCER": Corruption(
        ("CONVERSION-WRONG",),
        (
            "ALTER TABLE issuances DROP CONSTRAINT issuances_of_one_year",
            "UPDATE issuances SET vintage = vintage - 1 WHERE converted IS NOT NULL",
        ),
    ),
}
