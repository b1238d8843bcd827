"""For each constraint of the tables of credits a row that breaks it and nothing else.

A row is a copy of one that is there, under keys of its own (``base``) that nothing is said against, with changes as
PostgreSQL's ``jsonb_build_object`` takes them; ``t`` is the row that is copied. Several changes of one constraint break
it in several ways.
"""

from __future__ import annotations

from typing import Final

from tests.store.broken_origins import FAR, NOTHING, ORIGINS, Broken

_RANGES_OF_ENCUMBRANCES: Final = {
    "{}_encumbrance_id_fkey": ("'encumbrance_id', 7",),
    "{}_lot_id_fkey": ("'lot_id', 7",),
    "{}_pkey": ("'seq', t.seq",),
    "{}_range": (NOTHING, "'lo', t.hi"),
}

_UNITS: Final = {
    "lots": Broken(
        "'lot_id', 7, 'lo', t.lo + 500, 'hi', t.hi + 500, 'lock_reference', 'Forged', 'lock_folded', 'forged'",
        {
            "lots_inside_their_issuance": ("'hi', t.issuance_hi + 5",),
            "lots_lock_named": ("'lock_reference', 'Another'",),
            "lots_locked_on_a_paper": ("'lock_reference', 'nobodys', 'lock_folded', 'nobodys'",),
            "lots_never_overlap": ("'lo', t.lo, 'hi', t.hi", "'lo', t.hi - 1"),
            "lots_of_an_issuance": ("'issuance_lo', t.issuance_lo - 1", "'space_id', 7"),
            "lots_pkey": ("'lot_id', t.lot_id, 'lock_reference', t.lock_reference, 'lock_folded', t.lock_folded",),
            "lots_range": ("'hi', t.lo + 500",),
        },
        {
            "lots_for_parcels": (
                (
                    "'lot_id', t.lot_id, 'lo', t.lo, 'hi', t.hi, "
                    "'lock_reference', t.lock_reference, 'lock_folded', t.lock_folded"
                ),
                ("lots_pkey", "lots_never_overlap"),
            )
        },
        "lo = 1000000000",
    ),
    "lock_papers": Broken(
        "'paper', 'forged', 'reference', 'Forged'",
        {
            "lock_papers_are_names": (
                "'paper', 'forged2'",
                "'reference', 'Forged 2'",
                "'paper', 'Ж', 'reference', 'Ж'",
                "'paper', '', 'reference', ' . '",
            ),
            "lock_papers_entered_once": ("'paper', t.paper, 'reference', t.reference, 'seq', 7",),
            "lock_papers_lot_id_fkey": ("'lot_id', 7",),
        },
        {"lock_papers_for_lots": ("'paper', t.paper, 'reference', t.reference", ("lock_papers_entered_once",))},
    ),
    "parcels": Broken(
        "'lo', t.lo + 1",
        {
            "parcels_begin_once": ("'lo', t.lo",),
            "parcels_inside_their_lot": ("'hi', t.hi + 1",),
            "parcels_of_a_lot": ("'lot_hi', t.lot_hi + 1", "'lot_id', 7"),
            "parcels_of_a_participant": ("'owner', 0", "'owner', -1"),
            "parcels_range": ("'lo', t.hi",),
            "parcels_standing_known": ("'tag', 3 - t.tag", "'state', 0", "'state', 12", "'encumbered', -1"),
        },
        where="hi = lot_hi AND hi - lo > 1",
    ),
    "movements": Broken(
        "'n', 700",
        {
            "movements_n_not_negative": ("'n', -1",),
            "movements_pkey": ("'n', t.n",),
            "movements_range": (NOTHING, "'lo', t.hi"),
        },
    ),
    "lot_coverage": Broken(
        "'lot_id', 7",
        {"lot_coverage_lot_id_fkey": ("'lot_id', 7",), "lot_coverage_pkey": ("'lot_id', t.lot_id",)},
    ),
    "account_units": Broken(
        "'account', 777",
        {
            "account_units_lot_id_fkey": ("'lot_id', 7",),
            "account_units_not_negative": ("'tonnes', -1",),
            "account_units_pkey": ("'account', t.account",),
        },
    ),
    "parcel_transitions": Broken(
        "'cause', 99",
        {
            "parcel_transitions_leave_nothing_spent": ("'state_before', 9", "'state_before', 11"),
            "parcel_transitions_pkey": ("'cause', t.cause, 'state', 0",),
        },
        {"parcel_transitions_for_changes": ("'cause', t.cause", ("parcel_transitions_pkey",))},
    ),
    "parcel_changes": Broken(
        "'n', 700",
        {
            "parcel_changes_by_the_table": ("'cause', 99", "'state_before', 9"),
            "parcel_changes_lot_id_fkey": ("'lot_id', 7",),
            "parcel_changes_n_not_negative": ("'n', -1",),
            "parcel_changes_pkey": ("'n', t.n",),
            "parcel_changes_range": (NOTHING, "'lo', t.hi"),
        },
    ),
    "standings": Broken(
        FAR,
        {
            "standings_never_overlap": ("'lo', t.lo + 1, 'hi', t.hi",),
            "standings_range": ("'hi', 1000000000000000",),
        },
        {"standings_pkey": ("'lo', t.lo, 'hi', t.hi", ("standings_never_overlap",))},
        "hi - lo > 1",
    ),
}

