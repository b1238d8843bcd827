-- How the numbers and truth values of a batch's rows travel to their tables: a row is one value of the type that has the
-- write's name, made as text by exchange/store/write.py, with the columns in the order that they have there. Nothing is
-- stored in these types.

CREATE TYPE journal_packed AS (seq bigint, epoch bigint, at_us bigint);

CREATE TYPE idempotency_packed AS (scope bigint, seq bigint, at_us bigint, status smallint);

CREATE TYPE feed_packed AS (participant_id bigint, seq bigint);

CREATE TYPE postings_packed AS (
    seq bigint, n integer, transaction_id bigint, layer smallint,
    debit bigint, credit bigint, asset bigint, amount bigint
);

CREATE TYPE bank_references_packed AS (participant_id bigint, amount bigint, seq bigint);

CREATE TYPE orders_packed AS (
    order_id bigint, participant_id bigint, group_id bigint, instrument_id bigint,
    side smallint, kind smallint, time_in_force smallint, price bigint, quantity bigint,
    post_only boolean, self_trade_prevention smallint, good_til integer,
    cumulative bigint, leaves bigint, cumulative_value bigint, fee bigint,
    status smallint, cancel_reason smallint, priority bigint,
    placed_seq bigint, placed_at_us bigint, last_seq bigint, last_at_us bigint
);

CREATE TYPE orders_changed_packed AS (
    order_id bigint, price bigint, quantity bigint, cumulative bigint, leaves bigint, cumulative_value bigint,
    fee bigint, ended smallint, cancel_reason smallint, priority bigint, last_seq bigint, last_at_us bigint
);

CREATE TYPE order_changes_packed AS (order_id bigint, participant_id bigint, seq bigint);

CREATE TYPE trades_packed AS (
    trade_id bigint, seq bigint, at_us bigint, day integer, instrument_id bigint, price bigint, quantity bigint,
    aggressor smallint, buy_order_id bigint, sell_order_id bigint, buyer bigint, seller bigint,
    buy_fee bigint, sell_fee bigint
);

CREATE TYPE parcels_closed_packed AS (lot_id bigint, lo bigint, hi bigint);

CREATE TYPE parcels_opened_packed AS (
    lot_id bigint, lo bigint, hi bigint, owner bigint, acquired integer, tag smallint, state smallint, encumbered integer
);

CREATE TYPE movements_packed AS (
    seq bigint, n integer, at_us bigint, transaction_id bigint, lot_id bigint,
    source bigint, target bigint, lo bigint, hi bigint
);

CREATE TYPE refusals_packed AS (
    seq bigint, at_us bigint, scope bigint, person_id bigint, key_id bigint, reason smallint
);
