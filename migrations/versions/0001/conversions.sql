-- What becomes of quota when there is doubt about the cancelled CCER that it was issued against: the registry contradicts
-- itself or us about their serials, so that they are suspended, or their claim was revoked.

-- Whether an encumbrance is a doubt about serials of a lot: the program set it (set_by NULL), or it suspends what a
-- reconciliation with the registry has found, whoever has sent it in.
CREATE FUNCTION is_doubt(set_by bigint, kind smallint, lot bigint, reference text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lot IS NOT NULL AND (set_by IS NULL OR kind = 4 AND starts_with(reference, 'registry reconciliation: '))
$$;
CREATE INDEX encumbrances_doubting ON encumbrances (lot_id, lo) WHERE is_doubt(set_by, kind, lot_id, reference);

-- Whether quota cannot stand on a claim when an entry comes. A suspension ends it until it is lifted, a revocation for good.
CREATE FUNCTION is_doubtful(wanted bigint, at_seq bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.claims WHERE claim_id = wanted AND revoked_seq < at_seq)
        OR EXISTS (SELECT FROM public.claim_ranges c
                   JOIN public.encumbrances e ON e.lot_id = c.lot_id AND e.lo < c.hi AND c.lo < e.hi
                   WHERE c.claim_id = wanted AND c.status = 2
                     AND public.is_doubt(e.set_by, e.kind, e.lot_id, e.reference)
                     AND e.seq < at_seq AND coalesce(at_seq < e.lifted_seq, true))
$$;

-- Nothing is issued or comes in against it. Looked at when the transaction commits, when what was entered before is written.
-- It refuses as 'issuances_of_sound_conversions' and 'lots_of_sound_conversions'.
CREATE FUNCTION refuse_doubtful_quota() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    behind bigint;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT converted INTO behind FROM public.issuances WHERE issuance_id = NEW.issuance_id;
    IF behind IS NOT NULL AND public.is_doubtful(behind, NEW.seq) THEN
        RAISE EXCEPTION 'there is doubt about the cancellation that quota is issued against: %_of_sound_conversions',
            TG_TABLE_NAME USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
            CONSTRAINT = TG_TABLE_NAME || '_of_sound_conversions';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_doubtful_quota AFTER INSERT ON issuances
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.converted IS NOT NULL) EXECUTE FUNCTION refuse_doubtful_quota();
CREATE CONSTRAINT TRIGGER refuse_doubtful_quota AFTER INSERT ON lots
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_doubtful_quota();

-- It comes in for the firm whose CCER were cancelled for it; for any other these would be gone for nothing. Asked key by key.
CREATE FUNCTION refuse_quota_of_others() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (SELECT FROM admitted l WHERE l.first_owner <> (
                   SELECT c.participant_id FROM public.claims c WHERE c.claim_id = (
                       SELECT i.converted FROM public.issuances i WHERE i.issuance_id = l.issuance_id)))
    THEN
        RAISE EXCEPTION 'quota comes in for another firm than had the CCER cancelled: lots_of_who_converted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lots_of_who_converted', TABLE = 'lots';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_quota_of_others AFTER INSERT ON lots
    REFERENCING NEW TABLE AS admitted FOR EACH STATEMENT EXECUTE FUNCTION refuse_quota_of_others();

-- A claim is revoked together with the quota that came in against it: the program suspends it in that entry, or a doubt
-- holds it already.
CREATE FUNCTION refuse_free_quota() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (SELECT FROM public.lots l JOIN public.issuances i USING (issuance_id) WHERE i.converted = NEW.claim_id)
       AND NOT EXISTS (
           SELECT FROM public.claim_ranges c
           JOIN public.encumbrances e ON e.lot_id = c.lot_id AND e.lo < c.hi AND c.lo < e.hi
           WHERE c.claim_id = NEW.claim_id AND c.status = 2
             AND public.is_doubt(e.set_by, e.kind, e.lot_id, e.reference)
             AND e.seq <= NEW.revoked_seq AND coalesce(NEW.revoked_seq < e.lifted_seq, true))
    THEN
        RAISE EXCEPTION 'a claim is revoked and the quota that stands on it is free: claims_revoked_with_their_quota'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claims_revoked_with_their_quota', TABLE = 'claims';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_free_quota AFTER UPDATE ON claims
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 5 AND OLD.status <> 5 AND NEW.purpose = 8)
    EXECUTE FUNCTION refuse_free_quota();

-- And such quota is never let go again. What persons hold of it besides, for other reasons, they can lift.
CREATE FUNCTION refuse_freeing_quota() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (SELECT FROM let_go f JOIN public.encumbrances e ON e.encumbrance_id = f.encumbrance_id
               JOIN public.lots l ON l.lot_id = f.lot_id JOIN public.issuances i ON i.issuance_id = l.issuance_id
               JOIN public.claims c ON c.claim_id = i.converted
               WHERE public.is_doubt(e.set_by, e.kind, e.lot_id, e.reference) AND c.revoked_seq < f.seq)
    THEN
        RAISE EXCEPTION 'quota that nothing stands behind is let go: freed_ranges_of_sound_conversions'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'freed_ranges_of_sound_conversions', TABLE = 'freed_ranges';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_freeing_quota AFTER INSERT ON freed_ranges
    REFERENCING NEW TABLE AS let_go FOR EACH STATEMENT EXECUTE FUNCTION refuse_freeing_quota();
