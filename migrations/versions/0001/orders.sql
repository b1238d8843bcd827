-- Orders and trades, as the events tell them.

-- status: 1 NEW, 2 PARTIALLY_FILLED, 3 FILLED, 4 CANCELLED, 5 EXPIRED. leaves is 0 once an order has ended.
CREATE TABLE orders (
    order_id              bigint   PRIMARY KEY,
    participant_id        bigint   NOT NULL,
    group_id              bigint   NOT NULL,
    instrument_id         bigint   NOT NULL,
    client_order_id       text     NOT NULL,
    side                  smallint NOT NULL CONSTRAINT orders_side_known CHECK (side IN (1, 2)),
    kind                  smallint NOT NULL,
    time_in_force         smallint NOT NULL,
    price                 bigint   NOT NULL CONSTRAINT orders_price_positive CHECK (price > 0),
    quantity              bigint   NOT NULL CONSTRAINT orders_quantity_positive CHECK (quantity > 0),
    post_only             boolean  NOT NULL,
    self_trade_prevention smallint NOT NULL,
    good_til              integer  NOT NULL,
    cumulative            bigint   NOT NULL,
    leaves                bigint   NOT NULL CONSTRAINT orders_leaves_not_negative CHECK (leaves >= 0),
    cumulative_value      bigint   NOT NULL,
    fee                   bigint   NOT NULL CONSTRAINT orders_fee_not_negative CHECK (fee >= 0),
    status                smallint NOT NULL CONSTRAINT orders_status_known CHECK (status BETWEEN 1 AND 5),
    cancel_reason         smallint,
    priority              bigint,
    placed_seq            bigint   NOT NULL,
    placed_at_us          bigint   NOT NULL,
    last_seq              bigint   NOT NULL,
    last_at_us            bigint   NOT NULL,
    CONSTRAINT orders_add_up CHECK (
        CASE WHEN status <= 2 THEN leaves > 0 AND cumulative + leaves = quantity
             WHEN status = 3  THEN leaves = 0 AND cumulative = quantity
             ELSE leaves = 0 AND cumulative < quantity END)
) WITH (fillfactor = 80);
CREATE INDEX orders_by_participant ON orders (participant_id, order_id);
CREATE INDEX orders_by_client_order_id ON orders (participant_id, client_order_id, order_id) WHERE client_order_id <> '';
CREATE INDEX orders_by_instrument ON orders (instrument_id, order_id);

-- The entries that changed an order's terms, or were refused when they were to change or end it: what its row and its
-- trades do not tell of its life. participant_id is whose command it was; who names another's order in a command that is
-- refused writes nothing that its owner finds.
CREATE TABLE order_changes (
    order_id       bigint NOT NULL,
    participant_id bigint NOT NULL,
    seq            bigint NOT NULL,
    PRIMARY KEY (order_id, participant_id, seq)
);

-- A trade's id is its entry's seq and its number in it, so the order of the ids is the order of the trades.
CREATE TABLE trades (
    trade_id      bigint   PRIMARY KEY,
    seq           bigint   NOT NULL,
    at_us         bigint   NOT NULL,
    day           integer  NOT NULL,
    instrument_id bigint   NOT NULL,
    price         bigint   NOT NULL CONSTRAINT trades_price_positive CHECK (price > 0),
    quantity      bigint   NOT NULL CONSTRAINT trades_quantity_positive CHECK (quantity > 0),
    aggressor     smallint NOT NULL CONSTRAINT trades_aggressor_known CHECK (aggressor IN (1, 2)),
    buy_order_id  bigint   NOT NULL,
    sell_order_id bigint   NOT NULL,
    buyer         bigint   NOT NULL,
    seller        bigint   NOT NULL,
    buy_fee       bigint   NOT NULL CONSTRAINT trades_buy_fee_not_negative CHECK (buy_fee >= 0),
    sell_fee      bigint   NOT NULL CONSTRAINT trades_sell_fee_not_negative CHECK (sell_fee >= 0),
    CONSTRAINT trades_id_holds_its_seq CHECK (trade_id / 1048577 = seq),
    CONSTRAINT trades_between_two CHECK (buyer <> seller)
);
CREATE INDEX trades_by_buyer ON trades (buyer, trade_id);
CREATE INDEX trades_by_seller ON trades (seller, trade_id);
CREATE INDEX trades_by_instrument ON trades (instrument_id, trade_id);
