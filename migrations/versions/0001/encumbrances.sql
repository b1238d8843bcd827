-- What holds units fast after the fact, what has to be replaced, and files of units that wait to be issued.

-- kind: 1 FREEZE, 2 JUDICIAL, 3 PLEDGE, 4 SUSPENSION. Either of a project (and vintage, 0 for all) or of serials of a lot
-- (project_id NULL). set_by is NULL where the program did it, because a registry contradicted itself.
CREATE TABLE encumbrances (
    encumbrance_id bigint   PRIMARY KEY,
    kind           smallint NOT NULL CONSTRAINT encumbrances_kind_known CHECK (kind BETWEEN 1 AND 4),
    project_id     bigint,
    vintage        integer  NOT NULL,
    lot_id         bigint,
    lo             bigint   NOT NULL,
    hi             bigint   NOT NULL,
    reference      text     NOT NULL,
    set_by         bigint,
    seq            bigint   NOT NULL,
    at_us          bigint   NOT NULL,
    lifted_seq     bigint,
    lifted_at_us   bigint,
    last_seq       bigint   NOT NULL,
    CONSTRAINT encumbrances_of_one_scope CHECK ((project_id IS NULL) <> (lot_id IS NULL)),
    CONSTRAINT encumbrances_lifted_at_a_time CHECK (num_nonnulls(lifted_seq, lifted_at_us) IN (0, 2))
);
CREATE INDEX encumbrances_standing ON encumbrances (encumbrance_id) WHERE lifted_seq IS NULL;

-- Which serials an encumbrance holds, from which entry on. What came back after it had left can be held anew.
CREATE TABLE encumbered_ranges (
    lot_id         bigint NOT NULL REFERENCES lots (lot_id),
    encumbrance_id bigint NOT NULL REFERENCES encumbrances (encumbrance_id),
    lo             bigint NOT NULL,
    hi             bigint NOT NULL,
    seq            bigint NOT NULL,
    PRIMARY KEY (lot_id, encumbrance_id, lo, seq),
    CONSTRAINT encumbered_ranges_range CHECK (1 <= lo AND lo < hi)
);
CREATE INDEX encumbered_ranges_by_encumbrance ON encumbered_ranges (encumbrance_id, lot_id, lo);

-- Which serials an encumbrance let go again when it was lifted, in which entry: that can take many.
CREATE TABLE freed_ranges (
    lot_id         bigint NOT NULL REFERENCES lots (lot_id),
    encumbrance_id bigint NOT NULL REFERENCES encumbrances (encumbrance_id),
    lo             bigint NOT NULL,
    hi             bigint NOT NULL,
    seq            bigint NOT NULL,
    PRIMARY KEY (lot_id, encumbrance_id, lo, seq),
    CONSTRAINT freed_ranges_range CHECK (1 <= lo AND lo < hi)
);

-- Stored carbon that was lost again: how much is to be replaced, and how much of that was, by claims that were forced.
CREATE TABLE reversals (
    reversal_id bigint  PRIMARY KEY,
    project_id  bigint  NOT NULL REFERENCES projects (project_id),
    vintage     integer NOT NULL,
    responsible bigint  NOT NULL,
    quantity    bigint  NOT NULL,
    replaced    bigint  NOT NULL,
    cause       text    NOT NULL,
    seq         bigint  NOT NULL,
    at_us       bigint  NOT NULL,
    last_seq    bigint  NOT NULL,
    last_at_us  bigint  NOT NULL,
    CONSTRAINT reversals_add_up CHECK (0 < quantity AND 0 <= replaced AND replaced <= quantity)
);
CREATE INDEX reversals_by_responsible ON reversals (responsible, reversal_id);

-- Files of units: rows are put aside in portions, and issued and admitted together or not at all. staged is how many rows
-- there are by now.
CREATE TABLE imports (
    import_id       bigint  PRIMARY KEY,
    set_by          bigint  NOT NULL,
    staged          integer NOT NULL CONSTRAINT imports_staged_not_negative CHECK (staged >= 0),
    seq             bigint  NOT NULL,
    at_us           bigint  NOT NULL,
    committed_seq   bigint,
    committed_at_us bigint,
    last_seq        bigint  NOT NULL,
    CONSTRAINT imports_committed_at_a_time CHECK (num_nonnulls(committed_seq, committed_at_us) IN (0, 2))
);

-- The rows as they were read; line is the place in the file, n the place in the import, from 0 on. import_units says what
-- became of them when they were committed.
CREATE TABLE import_rows (
    import_id        bigint  NOT NULL REFERENCES imports (import_id),
    n                integer NOT NULL,
    line             integer NOT NULL,
    project          text    NOT NULL,
    monitoring_start integer NOT NULL,
    monitoring_end   integer NOT NULL,
    verified         bigint  NOT NULL,
    applied_on       integer NOT NULL,
    space            text    NOT NULL,
    serial_text      text    NOT NULL,
    lo               bigint  NOT NULL,
    hi               bigint  NOT NULL,
    owner            bigint  NOT NULL,
    lock_reference   text    NOT NULL,
    seq              bigint  NOT NULL,
    PRIMARY KEY (import_id, n)
);

-- Rows that were left out when they came, each with its line and the number of the refusal.
CREATE TABLE import_refusals (
    import_id bigint  NOT NULL REFERENCES imports (import_id),
    seq       bigint  NOT NULL,
    n         integer NOT NULL,
    line      integer NOT NULL,
    reason    integer NOT NULL,
    PRIMARY KEY (import_id, seq, n)
);

CREATE TABLE import_units (
    import_id   bigint  NOT NULL REFERENCES imports (import_id),
    n           integer NOT NULL,
    issuance_id bigint  NOT NULL REFERENCES issuances (issuance_id),
    lot_id      bigint  NOT NULL REFERENCES lots (lot_id),
    seq         bigint  NOT NULL,
    PRIMARY KEY (import_id, n),
    CONSTRAINT import_units_issued_once UNIQUE (issuance_id),
    CONSTRAINT import_units_admitted_once UNIQUE (lot_id),
    CONSTRAINT import_units_of_a_row FOREIGN KEY (import_id, n) REFERENCES import_rows (import_id, n)
);
