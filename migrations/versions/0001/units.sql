-- Where units stand and how they get from one place to the next.
--
-- The core changes units by the steps of one table (exchange/core/credits/states.py), and the same rows are here. Each step
-- that it takes is written down, and the database follows the steps by itself: from them it knows where every serial
-- stands, and no parcel can stand otherwise.
--
-- tag: 1 REGIONAL, 2 NATIONAL, 0 for units that are new. state: 1 ACTIVE, 2 ADMITTED, 3 LOCK_REQUESTED, 4 LOCK_UNKNOWN,
-- 5 PENDING_OUT, 6 OUT, 7 RETURN_REQUESTED, 8 PENDING_CANCEL, 9 RETIRED, 10 CANCELLED, 11 EXPORTED, 0 for new units.
-- 9, 10 and 11 are left by no one: no step begins there.

CREATE TABLE parcel_transitions (
    tag_before   smallint NOT NULL,
    state_before smallint NOT NULL,
    tag          smallint NOT NULL,
    state        smallint NOT NULL,
    cause        smallint NOT NULL,
    PRIMARY KEY (tag_before, state_before, cause),
    CONSTRAINT parcel_transitions_for_changes UNIQUE (tag_before, state_before, tag, state, cause),
    CONSTRAINT parcel_transitions_leave_nothing_spent CHECK (state_before < 9)
);
INSERT INTO parcel_transitions (tag_before, state_before, tag, state, cause) VALUES
    (0, 0, 2, 2, 1),    -- admitted, and waits for the registry's lock
    (0, 0, 1, 1, 2),    -- admitted here, where no national registry keeps it
    (2, 2, 2, 3, 3),    -- a lock is asked for
    (2, 3, 1, 1, 4),    -- and confirmed
    (2, 3, 2, 2, 5),    -- or refused
    (2, 3, 2, 4, 6),    -- or not answered in time
    (2, 4, 1, 1, 4),    -- an answer that came late
    (2, 4, 2, 2, 5),
    (1, 1, 1, 8, 7),    -- chosen for a use
    (1, 8, 1, 1, 8),    -- which is withdrawn
    (1, 8, 1, 1, 9),    -- or refused by the registry
    (1, 8, 1, 9, 10),   -- retired
    (1, 8, 1, 10, 11),  -- cancelled by the registry
    (1, 8, 1, 11, 12),  -- exported
    (1, 1, 1, 5, 13),   -- chosen for a release
    (1, 5, 1, 1, 14),   -- which is withdrawn
    (1, 5, 1, 1, 15),   -- or refused by the registry
    (1, 5, 2, 6, 16),   -- released to the national market
    (2, 6, 2, 7, 17),   -- a lock of what came back is asked for
    (2, 7, 1, 1, 4),
    (2, 7, 2, 6, 18);

-- Each step that serials took, with the lot, request, claim or release that made it (subject). owner is whose they are
-- afterwards, or were last.
CREATE TABLE parcel_changes (
    seq          bigint   NOT NULL,
    n            integer  NOT NULL CONSTRAINT parcel_changes_n_not_negative CHECK (n >= 0),
    at_us        bigint   NOT NULL,
    lot_id       bigint   NOT NULL REFERENCES lots (lot_id),
    owner        bigint   NOT NULL,
    lo           bigint   NOT NULL,
    hi           bigint   NOT NULL,
    tag_before   smallint NOT NULL,
    state_before smallint NOT NULL,
    tag          smallint NOT NULL,
    state        smallint NOT NULL,
    cause        smallint NOT NULL,
    subject      bigint   NOT NULL,
    PRIMARY KEY (seq, n),
    CONSTRAINT parcel_changes_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT parcel_changes_by_the_table FOREIGN KEY (tag_before, state_before, tag, state, cause)
        REFERENCES parcel_transitions (tag_before, state_before, tag, state, cause)
);
CREATE INDEX parcel_changes_by_lot ON parcel_changes (lot_id, seq, n);
CREATE INDEX parcel_changes_by_subject ON parcel_changes (subject, seq, n);

-- Kept by a trigger on parcel_changes: which serials stand otherwise than REGIONAL and ACTIVE, and where.
CREATE TABLE standings (
    lot_id bigint   NOT NULL,
    lo     bigint   NOT NULL,
    hi     bigint   NOT NULL,
    tag    smallint NOT NULL,
    state  smallint NOT NULL,
    owner  bigint   NOT NULL,
    PRIMARY KEY (lot_id, lo),
    CONSTRAINT standings_range CHECK (lo < hi),
    CONSTRAINT standings_never_overlap EXCLUDE USING gist (
        (int8range(lot_id, lot_id, '[]')) WITH &&, (int8range(lo, hi)) WITH &&)
);

