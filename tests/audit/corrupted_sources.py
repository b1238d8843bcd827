"""What somebody with every right could do to the tables of units whose plant was found to be covered afterwards."""

from __future__ import annotations

from typing import Final

from tests.audit.corruptions import Corruption, copy

__all__ = ("CORRUPTIONS",)

_HELD: Final = "project_id IS NOT NULL AND set_by IS NULL"
"""The suspensions of such units: the first was lifted, when the plant was put right, and the last one stands."""

_LOT: Final = (
    "(SELECT min(r.lot_id) FROM encumbered_ranges r JOIN encumbrances e USING (encumbrance_id)"
    f" WHERE {_HELD} AND e.lifted_seq IS NULL)"
)
_AFTER: Final = "(SELECT max(seq) + 1 FROM journal)"

CORRUPTIONS: Final[dict[str, Corruption]] = {
    "a source was in the national market when the units came in": Corruption(
        ("SOURCE-COVERED",),
        (
            (
                f"UPDATE facilities SET seq = (SELECT seq - 1 FROM lots WHERE lot_id = {_LOT})"
                " WHERE facility = 'late' AND seq = (SELECT min(seq) FROM facilities WHERE facility = 'late')"
            ),
            (
                f"UPDATE encumbrances SET seq = (SELECT seq - 1 FROM lots WHERE lot_id = {_LOT})"
                f" WHERE {_HELD} AND lifted_seq IS NOT NULL"
            ),
        ),
    ),
    "what a covered plant has yielded is free": Corruption(
        ("SOURCE-COVERED",),
        (f"UPDATE encumbrances SET lifted_seq = {_AFTER}, lifted_at_us = 1 WHERE {_HELD} AND lifted_seq IS NULL",),
    ),
    "what a covered plant has yielded was held too late": Corruption(
        ("SOURCE-COVERED",), (f"UPDATE encumbrances SET seq = seq + 1 WHERE {_HELD} AND lifted_seq IS NULL",)
    ),
    "what a covered plant has yielded is held by a person alone": Corruption(
        ("SOURCE-COVERED",),
        (f"UPDATE encumbrances SET set_by = (SELECT min(person_id) FROM persons) WHERE {_HELD}",),
    ),
    "quota of a covered plant is sold": Corruption(
        ("SOURCE-COVERED",), (copy("movements", "source > 0 AND target > 0", lot_id=_LOT, seq=_AFTER),)
    ),
    "quota of a covered plant is chosen": Corruption(
        ("SOURCE-COVERED",), (copy("parcel_changes", "cause = 7", lot_id=_LOT, seq=_AFTER),)
    ),
    "the program holds what no covered plant has yielded": Corruption(
        ("HELD-MISCOUNTED",), (copy("encumbrances", _HELD, encumbrance_id="7", vintage="vintage + 1"),)
    ),
}
