"""The guards of the database by the names that they refuse with, and how the owner of the tables takes each out."""

from __future__ import annotations

from typing import Final


def _constraint(table: str, name: str) -> str:
    return f"ALTER TABLE {table} DROP CONSTRAINT {name}"


def _trigger(table: str, name: str) -> str:
    return f"DROP TRIGGER {name} ON {table}"


CONSTRAINTS: Final = {
    "issuances_never_overlap": "issuances",
    "issuances_of_one_year": "issuances",
    "serial_spaces_name_once": "serial_spaces",
    "serial_wordings_of_one_space": "serial_wordings",
    "period_sites_never_overlap": "period_sites",
    "projects_activity_fits": "projects",
    "monitoring_periods_not_exceeded": "monitoring_periods",
    "lots_never_overlap": "lots",
    "lots_inside_their_issuance": "lots",
    "lots_lock_named": "lots",
    "lock_papers_are_names": "lock_papers",
    "lock_papers_entered_once": "lock_papers",
    "balances_available_not_negative": "balances",
    "claim_ranges_one_claim_a_tonne": "claim_ranges",
    "claims_cover_by_their_ratio": "claims",
    "claims_for_a_facility": "claims",
    "claims_named": "claims",
    "claims_ratio_of_a_new_project": "claims",
    "projects_named": "projects",
    "release_ranges_one_release_at_a_time": "release_ranges",
    "registry_requests_one_at_a_time": "registry_requests",
    "registry_answers_about_what_was_asked": "registry_answers",
    "proposals_decided_by_another": "proposals",
    "reversals_add_up": "reversals",
    "reversals_withdrawn_unreplaced": "reversals",
}
"""Constraints by their tables."""

TRIGGERS: Final = {
    "issuances_verified_alike": ("issuances", "note_periods"),
    "issuances_source_not_covered": ("issuances", "refuse_second_source"),
    "issuances_sink_is_converted": ("issuances", "refuse_second_source"),
    "issuances_converted_of_a_cancelled_claim": ("issuances", "refuse_second_source"),
    "issuances_converted_once": ("issuances", "refuse_second_source"),
    "parcel_changes_follow_one_another": ("parcel_changes", "follow_steps"),
    "parcel_changes_of_free_units": ("parcel_changes", "refuse_groundless_steps"),
    "claims_of_free_units": ("claims", "refuse_held_units"),
    "releases_of_free_units": ("releases", "refuse_held_units"),
    "claims_of_national_units": ("claims", "refuse_surrender"),
    "claims_of_no_old_ccer": ("claims", "refuse_surrender"),
    "claims_within_the_share": ("claims", "refuse_surrender"),
    "claim_ranges_converted_of_ccer": ("claim_ranges", "refuse_other_conversion"),
    "release_ranges_of_national_units": ("release_ranges", "refuse_regional_release"),
    "issuances_of_sound_conversions": ("issuances", "refuse_doubtful_quota"),
    "lots_of_sound_conversions": ("lots", "refuse_doubtful_quota"),
    "lots_of_who_converted": ("lots", "refuse_quota_of_others"),
    "lots_source_not_covered": ("lots", "refuse_covered_lot"),
    "freed_ranges_of_uncovered_sources": ("freed_ranges", "refuse_freeing_sources"),
    "freed_ranges_of_sound_conversions": ("freed_ranges", "refuse_freeing_quota"),
    "registry_answers_signed": ("registry_answers", "refuse_unsigned"),
    "registry_answers_receipt_untold": ("registry_answers", "refuse_told_receipts"),
    "registry_answers_of_its_own_units": ("registry_answers", "refuse_impossible_answers"),
    "registry_answers_stated_in_time": ("registry_answers", "refuse_impossible_answers"),
    "parcels_stand_where_told": ("parcels", "cover_more"),
    "parcels_spent_for_good": ("parcels", "cover_less"),
}
"""What a trigger's function refuses, by table and trigger."""

_BUYERS: Final = "DROP FUNCTION refuse_covered_buyer(), refuse_buyer_covered_since() CASCADE"
"""They look at who it is for when serials are chosen, and once more at the approval."""

SWITCHES: Final[dict[str, str]] = {
    **{name: _constraint(table, name) for name, table in CONSTRAINTS.items()},
    **{name: _trigger(*where) for name, where in TRIGGERS.items()},
    "claim_ranges_buyer_not_covered": _BUYERS,
    "claim_ranges_facility_is_known": _BUYERS,
    "projects_play_in_a_sandbox": _trigger("projects", "refuse_play"),
    "reversals_of_who_brought_in": _trigger("reversals", "refuse_unbounded_loss"),
    "reversals_replaced_as_owed": "DROP FUNCTION refuse_wrong_replacement() CASCADE",
    "proposals_decided_once": _trigger("proposals", "only_once"),
    "api_keys_public_key_once": "DROP INDEX api_keys_public_key_once",
    "proposals_ended_by_somebody": _trigger("proposals", "refuse_wrong_ending"),
    "proposals_end_with_their_units": _trigger("proposals", "refuse_wrong_ending"),
    "registry_answers_receipt_once": "DROP INDEX registry_answers_receipt_once",
    "registry_answers_first_once": "DROP INDEX registry_answers_first_once",
    "registry_requests_once_for_a_range": "DROP INDEX registry_requests_once_for_a_range",
}
"""What switches each guard off."""

TABLES: Final = (
    "issuances",
    "lots",
    "lock_papers",
    "parcels",
    "parcel_changes",
    "movements",
    "claims",
    "claim_ranges",
    "budget_entries",
    "releases",
    "release_ranges",
    "reversals",
    "registry_requests",
    "registry_answers",
    "lot_coverage",
    "account_units",
    "standings",
    "balances",
    "freed_ranges",
    "encumbrances",
)
"""Tables of units, whose every trigger is switched off where nothing of the database shall stand in the way."""

ALL_OFF: Final = (
    *dict.fromkeys(SWITCHES[name] for name in SWITCHES if name not in TRIGGERS),
    *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES),
    "ALTER TABLE issuances ENABLE TRIGGER note_spaces",
    "ALTER TABLE lots ENABLE TRIGGER open_coverage",
)
"""Switches everything off that could refuse a tonne in a second place."""
