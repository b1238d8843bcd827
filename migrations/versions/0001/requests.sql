-- What the national registry is asked for, what is done on its answers, and which way each kind of units ends.
--
-- causes: 8 a use is withdrawn, 9 refused; 10 retired, 11 cancelled, 12 exported; 14 a release is withdrawn, 15 refused;
-- 16 released; 4 locked, 5 not locked, 18 not locked again. Kinds of requests: 1 LOCK, 2 RELEASE, 3 CANCEL.

-- A range of a use or a release is asked about once: a second request under another reference would be done a second time.
CREATE UNIQUE INDEX registry_requests_once_for_a_range ON registry_requests (subject, lot_id, lo) WHERE subject IS NOT NULL;

-- Quota (family 2) ends here and at once; everything else by its registry's cancellation and by nothing else. What is set
-- aside comes free with the use or release that is over in that entry: one that nobody had approved and of which the
-- registry was asked nothing, or a release that was not sent; later by the registry's refusal alone.
CREATE FUNCTION refuse_wrong_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (
        SELECT FROM told s WHERE s.cause IN (10, 11, 12) AND (s.cause <> 11) <> (
            SELECT p.family = 2 FROM public.projects p WHERE p.project_id = public.project_of(s.lot_id)))
    THEN
        PERFORM public.refuse_step('parcel_changes_end_as_their_kind');
    END IF;
    IF EXISTS (
        SELECT FROM told s WHERE s.cause IN (8, 14) AND (
            EXISTS (SELECT FROM public.registry_requests r WHERE r.subject = s.subject)
            OR NOT CASE s.cause
                WHEN 8 THEN EXISTS (
                    SELECT FROM public.claims c WHERE (c.claim_id, c.status, c.last_seq) = (s.subject, 4, s.seq)
                    AND NOT EXISTS (
                        SELECT FROM public.proposals p WHERE p.proposal_id = c.proposal_id AND p.status = 2))
                ELSE EXISTS (
                    SELECT FROM public.releases r WHERE (r.release_id, r.status, r.last_seq) = (s.subject, 5, s.seq))
                END))
    THEN
        PERFORM public.refuse_step('parcel_changes_taken_back_in_time');
    END IF;
    IF EXISTS (
        SELECT FROM told s WHERE s.cause IN (9, 15) AND NOT EXISTS (
            SELECT FROM public.registry_requests r
            WHERE r.subject = s.subject AND r.status = 4 AND r.kind = CASE s.cause WHEN 9 THEN 3 ELSE 2 END
              AND (r.lot_id, r.lo, r.hi) = (s.lot_id, s.lo, s.hi)))
    THEN
        PERFORM public.refuse_step('parcel_changes_refused_by_the_registry');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_wrong_ends AFTER INSERT ON parcel_changes
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION refuse_wrong_ends();

-- Whether a request is one for these serials of a use or a release of that firm: of a use that was approved and not of
-- quota, of a release that was sent, and to the account that it names. One that is over for good has no request but such as
-- the registry has refused. A lock is asked for in the entry in which its units begin to wait for it (3, or 17 where they
-- come back), and for nothing besides.
CREATE FUNCTION is_wanted(asked registry_requests) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE asked.kind
        WHEN 1 THEN asked.subject IS NULL AND EXISTS (
            SELECT FROM public.parcel_changes s
            WHERE s.cause IN (3, 17) AND s.seq = asked.seq AND s.owner = asked.owner
              AND (s.lot_id, s.lo, s.hi) = (asked.lot_id, asked.lo, asked.hi))
        WHEN 3 THEN EXISTS (
            SELECT FROM public.claims c JOIN public.claim_ranges u ON u.claim_id = c.claim_id
            JOIN public.lots l ON l.lot_id = u.lot_id JOIN public.issuances i ON i.issuance_id = l.issuance_id
            JOIN public.projects p ON p.project_id = i.project_id
            WHERE (c.claim_id, c.participant_id) = (asked.subject, asked.owner) AND p.family <> 2
              AND (u.lot_id, u.lo, u.hi) = (asked.lot_id, asked.lo, asked.hi)
              AND (c.status IN (2, 3, 5) OR (c.status = 4 AND asked.status = 4)))
        ELSE EXISTS (
            SELECT FROM public.releases r JOIN public.release_ranges u ON u.release_id = r.release_id
            WHERE (r.release_id, r.participant_id, r.national_account) = (asked.subject, asked.owner, asked.account)
              AND (u.lot_id, u.lo, u.hi) = (asked.lot_id, asked.lo, asked.hi)
              AND (r.status IN (3, 4) OR (r.status = 5 AND asked.status = 4))) END
$$;

-- Looked at when the transaction commits: the outbox sends whatever is open, so a request belongs to something, and while
-- it is open its serials are set aside for it (8 for a use, 5 for a release; 3, 4 and 7 wait for a lock).
CREATE FUNCTION refuse_unwanted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked public.registry_requests;
    aside bigint;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT * INTO asked FROM public.registry_requests WHERE request_id = NEW.request_id;
    SELECT coalesce(sum(least(s.hi, asked.hi) - greatest(s.lo, asked.lo)), 0) INTO aside FROM public.standings s
    WHERE int8range(s.lot_id, s.lot_id, '[]') && int8range(asked.lot_id, asked.lot_id, '[]')
      AND int8range(s.lo, s.hi) && int8range(asked.lo, asked.hi)
      AND s.owner = asked.owner
      AND CASE asked.kind WHEN 1 THEN s.state IN (3, 4, 7) WHEN 3 THEN s.state = 8 ELSE s.state = 5 END;
    IF NOT public.is_wanted(asked) OR (asked.status < 3 AND aside <> asked.hi - asked.lo) THEN
        RAISE EXCEPTION 'request % belongs to nothing: registry_requests_wanted', asked.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_requests_wanted', TABLE = 'registry_requests';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_unwanted AFTER INSERT ON registry_requests
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unwanted();

-- What the registry says is done in the entry of its answer, to just these serials. What it will not release or cancel
-- stays set aside until all of the release or use is settled.
CREATE FUNCTION refuse_undone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF NOT EXISTS (
        SELECT FROM public.parcel_changes s
        WHERE s.subject = NEW.request_id AND s.seq = NEW.last_seq
          AND (s.lot_id, s.lo, s.hi) = (NEW.lot_id, NEW.lo, NEW.hi)
          AND CASE NEW.kind WHEN 2 THEN s.cause = 16 WHEN 3 THEN s.cause = 11
              ELSE s.cause = 4 AND NEW.status = 3 OR s.cause IN (5, 18) AND NEW.status = 4 END)
    THEN
        RAISE EXCEPTION 'what the registry said of request % was not done: registry_requests_done', NEW.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_requests_done', TABLE = 'registry_requests';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_undone AFTER INSERT OR UPDATE ON registry_requests DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 3 OR (NEW.status = 4 AND NEW.kind = 1)) EXECUTE FUNCTION refuse_undone();
