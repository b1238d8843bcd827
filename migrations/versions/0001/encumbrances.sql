-- What holds units fast after the fact, what has to be replaced, and files of units that wait to be issued.

-- kind: 1 FREEZE, 2 JUDICIAL, 3 PLEDGE, 4 SUSPENSION. Either of a project (and vintage, 0 for all) or of serials of a lot
-- (project_id NULL). set_by is NULL where the program did it: a registry contradicted itself or us, or a claim was revoked.
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
CREATE INDEX encumbrances_lifted ON encumbrances (lifted_seq);
CREATE INDEX encumbrances_by_project ON encumbrances (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX encumbrances_by_lot ON encumbrances (lot_id, lo) WHERE lot_id IS NOT NULL;
-- Which are about given serials, whatever else stands in their lot. Those of projects lie under 0, which is no lot.
CREATE INDEX encumbrances_by_serials ON encumbrances
    USING gist (int8range(coalesce(lot_id, 0), coalesce(lot_id, 0), '[]'), int8range(lo, greatest(lo, hi)));

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
CREATE INDEX encumbered_ranges_by_serials ON encumbered_ranges
    USING gist (int8range(lot_id, lot_id, '[]'), int8range(lo, greatest(lo, hi)));

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

-- Whether a row of encumbered_ranges holds any of these serials of its lot when an entry comes. What was freed by then it
-- holds no more, and neither what has been away since (states 6, 7, 9, 10, 11): if that comes back, a new row says so.
CREATE FUNCTION holds(r encumbered_ranges, first bigint, behind bigint, at bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN NOT (r.seq < at AND r.lo < behind AND first < r.hi) OR isempty(not_freed.serials) THEN false
        ELSE NOT not_freed.serials <@ coalesce((
            SELECT range_agg(int8range(c.lo, c.hi)) FROM public.parcel_changes c
            WHERE c.lot_id = r.lot_id AND r.seq < c.seq AND c.seq < at AND c.state IN (6, 7, 9, 10, 11)
              AND c.lo < r.hi AND r.lo < c.hi), '{}')
        END
    FROM (SELECT int8multirange(int8range(greatest(r.lo, first), greatest(r.lo, first, least(r.hi, behind))))
                 - coalesce((SELECT range_agg(int8range(f.lo, f.hi)) FROM public.freed_ranges f
                             WHERE f.lot_id = r.lot_id AND f.encumbrance_id = r.encumbrance_id
                               AND f.lo < r.hi AND r.lo < f.hi AND r.seq < f.seq AND f.seq <= at), '{}')
    ) not_freed (serials)
$$;

-- Whether an encumbrance of a lot, or of its project and year, is about any of these serials when an entry comes, be it told
-- or not that it holds them: a lot of a frozen project that came in free is frozen all the same. What it has let go it is
-- about no more.
CREATE FUNCTION meant_by(e encumbrances, lot bigint, serials int8range, at bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.seq < at AND coalesce(at < e.lifted_seq, true) AND NOT int8multirange(
            CASE WHEN e.lot_id IS NULL THEN serials ELSE serials * int8range(e.lo, greatest(e.lo, e.hi)) END)
        <@ coalesce((
            SELECT range_agg(int8range(f.lo, f.hi)) FROM public.freed_ranges f
            WHERE f.lot_id = lot AND f.encumbrance_id = e.encumbrance_id AND f.seq <= at), '{}')
$$;

-- Whether any is. It is asked for each of the hundreds of ranges of a use, where thousands of encumbrances may stand in the lot:
-- so the index is asked for those of these very serials, and what was lifted is left out before anything else is looked at.
CREATE FUNCTION is_meant(of_lot bigint, first bigint, behind bigint, at bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.encumbrances e
                   WHERE int8range(coalesce(e.lot_id, 0), coalesce(e.lot_id, 0), '[]') && int8range(of_lot, of_lot, '[]')
                     AND int8range(e.lo, greatest(e.lo, e.hi)) && int8range(first, behind)
                     AND e.seq < at AND coalesce(at < e.lifted_seq, true)
                     AND public.meant_by(e, of_lot, int8range(first, behind), at))
        OR EXISTS (SELECT FROM public.lots l JOIN public.issuances i ON i.issuance_id = l.issuance_id
                   JOIN public.encumbrances e ON e.project_id = i.project_id AND e.vintage IN (0, i.vintage)
                   WHERE l.lot_id = of_lot AND e.seq < at AND coalesce(at < e.lifted_seq, true)
                     AND public.meant_by(e, of_lot, int8range(first, behind), at))
$$;

-- A use that is approved, and a release that is approved or sent, has no serials that are held fast by then, or that an
-- encumbrance is about: what was set aside before stays with its firm. Nor has it quota about whose cancelled CCER there is
-- doubt. Looked at when the transaction commits, when all that was held in it is written.
-- It refuses as 'claims_of_free_units' and 'releases_of_free_units'.
CREATE FUNCTION refuse_held_units() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held boolean;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF TG_TABLE_NAME = 'claims' THEN
        SELECT EXISTS (SELECT FROM public.claim_ranges c
                       JOIN public.encumbered_ranges r
                       ON int8range(r.lot_id, r.lot_id, '[]') && int8range(c.lot_id, c.lot_id, '[]')
                          AND int8range(r.lo, greatest(r.lo, r.hi)) && int8range(c.lo, c.hi)
                       WHERE c.claim_id = NEW.claim_id AND public.holds(r, c.lo, c.hi, NEW.last_seq))
            OR EXISTS (SELECT FROM public.claim_ranges c
                       WHERE c.claim_id = NEW.claim_id AND public.is_meant(c.lot_id, c.lo, c.hi, NEW.last_seq))
            OR EXISTS (SELECT FROM public.claim_ranges c JOIN public.lots l ON l.lot_id = c.lot_id
                       JOIN public.issuances i ON i.issuance_id = l.issuance_id
                       WHERE c.claim_id = NEW.claim_id AND i.converted IS NOT NULL
                         AND public.is_doubtful(i.converted, NEW.last_seq)) INTO held;
    ELSE
        SELECT EXISTS (SELECT FROM public.release_ranges c
                       JOIN public.encumbered_ranges r
                       ON int8range(r.lot_id, r.lot_id, '[]') && int8range(c.lot_id, c.lot_id, '[]')
                          AND int8range(r.lo, greatest(r.lo, r.hi)) && int8range(c.lo, c.hi)
                       WHERE c.release_id = NEW.release_id AND public.holds(r, c.lo, c.hi, NEW.last_seq))
            OR EXISTS (SELECT FROM public.release_ranges c
                       WHERE c.release_id = NEW.release_id AND public.is_meant(c.lot_id, c.lo, c.hi, NEW.last_seq))
        INTO held;
    END IF;
    IF held THEN
        RAISE EXCEPTION 'units that are held fast are used or released: %_of_free_units', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_of_free_units', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_held_units AFTER UPDATE OF status ON claims
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 2) EXECUTE FUNCTION refuse_held_units();
CREATE CONSTRAINT TRIGGER refuse_held_units AFTER UPDATE OF status ON releases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status IN (2, 3)) EXECUTE FUNCTION refuse_held_units();

-- Stored carbon that was lost again: how much is to be replaced, and how much of that was, by claims that name it.
CREATE TABLE reversals (
    reversal_id bigint  PRIMARY KEY,
    project_id  bigint  NOT NULL REFERENCES projects (project_id),
    vintage     integer NOT NULL,
    responsible bigint  NOT NULL,
    quantity    bigint  NOT NULL,
    replaced    bigint  NOT NULL,
    cause       text    NOT NULL,
    withdrawn_seq     bigint,
    withdrawn_at_us   bigint,
    withdrawal_reason text,
    seq         bigint  NOT NULL,
    at_us       bigint  NOT NULL,
    last_seq    bigint  NOT NULL,
    last_at_us  bigint  NOT NULL,
    CONSTRAINT reversals_add_up CHECK (0 < quantity AND 0 <= replaced AND replaced <= quantity),
    CONSTRAINT reversals_withdrawn_at_a_time
        CHECK (num_nonnulls(withdrawn_seq, withdrawn_at_us, withdrawal_reason) IN (0, 3)),
    CONSTRAINT reversals_withdrawn_unreplaced CHECK (withdrawn_seq IS NULL OR replaced = 0)
);
CREATE INDEX reversals_by_responsible ON reversals (responsible, reversal_id);

-- What replaces a loss is of whoever owes it and of the family that was lost, and no tonne replaces two: what has replaced
-- it is what claims have (status 3), and with what is about to (2) no more than was lost; of a withdrawn loss nothing. A
-- revoked claim (5) replaces nothing. Looked at when the transaction commits, when losses and claims are both written.
CREATE FUNCTION refuse_wrong_replacement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF NOT EXISTS (
        SELECT FROM public.reversals v CROSS JOIN LATERAL (
            SELECT coalesce(sum(quantity) FILTER (WHERE status = 3), 0) AS gone,
                   coalesce(sum(quantity) FILTER (WHERE status = 2), 0) AS pending,
                   coalesce(bool_and(participant_id = v.responsible), true) AS own
            FROM public.claims WHERE reversal_id = v.reversal_id) replacing
        WHERE v.reversal_id = NEW.reversal_id AND own AND v.replaced = gone
          AND gone + pending <= CASE WHEN v.withdrawn_seq IS NULL THEN v.quantity ELSE 0 END)
    OR EXISTS (
        SELECT FROM public.claim_ranges r
        WHERE r.claim_id = ANY (ARRAY(SELECT c.claim_id FROM public.claims c WHERE c.reversal_id = NEW.reversal_id))
          AND (SELECT p.family FROM public.projects p WHERE p.project_id = public.project_of(r.lot_id))
              <> (SELECT lost.family FROM public.projects lost
                  WHERE lost.project_id = (SELECT v.project_id FROM public.reversals v
                                           WHERE v.reversal_id = NEW.reversal_id)))
    THEN
        RAISE EXCEPTION 'what replaces reversal % is not what is owed: reversals_replaced_as_owed', NEW.reversal_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversals_replaced_as_owed', TABLE = 'reversals';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_wrong_replacement AFTER INSERT OR UPDATE ON claims
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reversal_id IS NOT NULL)
    EXECUTE FUNCTION refuse_wrong_replacement();
CREATE CONSTRAINT TRIGGER refuse_wrong_replacement AFTER INSERT OR UPDATE ON reversals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_wrong_replacement();

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
