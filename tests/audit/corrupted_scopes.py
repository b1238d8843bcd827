"""What somebody with every right could do to the tables of what a freeze is about."""

from __future__ import annotations

from typing import Final

from tests.audit.corruptions import Corruption, copy

__all__ = ("CORRUPTIONS",)

_FROZEN: Final = "(SELECT max(encumbrance_id) FROM encumbrances WHERE kind = 1 AND lifted_seq IS NULL)"
_PROJECT: Final = "(SELECT project_id FROM projects WHERE code = 'P1')"

CORRUPTIONS: Final[dict[str, Corruption]] = {
    "a freeze is of one serial more than it holds": Corruption(
        ("HELD-MISCOUNTED",), (f"UPDATE encumbrances SET hi = hi + 1 WHERE encumbrance_id = {_FROZEN}",)
    ),
    "a freeze is of one serial less than it holds": Corruption(
        ("HELD-MISCOUNTED",), (f"UPDATE encumbrances SET hi = hi - 1 WHERE encumbrance_id = {_FROZEN}",)
    ),
    "a freeze of CCER holds the quota that stands on them": Corruption(
        ("HELD-MISCOUNTED",),
        (
            (
                "UPDATE encumbrances e SET kind = 1, set_by = 1 FROM encumbered_ranges r"
                " WHERE r.encumbrance_id = e.encumbrance_id AND r.lot_id <> e.lot_id AND lifted_seq IS NULL"
            ),
        ),
    ),
    "a freeze of a project holds none of its lots": Corruption(
        ("HELD-MISCOUNTED",),
        (copy("encumbrances", "kind = 1", encumbrance_id="99", project_id=_PROJECT, lot_id="NULL", seq="999999"),),
    ),
    "what a freeze is about and does not hold was sold and used": Corruption(
        ("HELD-MOVED",),
        (copy("encumbrances", "kind = 1", encumbrance_id="99", project_id=_PROJECT, lot_id="NULL", seq="2"),),
    ),
    "a freeze of serials was set before they were used": Corruption(
        ("HELD-MOVED",),
        (
            (
                "UPDATE encumbrances e SET lo = r.lo, hi = r.hi, seq = 2 FROM claim_ranges r"
                f" WHERE encumbrance_id = {_FROZEN} AND r.lot_id = e.lot_id AND r.status = 2"
            ),
        ),
    ),
}