_OF_THE_SAME: Final = "'reference', replace(t.reference, '-req-', 'x-req-')"
"""Another reference of the request that is copied."""

_REGISTRY: Final = {
    "registry_requests": Broken(
        f"'request_id', 7, 'reference', 'forged-req-0-7-00000000', 'status', 1, 'receipt', '', {FAR}",
        {
            "registry_requests_account_of_a_release": ("'account', CASE t.account WHEN '' THEN 'forged' ELSE '' END",),
            "registry_requests_confirmed_by_receipt": ("'status', 3",),
            "registry_requests_kind_known": ("'kind', 0", "'kind', 4"),
            "registry_requests_lot_id_fkey": ("'lot_id', 7",),
            "registry_requests_once_for_a_range": (
                "'subject', 77, 'status', 4, 'lo', 2000000000000000, 'hi', 2000000000000005",
            ),
            "registry_requests_one_at_a_time": ("'lo', 2000000000000004, 'hi', 2000000000000009",),
            "registry_requests_pkey": (f"'request_id', t.request_id, {_OF_THE_SAME}",),
            "registry_requests_range": (NOTHING, "'hi', 1000000000000000"),
            "registry_requests_reference_of_its_own": (
                "'reference', 'forged'",
                "'reference', 'forged-req-0-7'",
                "'reference', 'forged-req-0-7-0000000g'",
                "'reference', 'forged-req-0-8-00000000'",
                "'reference', 'forged req-req-0-7-00000000'",
            ),
            "registry_requests_status_known": ("'status', 0", "'status', 5"),
        },
        {
            "registry_requests_for_answers": (
                f"'request_id', t.request_id, 'subject', null, 'status', 4, 'lo', t.lo, 'hi', t.hi, {_OF_THE_SAME}",
                ("registry_requests_pkey",),
            ),
            "registry_requests_reference_once": (
                "'request_id', t.request_id, 'reference', t.reference",
                ("registry_requests_pkey",),
            ),
        },
    ),
    "registry_answers": Broken(
        "'seq', 7, 'receipt', 'Forged', 'receipt_folded', 'forged', 'contradicts', true",
        {
            "registry_answers_first_once": ("'contradicts', false",),
            "registry_answers_outcome_known": ("'outcome', 0", "'outcome', 3"),
            "registry_answers_pkey": ("'seq', t.seq",),
            "registry_answers_receipt_is_a_name": (
                "'receipt_folded', ''",
                "'receipt', 'Forged 2'",
                "'receipt', 'Ж', 'receipt_folded', 'Ж'",
            ),
            "registry_answers_refused_for_a_reason": ("'outcome', 2, 'message', ''",),
            "registry_answers_about_what_was_asked": (
                "'lo', t.lo + 1",
                "'hi', t.hi + 1",
                "'kind', t.kind % 3 + 1",
                "'account', t.account || 'forged'",
            ),
        },
        {
            "registry_answers_receipt_once": (
                "'contradicts', false, 'receipt', t.receipt, 'receipt_folded', t.receipt_folded",
                ("registry_answers_first_once",),
            ),
            "registry_answers_refused_for_a_reason": (
                "'contradicts', false, 'outcome', 2, 'message', 'no', 'signature', ''",
                ("registry_answers_first_once",),
            ),
        },
        where="NOT contradicts AND receipt_folded <> ''",
    ),
}