CREATE FUNCTION refuse_step(wrong text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'units cannot take this step: %', wrong
        USING ERRCODE = 'check_violation', CONSTRAINT = wrong, TABLE = 'parcel_changes';
END $$;

-- One step after the other, in the order of the journal, however many of them a batch has.
CREATE FUNCTION follow_steps() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    step      public.parcel_changes;
    there     bigint;
    alike     bigint;
    sellable  boolean;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    FOR step IN SELECT * FROM told ORDER BY seq, n LOOP
        SELECT coalesce(sum(least(s.hi, step.hi) - greatest(s.lo, step.lo)), 0),
               coalesce(sum(least(s.hi, step.hi) - greatest(s.lo, step.lo))
                        FILTER (WHERE (s.tag, s.state) = (step.tag_before, step.state_before)
                                  AND (s.owner = step.owner OR s.state IN (6, 7))), 0)
        INTO there, alike FROM public.standings s
        WHERE int8range(s.lot_id, s.lot_id, '[]') && int8range(step.lot_id, step.lot_id, '[]')
          AND int8range(s.lo, s.hi) && int8range(step.lo, step.hi);
        sellable := step.state_before <= 1;
        IF there <> (CASE WHEN sellable THEN 0 ELSE step.hi - step.lo END) OR alike <> there THEN
            PERFORM public.refuse_step('parcel_changes_follow_one_another');
        END IF;
        -- Mostly what stands there goes on as a whole: the same row, of which no index has to hear.
        IF NOT sellable AND step.state <> 1 THEN
            UPDATE public.standings SET tag = step.tag, state = step.state, owner = step.owner
            WHERE (lot_id, lo, hi) = (step.lot_id, step.lo, step.hi);
            CONTINUE WHEN FOUND;
        END IF;
        IF NOT sellable THEN
            PERFORM public.cut_standings(step.lot_id, step.lo, step.hi);
        END IF;
        IF step.state <> 1 THEN
            INSERT INTO public.standings (lot_id, lo, hi, tag, state, owner)
            VALUES (step.lot_id, step.lo, step.hi, step.tag, step.state, step.owner);
        END IF;
    END LOOP;
    UPDATE public.lot_coverage c SET born = c.born + d.born, stood = c.stood + d.stood
    FROM (SELECT lot_id, sum(CASE state_before WHEN 0 THEN hi - lo ELSE 0 END) AS born,
                 sum(CASE WHEN state <> 1 THEN hi - lo ELSE 0 END
                     - CASE WHEN state_before > 1 THEN hi - lo ELSE 0 END) AS stood
          FROM told GROUP BY lot_id) d
    WHERE c.lot_id = d.lot_id;
    RETURN NULL;
END $$;
CREATE TRIGGER follow_steps AFTER INSERT ON parcel_changes
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION follow_steps();

-- Take serials out of the standings that they are in; what stands beside them stays. It has the rights of whoever calls it:
-- the owner's in the trigger above, and none for anybody else.
CREATE FUNCTION cut_standings(of_lot bigint, first bigint, behind bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    WITH cut AS (
        DELETE FROM public.standings
        WHERE int8range(lot_id, lot_id, '[]') && int8range(of_lot, of_lot, '[]')
          AND int8range(lo, hi) && int8range(first, behind)
        RETURNING *)
    INSERT INTO public.standings (lot_id, lo, hi, tag, state, owner)
    SELECT lot_id, lo, first, tag, state, owner FROM cut WHERE lo < first
    UNION ALL SELECT lot_id, behind, hi, tag, state, owner FROM cut WHERE behind < hi
$$;

-- What a step stands on. New units of the national registry wait for its lock, and the play units of a sandbox alone do not
-- (is_national); what comes back (17) does so on a paper of its own; what comes from the national market (tag 2) has been
-- locked, what goes there released, and what is cancelled (10) cancelled by the registry in the same entry, for these very
-- serials (kinds 1, 2 and 3 of a request): that is asked of where units get to and not of the cause that is told, so that
-- it holds whatever the table of steps allows; nothing is used up but for one claim, to whose serials it belongs; and what
-- is held fast, or what an encumbrance is about, is not chosen (7, 13), retired (10) or exported (12).
CREATE FUNCTION refuse_groundless_steps() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (
        SELECT FROM told s WHERE s.tag_before = 0 AND s.tag = 1 AND (
            SELECT public.is_national(p.family, p.registry)
            FROM public.projects p WHERE p.project_id = public.project_of(s.lot_id)))
    THEN
        PERFORM public.refuse_step('parcel_changes_national_units_are_locked');
    END IF;
    IF EXISTS (
        SELECT FROM told s WHERE s.cause = 17 AND NOT EXISTS (
            SELECT FROM public.lock_papers k WHERE (k.lot_id, k.seq) = (s.lot_id, s.seq)))
    THEN
        PERFORM public.refuse_step('parcel_changes_return_on_a_paper');
    END IF;
    IF EXISTS (
        SELECT FROM told s JOIN public.encumbered_ranges r
        ON int8range(r.lot_id, r.lot_id, '[]') && int8range(s.lot_id, s.lot_id, '[]')
           AND int8range(r.lo, greatest(r.lo, r.hi)) && int8range(s.lo, s.hi)
        WHERE s.cause IN (7, 10, 12, 13) AND public.holds(r, s.lo, s.hi, s.seq))
    OR EXISTS (SELECT FROM told s WHERE s.cause IN (7, 10, 12, 13) AND public.is_meant(s.lot_id, s.lo, s.hi, s.seq))
    THEN
        PERFORM public.refuse_step('parcel_changes_of_free_units');
    END IF;
    IF EXISTS (
        SELECT FROM told s WHERE ((s.tag_before, s.tag) IN ((2, 1), (1, 2)) OR s.state = 10) AND NOT EXISTS (
            SELECT FROM public.registry_requests r
            WHERE r.request_id = s.subject AND r.status = 3 AND r.last_seq = s.seq
              AND (r.lot_id, r.lo, r.hi) = (s.lot_id, s.lo, s.hi)
              AND r.kind = CASE WHEN s.state = 10 THEN 3 WHEN s.tag = 1 THEN 1 ELSE 2 END))
    THEN
        PERFORM public.refuse_step('parcel_changes_confirmed_by_the_registry');
    END IF;
    IF EXISTS (
        SELECT FROM told s WHERE s.state >= 9 AND s.hi - s.lo <> (
            SELECT coalesce(sum(least(c.hi, s.hi) - greatest(c.lo, s.lo)), 0) FROM public.claim_ranges c
            WHERE int8range(c.lot_id, c.lot_id, '[]') && int8range(s.lot_id, s.lot_id, '[]')
              AND int8range(c.lo, c.hi) && int8range(s.lo, s.hi) AND c.status < 3))
    THEN
        PERFORM public.refuse_step('parcel_changes_spent_for_a_claim');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_groundless_steps AFTER INSERT ON parcel_changes
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION refuse_groundless_steps();

-- The ledger has of a lot what the registry locked for this venue, no more and no less; what is gone stands on the account
-- that says where it went; and what cannot be sold is held, so that no order counts on it. Looked at when a transaction
-- that touched one of these commits.
CREATE FUNCTION refuse_other_tonnes(of_lot bigint, on_account bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    booked numeric;
    held   numeric;
    tonnes numeric;
BEGIN
    SELECT credits_posted - debits_posted, debits_pending INTO booked, held
    FROM public.balances WHERE owner = on_account AND asset = of_lot;
    IF on_account = -2 THEN
        SELECT lo - hi INTO tonnes FROM public.lots WHERE lot_id = of_lot;
    ELSE
        SELECT a.tonnes INTO tonnes FROM public.account_units a WHERE lot_id = of_lot AND account = on_account;
    END IF;
    IF (CASE WHEN on_account < 0 THEN coalesce(booked, 0) <> coalesce(tonnes, 0)
             ELSE coalesce(held, 0) < coalesce(tonnes, 0) END)
    THEN
        RAISE EXCEPTION 'account % has % t of lot % in the ledger, % of them held, and % t in its parcels',
            on_account, booked, of_lot, held, tonnes USING ERRCODE = 'EX003';
    END IF;
END $$;

CREATE FUNCTION ledger_has_the_tonnes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    CASE TG_TABLE_NAME
        WHEN 'lots' THEN PERFORM public.refuse_other_tonnes(NEW.lot_id, -2);
        WHEN 'balances' THEN PERFORM public.refuse_other_tonnes(NEW.asset, NEW.owner);
        ELSE PERFORM public.refuse_other_tonnes(NEW.lot_id, NEW.account);
    END CASE;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_has_the_tonnes AFTER INSERT ON lots
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_has_the_tonnes();
CREATE CONSTRAINT TRIGGER ledger_has_the_tonnes AFTER INSERT OR UPDATE ON account_units
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_has_the_tonnes();
CREATE CONSTRAINT TRIGGER ledger_has_the_tonnes AFTER INSERT OR UPDATE ON balances
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.asset > 0 AND (NEW.owner = -2 OR NEW.owner < -4))
    EXECUTE FUNCTION ledger_has_the_tonnes();

-- What an encumbrance holds no firm gives to another one, from the entry behind the one that said so to the one that frees
-- it. It asks in the same query whether the rows belong to the batch that is being written, as only_with_seq does for other
-- tables. Where any encumbrance stands, or did when the batch began, nothing moves either that one is about; and where
-- there ever was a doubt, no quota while there is doubt about its cancelled CCER.
CREATE FUNCTION only_free_units_move() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    late boolean;
    held boolean;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT EXISTS (SELECT FROM public.leader l, written w
                   WHERE l.one AND (l.xmin <> pg_current_xact_id()::xid OR w.seq NOT BETWEEN l.batch_first AND l.seq)),
           EXISTS (SELECT FROM written w
                   JOIN public.encumbered_ranges r
                   ON int8range(r.lot_id, r.lot_id, '[]') && int8range(w.lot_id, w.lot_id, '[]')
                      AND int8range(r.lo, greatest(r.lo, r.hi)) && int8range(w.lo, w.hi)
                   WHERE w.source > 0 AND w.target > 0 AND public.holds(r, w.lo, w.hi, w.seq))
    INTO late, held;
    IF late THEN
        PERFORM public.refuse_other_batch('movements');
    END IF;
    -- Two questions, each with an index of its own: as one they read all that was ever lifted.
    IF NOT held AND (
        EXISTS (SELECT FROM public.encumbrances e WHERE e.lifted_seq IS NULL)
        OR EXISTS (SELECT FROM public.encumbrances e
                   WHERE e.lifted_seq >= (SELECT batch_first FROM public.leader WHERE one)))
    THEN
        -- As is_meant asks, but for all movements at once: each trade pays for it.
        SELECT EXISTS (SELECT FROM written w JOIN public.encumbrances e
                       ON int8range(coalesce(e.lot_id, 0), coalesce(e.lot_id, 0), '[]') && int8range(w.lot_id, w.lot_id, '[]')
                          AND int8range(e.lo, greatest(e.lo, e.hi)) && int8range(w.lo, w.hi)
                          AND e.seq < w.seq AND coalesce(w.seq < e.lifted_seq, true)
                       WHERE w.source > 0 AND w.target > 0 AND public.meant_by(e, w.lot_id, int8range(w.lo, w.hi), w.seq))
            OR EXISTS (SELECT FROM written w JOIN public.lots l ON l.lot_id = w.lot_id
                       JOIN public.issuances i ON i.issuance_id = l.issuance_id
                       JOIN public.encumbrances e ON e.project_id = i.project_id AND e.vintage IN (0, i.vintage)
                          AND e.seq < w.seq AND coalesce(w.seq < e.lifted_seq, true)
                       WHERE w.source > 0 AND w.target > 0 AND public.meant_by(e, w.lot_id, int8range(w.lo, w.hi), w.seq))
        INTO held;
    END IF;
    IF held THEN
        RAISE EXCEPTION 'serials that are held fast have moved: movements_of_free_units'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movements_of_free_units', TABLE = 'movements';
    END IF;
    IF EXISTS (SELECT FROM public.encumbrances e WHERE public.is_doubt(e.set_by, e.kind, e.lot_id, e.reference)) AND EXISTS (
        SELECT FROM written w JOIN public.lots l ON l.lot_id = w.lot_id
        JOIN public.issuances i ON i.issuance_id = l.issuance_id
        WHERE w.source > 0 AND w.target > 0 AND i.converted IS NOT NULL AND public.is_doubtful(i.converted, w.seq))
    THEN
        RAISE EXCEPTION 'quota is sold while there is doubt about what it stands on: movements_of_sound_conversions'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movements_of_sound_conversions', TABLE = 'movements';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER only_free_units_move AFTER INSERT ON movements
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION only_free_units_move();
