"""What somebody with every right could do to the names in the tables."""

from __future__ import annotations

from typing import Final

from tests.audit.corruptions import Corruption, copy

__all__ = ("COMPARED", "CORRUPTIONS", "UNNAMED", "WRITTEN")

WRITTEN: Final = {
    "projects": ("code", "source_facility"),
    "project_sites": ("site_parcel",),
    "facilities": ("code", "operating_firm"),
    "obligations": ("facility_code",),
    "issuances": ("space_name", "serial_text"),
    "lots": ("lock_reference",),
    "lock_papers": ("reference",),
    "registry_answers": ("receipt",),
    "claims": ("facility_code", "beneficiary_code"),
}
"""The names by which things are told apart, as they were written."""

COMPARED: Final = {
    "projects": ("code_folded", "facility"),
    "project_sites": ("path",),
    "facilities": ("facility", "firm"),
    "obligations": ("facility",),
    "issuances": ("space_folded",),
    "lots": ("lock_folded",),
    "registry_answers": ("receipt_folded",),
    "bank_references": ("reference_folded",),
    "claims": ("facility", "beneficiary"),
    "period_sites": ("path",),
}
"""What queries compare in their place, because it is what the program compares."""

_CHECKS: Final = {
    "projects": ("projects_named", "projects_source_named"),
    "project_sites": ("project_sites_named",),
    "facilities": ("facilities_named",),
    "obligations": ("obligations_named",),
    "issuances": ("issuances_space_is_a_name", "issuances_serials_are_worded"),
    "lots": ("lots_lock_named",),
    "lock_papers": ("lock_papers_are_names",),
    "registry_answers": ("registry_answers_receipt_is_a_name",),
    "bank_references": ("bank_references_are_names",),
    "claims": ("claims_named",),
}
UNNAMED: Final = tuple(
    f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, names in _CHECKS.items() for name in names
)
"""Takes away what holds names to their letters, and what is compared to the names: it goes before every corruption."""

CORRUPTIONS: Final[dict[str, Corruption]] = {
    "a project has a code that looks like another one's": Corruption(
        ("NAME-WRONG",), ("UPDATE projects SET code = 'Р1', code_folded = 'Р1' WHERE code = 'P1'",)
    ),
    "a plot is compared as another one": Corruption(
        ("NAME-WRONG",), ("UPDATE project_sites SET path = 'inm/p9/' WHERE path = 'inm/p1/'",)
    ),
    "the ground of a period is another one than the project's": Corruption(
        ("NAME-WRONG",), ("UPDATE period_sites SET path = 'inm/p9/' WHERE path = 'inm/p1/'",)
    ),
    "a period is there that was never issued for": Corruption(
        ("NAME-WRONG",), (copy("period_sites", "true", monitoring_start="20200101", monitoring_end="20201231"),)
    ),
    "a paper is compared as another one": Corruption(
        ("NAME-WRONG",), ("UPDATE lots SET lock_folded = lock_folded || '9'",)
    ),
    "a receipt is compared as another one": Corruption(
        ("NAME-WRONG",), ("UPDATE registry_answers SET receipt_folded = receipt_folded || '9' WHERE receipt <> ''",)
    ),
    "a serial space is compared as another one": Corruption(
        ("NAME-WRONG",), ("UPDATE issuances SET space_folded = space_folded || '9'",)
    ),
    "serials are compared by other words": Corruption(
        ("NAME-WRONG",), ("UPDATE issuances SET serial_wording = 'x{}' WHERE serial_text <> ''",)
    ),
    "serials that say nothing are compared by words": Corruption(
        ("NAME-WRONG",), ("UPDATE issuances SET serial_wording = 'x{}' WHERE serial_text = ''",)
    ),
    "a bank's reference is compared as another one": Corruption(
        ("NAME-WRONG",), ("UPDATE bank_references SET reference_folded = reference_folded || '9'",)
    ),
}