_USES: Final = {
    "claims": Broken(
        "'claim_id', 7, 'purpose', 4, 'status', 1, 'quantity', 5, 'chosen', 5, 'covers', 5, 'day', null, "
        "'ratio', 1000000, 'fulfilled_seq', null, 'revoked_seq', null, 'revoke_reason', null, 'reversal_id', null, "
        "'facility_code', 'Mill', 'facility', 'mill', 'beneficiary_code', 'Firm', 'beneficiary', 'firm'",
        {
            "claims_add_up": ("'quantity', 0, 'covers', 0", "'quantity', 6, 'covers', 6"),
            "claims_cover_by_their_ratio": (
                "'covers', 4",
                "'covers', 6",
                "'intensity', 1, 'ratio', 1100000",
                "'intensity', 2, 'ratio', 1100000, 'quantity', 4, 'covers', 4",
            ),
            "claims_cover_something": ("'intensity', 2, 'ratio', 5000001, 'covers', 0",),
            "claims_ended_in_their_entry": (
                "'status', 3, 'day', 20240101, 'fulfilled_seq', t.last_seq + 1",
                "'status', 5, 'day', 20240101, 'fulfilled_seq', 7, 'revoke_reason', '', 'revoked_seq', t.last_seq + 1",
            ),
            "claims_for_a_facility": (
                "'purpose', 1, 'facility_code', '', 'facility', '', 'year', 2024",
                "'purpose', 2, 'year', 0",
                "'purpose', 2, 'year', 2024, 'beneficiary_code', '', 'beneficiary', ''",
            ),
            "claims_forced_by_a_reversal": (
                "'purpose', 7, 'proposal_id', null",
                "'purpose', 7, 'proposal_id', 1, 'reversal_id', 1",
            ),
            "claims_fulfilled_on_a_day": ("'status', 3", "'day', 20240101", "'status', 3, 'fulfilled_seq', t.last_seq"),
            "claims_named": (
                "'facility', 'another'",
                "'beneficiary', 'another'",
                "'facility_code', 'Ж', 'facility', 'Ж'",
                "'beneficiary_code', 'Ж', 'beneficiary', 'Ж'",
            ),
            "claims_pkey": ("'claim_id', t.claim_id",),
            "claims_purpose_known": ("'purpose', 9",),
            "claims_ratio_of_a_new_project": (
                "'intensity', 2, 'ratio', 999999, 'covers', 5",
                "'intensity', 0, 'ratio', 2000000, 'covers', 2",
            ),
            "claims_replacing_by_order_or_freely": ("'purpose', 3, 'reversal_id', 1",),
            "claims_revoked_for_a_reason": (
                "'status', 5, 'fulfilled_seq', 7, 'day', 20240101",
                "'revoked_seq', 7, 'revoke_reason', 'why'",
                "'revoke_reason', 'why'",
            ),
            "claims_status_known": ("'status', 0", "'status', 6"),
        },
    ),
    "claim_ranges": Broken(
        FAR,
        {
            "claim_ranges_claim_id_fkey": ("'claim_id', 7",),
            "claim_ranges_lot_id_fkey": ("'lot_id', 7",),
            "claim_ranges_one_claim_a_tonne": ("'lo', t.hi - 1, 'hi', t.hi",),
            "claim_ranges_pkey": ("'lo', t.lo, 'status', 3",),
            "claim_ranges_range": (f"{NOTHING}, 'status', 3", "'hi', 1000000000000000"),
            "claim_ranges_status_known": ("'status', 0", "'status', 4"),
        },
        where="status < 3 AND hi - lo > 1",
    ),
    "releases": Broken(
        "'release_id', 7, 'status', 1, 'gone', 0",
        {
            "releases_add_up": ("'quantity', 0", "'gone', -1", "'gone', t.quantity + 1, 'status', 4"),
            "releases_done_when_something_is_gone": ("'status', 4", "'gone', 1"),
            "releases_pkey": ("'release_id', t.release_id",),
            "releases_status_known": ("'status', 0", "'status', 6"),
        },
    ),
    "release_ranges": Broken(
        f"{FAR}, 'status', 1",
        {
            "release_ranges_lot_id_fkey": ("'lot_id', 7",),
            "release_ranges_one_release_at_a_time": ("'lo', 2000000000000004, 'hi', 2000000000000009",),
            "release_ranges_pkey": ("'lo', t.lo, 'status', 3",),
            "release_ranges_range": (NOTHING, "'hi', 1000000000000000"),
            "release_ranges_release_id_fkey": ("'release_id', 7",),
            "release_ranges_status_known": ("'status', 0", "'status', 4"),
        },
    ),
    "obligations": Broken(
        "'seq', 7",
        {
            "obligations_named": ("'facility', 'another'", "'facility_code', 'Ж', 'facility', 'Ж'"),
            "obligations_not_negative": ("'due', -1",),
            "obligations_pkey": ("'seq', t.seq",),
        },
    ),
    "budgets": Broken(
        "'seq', 7",
        {
            "budgets_not_negative": ("'planned', -1",),
            "budgets_of_a_league": ("'league', -1", "'league', 13"),
            "budgets_of_a_year_or_five": ("'last_year', t.first_year + 1",),
            "budgets_pkey": ("'seq', t.seq",),
        },
    ),
    "budget_entries": Broken(
        "'n', 700, 'source', 2, 'used_in', 3, 'province', ''",
        {
            "budget_entries_between_two": ("'used_in', 2", "'province', 'Shanxi'"),
            "budget_entries_in_a_league": ("'used_in', -1", "'used_in', 13"),
            "budget_entries_of_a_league": ("'source', 0", "'source', 13"),
            "budget_entries_of_something": ("'quantity', 0",),
            "budget_entries_pkey": ("'n', t.n",),
        },
    ),
}

