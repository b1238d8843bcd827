-- Trades agreed between two parties. status: 1 PROPOSED, 2 AGREED, 3 SETTLED, 4 ENDED.

CREATE TABLE agreements (
    agreement_id   bigint   PRIMARY KEY,
    proposer       bigint   NOT NULL,
    counterparty   bigint   NOT NULL,
    side           smallint NOT NULL CONSTRAINT agreements_side_known CHECK (side IN (1, 2)),
    kind           smallint NOT NULL,
    family         smallint NOT NULL,
    project        text     NOT NULL,
    quantity       bigint   NOT NULL CONSTRAINT agreements_quantity_positive CHECK (quantity > 0),
    total          bigint   NOT NULL CONSTRAINT agreements_total_positive CHECK (total > 0),
    status         smallint NOT NULL CONSTRAINT agreements_status_known CHECK (status BETWEEN 1 AND 4),
    affirmed_by    bigint,
    ended_by       bigint,
    transaction_id bigint,
    buy_fee        bigint,
    sell_fee       bigint,
    seq            bigint   NOT NULL,
    at_us          bigint   NOT NULL,
    last_seq       bigint   NOT NULL,
    last_at_us     bigint   NOT NULL,
    CONSTRAINT agreements_between_two CHECK (proposer <> counterparty),
    CONSTRAINT agreements_settled_whole CHECK (
        num_nonnulls(transaction_id, buy_fee, sell_fee) = CASE status WHEN 3 THEN 3 ELSE 0 END)
);
CREATE INDEX agreements_by_proposer ON agreements (proposer, agreement_id);
CREATE INDEX agreements_by_counterparty ON agreements (counterparty, agreement_id);
