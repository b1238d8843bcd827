-- Issuances, the lots of them that were admitted to this venue, and the parcels that their owners hold.
--
-- No two ranges of one serial space overlap: exclusion constraints see to it for issuances and lots, a trigger for parcels,
-- which every trade splits. A one-point range stands for the space, so that core PostgreSQL can do it without the
-- extension btree_gist.

-- serial_wording is what serial_text says besides the numbers, folded ('' where it says nothing).
-- converted is the claim whose cancelled CCER a quota of an ecosystem sink is issued against, and NULL for all others.
CREATE TABLE issuances (
    issuance_id      bigint   PRIMARY KEY,
    project_id       bigint   NOT NULL REFERENCES projects (project_id),
    monitoring_start integer  NOT NULL,
    monitoring_end   integer  NOT NULL,
    verified         bigint   NOT NULL,
    applied_on       integer  NOT NULL,
    vintage          integer  NOT NULL,
    space_id         bigint   NOT NULL,
    space_name       text     NOT NULL,
    space_folded     text     NOT NULL,
    serial_text      text     NOT NULL,
    serial_wording   text     NOT NULL,
    lo               bigint   NOT NULL,
    hi               bigint   NOT NULL,
    converted        bigint,
    seq              bigint   NOT NULL,
    at_us            bigint   NOT NULL,
    CONSTRAINT issuances_space_is_a_name CHECK (
        space_name ~ '^[ -~]+$' AND is_name(space_name) AND space_folded = folded_space(space_name)),
    CONSTRAINT issuances_serials_are_worded CHECK (
        (serial_text = '' OR is_name(serial_text)) AND serial_text ~ '^([^{}]*[{]lo(:[0-9]+)?[}][^{}]+[{]hi(:[0-9]+)?[}][^{}]*)?$'
        AND serial_wording = serial_wording(serial_text)),
    CONSTRAINT issuances_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT issuances_of_one_year CHECK (monitoring_start / 10000 = vintage AND monitoring_end / 10000 = vintage),
    CONSTRAINT issuances_for_lots UNIQUE (issuance_id, space_id, lo, hi),
    CONSTRAINT issuances_never_overlap EXCLUDE USING gist (
        (int8range(space_id, space_id, '[]')) WITH &&, (int8range(lo, hi)) WITH &&)
);
CREATE INDEX issuances_by_project ON issuances (project_id, issuance_id);
CREATE INDEX issuances_converted ON issuances (converted) WHERE converted IS NOT NULL;

-- The period that an issuance is of takes the ground of its project, all of it, and gives no more than was verified. Quota
-- that cancelled CCER were converted into takes none: its tonnes are those of the CCER, whose issuance has the ground.
CREATE FUNCTION note_periods() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    INSERT INTO public.period_sites (project_id, monitoring_start, monitoring_end, activity, path)
    SELECT DISTINCT r.project_id, r.monitoring_start, r.monitoring_end, s.activity, s.path
    FROM recorded r JOIN public.project_sites s ON s.project_id = r.project_id
    WHERE r.converted IS NULL AND NOT EXISTS (
        SELECT FROM public.monitoring_periods p WHERE p.project_id = r.project_id
        AND (p.monitoring_start, p.monitoring_end) = (r.monitoring_start, r.monitoring_end));
    INSERT INTO public.monitoring_periods AS p (project_id, monitoring_start, monitoring_end, verified, issued)
    SELECT project_id, monitoring_start, monitoring_end, min(verified), sum(hi - lo) FROM recorded
    GROUP BY project_id, monitoring_start, monitoring_end
    ON CONFLICT (project_id, monitoring_start, monitoring_end) DO UPDATE SET issued = p.issued + excluded.issued;
    IF EXISTS (SELECT FROM recorded r WHERE NOT EXISTS (
            SELECT FROM public.monitoring_periods p WHERE p.project_id = r.project_id AND p.verified = r.verified
            AND (p.monitoring_start, p.monitoring_end) = (r.monitoring_start, r.monitoring_end)))
    THEN
        RAISE EXCEPTION 'issuances of one period name different verified tonnes: issuances_verified_alike'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'issuances_verified_alike', TABLE = 'issuances';
    END IF;
    IF EXISTS (SELECT FROM recorded r WHERE NOT EXISTS (
            SELECT FROM public.project_sites s WHERE s.project_id = r.project_id))
    THEN
        RAISE EXCEPTION 'a project without a site issues nothing: issuances_on_ground'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'issuances_on_ground', TABLE = 'issuances';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_periods AFTER INSERT ON issuances
    REFERENCING NEW TABLE AS recorded FOR EACH STATEMENT EXECUTE FUNCTION note_periods();