_AFTERWARDS: Final = {
    "encumbrances": Broken(
        "'encumbrance_id', 7, 'lifted_seq', null, 'lifted_at_us', null",
        {
            "encumbrances_kind_known": ("'kind', 0", "'kind', 5"),
            "encumbrances_lifted_at_a_time": ("'lifted_seq', 7", "'lifted_at_us', 7"),
            "encumbrances_of_one_scope": (
                "'project_id', 7, 'lot_id', 7",
                "'project_id', null, 'lot_id', null",
            ),
            "encumbrances_pkey": ("'encumbrance_id', t.encumbrance_id",),
        },
    ),
    **{
        table: Broken("'seq', 7", {name.format(table): ways for name, ways in _RANGES_OF_ENCUMBRANCES.items()})
        for table in ("encumbered_ranges", "freed_ranges")
    },
    "reversals": Broken(
        "'reversal_id', 7, 'replaced', 0, 'withdrawn_seq', null, 'withdrawn_at_us', null, 'withdrawal_reason', null",
        {
            "reversals_add_up": ("'quantity', 0", "'replaced', -1", "'replaced', t.quantity + 1"),
            "reversals_pkey": ("'reversal_id', t.reversal_id",),
            "reversals_project_id_fkey": ("'project_id', 7",),
            "reversals_withdrawn_at_a_time": ("'withdrawn_seq', 7", "'withdrawal_reason', 'why'"),
            "reversals_withdrawn_unreplaced": (
                "'replaced', 1, 'withdrawn_seq', 7, 'withdrawn_at_us', 7, 'withdrawal_reason', 'why'",
            ),
        },
    ),
    "imports": Broken(
        "'import_id', 7, 'committed_seq', null, 'committed_at_us', null",
        {
            "imports_committed_at_a_time": ("'committed_seq', 7", "'committed_at_us', 7"),
            "imports_pkey": ("'import_id', t.import_id",),
            "imports_staged_not_negative": ("'staged', -1",),
        },
    ),
    **{
        table: Broken("'n', 700", {f"{table}_import_id_fkey": ("'import_id', 7",), f"{table}_pkey": ("'n', t.n",)})
        for table in ("import_rows", "import_refusals")
    },
    "import_units": Broken(
        "'n', 800, 'issuance_id', (SELECT max(issuance_id) FROM issuances), 'lot_id', (SELECT max(lot_id) FROM lots)",
        {
            "import_units_admitted_once": ("'lot_id', t.lot_id",),
            "import_units_issuance_id_fkey": ("'issuance_id', 7",),
            "import_units_issued_once": ("'issuance_id', t.issuance_id",),
            "import_units_lot_id_fkey": ("'lot_id', 7",),
            "import_units_of_a_row": ("'n', 801",),
            "import_units_pkey": ("'n', t.n",),
        },
        {"import_units_import_id_fkey": ("'import_id', 7", ("import_units_of_a_row",))},
        "import_id = (SELECT min(import_id) FROM import_units)",
    ),
}

BROKEN: Final = {**ORIGINS, **_UNITS, **_REGISTRY, **_USES, **_AFTERWARDS}


def insertion(table: str, changes: str) -> str:
    """The statement that puts a row in: the base's, changed."""
    broken = BROKEN[table]
    values = f"jsonb_build_object({broken.base}) || jsonb_build_object({changes})"
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, {values})).* FROM {table} t WHERE {broken.where} LIMIT 1"
    )


_ELSEWHERE: Final = "'lo', 2000000000000000, 'hi', 2000000000000005"

BESIDE: Final = (
    insertion("registry_requests", f"'request_id', 8, 'reference', 'V-req-0-8-00000000', 'subject', 77, {_ELSEWHERE}"),
    insertion("release_ranges", _ELSEWHERE),
    insertion("import_rows", "'import_id', (SELECT min(import_id) FROM import_units), 'n', 800"),
)
"""Rows that the broken ones meet: a request and a release that are open, and a row of a file for units to come from."""

PAPER: Final = "INSERT INTO lock_papers SELECT 'forged', 'Forged', lot_id, seq FROM lots WHERE lot_id = 7"
"""What a lot is locked on, entered behind it."""
