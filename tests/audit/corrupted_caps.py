"""What somebody with every right could do to the tables so that more was surrendered than a facility's share, or what
cannot be.
"""

from __future__ import annotations

from typing import Final

from tests.audit.corruptions import Corruption, copy

__all__ = ("CORRUPTIONS",)

_SURRENDERED: Final = (
    "UPDATE claims SET purpose = 1, reversal_id = NULL, facility = s.facility, year = s.year, league = 0,"
    " beneficiary = s.beneficiary FROM claims s WHERE s.purpose = 1 AND claims.chosen = 4"
)
"""Another use of CCER, small enough by itself, is a surrender for the same facility and year."""

_OLD: Final = "UPDATE projects SET ccer_generation = 1 WHERE family = 1"

CORRUPTIONS: Final[dict[str, Corruption]] = {
    "less was to be surrendered": Corruption(("OVER-CAP",), ("UPDATE obligations SET due = 20",)),
    "less was to be surrendered when it was approved": Corruption(
        ("OVER-CAP",),
        (copy("obligations", "true", seq="(SELECT seq FROM claims WHERE purpose = 1)", due="20"),),
    ),
    "a surrender counts beside one that was approved": Corruption(
        ("OVER-CAP",),
        (_SURRENDERED,),
    ),
    "less was to be surrendered then, and more later": Corruption(
        ("OVER-CAP",),
        ("UPDATE obligations SET due = 20", copy("obligations", "true", seq="999999", due="100000")),
    ),
    "less could be CCER then, and more later": Corruption(
        ("OVER-CAP",),
        (
            "UPDATE rules SET value = 100 WHERE rule = 'OFFSET-CAP'",
            copy("rulebooks", "true", version="99", seq="999999"),
            copy("rules", "rule = 'OFFSET-CAP'", version="99", value="500"),
        ),
    ),
    "CCER of the old generation are surrendered": Corruption(("PURPOSE-WRONG",), (_OLD,)),
    "CCER of the old generation are surrendered on the last day, and approved on the next": Corruption(
        ("PURPOSE-WRONG",),
        (
            _OLD,
            "UPDATE rules SET value = 20990101 WHERE rule = 'OLD-CCER'",
            copy("trading_days", "true", seq="(SELECT seq FROM claims WHERE purpose = 1)", day="20990101"),
        ),
    ),
}