-- Guards 3 and 5. What a facility inside the national market saved has freed its allowances there already. Quota of an
-- ecosystem sink (category 5) stands on a claim of purpose 8 (CONVERSION) that was fulfilled before, tonne for tonne.
CREATE FUNCTION refuse_second_source() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    wrong := CASE
        WHEN EXISTS (SELECT FROM recorded r JOIN public.projects p ON p.project_id = r.project_id
                     WHERE p.facility <> '' AND public.is_covered(p.facility, r.monitoring_start / 10000, r.seq))
            THEN 'issuances_source_not_covered'
        WHEN EXISTS (SELECT FROM recorded r JOIN public.projects p ON p.project_id = r.project_id
                     WHERE (p.source_category = 5) <> (r.converted IS NOT NULL))
            THEN 'issuances_sink_is_converted'
        WHEN EXISTS (SELECT FROM recorded r LEFT JOIN public.claims c ON c.claim_id = r.converted
                     WHERE r.converted IS NOT NULL AND (
                         c.purpose = 8 AND c.fulfilled_seq < r.seq AND coalesce(c.revoked_seq > r.seq, true))
                         IS NOT TRUE)
            THEN 'issuances_converted_of_a_cancelled_claim'
        WHEN EXISTS (SELECT FROM public.issuances i JOIN public.claims c ON c.claim_id = i.converted
                     WHERE i.converted IN (SELECT converted FROM recorded)
                     GROUP BY c.claim_id, c.quantity HAVING sum(i.hi - i.lo) > c.quantity)
            THEN 'issuances_converted_once'
    END;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'a tonne would be issued a second time: %', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = wrong, TABLE = 'issuances';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_second_source AFTER INSERT ON issuances
    REFERENCING NEW TABLE AS recorded FOR EACH STATEMENT EXECUTE FUNCTION refuse_second_source();

-- They are the same tonnes, so of the same league and year. Looked at when the transaction commits, because the serials of
-- the claim may come with it.
CREATE FUNCTION refuse_other_origin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (SELECT FROM public.claim_ranges c JOIN public.lots l ON l.lot_id = c.lot_id
               JOIN public.issuances i ON i.issuance_id = l.issuance_id
               JOIN public.projects p ON p.project_id = i.project_id
               WHERE c.claim_id = NEW.converted AND c.status = 2 AND (p.league, i.vintage) <> (
                   (SELECT league FROM public.projects WHERE project_id = NEW.project_id), NEW.vintage))
    THEN
        RAISE EXCEPTION 'quota is of another league or year than what was converted: issuances_converted_alike'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'issuances_converted_alike', TABLE = 'issuances';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_other_origin AFTER INSERT ON issuances
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.converted IS NOT NULL) EXECUTE FUNCTION refuse_other_origin();

-- A space has one name and a name one space, in whatever spelling: two spaces whose names only look different would be two
-- accounts of the same serials. So would two in which serials are written with the same words. Both tables are kept by a
-- trigger on issuances; names and wordings in them are folded.
CREATE TABLE serial_spaces (
    space_id bigint PRIMARY KEY,
    name     text   NOT NULL CONSTRAINT serial_spaces_name_once UNIQUE,
    CONSTRAINT serial_spaces_for_issuances UNIQUE (space_id, name)
);

CREATE TABLE serial_wordings (
    wording  text   NOT NULL CONSTRAINT serial_wordings_of_one_space PRIMARY KEY,
    space_id bigint NOT NULL,
    CONSTRAINT serial_wordings_for_issuances UNIQUE (wording, space_id)
);

