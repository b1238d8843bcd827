"""What somebody with every right could do to the tables, each with the checks that must find it.

As a superuser on whom no trigger fires and whom no foreign key stops, with the exclusion constraints and unique indexes
that stand in the way dropped first: what is planted is what the guards of the database would never let in.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Corruption(NamedTuple):
    """Statements, and the checks of the tables (:mod:`exchange.store.double_count_checks`) that find what they did."""

    found_by: tuple[str, ...]
    statements: tuple[str, ...]


def _unguarded(*constraints: str) -> tuple[str, ...]:
    return tuple(
        f"ALTER TABLE {table} DROP CONSTRAINT {name}"
        for table, name in (constraint.split(".") for constraint in constraints)
    )


_COPY: Final = "INSERT INTO {table} SELECT (jsonb_populate_record(t, {changes})).* FROM {table} t WHERE {which} LIMIT 1"


def copy(table: str, which: str, **changes: str) -> str:
    """A row like one that is there, with some columns changed; values are SQL."""
    fields = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    return _COPY.format(table=table, which=which, changes=f"jsonb_build_object({fields})")


_ACTIVE: Final = "(SELECT ctid FROM parcels WHERE state = 1 AND encumbered = 0 LIMIT 1)"
_SPENT: Final = "(SELECT ctid FROM parcels WHERE state IN (9, 10, 11) LIMIT 1)"

_BROUGHT_IN: Final = (
    "(SELECT sum(s.hi - s.lo) FROM parcel_changes s JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id)"
    " WHERE s.tag = 1 AND s.state_before IN (0, 3, 4) AND s.seq < v.seq"
    " AND i.project_id = v.project_id AND l.first_owner = v.responsible)"
)
_THEIR_LOT: Final = (
    "(first_owner, issuance_id) IN (SELECT v.responsible, i.issuance_id FROM reversals v"
    " JOIN issuances i USING (project_id, vintage) WHERE withdrawn_seq IS NOT NULL)"
)

_INSIDE_P1: Final = (
    "UPDATE project_sites SET path = left(p.path, -1) || '/03/' FROM project_sites p"
    " WHERE project_sites.project_id <> p.project_id AND p.path = 'inm/p1/'"
)

CORRUPTIONS: Final[dict[str, Corruption]] = {
    "a parcel is there twice": Corruption(
        ("TWO-PLACES",),
        (
            *_unguarded("parcels.parcels_begin_once"),
            "INSERT INTO parcels SELECT * FROM parcels WHERE state = 1 LIMIT 1",
        ),
    ),
    "two parcels overlap by one serial": Corruption(
        ("TWO-PLACES",),
        (
            (
                "UPDATE parcels SET hi = hi + 1 WHERE ctid = (SELECT p.ctid FROM parcels p JOIN parcels q"
                " ON q.lot_id = p.lot_id AND q.lo = p.hi LIMIT 1)"
            ),
        ),
    ),
    "a parcel is gone": Corruption(("TWO-PLACES",), (f"DELETE FROM parcels WHERE ctid = {_ACTIVE}",)),
    "serials are issued in two spaces of one name": Corruption(
        ("SPACE-TWICE",),
        (copy("issuances", "space_name = 'CCER'", issuance_id="7", space_id="77", space_name="'ccer'"),),
    ),
    "serials are written as those of another space": Corruption(
        ("SPACE-TWICE",),
        (
            "UPDATE issuances SET serial_text = 'W-7-{lo}-{hi}' WHERE space_name = 'CCER'",
            "UPDATE issuances SET serial_text = 'ｗ,07 {lo:6} to {hi:6}' WHERE space_name <> 'CCER'",
        ),
    ),
    "one text is a serial of two spaces": Corruption(
        ("SPACE-TWICE",),
        (
            "UPDATE issuances SET serial_text = 'ABC-1-{lo}-{hi}' WHERE space_name = 'CCER'",
            "UPDATE issuances SET serial_text = 'ABC-{lo}-{hi}-199' WHERE space_name <> 'CCER'",
        ),
    ),
    "an issuance is there twice": Corruption(
        ("ISSUED-TWICE",),
        (*_unguarded("issuances.issuances_never_overlap"), copy("issuances", "true", issuance_id="7")),
    ),
    "a lot is there twice": Corruption(
        ("ADMITTED-TWICE",),
        (
            *_unguarded("lots.lots_never_overlap"),
            copy("lots", "true", lot_id="7", lock_reference="'another'", lock_folded="'another'"),
        ),
    ),
    "a lot reaches beyond its issuance": Corruption(
        ("OUTSIDE-ISSUANCE",),
        (
            *_unguarded("lots.lots_inside_their_issuance", "lots.lots_never_overlap"),
            "UPDATE lots SET hi = hi + 5",
        ),
    ),
    "a lock paper is used in two spellings": Corruption(
        ("PAPER-TWICE",),
        (
            (
                "UPDATE lots SET lock_reference ="
                " (SELECT replace(upper(lock_reference), '-', ' _ ') FROM lots ORDER BY lot_id LIMIT 1)"
                " WHERE lot_id = (SELECT max(lot_id) FROM lots)"
            ),
        ),
    ),
    "two periods of one ground overlap": Corruption(
        ("GROUND-TWICE",),
        (
            *_unguarded("issuances.issuances_never_overlap"),
            copy("issuances", "converted IS NULL", issuance_id="7", monitoring_start="monitoring_start + 1"),
        ),
    ),
    "the ground of two projects is the same": Corruption(
        ("GROUND-TWICE",),
        (_INSIDE_P1, "UPDATE project_sites SET activity = 1"),
    ),
    "one ground is planted and managed": Corruption(
        ("GROUND-TWICE",),
        (
            _INSIDE_P1,
            "UPDATE project_sites SET activity = CASE path WHEN 'inm/p1/' THEN 1 ELSE 2 END",
        ),
    ),
    "one ground is planted and something else": Corruption(
        ("GROUND-TWICE",),
        (
            _INSIDE_P1,
            "UPDATE project_sites SET activity = CASE path WHEN 'inm/p1/' THEN 1 ELSE 12 END",
        ),
    ),
    "a forest is called methane": Corruption(
        ("ACTIVITY-WRONG",),
        (*_unguarded("projects.projects_activity_fits"), "UPDATE projects SET activity = 11 WHERE family = 1"),
    ),
    "a plant is called a forest": Corruption(
        ("ACTIVITY-WRONG",),
        (*_unguarded("projects.projects_activity_fits"), "UPDATE projects SET activity = 1 WHERE source_category = 1"),
    ),
    "less was verified than was issued": Corruption(("OVER-VERIFIED",), ("UPDATE issuances SET verified = 1",)),
    "a vintage is newer": Corruption(
        ("PERIOD-WRONG",),
        (*_unguarded("issuances.issuances_of_one_year"), "UPDATE issuances SET vintage = vintage + 1"),
    ),
    "a source is in the national market": Corruption(
        ("SOURCE-COVERED",),
        (copy("facilities", "true", facility="'plant'", seq="1", covered_from="2021", covered_to="0"),),
    ),
    "sink quota without a cancellation": Corruption(
        ("CONVERSION-WRONG",), ("UPDATE issuances SET converted = NULL WHERE converted IS NOT NULL",)
    ),
    "sink quota of more than was cancelled": Corruption(
        ("CONVERSION-WRONG",),
        ("UPDATE claims SET quantity = 1, covers = 1 WHERE purpose = 8",),
    ),
    "sink quota issued and used in dispute": Corruption(
        ("CONVERSION-WRONG", "HELD-MOVED"),
        ("UPDATE encumbrances SET seq = 2 WHERE set_by IS NULL AND lifted_seq IS NOT NULL",),
    ),
    "sink quota issued and used while its CCER were alive in the registry's list": Corruption(
        ("CONVERSION-WRONG", "HELD-MOVED"),
        (
            (
                "UPDATE encumbrances SET seq = 2 WHERE set_by IS NOT NULL AND lifted_seq IS NOT NULL"
                " AND reference LIKE 'registry reconciliation: %'"
            ),
        ),
    ),
    "sink quota let go that nothing stands behind": Corruption(
        ("CONVERSION-WRONG", "ONE-PERSON"),
        (
            (
                "INSERT INTO freed_ranges SELECT r.lot_id, r.encumbrance_id, r.lo, r.hi, 1000000"
                " FROM encumbered_ranges r JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id)"
                " JOIN claims c ON c.claim_id = i.converted WHERE c.status = 5"
            ),
        ),
    ),
    "a conversion revoked and its quota free": Corruption(
        ("CONVERSION-WRONG",), ("UPDATE encumbrances SET set_by = 1 WHERE set_by IS NULL",)
    ),
    "retired units are active again": Corruption(
        ("STEP-UNTOLD", "CLAIM-WRONG", "LEDGER-DIFFERS", "MOVED-UNTOLD"),
        (f"UPDATE parcels SET state = 1 WHERE ctid = {_SPENT}",),
    ),
    "a parcel has another owner": Corruption(
        ("MOVED-UNTOLD", "LEDGER-DIFFERS"),
        (f"UPDATE parcels SET owner = owner + 1 WHERE ctid = {_ACTIVE}",),
    ),
    "a movement is gone": Corruption(
        ("MOVED-UNTOLD",),
        ("DELETE FROM movements WHERE ctid = (SELECT ctid FROM movements WHERE source > 0 LIMIT 1)",),
    ),
    "a step is gone": Corruption(
        ("STEP-UNTOLD",),
        ("DELETE FROM parcel_changes WHERE ctid = (SELECT ctid FROM parcel_changes WHERE state = 9 LIMIT 1)",),
    ),
    "a step that is not in the table": Corruption(
        ("STEP-FORBIDDEN",),
        ("UPDATE parcel_changes SET tag_before = 1, state_before = 9 WHERE cause = 11",),
    ),
    "the table of steps has one more": Corruption(
        ("STEP-FORBIDDEN",), ("INSERT INTO parcel_transitions VALUES (1, 8, 2, 6, 99)",)
    ),
    "two claims on one tonne": Corruption(
        ("TWO-CLAIMS",),
        (
            *_unguarded("claim_ranges.claim_ranges_one_claim_a_tonne"),
            copy("claim_ranges", "status = 2", claim_id="(SELECT max(claim_id) FROM claims WHERE status < 4)"),
        ),
    ),
    "a claim and a release of one tonne": Corruption(
        ("TWO-CLAIMS",),
        (
            (
                "INSERT INTO release_ranges (release_id, lot_id, lo, hi, status, seq, last_seq) SELECT"
                " (SELECT max(release_id) FROM releases), lot_id, lo, hi, 1, seq, last_seq FROM claim_ranges"
                " WHERE status = 2 LIMIT 1"
            ),
        ),
    ),
    "a claim lost its serials": Corruption(("CLAIM-WRONG",), ("UPDATE claim_ranges SET status = 3 WHERE status = 2",)),
    "a claim says more than it has": Corruption(
        ("CLAIM-WRONG",),
        ("UPDATE claims SET quantity = quantity + 1, chosen = chosen + 1, covers = covers + 1 WHERE status = 3",),
    ),
    "quota serves a national surrender": Corruption(
        ("PURPOSE-WRONG",),
        ("UPDATE claims SET purpose = 1, facility = 'icp1', year = 2025 WHERE purpose = 6",),
    ),
    "quota serves a covered facility": Corruption(
        ("BUYER-COVERED",),
        ("UPDATE claims SET facility = 'icp1', year = 2025 WHERE purpose = 6",),
    ),
    "quota serves a covered facility, and a later rulebook lets it": Corruption(
        ("BUYER-COVERED",),
        (
            "UPDATE claims SET facility = 'icp1', year = 2025 WHERE purpose = 6",
            copy("rulebooks", "true", version="99", seq="999999"),
            copy("rules", "rule = 'ETS-BUYER'", version="99", value="1"),
        ),
    ),
    "quota serves a covered facility under another name": Corruption(
        ("BUYER-COVERED",),
        (
            (
                "UPDATE claims SET facility = 'furnace2', year = 2025, beneficiary = firm FROM facilities f"
                " WHERE purpose = 6 AND f.facility = 'icp1'"
            ),
        ),
    ),
    "quota was approved for a facility covered by then": Corruption(
        ("BUYER-COVERED",),
        (
            "UPDATE claims SET facility = 'plant9', year = 2025 WHERE purpose = 6",
            copy(
                "facilities",
                "true",
                facility="'plant9'",
                seq="(SELECT seq FROM claims WHERE purpose = 6)",
                covered_from="2021",
                covered_to="0",
            ),
        ),
    ),
    "quota offsets a project of no facility": Corruption(
        ("PURPOSE-WRONG",),
        (*_unguarded("claims.claims_for_a_facility"), "UPDATE claims SET purpose = 2 WHERE purpose = 6"),
    ),
    "a cancellation without an answer": Corruption(
        ("NO-STATEMENT", "ANSWER-WRONG"),
        ("DELETE FROM registry_answers WHERE request_id IN (SELECT subject FROM parcel_changes WHERE cause = 11)",),
    ),
    "an answer about other serials": Corruption(
        ("NO-STATEMENT", "ANSWER-WRONG"),
        ("UPDATE registry_requests SET hi = hi - 1 WHERE kind = 1 AND status = 3 AND hi - lo > 1",),
    ),
    "a receipt in two spellings": Corruption(
        ("RECEIPT-TWICE",),
        (
            "DROP INDEX registry_answers_receipt_once",
            "UPDATE registry_answers SET receipt = 'Receipt-1' WHERE seq = (SELECT min(seq) FROM registry_answers)",
            (
                "UPDATE registry_answers SET receipt = 'receipt_01' WHERE seq = (SELECT max(seq) FROM registry_answers"
                " WHERE receipt <> '')"
            ),
        ),
    ),
    "a request is confirmed by nobody": Corruption(
        ("ANSWER-WRONG",), ("UPDATE registry_requests SET status = 3, receipt = 'mine' WHERE status = 4",)
    ),
    "two requests have one reference": Corruption(
        ("REQUEST-TWICE",),
        (
            *_unguarded(
                "registry_requests.registry_requests_reference_once",
                "registry_requests.registry_requests_reference_of_its_own",
            ),
            "UPDATE registry_requests SET reference = 'one'",
        ),
    ),
    "national units came in without a lock": Corruption(
        ("NOT-LOCKED",),
        ("UPDATE parcel_changes SET cause = 2, tag = 1, state = 1 WHERE cause = 1",),
    ),
    "frozen units moved": Corruption(
        ("HELD-MOVED",),
        (
            (
                "INSERT INTO movements SELECT (SELECT max(seq) FROM journal), 99, 0, 7, r.lot_id, 1, 2, r.lo, r.hi"
                " FROM encumbered_ranges r JOIN encumbrances e USING (encumbrance_id) WHERE e.lifted_seq IS NULL"
                " ORDER BY r.seq LIMIT 1"
            ),
        ),
    ),
    "a freeze is forgotten": Corruption(
        ("HELD-MISCOUNTED",),
        ("UPDATE parcels SET encumbered = 0 WHERE ctid = (SELECT ctid FROM parcels WHERE encumbered > 0 LIMIT 1)",),
    ),
    "half of a freeze is let go by nobody": Corruption(
        ("ONE-PERSON", "HELD-MISCOUNTED"),
        (
            (
                "INSERT INTO freed_ranges"
                " SELECT r.lot_id, encumbrance_id, r.lo, r.lo + 1, (SELECT max(seq) FROM journal)"
                " FROM encumbered_ranges r JOIN encumbrances e USING (encumbrance_id) WHERE lifted_seq IS NULL LIMIT 1"
            ),
        ),
    ),
    "a freeze is over, and nobody agreed": Corruption(
        ("ONE-PERSON",),
        ("UPDATE encumbrances SET lifted_seq = last_seq, lifted_at_us = at_us WHERE lifted_seq IS NULL",),
    ),
    "what a freeze has let go is forgotten": Corruption(("HELD-MISCOUNTED",), ("DELETE FROM freed_ranges",)),
    "one person decided alone": Corruption(
        ("ONE-PERSON",),
        (
            *_unguarded("proposals.proposals_decided_by_another"),
            "UPDATE proposals SET decided_by = proposer WHERE status = 2",
        ),
    ),
    "a claim without an approval": Corruption(
        ("ONE-PERSON",),
        ("UPDATE proposals SET status = 1 WHERE proposal_id IN (SELECT proposal_id FROM claims WHERE status = 3)",),
    ),
    "a posting has a tonne more": Corruption(
        ("LEDGER-DIFFERS",),
        ("UPDATE postings SET amount = amount + 1 WHERE asset > 0 AND layer = 1 AND debit = -2",),
    ),
    "what is set aside is not held": Corruption(
        ("LEDGER-DIFFERS",), ("DELETE FROM postings WHERE asset > 0 AND layer = 2",)
    ),
    "somebody else owes what was replaced": Corruption(
        ("REPLACED-WRONG",), ("UPDATE reversals SET responsible = responsible + 1 WHERE withdrawn_seq IS NULL",)
    ),
    "another family was lost": Corruption(
        ("REPLACED-WRONG",),
        ("UPDATE reversals SET project_id = (SELECT max(project_id) FROM projects WHERE family = 3)",),
    ),
    "more is replaced than claims have": Corruption(
        ("REPLACED-WRONG",),
        ("UPDATE reversals SET replaced = replaced + 1 WHERE replaced < quantity AND withdrawn_seq IS NULL",),
    ),
    "less was lost than is about to be replaced": Corruption(
        ("REPLACED-WRONG",), ("UPDATE reversals SET quantity = quantity - 1 WHERE replaced = 0",)
    ),
    "a use replaces a loss besides": Corruption(
        ("REPLACED-WRONG",),
        (
            *_unguarded("claims.claims_replacing_by_order_or_freely"),
            "UPDATE claims SET reversal_id = (SELECT min(reversal_id) FROM reversals) WHERE purpose = 6",
        ),
    ),
    "a tonne more was lost than was left": Corruption(
        ("LOSS-WRONG",), ("UPDATE reversals SET quantity = quantity + 1 WHERE withdrawn_seq IS NOT NULL",)
    ),
    "all was lost of no vintage, and some of one before": Corruption(
        ("LOSS-WRONG",),
        (
            (
                "UPDATE reversals v SET responsible = w.responsible FROM reversals w"
                " WHERE w.withdrawn_seq IS NOT NULL AND w.project_id = v.project_id"
            ),
            f"UPDATE reversals v SET vintage = 0, quantity = {_BROUGHT_IN} WHERE withdrawn_seq IS NOT NULL",
        ),
    ),
    "all but a few were lost of no vintage, and some of one afterwards": Corruption(
        ("LOSS-WRONG",),
        (
            (
                f"UPDATE reversals v SET vintage = 0, quantity = {_BROUGHT_IN} - 3,"
                " withdrawn_seq = NULL, withdrawn_at_us = NULL, withdrawal_reason = NULL"
                " WHERE withdrawn_seq IS NOT NULL"
            ),
        ),
    ),
    "what was lost came in later": Corruption(
        ("LOSS-WRONG",),
        (
            "UPDATE reversals SET quantity = quantity + 1 WHERE withdrawn_seq IS NOT NULL",
            *_unguarded("lots.lots_inside_their_issuance"),
            copy("lots", _THEIR_LOT, lot_id="7", lo="90001", hi="90011", lock_folded="'7'"),
            copy("parcel_changes", "cause = 2", lot_id="7", lo="90001", hi="90011", seq="999999"),
        ),
    ),
    "a loss that was a mistake was none": Corruption(
        ("LOSS-WRONG",),
        ("UPDATE reversals SET withdrawn_seq = NULL, withdrawn_at_us = NULL, withdrawal_reason = NULL",),
    ),
    "who only bought owes a loss": Corruption(
        ("LOSS-WRONG",), ("UPDATE reversals SET responsible = 99 WHERE withdrawn_seq IS NOT NULL",)
    ),
    "who owes a loss brought its tonnes in later": Corruption(
        ("LOSS-WRONG",),
        (
            (
                "UPDATE parcel_changes SET seq = seq + 999999 WHERE state_before IN (0, 3, 4) AND lot_id IN ("
                "SELECT lot_id FROM lots JOIN reversals ON first_owner = responsible WHERE withdrawn_seq IS NOT NULL)"
            ),
        ),
    ),
    "a loss that is being replaced was a mistake": Corruption(
        ("REPLACED-WRONG", "ONE-PERSON"),
        (
            (
                "UPDATE reversals v SET withdrawn_seq = p.last_seq, withdrawn_at_us = at_us, withdrawal_reason = 'none'"
                " FROM (SELECT withdrawn_seq AS last_seq FROM reversals WHERE withdrawn_seq IS NOT NULL) p"
                " WHERE replaced = 0 AND withdrawn_seq IS NULL"
            ),
        ),
    ),
    "a replacement that was revoked counts again": Corruption(
        ("REPLACED-WRONG",),
        (
            (
                "UPDATE reversals v SET replaced = c.quantity FROM claims c"
                " WHERE c.reversal_id = v.reversal_id AND c.status = 5"
            ),
        ),
    ),
    "a loss is smaller than was agreed": Corruption(
        ("ONE-PERSON",), ("UPDATE reversals SET quantity = quantity - 1 WHERE withdrawn_seq IS NOT NULL",)
    ),
    "a loss has another cause than was agreed": Corruption(
        ("ONE-PERSON",), ("UPDATE reversals SET cause = cause || '?' WHERE withdrawn_seq IS NOT NULL",)
    ),
    "a loss that was agreed is forgotten": Corruption(
        ("ONE-PERSON",), ("DELETE FROM reversals WHERE withdrawn_seq IS NOT NULL",)
    ),
    "a loss is there twice": Corruption(
        ("ONE-PERSON",), (copy("reversals", "replaced = 0 AND withdrawn_seq IS NULL", reversal_id="7"),)
    ),
    "a use is revoked that nobody agreed to revoke": Corruption(
        ("ONE-PERSON",),
        ("UPDATE claims SET revoked_seq = revoked_seq - 1, last_seq = revoked_seq - 1 WHERE status = 5",),
    ),
    "units were used for a facility in another league": Corruption(
        ("LEAGUE-WRONG",),
        (
            (
                "UPDATE claims c SET facility = f.facility, year = 2024, beneficiary = f.firm FROM facilities f"
                " WHERE f.facility = 'icp1' AND c.purpose = 4 AND c.reversal_id IS NULL AND f.seq < c.seq"
            ),
        ),
    ),
    "a use was approved for a facility in another league by then": Corruption(
        ("LEAGUE-WRONG",),
        (
            (
                "UPDATE claims SET facility = 'plant9', year = 2024 WHERE claim_id ="
                " (SELECT max(claim_id) FROM claims WHERE purpose = 4 AND reversal_id IS NULL AND status = 3)"
            ),
            copy(
                "facilities",
                "true",
                facility="'plant9'",
                seq="(SELECT seq FROM claims WHERE facility = 'plant9')",
            ),
        ),
    ),
    "an adjustment is gone": Corruption(("BUDGET-WRONG",), ("DELETE FROM budget_entries",)),
    "an adjustment is of another league": Corruption(
        ("BUDGET-WRONG",), ("UPDATE budget_entries SET source = CASE source WHEN 3 THEN 4 ELSE 3 END",)
    ),
}
"""Each by what it is."""
