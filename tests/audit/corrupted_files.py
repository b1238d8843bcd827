"""What somebody with every right could do to the tables of files of units, of what uses cover, and of budgets."""

from __future__ import annotations

from typing import Final

from exchange.core.commands.credits import CommitImport
from exchange.store.double_count_people import is_of
from tests.audit.corruptions import Corruption, copy

__all__ = ("CORRUPTIONS",)

_UNGUARDED: Final = tuple(
    f"ALTER TABLE claims DROP CONSTRAINT {name}"
    for name in ("claims_cover_by_their_ratio", "claims_cover_something", "claims_ratio_of_a_new_project")
)
_FAR_AWAY: Final = (
    "(SELECT claim_id FROM claims c JOIN reversals USING (reversal_id) JOIN projects p USING (project_id)"
    " WHERE c.status = 3 AND p.code = 'FAR')"
)
"""What replaces a loss of a project of no league."""

CORRUPTIONS: Final[dict[str, Corruption]] = {
    "a row came in for another firm than was staged": Corruption(
        ("ONE-PERSON",), ("UPDATE import_rows SET owner = 7 WHERE n = 1",)
    ),
    "a row came in with other serials than were staged": Corruption(
        ("ONE-PERSON",), ("UPDATE import_rows SET hi = hi + 1 WHERE n = 1",)
    ),
    "a row came in that is of no file": Corruption(("ONE-PERSON",), ("DELETE FROM import_units WHERE n = 1",)),
    "a row that was not staged came in": Corruption(("ONE-PERSON",), ("DELETE FROM import_rows WHERE n = 1",)),
    "a file came in and nobody agreed": Corruption(
        ("ONE-PERSON",), (f"UPDATE proposals SET status = 1 WHERE {is_of(CommitImport)}",)
    ),
    "a certificate covers more than its units": Corruption(
        ("CLAIM-WRONG",), (*_UNGUARDED, "UPDATE claims SET covers = 2 * covers WHERE purpose = 6")
    ),
    "a use is by a ratio that no rulebook has": Corruption(
        ("CLAIM-WRONG",), (*_UNGUARDED, "UPDATE claims SET ratio = 1250000, covers = 4 WHERE purpose = 6")
    ),
    "a use is for nothing, by a ratio that the rulebook has": Corruption(
        ("CLAIM-WRONG",),
        (
            *_UNGUARDED,
            "UPDATE rules SET value = 1000000000000 WHERE rule = 'DIFF-HIGH'",
            "UPDATE claims SET intensity = 2, ratio = 1000000000000, covers = 0 WHERE purpose = 6",
        ),
    ),
    "an adjustment is of another year": Corruption(
        ("BUDGET-WRONG",), ("UPDATE budget_entries SET year = 2031 WHERE subject IN (SELECT claim_id FROM claims)",)
    ),
    "an adjustment is for another province": Corruption(
        ("BUDGET-WRONG",), ("UPDATE budget_entries SET province = 'Gansu' WHERE province <> ''",)
    ),
    "what replaced a loss of no league went to the national market": Corruption(
        ("BUDGET-WRONG",),
        (copy("budget_entries", "used_in <> 0", subject=_FAR_AWAY, used_in="0", quantity="2", seq="seq + 1"),),
    ),
    "what replaced a loss of no league says that it was used in one": Corruption(
        ("BUDGET-WRONG",),
        (
            f"UPDATE claims SET league = 3 WHERE claim_id = {_FAR_AWAY}",
            copy("budget_entries", "used_in <> 0", subject=_FAR_AWAY, used_in="3", quantity="2", seq="seq + 1"),
        ),
    ),
    "what replaced a loss of a league counts nowhere": Corruption(
        ("BUDGET-WRONG",),
        (
            "UPDATE projects SET league = 3 WHERE code = 'FAR'",
            f"UPDATE claims SET league = (SELECT league FROM projects WHERE code = 'P1') WHERE claim_id = {_FAR_AWAY}",
        ),
    ),
    "a firm owes what another one brought in": Corruption(
        ("LOSS-WRONG",),
        (
            (
                "UPDATE reversals v SET responsible = (SELECT min(w.responsible) FROM reversals w"
                " WHERE w.project_id = v.project_id AND w.responsible <> v.responsible)"
                " WHERE withdrawn_seq IS NOT NULL"
            ),
        ),
    ),
    "what was lost was never locked": Corruption(
        ("LOSS-WRONG",), ("UPDATE parcel_changes SET tag = 2, state = 2, cause = 5 WHERE state_before = 3 AND tag = 1",)
    ),
    "what was lost had only come back": Corruption(
        ("LOSS-WRONG",), ("UPDATE parcel_changes SET state_before = 7 WHERE state_before = 3 AND tag = 1",)
    ),
    "the quota was lost with the CCER behind it": Corruption(
        ("LOSS-WRONG",),
        (
            (
                "UPDATE reversals v SET (project_id, vintage, responsible, quantity) = ("
                "SELECT i.project_id, 0, l.first_owner, sum(l.hi - l.lo)"
                " FROM lots l JOIN issuances i USING (issuance_id)"
                " WHERE i.converted IS NOT NULL GROUP BY i.project_id, l.first_owner) WHERE withdrawn_seq IS NOT NULL"
            ),
        ),
    ),
    "a project on no ground issues": Corruption(("NO-GROUND",), ("DELETE FROM project_sites",)),
}