CREATE FUNCTION note_spaces() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    INSERT INTO public.serial_spaces (space_id, name) SELECT DISTINCT space_id, space_folded FROM recorded
    ON CONFLICT (space_id, name) DO NOTHING;
    INSERT INTO public.serial_wordings (wording, space_id) SELECT DISTINCT serial_wording, space_id FROM recorded
    WHERE serial_wording <> '' ON CONFLICT (wording, space_id) DO NOTHING;
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
    lock_folded    text   NOT NULL,
    seq            bigint NOT NULL,
    at_us          bigint NOT NULL,
    CONSTRAINT lots_lock_named CHECK (lock_folded = folded_number(lock_reference)),
    CONSTRAINT lots_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT lots_for_parcels UNIQUE (lot_id, lo, hi),
    CONSTRAINT lots_of_an_issuance FOREIGN KEY (issuance_id, space_id, issuance_lo, issuance_hi)
        REFERENCES issuances (issuance_id, space_id, lo, hi),
    CONSTRAINT lots_inside_their_issuance CHECK (issuance_lo <= lo AND hi <= issuance_hi),
    CONSTRAINT lots_never_overlap EXCLUDE USING gist (
        (int8range(space_id, space_id, '[]')) WITH &&, (int8range(lo, hi)) WITH &&)
);

