DROP TABLE lot_coverage, parcels, movements, lots, issuances, postings, balances, bank_references, orders, trades,
    participants, persons, api_keys, venue, instruments, reference_prices, rulebooks, rules, proposals, agreements,
    feed, quarantine, idempotency, journal, leader;
DROP FUNCTION refuse_change(), refuse_direct_change(), refuse_uncovered_lot(), cover_more(), cover_less(),
    open_coverage(), apply_postings(), purge_answers(bigint, integer), first_seq_at(bigint), refuse_stale_leader(), refuse_missing_row();
