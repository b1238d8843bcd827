-- Issuances, the lots of them that were admitted to this venue, and the parcels that their owners hold.
--
-- No two ranges of one serial space overlap: exclusion constraints see to it for issuances and lots, a trigger for parcels,
-- which every trade splits. A one-point range stands for the space, so that core PostgreSQL can do it without the
-- extension btree_gist.

CREATE TABLE issuances (
    issuance_id      bigint   PRIMARY KEY,
    family           smallint NOT NULL,
    mechanism        smallint NOT NULL,
    registry         text     NOT NULL,
    project          text     NOT NULL,
    project_name_en  text     NOT NULL,
    project_name_zh  text     NOT NULL,
    methodology      text     NOT NULL,
    site_parcels     text[]   NOT NULL,
    activity         text     NOT NULL,
    monitoring_start integer  NOT NULL,
    monitoring_end   integer  NOT NULL,
    vintage          integer  NOT NULL,
    source_category  smallint NOT NULL,
    source_facility  text     NOT NULL,
    league           smallint NOT NULL,
    ccer_generation  smallint NOT NULL,
    space_id         bigint   NOT NULL,
    space_name       text     NOT NULL,
    lo               bigint   NOT NULL,
    hi               bigint   NOT NULL,
    seq              bigint   NOT NULL,
    at_us            bigint   NOT NULL,
    CONSTRAINT issuances_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT issuances_for_lots UNIQUE (issuance_id, space_id, lo, hi),
    CONSTRAINT issuances_never_overlap EXCLUDE USING gist (
        (int8range(space_id, space_id, '[]')) WITH &&, (int8range(lo, hi)) WITH &&)
);

-- A space has one name and a name one space, whatever its letters' case: two spaces that differ in case only would be two
-- accounts of the same serials. Kept by a trigger on issuances; the names in it are in lower case.
CREATE TABLE serial_spaces (
    space_id bigint PRIMARY KEY,
    name     text   NOT NULL CONSTRAINT serial_spaces_name_once UNIQUE,
    CONSTRAINT serial_spaces_for_issuances UNIQUE (space_id, name)
);

CREATE FUNCTION note_spaces() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.serial_spaces (space_id, name) SELECT DISTINCT space_id, lower(space_name) FROM recorded
    ON CONFLICT (space_id, name) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER note_spaces AFTER INSERT ON issuances
    REFERENCING NEW TABLE AS recorded FOR EACH STATEMENT EXECUTE FUNCTION note_spaces();

CREATE TABLE lots (
    lot_id         bigint NOT NULL PRIMARY KEY,
    issuance_id    bigint NOT NULL,
    space_id       bigint NOT NULL,
    issuance_lo    bigint NOT NULL,
    issuance_hi    bigint NOT NULL,
    lo             bigint NOT NULL,
    hi             bigint NOT NULL,
    first_owner    bigint NOT NULL,
    lock_reference text   NOT NULL,
    seq            bigint NOT NULL,
    at_us          bigint NOT NULL,
    CONSTRAINT lots_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT lots_for_parcels UNIQUE (lot_id, lo, hi),
    CONSTRAINT lots_of_an_issuance FOREIGN KEY (issuance_id, space_id, issuance_lo, issuance_hi)
        REFERENCES issuances (issuance_id, space_id, lo, hi),
    CONSTRAINT lots_inside_their_issuance CHECK (issuance_lo <= lo AND hi <= issuance_hi),
    CONSTRAINT lots_lock_reference_once UNIQUE (lock_reference),
    CONSTRAINT lots_never_overlap EXCLUDE USING gist (
        (int8range(space_id, space_id, '[]')) WITH &&, (int8range(lo, hi)) WITH &&)
);

-- That parcels of a lot never overlap the trigger cover_more sees to: an exclusion constraint does it as well, but costs
-- five times as much, a seventh of a whole batch. The look is enough, because nobody else can write parcels meanwhile:
-- whoever does holds the leader row.
CREATE TABLE parcels (
    lot_id   bigint   NOT NULL,
    lot_lo   bigint   NOT NULL,
    lot_hi   bigint   NOT NULL,
    lo       bigint   NOT NULL,
    hi       bigint   NOT NULL,
    owner    bigint   NOT NULL CONSTRAINT parcels_of_a_participant CHECK (owner > 0),
    acquired integer  NOT NULL,
    tag      smallint NOT NULL CONSTRAINT parcels_tag_known CHECK (tag IN (1, 2)),
    state    smallint NOT NULL,
    CONSTRAINT parcels_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT parcels_of_a_lot FOREIGN KEY (lot_id, lot_lo, lot_hi) REFERENCES lots (lot_id, lo, hi),
    CONSTRAINT parcels_inside_their_lot CHECK (lot_lo <= lo AND hi <= lot_hi),
    CONSTRAINT parcels_begin_once UNIQUE (lot_id, lo)
);

