-- The rulebook in all its versions, and what was proposed by one person and decided by another.

CREATE TABLE rulebooks (
    version bigint PRIMARY KEY,
    profile text   NOT NULL,
    seq     bigint NOT NULL,
    at_us   bigint NOT NULL
);

CREATE TABLE rules (
    version        bigint   NOT NULL,
    n              integer  NOT NULL,
    rule           text     NOT NULL,
    value          bigint   NOT NULL,
    unit           text     NOT NULL,
    article        text     NOT NULL,
    verified       smallint NOT NULL,
    effective_from integer  NOT NULL,
    text_en        text     NOT NULL,
    text_zh        text     NOT NULL,
    PRIMARY KEY (version, n)
);

-- action is in canonical bytes, tag first; participant_id is NULL when the action is nobody's. status: 1 OPEN,
-- 2 APPROVED (and executed in the same entry), 3 REJECTED; decided_by is NULL when an order to cancel units ended it.
CREATE TABLE proposals (
    proposal_id    bigint   PRIMARY KEY,
    proposer       bigint   NOT NULL,
    participant_id bigint,
    action         bytea    NOT NULL,
    action_hash    bytea    NOT NULL CONSTRAINT proposals_hash_is_sha256 CHECK (octet_length(action_hash) = 32),
    status         smallint NOT NULL CONSTRAINT proposals_status_known CHECK (status BETWEEN 1 AND 3),
    decided_by     bigint,
    reject_reason  text,
    seq            bigint   NOT NULL,
    at_us          bigint   NOT NULL,
    last_seq       bigint   NOT NULL,
    last_at_us     bigint   NOT NULL,
    CONSTRAINT proposals_decided_by_another CHECK (
        status <> 2 OR (decided_by IS NOT NULL AND decided_by <> proposer))
);
