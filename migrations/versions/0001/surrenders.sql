-- What a facility surrenders in the national market, and which units can: CCER (family 1), not those of the old generation
-- (ccer_generation 1) from the day of rule OLD-CCER on, and of a facility's duty for a year only the share of rule OFFSET-CAP.

-- The value of a rule by the rulebook that was known before an entry; of several dates in it the highest value, which is the
-- mildest of both rules. The core knows on which day it is, and is as strict as that.
CREATE FUNCTION rule_before(wanted text, before_seq bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT max(value) FROM public.rules WHERE rule = wanted AND version = (
        SELECT version FROM public.rulebooks b WHERE b.seq < before_seq ORDER BY b.seq DESC LIMIT 1)
$$;

-- How many tonnes other surrenders had taken of a facility's share for the year when a claim took its last step. What was
-- approved takes of it: all that was chosen, and once the registry has spoken what it has cancelled; what came to nothing or
-- was revoked takes none. What no approved proposal stands behind, and is approved all the same, counts from its beginning.
CREATE FUNCTION surrendered_before(claim claims) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(sum(CASE WHEN c.fulfilled_seq < claim.last_seq THEN c.quantity ELSE c.chosen END), 0)
    FROM public.claims c LEFT JOIN public.proposals p ON p.proposal_id = c.proposal_id AND p.status = 2
    WHERE c.purpose = 1 AND (c.facility, c.year) = (claim.facility, claim.year) AND c.claim_id <> claim.claim_id
      AND (c.status IN (2, 3, 5) OR (c.status = 4 AND p.proposal_id IS NOT NULL))
      AND coalesce(p.last_seq, c.seq) < claim.last_seq
      AND coalesce(c.revoked_seq, CASE WHEN c.status = 4 THEN c.last_seq END, claim.last_seq) >= claim.last_seq
$$;

-- Asked when a use is proposed and when it is approved, each by what was known before that entry: looked at when the
-- transaction commits, when all steps of all claims are written. Two surrenders never meet here, since whoever writes a
-- claim holds the leader row until its own commit.
CREATE FUNCTION refuse_surrender() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT CASE
        WHEN bool_or(p.family <> 1) THEN 'claims_of_national_units'
        WHEN bool_or(p.ccer_generation = 1)
             AND (SELECT day FROM public.trading_days d WHERE d.seq < NEW.last_seq ORDER BY d.seq DESC LIMIT 1)
                 >= public.rule_before('OLD-CCER', NEW.last_seq)
            THEN 'claims_of_no_old_ccer'
        WHEN public.surrendered_before(NEW) + NEW.chosen >
             coalesce((SELECT due FROM public.obligations d
                       WHERE (d.facility, d.year) = (NEW.facility, NEW.year) AND d.seq < NEW.last_seq
                       ORDER BY d.seq DESC LIMIT 1) * public.rule_before('OFFSET-CAP', NEW.last_seq) / 10000, 0)
            THEN 'claims_within_the_share' END
    INTO wrong FROM public.claim_ranges r JOIN public.lots l ON l.lot_id = r.lot_id
    JOIN public.issuances i ON i.issuance_id = l.issuance_id
    JOIN public.projects p ON p.project_id = i.project_id WHERE r.claim_id = NEW.claim_id;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'claim % is no lawful surrender: %', NEW.claim_id, wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = wrong, TABLE = 'claims';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_surrender AFTER INSERT OR UPDATE OF status ON claims
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.purpose = 1 AND NEW.status IN (1, 2))
    EXECUTE FUNCTION refuse_surrender();
