-- What lets held units go, and what can be lost: both are said by persons long after units came in, and both have bounds
-- that stand in other tables.

-- Units are let go by two persons. A proposal says its action in canonical bytes: tag 19 (LiftEncumbrance), the proposer in
-- eight bytes, the encumbrance in eight.
CREATE INDEX proposals_lifting ON proposals (substr(action, 11)) WHERE status = 2 AND substr(action, 1, 2) = '\x0013';

CREATE FUNCTION is_lifting_agreed(wanted bigint, by_seq bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.proposals
                   WHERE status = 2 AND substr(action, 1, 2) = '\x0013' AND substr(action, 11) = int8send(wanted)
                     AND last_seq <= by_seq)
$$;

CREATE FUNCTION refuse_lifting_alone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    alone boolean;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF TG_TABLE_NAME = 'freed_ranges' THEN
        SELECT EXISTS (SELECT FROM (SELECT encumbrance_id, min(seq) AS seq FROM let_go GROUP BY encumbrance_id) f
                       WHERE NOT public.is_lifting_agreed(f.encumbrance_id, f.seq)) INTO alone;
    ELSE
        SELECT EXISTS (SELECT FROM let_go f WHERE f.lifted_seq IS NOT NULL
                       AND NOT public.is_lifting_agreed(f.encumbrance_id, f.lifted_seq)) INTO alone;
    END IF;
    IF alone THEN
        RAISE EXCEPTION 'held units are let go without two persons: %_agreed_by_two', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_agreed_by_two', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_lifting_alone AFTER INSERT ON freed_ranges
    REFERENCING NEW TABLE AS let_go FOR EACH STATEMENT EXECUTE FUNCTION refuse_lifting_alone();
CREATE TRIGGER refuse_lifting_alone AFTER UPDATE ON encumbrances
    REFERENCING NEW TABLE AS let_go FOR EACH STATEMENT EXECUTE FUNCTION refuse_lifting_alone();

-- A loss that was a mistake is withdrawn by two persons: tag 22 (WithdrawReversal), the proposer, the reversal, a reason.
CREATE FUNCTION refuse_withdrawal_alone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (SELECT FROM withdrawn w WHERE w.withdrawn_seq IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.proposals p WHERE p.status = 2 AND p.last_seq = w.withdrawn_seq
               AND substr(p.action, 1, 2) = '\x0016' AND substr(p.action, 11, 8) = int8send(w.reversal_id)))
    THEN
        RAISE EXCEPTION 'a loss is withdrawn without two persons: reversals_withdrawn_by_two'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversals_withdrawn_by_two', TABLE = 'reversals';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_withdrawal_alone_new AFTER INSERT ON reversals
    REFERENCING NEW TABLE AS withdrawn FOR EACH STATEMENT EXECUTE FUNCTION refuse_withdrawal_alone();
CREATE TRIGGER refuse_withdrawal_alone AFTER UPDATE ON reversals
    REFERENCING NEW TABLE AS withdrawn FOR EACH STATEMENT EXECUTE FUNCTION refuse_withdrawal_alone();

-- A proposal ends by a person's word; by nobody's (decided_by is NULL) only in the entry of a forced cancellation: tag 21
-- (ForceCancellation), the proposer, the reversal. That reaches uses (14) and releases (15) of the firm that owes. And what
-- a proposal had set aside is over with it (4 and 5), else it would stay set aside for nothing; uses and releases have
-- greater numbers than the proposal that makes them. Looked at when the transaction commits, since the loss and the order may
-- be of one batch.
CREATE INDEX proposals_forcing ON proposals (last_seq) WHERE status = 2 AND substr(action, 1, 2) = '\x0015';

CREATE FUNCTION refuse_wrong_ending() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT CASE
        WHEN NEW.decided_by IS NULL AND (substr(NEW.action, 1, 2) NOT IN ('\x000e', '\x000f') OR NOT EXISTS (
                SELECT FROM public.proposals p JOIN public.reversals v ON substr(p.action, 11) = int8send(v.reversal_id)
                WHERE p.status = 2 AND p.last_seq = NEW.last_seq AND substr(p.action, 1, 2) = '\x0015'
                  AND v.responsible = NEW.participant_id))
            THEN 'proposals_ended_by_somebody'
        WHEN EXISTS (SELECT FROM public.claims c
                     WHERE c.participant_id = NEW.participant_id AND c.claim_id > NEW.proposal_id
                       AND c.proposal_id = NEW.proposal_id AND c.status <> 4)
             OR EXISTS (SELECT FROM public.releases r
                        WHERE r.participant_id = NEW.participant_id AND r.release_id > NEW.proposal_id
                          AND r.proposal_id = NEW.proposal_id AND r.status <> 5)
            THEN 'proposals_end_with_their_units'
    END INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'proposal % has ended by nobody, or its units are set aside: %', NEW.proposal_id, wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = wrong, TABLE = 'proposals';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_wrong_ending AFTER UPDATE ON proposals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 3) EXECUTE FUNCTION refuse_wrong_ending();

-- A firm owes no more of what is lost again than it brought in itself, and each tonne once: of all vintages together (0)
-- and of each, by what had come in and was reported before. Who only bought tonnes keeps them; and since what all firms
-- brought in was issued, no more is lost than that either. Brought in is what came into this market (1) for the first time,
-- new (0) or locked (3, 4); quota against cancelled CCER is their tonnes once more, and counts only when that claim was
-- revoked, so that it stands on nothing. Looked at when the transaction commits, since the steps of units are written last.
CREATE FUNCTION refuse_unbounded_loss() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (
        SELECT FROM (VALUES (false), (true)) each (vintage) WHERE
            (SELECT coalesce(sum(r.quantity), 0) FROM public.reversals r
             WHERE (r.project_id, r.responsible) = (NEW.project_id, NEW.responsible)
               AND (r.seq, r.reversal_id) <= (NEW.seq, NEW.reversal_id)
               AND (r.withdrawn_seq IS NULL OR r.withdrawn_seq > NEW.seq)
               AND (r.vintage = NEW.vintage OR NOT each.vintage)) >
            (SELECT coalesce(sum(s.hi - s.lo), 0) FROM public.issuances i
             JOIN public.lots l ON l.issuance_id = i.issuance_id
             JOIN public.parcel_changes s ON s.lot_id = l.lot_id
             LEFT JOIN public.claims c ON c.claim_id = i.converted
             WHERE (i.project_id, l.first_owner) = (NEW.project_id, NEW.responsible) AND s.seq < NEW.seq
               AND (s.tag, s.state) = (1, 1) AND s.state_before IN (0, 3, 4)
               AND (i.converted IS NULL OR c.revoked_seq < NEW.seq)
               AND (NEW.vintage IN (0, i.vintage) OR NOT each.vintage)))
    THEN
        RAISE EXCEPTION 'what is lost was never there, or is another firm''s: reversals_of_who_brought_in'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversals_of_who_brought_in', TABLE = 'reversals';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_unbounded_loss AFTER INSERT ON reversals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbounded_loss();
