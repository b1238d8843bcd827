-- The venue's day and its instruments.

CREATE TABLE venue (
    one         boolean PRIMARY KEY DEFAULT true CONSTRAINT venue_has_one_row CHECK (one),
    name        text    NOT NULL,
    trading_day integer NOT NULL,
    is_open     boolean NOT NULL,
    halt_reason text,
    is_sandbox  boolean NOT NULL,
    last_seq    bigint  NOT NULL
);

-- halt_reason is NULL while the instrument trades.
CREATE TABLE instruments (
    instrument_id    bigint   PRIMARY KEY,
    symbol           text     NOT NULL CONSTRAINT instruments_symbol_once UNIQUE,
    family           smallint NOT NULL,
    project          text     NOT NULL,
    vintage          integer  NOT NULL,
    source_category  smallint NOT NULL,
    league           smallint NOT NULL,
    mode             smallint NOT NULL,
    settlement_venue smallint NOT NULL,
    tick             bigint   NOT NULL,
    lot_size         bigint   NOT NULL,
    tax_inclusive    boolean  NOT NULL,
    seq              bigint   NOT NULL,
    at_us            bigint   NOT NULL,
    halt_reason      text,
    last_seq         bigint   NOT NULL
);

-- From which entry on which trading day is open. While a day is being closed it is the open one still.
CREATE TABLE trading_days (
    seq bigint  PRIMARY KEY,
    day integer NOT NULL
);

CREATE TABLE reference_prices (
    instrument_id bigint   NOT NULL,
    seq           bigint   NOT NULL,
    day           integer  NOT NULL,
    basis         smallint NOT NULL,
    reference     bigint   NOT NULL CONSTRAINT reference_prices_positive CHECK (reference > 0),
    lowest        bigint   NOT NULL,
    highest       bigint   NOT NULL,
    PRIMARY KEY (instrument_id, seq),
    CONSTRAINT reference_prices_inside_band CHECK (lowest <= reference AND reference <= highest)
);
