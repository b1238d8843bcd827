DROP TABLE downloads_ended, reads, refusals;
DROP FUNCTION holds(encumbered_ranges, bigint, bigint, bigint), surrendered_before(claims), is_wanted(registry_requests),
    meant_by(encumbrances, bigint, int8range, bigint);
DROP TABLE import_units, import_refusals, import_rows, imports, reversals, freed_ranges, encumbered_ranges, encumbrances,
    budget_entries, budgets, obligations, release_ranges, releases, claim_ranges, claims, registry_answers, registry_requests, standings,
    parcel_changes, parcel_transitions, account_units, period_sites, monitoring_periods;
DROP TABLE lot_coverage, parcels, movements, lock_papers, lots, serial_spaces, serial_wordings, issuances, facilities, project_sites, projects;
DROP TABLE postings, balances, bank_references, orders, order_changes, trades, participants, persons, api_keys, venue,
    instruments, reference_prices, trading_days, rulebooks, rules, proposals, agreements, feed, quarantine, idempotency, journal, leader;
DROP FUNCTION refuse_change(), refuse_second_decision(), refuse_direct_change(), refuse_uncovered_lot(), cover_more(), cover_less(),
    open_coverage(), note_spaces(), apply_postings(), purge_answers(bigint, integer), first_seq_at(bigint),
    refuse_stale_leader(), refuse_missing_row(), refuse_careless_commit(), begin_batch(), refuse_backward_leader(),
    refuse_other_batch(text), only_whole_batch(), only_with_seq(), only_with_placed_seq(), only_with_last_seq(),
    only_with_a_batch(), a_batch_is_written(), only_after_its_read();
DROP FUNCTION only_these_change(), only_these_steps(), is_covered(text, integer, bigint), note_periods(),
    refuse_second_source(), refuse_other_origin(), account_of(smallint, bigint), refuse_step(text), follow_steps(),
    cut_standings(bigint, bigint, bigint), refuse_groundless_steps(), refuse_other_tonnes(bigint, bigint),
    ledger_has_the_tonnes(), only_free_units_move(), refuse_unanswered(), refuse_covered_buyer(), refuse_unspent_claim(),
    refuse_buyer_covered_since(), refuse_buyer(bigint, bigint), refuse_surrender(),
    rule_before(text, bigint), is_hidden(text, text, integer, bigint),
    refuse_held_units(), refuse_regional_release(), refuse_wrong_replacement(), refuse_unsigned(), refuse_impossible_answers(), refuse_unread(), refuse_lifting_alone(),
    is_lifting_agreed(bigint, bigint), refuse_unbounded_loss(), refuse_withdrawal_alone(), refuse_wrong_ending(),
    is_doubtful(bigint, bigint), refuse_doubtful_quota(), refuse_quota_of_others(),
    refuse_free_quota(), refuse_freeing_quota(), refuse_wrong_ends(), refuse_unwanted(), refuse_undone(),
    refuse_covered_lot(), refuse_free_sources(), refuse_freeing_sources(), is_source_held(bigint, integer, bigint),
    is_doubt(bigint, smallint, bigint, text), is_meant(bigint, bigint, bigint, bigint),
    refuse_wrong_owner(), refuse_other_conversion(), refuse_other_adjustment(), refuse_adjustments(bigint, bigint),
    adjustments_wanted(bigint, bigint), project_of(bigint), refuse_told_receipts();
DROP TYPE journal_packed, idempotency_packed, feed_packed, postings_packed, bank_references_packed, orders_packed,
    orders_changed_packed, order_changes_packed, trades_packed, parcels_closed_packed, parcels_opened_packed,
    movements_packed, refusals_packed;
DROP FUNCTION is_name(text), serial_wording(text), folded_path(text), folded_number(text), folded_space(text), folded(text),
    refuse_foreign_table(), is_national(smallint, text), refuse_play();
DROP TYPE path_range;
