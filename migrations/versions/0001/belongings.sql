-- What belongs to what: a step to the use or release of the firm whose units they are, an adjustment of the leagues'
-- budgets to the use, release or return that makes it, and what is issued again as quota to CCER.
--
-- causes: 7 chosen for a use, 10 retired, 12 exported; 13 chosen for a release, 16 released; 4 locked, which brings units
-- back where they had been out (7 RETURN_REQUESTED). Purpose 8 is CONVERSION.

-- Nobody uses or releases another firm's units. The claims and releases of a batch are written before its steps, with all
-- that becomes of them; what was only chosen may be free again by then, what is used up is the claim's for good.
CREATE FUNCTION refuse_wrong_owner() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (
        SELECT FROM told s WHERE s.cause IN (7, 10, 12) AND NOT EXISTS (
            SELECT FROM public.claims c JOIN public.claim_ranges u ON u.claim_id = c.claim_id
            WHERE (c.claim_id, c.participant_id) = (s.subject, s.owner)
              AND (u.lot_id, u.lo, u.hi) = (s.lot_id, s.lo, s.hi) AND (s.cause = 7 OR u.status = 2)))
    OR EXISTS (
        SELECT FROM told s WHERE s.cause = 13 AND NOT EXISTS (
            SELECT FROM public.releases r JOIN public.release_ranges u ON u.release_id = r.release_id
            WHERE (r.release_id, r.participant_id) = (s.subject, s.owner)
              AND (u.lot_id, u.lo, u.hi) = (s.lot_id, s.lo, s.hi)))
    THEN
        PERFORM public.refuse_step('parcel_changes_for_their_owner');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_wrong_owner AFTER INSERT ON parcel_changes
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION refuse_wrong_owner();

-- Quota of an ecosystem sink is certified CCER (family 1), cancelled by their registry, and stands on nothing else.
CREATE FUNCTION refuse_other_conversion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (
        SELECT FROM chosen r JOIN public.claims c ON c.claim_id = r.claim_id AND c.purpose = 8
        JOIN public.lots l ON l.lot_id = r.lot_id JOIN public.issuances i ON i.issuance_id = l.issuance_id
        JOIN public.projects p ON p.project_id = i.project_id WHERE p.family <> 1)
    THEN
        RAISE EXCEPTION 'other units than CCER are to become quota: claim_ranges_converted_of_ccer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_ranges_converted_of_ccer', TABLE = 'claim_ranges';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_other_conversion AFTER INSERT ON claim_ranges
    REFERENCING NEW TABLE AS chosen FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_conversion();

-- What an entry has to take off each league's account, and for whom, on behalf of a use, a release or a returning lock
-- (of_subject): of a use what is gone for it, taken back when it is revoked; of a conversion nothing, since its tonnes are not
-- used yet; of what replaces a loss what counts in the league that has lost it, and nothing where that is none of the region;
-- of a release what has left in that entry; of a lock what has come back. A league that uses its own tonnes, and
-- units of no league of the region (0), take nothing off.
CREATE FUNCTION adjustments_wanted(of_subject bigint, at_seq bigint)
RETURNS TABLE (source smallint, used_in smallint, province text, quantity numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT league, to_league, to_province, sum(tonnes) FROM (SELECT
        (SELECT p.league FROM public.projects p WHERE p.project_id = public.project_of(u.lot_id)), u.* FROM (
        SELECT r.lot_id, coalesce(lost.league, c.league), c.province,
               CASE at_seq WHEN c.fulfilled_seq THEN r.hi - r.lo ELSE r.lo - r.hi END
        FROM public.claims c JOIN public.claim_ranges r ON r.claim_id = c.claim_id AND r.status = 2
        LEFT JOIN public.reversals v ON v.reversal_id = c.reversal_id
        LEFT JOIN public.projects lost ON lost.project_id = v.project_id
        WHERE c.claim_id = of_subject AND c.purpose <> 8 AND at_seq IN (c.fulfilled_seq, c.revoked_seq)
          AND lost.league IS DISTINCT FROM 0
        UNION ALL
        SELECT s.lot_id, 0, '', s.hi - s.lo
        FROM public.parcel_changes s
        WHERE s.subject = ANY (ARRAY(SELECT q.request_id FROM public.registry_requests q WHERE q.subject = of_subject))
          AND s.seq = at_seq AND s.cause = 16
        UNION ALL
        SELECT s.lot_id, 0, '', s.lo - s.hi
        FROM public.parcel_changes s
        WHERE s.subject = of_subject AND s.seq = at_seq AND s.cause = 4 AND s.state_before = 7
        ) u (lot_id, to_league, to_province, tonnes) OFFSET 0
    ) moved (league, of_lot, to_league, to_province, tonnes)
    WHERE league NOT IN (0, to_league)
    GROUP BY 1, 2, 3
$$;

-- Just that is booked in that entry, for the year of its trading day. Looked at when the transaction commits, when uses,
-- steps and adjustments are all written.
CREATE FUNCTION refuse_adjustments(of_subject bigint, at_seq bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    in_year integer;
BEGIN
    SELECT day / 10000 INTO in_year FROM public.trading_days d WHERE d.seq <= at_seq ORDER BY d.seq DESC LIMIT 1;
    IF EXISTS (
        SELECT FROM (SELECT b.source, b.used_in, b.province, sum(b.quantity) AS quantity,
                            bool_and(b.year = in_year) IS TRUE AS in_time
                     FROM public.budget_entries b WHERE b.subject = of_subject AND b.seq = at_seq
                     GROUP BY 1, 2, 3) booked
        FULL JOIN public.adjustments_wanted(of_subject, at_seq) wanted USING (source, used_in, province)
        WHERE booked.quantity IS DISTINCT FROM wanted.quantity OR NOT booked.in_time)
    THEN
        RAISE EXCEPTION 'the leagues'' budgets do not have what % asks for: budget_entries_as_used', of_subject
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entries_as_used', TABLE = 'budget_entries';
    END IF;
END $$;

CREATE FUNCTION refuse_other_adjustment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    CASE TG_TABLE_NAME
        WHEN 'budget_entries' THEN
            PERFORM public.refuse_adjustments(NEW.subject, NEW.seq);
        WHEN 'claims' THEN
            PERFORM public.refuse_adjustments(NEW.claim_id, NEW.last_seq);
        ELSE
            PERFORM public.refuse_adjustments(
                CASE NEW.cause
                    WHEN 16 THEN (SELECT subject FROM public.registry_requests WHERE request_id = NEW.subject)
                    ELSE NEW.subject END,
                NEW.seq);
    END CASE;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_other_adjustment AFTER INSERT ON budget_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_other_adjustment();
CREATE CONSTRAINT TRIGGER refuse_other_adjustment AFTER INSERT OR UPDATE ON claims
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status IN (3, 5)) EXECUTE FUNCTION refuse_other_adjustment();
CREATE CONSTRAINT TRIGGER refuse_other_adjustment AFTER INSERT ON parcel_changes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.cause = 16 OR (NEW.cause = 4 AND NEW.state_before = 7))
    EXECUTE FUNCTION refuse_other_adjustment();