-- The project of a lot. Whoever asks for a lot's family or league in one query with other tables asks by this, key by key: a
-- planner that believes them empty (they were, when last they were counted) may begin a join at its far end and read all of it
-- for each row; what is written into a new table in one batch then takes the cube of its rows.
CREATE FUNCTION project_of(of_lot bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT i.project_id FROM public.issuances i
    WHERE i.issuance_id = (SELECT l.issuance_id FROM public.lots l WHERE l.lot_id = of_lot)
$$;

-- Every paper on which a lock was ever entered, by its letters and numbers and as it was written, with the lot and the entry:
-- those of lots that came in, and those of
-- units that came back. A paper locks one block once; shown again it would vouch for tonnes that nobody has locked.
CREATE TABLE lock_papers (
    paper     text   NOT NULL CONSTRAINT lock_papers_entered_once PRIMARY KEY,
    reference text   NOT NULL,
    lot_id    bigint NOT NULL REFERENCES lots (lot_id),
    seq       bigint NOT NULL,
    CONSTRAINT lock_papers_are_names CHECK (is_name(reference) AND paper = folded_number(reference)),
    CONSTRAINT lock_papers_for_lots UNIQUE (paper, lot_id, seq)
);
ALTER TABLE lots ADD CONSTRAINT lots_locked_on_a_paper FOREIGN KEY (lock_folded, lot_id, seq)
    REFERENCES lock_papers (paper, lot_id, seq) DEFERRABLE INITIALLY DEFERRED;

-- That parcels of a lot never overlap the trigger cover_more sees to: an exclusion constraint does it as well, but costs
-- five times as much, a seventh of a whole batch. The look is enough, because nobody else can write parcels meanwhile:
-- whoever does holds the leader row.
--
-- tag 1 REGIONAL, 2 NATIONAL; which states there are and how they follow one another is in units.sql. encumbered says how
-- many encumbrances hold a parcel fast. Only what is REGIONAL, ACTIVE and not encumbered can be sold.
CREATE TABLE parcels (
    lot_id     bigint   NOT NULL,
    lot_lo     bigint   NOT NULL,
    lot_hi     bigint   NOT NULL,
    lo         bigint   NOT NULL,
    hi         bigint   NOT NULL,
    owner      bigint   NOT NULL CONSTRAINT parcels_of_a_participant CHECK (owner > 0),
    acquired   integer  NOT NULL,
    tag        smallint NOT NULL,
    state      smallint NOT NULL,
    encumbered integer  NOT NULL,
    CONSTRAINT parcels_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT parcels_standing_known CHECK (
        1 <= state AND state <= 11 AND tag = CASE WHEN state IN (2, 3, 4, 6, 7) THEN 2 ELSE 1 END AND encumbered >= 0),
    CONSTRAINT parcels_of_a_lot FOREIGN KEY (lot_id, lot_lo, lot_hi) REFERENCES lots (lot_id, lo, hi),
    CONSTRAINT parcels_inside_their_lot CHECK (lot_lo <= lo AND hi <= lot_hi),
    CONSTRAINT parcels_begin_once UNIQUE (lot_id, lo)
);

-- source and target are firms, or 0 where units come in from their registry or go out of this market.
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

-- What a lot's parcels come to. covered is how many tonnes they hold: ranges inside the lot that do not overlap and sum to
-- its quantity are all of it, so this sum is what turns "no two overlap" into "every serial has exactly one owner". born
-- is for how many tonnes it was told how they came in, unsellable how many tonnes stand otherwise than REGIONAL and
-- ACTIVE by the parcels, and stood by the steps that were told (units.sql).
CREATE TABLE lot_coverage (
    lot_id     bigint PRIMARY KEY REFERENCES lots (lot_id),
    quantity   bigint NOT NULL,
    covered    bigint NOT NULL,
    born       bigint NOT NULL,
    unsellable bigint NOT NULL,
    stood      bigint NOT NULL
) WITH (fillfactor = 50);

CREATE FUNCTION open_coverage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    INSERT INTO public.lot_coverage (lot_id, quantity, covered, born, unsellable, stood)
    VALUES (NEW.lot_id, NEW.hi - NEW.lo, 0, 0, 0, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER open_coverage AFTER INSERT ON lots FOR EACH ROW EXECUTE FUNCTION open_coverage();

-- Tonnes that cannot be sold, by the account of the ledger that they stand on: a firm's, where they are held, or one of the
-- venue's that says where they went (-5 retired, -6 cancelled, -7 out, -8 exported). The deferred check in units.sql
-- holds the ledger to it.
CREATE TABLE account_units (
    lot_id  bigint NOT NULL REFERENCES lots (lot_id),
    account bigint NOT NULL,
    tonnes  bigint NOT NULL CONSTRAINT account_units_not_negative CHECK (tonnes >= 0),
    PRIMARY KEY (lot_id, account)
);

CREATE FUNCTION account_of(state smallint, owner bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE state WHEN 9 THEN -5 WHEN 10 THEN -6 WHEN 6 THEN -7 WHEN 7 THEN -7 WHEN 11 THEN -8 ELSE owner END
$$;

-- A new parcel overlaps another if one begins inside of it, or if it begins inside of the one that begins before it. Of two
-- that overlap one begins inside the other, so looking at the new ones is enough while the old ones do not overlap.
--
-- Trading opens nothing but what can be sold, and only asks here whether that is so. Whatever else is opened must stand
-- where the steps that were told have brought it.
CREATE FUNCTION cover_more() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
    aside boolean;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT CASE
        WHEN EXISTS (SELECT FROM opened) AND NOT EXISTS (
            SELECT FROM public.leader WHERE one AND xmin = pg_current_xact_id()::xid AND batch_first <= seq)
            THEN 'late'
        WHEN EXISTS (
            SELECT FROM opened o
            WHERE o.lo < (SELECT max(p.lo) FROM public.parcels p WHERE p.lot_id = o.lot_id AND p.lo < o.hi)
               OR o.lo < (SELECT p.hi FROM public.parcels p WHERE p.lot_id = o.lot_id AND p.lo < o.lo
                          ORDER BY p.lo DESC LIMIT 1))
            THEN 'overlap'
        END,
        EXISTS (SELECT FROM opened WHERE state <> 1 OR encumbered > 0)
    INTO wrong, aside;
    IF wrong = 'late' THEN
        PERFORM public.refuse_other_batch('parcels');
    ELSIF wrong = 'overlap' THEN
        RAISE EXCEPTION 'parcels of a lot overlap: parcels_never_overlap'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'parcels_never_overlap', TABLE = 'parcels';
    END IF;
    IF aside THEN
        IF EXISTS (
            SELECT FROM opened o WHERE o.state <> 1 AND o.hi - o.lo <> (
                SELECT coalesce(sum(least(s.hi, o.hi) - greatest(s.lo, o.lo)), 0) FROM public.standings s
                WHERE int8range(s.lot_id, s.lot_id, '[]') && int8range(o.lot_id, o.lot_id, '[]')
                  AND int8range(s.lo, s.hi) && int8range(o.lo, o.hi)
                  AND s.state = o.state AND (s.owner = o.owner OR o.state IN (6, 7))))
        THEN
            RAISE EXCEPTION 'a parcel stands where no step has brought it: parcels_stand_where_told'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'parcels_stand_where_told', TABLE = 'parcels';
        END IF;
        INSERT INTO public.account_units AS a (lot_id, account, tonnes)
        SELECT lot_id, public.account_of(state, owner), sum(hi - lo) FROM opened WHERE state <> 1 OR encumbered > 0
        GROUP BY 1, 2
        ON CONFLICT (lot_id, account) DO UPDATE SET tonnes = a.tonnes + excluded.tonnes;
    END IF;
    UPDATE public.lot_coverage c SET covered = c.covered + d.tonnes, unsellable = c.unsellable + d.unsellable
    FROM (SELECT lot_id, sum(hi - lo) AS tonnes, sum(CASE state WHEN 1 THEN 0 ELSE hi - lo END) AS unsellable
          FROM opened GROUP BY lot_id) d WHERE c.lot_id = d.lot_id;
    RETURN NULL;
END $$;
CREATE TRIGGER cover_more AFTER INSERT ON parcels
    REFERENCING NEW TABLE AS opened FOR EACH STATEMENT EXECUTE FUNCTION cover_more();

-- What is retired (9), cancelled (10) or exported (11) stays as it was written down: no parcel of it ever goes.
CREATE FUNCTION cover_less() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong boolean;
    spent boolean;
    aside boolean;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT EXISTS (SELECT FROM closed) AND NOT EXISTS (
               SELECT FROM public.leader WHERE one AND xmin = pg_current_xact_id()::xid AND batch_first <= seq),
           EXISTS (SELECT FROM closed WHERE state >= 9),
           EXISTS (SELECT FROM closed WHERE state <> 1 OR encumbered > 0)
    INTO wrong, spent, aside;
    IF wrong THEN
        PERFORM public.refuse_other_batch('parcels');
    END IF;
    IF spent THEN
        RAISE EXCEPTION 'what is retired, cancelled or exported stays so: parcels_spent_for_good'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'parcels_spent_for_good', TABLE = 'parcels';
    END IF;
    IF aside THEN
        UPDATE public.account_units a SET tonnes = a.tonnes - d.tonnes
        FROM (SELECT lot_id, public.account_of(state, owner) AS account, sum(hi - lo) AS tonnes
              FROM closed WHERE state <> 1 OR encumbered > 0 GROUP BY 1, 2) d
        WHERE a.lot_id = d.lot_id AND a.account = d.account;
        DELETE FROM public.account_units a USING closed c WHERE a.lot_id = c.lot_id AND a.tonnes = 0;
    END IF;
    UPDATE public.lot_coverage c SET covered = c.covered - d.tonnes, unsellable = c.unsellable - d.unsellable
    FROM (SELECT lot_id, sum(hi - lo) AS tonnes, sum(CASE state WHEN 1 THEN 0 ELSE hi - lo END) AS unsellable
          FROM closed GROUP BY lot_id) d WHERE c.lot_id = d.lot_id;
    RETURN NULL;
END $$;
CREATE TRIGGER cover_less AFTER DELETE ON parcels
    REFERENCING OLD TABLE AS closed FOR EACH STATEMENT EXECUTE FUNCTION cover_less();

-- Queued only by a change that leaves a sum wrong, and then looked at again when the transaction commits. Parcels that each
-- stand where a step has brought them, and sum to what was brought there, are exactly those serials.
CREATE FUNCTION refuse_uncovered_lot() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT CASE WHEN covered <> quantity THEN 'do not sum to its quantity'
                WHEN born <> quantity THEN 'came in without being told'
                ELSE 'do not stand where they were brought' END
    INTO wrong FROM public.lot_coverage
    WHERE lot_id = NEW.lot_id AND (covered <> quantity OR born <> quantity OR unsellable <> stood);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the parcels of lot % %', NEW.lot_id, wrong USING ERRCODE = 'EX003';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lots_are_covered AFTER INSERT OR UPDATE ON lot_coverage
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.covered <> NEW.quantity OR NEW.born <> NEW.quantity OR NEW.unsellable <> NEW.stood)
    EXECUTE FUNCTION refuse_uncovered_lot();
