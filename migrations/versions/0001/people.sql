-- Firms, persons and their keys. Of a key's secret only the SHA-256 is known.

CREATE TABLE participants (
    participant_id bigint   PRIMARY KEY,
    code           text     NOT NULL CONSTRAINT participants_code_once UNIQUE,
    name_en        text     NOT NULL,
    name_zh        text     NOT NULL,
    role           smallint NOT NULL,
    owner_group    text     NOT NULL,
    group_id       bigint   NOT NULL,
    seq            bigint   NOT NULL,
    at_us          bigint   NOT NULL
);

-- participant_id is NULL for the venue's staff.
CREATE TABLE persons (
    person_id      bigint   PRIMARY KEY,
    name           text     NOT NULL,
    role           smallint NOT NULL,
    participant_id bigint,
    seq            bigint   NOT NULL,
    at_us          bigint   NOT NULL
);

-- public_key is empty for a key that signs nothing, networks are separated by spaces and empty for a key that can be used
-- from everywhere; replaced_by is the key that rotation put in its place.
CREATE TABLE api_keys (
    key_id        bigint   PRIMARY KEY,
    person_id     bigint   NOT NULL,
    label         text     NOT NULL,
    secret_hash   bytea    NOT NULL CONSTRAINT api_keys_secret_hash_is_sha256 CHECK (octet_length(secret_hash) = 32),
    public_key    bytea    NOT NULL CONSTRAINT api_keys_public_key_is_ed25519 CHECK (octet_length(public_key) IN (0, 32)),
    scopes        integer  NOT NULL,
    expires_at_us bigint,
    networks      text     NOT NULL,
    made_with     bigint,
    replaced_by   bigint,
    seq           bigint   NOT NULL,
    at_us         bigint   NOT NULL,
    revoked_seq   bigint,
    revoked_at_us bigint,
    last_seq      bigint   NOT NULL
);