CREATE TABLE movements (
    seq            bigint  NOT NULL,
    n              integer NOT NULL CONSTRAINT movements_n_not_negative CHECK (n >= 0),
    at_us          bigint  NOT NULL,
    transaction_id bigint  NOT NULL,
    lot_id         bigint  NOT NULL,
    source         bigint  NOT NULL,
    target         bigint  NOT NULL,
    lo             bigint  NOT NULL,
    hi             bigint  NOT NULL,
    PRIMARY KEY (seq, n),
    CONSTRAINT movements_range CHECK (1 <= lo AND lo < hi)
);
CREATE INDEX movements_by_lot ON movements (lot_id, seq, n);

-- How many tonnes of a lot its parcels hold. Ranges inside the lot that do not overlap and sum to its quantity are all of
-- it, so this sum is what turns "no two overlap" into "every serial has exactly one owner".
CREATE TABLE lot_coverage (
    lot_id   bigint PRIMARY KEY REFERENCES lots (lot_id),
    quantity bigint NOT NULL,
    covered  bigint NOT NULL
) WITH (fillfactor = 50);

CREATE FUNCTION open_coverage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.lot_coverage (lot_id, quantity, covered) VALUES (NEW.lot_id, NEW.hi - NEW.lo, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER open_coverage AFTER INSERT ON lots FOR EACH ROW EXECUTE FUNCTION open_coverage();

-- A new parcel overlaps another if one begins inside of it, or if it begins inside of the one that begins before it. Of two
-- that overlap one begins inside the other, so looking at the new ones is enough while the old ones do not overlap.
CREATE FUNCTION cover_more() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    wrong := CASE
        WHEN EXISTS (SELECT FROM opened) AND NOT EXISTS (
            SELECT FROM public.leader WHERE one AND xmin = pg_current_xact_id()::xid AND batch_first <= seq)
            THEN 'late'
        WHEN EXISTS (
            SELECT FROM opened o
            WHERE o.lo < (SELECT max(p.lo) FROM public.parcels p WHERE p.lot_id = o.lot_id AND p.lo < o.hi)
               OR o.lo < (SELECT p.hi FROM public.parcels p WHERE p.lot_id = o.lot_id AND p.lo < o.lo
                          ORDER BY p.lo DESC LIMIT 1))
            THEN 'overlap'
    END;
    IF wrong = 'late' THEN
        PERFORM public.refuse_other_batch('parcels');
    ELSIF wrong = 'overlap' THEN
        RAISE EXCEPTION 'parcels of a lot overlap: parcels_never_overlap'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'parcels_never_overlap', TABLE = 'parcels';
    END IF;
    UPDATE public.lot_coverage c SET covered = c.covered + d.tonnes
    FROM (SELECT lot_id, sum(hi - lo) AS tonnes FROM opened GROUP BY lot_id) d WHERE c.lot_id = d.lot_id;
    RETURN NULL;
END $$;
CREATE TRIGGER cover_more AFTER INSERT ON parcels
    REFERENCING NEW TABLE AS opened FOR EACH STATEMENT EXECUTE FUNCTION cover_more();

CREATE FUNCTION cover_less() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM closed) AND NOT EXISTS (
        SELECT FROM public.leader WHERE one AND xmin = pg_current_xact_id()::xid AND batch_first <= seq)
    THEN
        PERFORM public.refuse_other_batch('parcels');
    END IF;
    UPDATE public.lot_coverage c SET covered = c.covered - d.tonnes
    FROM (SELECT lot_id, sum(hi - lo) AS tonnes FROM closed GROUP BY lot_id) d WHERE c.lot_id = d.lot_id;
    RETURN NULL;
END $$;
CREATE TRIGGER cover_less AFTER DELETE ON parcels
    REFERENCING OLD TABLE AS closed FOR EACH STATEMENT EXECUTE FUNCTION cover_less();

-- Queued only by a change that leaves the sum wrong, and then looked at again when the transaction commits.
CREATE FUNCTION refuse_uncovered_lot() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.lot_coverage WHERE lot_id = NEW.lot_id AND covered <> quantity) THEN
        RAISE EXCEPTION 'the parcels of lot % do not sum to its quantity', NEW.lot_id USING ERRCODE = 'EX003';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lots_are_covered AFTER INSERT OR UPDATE ON lot_coverage
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.covered <> NEW.quantity) EXECUTE FUNCTION refuse_uncovered_lot();
