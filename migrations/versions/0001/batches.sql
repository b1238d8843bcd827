-- Nothing is written into the past. Whatever belongs to an entry of the journal can be written in one transaction only,
-- the one that moves the leader row over that entry, and the leader row moves forward only. So whoever has the service's
-- rights, but is not the writer, can add nothing to entries that are there already, and cannot touch a projection
-- without adding an entry, which the chain, the writer and `exchange reconcile` see.

-- batch_first is the first seq of the batch that the row was last moved for: entries batch_first to seq are being written
-- by the transaction whose id stands in the row's xmin, and by no other. The writer says it itself; whoever does not is
-- corrected, so that a change of anything else leaves an empty batch.
CREATE FUNCTION begin_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.batch_first := OLD.seq + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER begin_batch BEFORE UPDATE ON leader FOR EACH ROW
    WHEN (NEW.batch_first IS DISTINCT FROM OLD.seq + 1) EXECUTE FUNCTION begin_batch();

CREATE FUNCTION refuse_backward_leader() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal only grows: entry % with its head stands, entry % is refused', OLD.seq, NEW.seq
        USING ERRCODE = 'EX004';
END $$;
CREATE TRIGGER only_forward BEFORE UPDATE ON leader FOR EACH ROW
    WHEN (NEW.seq < OLD.seq OR NEW.epoch < OLD.epoch OR (NEW.seq = OLD.seq AND NEW.head <> OLD.head))
    EXECUTE FUNCTION refuse_backward_leader();

CREATE FUNCTION refuse_other_batch(table_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written together with its entries of the journal and never afterwards', table_name
        USING ERRCODE = 'EX007';
END $$;

-- The entries of a batch come in one statement, all of them, and the last has the leader row's head.
CREATE FUNCTION only_whole_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.leader l,
            (SELECT count(*) AS entries, min(seq) AS first, max(seq) AS last FROM written) w
        WHERE l.one AND w.entries > 0 AND (
            l.xmin <> pg_current_xact_id()::pg_catalog.xid
            OR (w.first, w.last, w.entries) <> (l.batch_first, l.seq, l.seq - l.batch_first + 1)
            OR NOT EXISTS (SELECT FROM written WHERE seq = l.seq AND head = l.head)))
    THEN
        PERFORM public.refuse_other_batch(TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER only_whole_batch AFTER INSERT ON journal
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION only_whole_batch();

-- Most other tables say in a column which entry wrote a row. One function for each such column: a name that is put in at
-- run time would be planned anew for every batch. Postings, parcels and movements, which have
-- triggers anyway, are looked at there.
DO $$
DECLARE
    seq_column text;
BEGIN
    FOREACH seq_column IN ARRAY ARRAY['seq', 'placed_seq', 'last_seq'] LOOP
        EXECUTE format('
            CREATE FUNCTION only_with_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF EXISTS (
                    SELECT FROM public.leader l, written w
                    WHERE l.one AND (l.xmin <> pg_current_xact_id()::pg_catalog.xid
                                     OR w.%1$s IS NULL OR w.%1$s NOT BETWEEN l.batch_first AND l.seq))
                THEN
                    PERFORM public.refuse_other_batch(TG_TABLE_NAME);
                END IF;
                RETURN NULL;
            END $body$', seq_column);
    END LOOP;
END $$;

-- Rows that name no entry can be written while some batch is: rules here, parcels in the triggers that keep their coverage.
CREATE FUNCTION a_batch_is_written() RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM public.leader
                   WHERE one AND xmin = pg_current_xact_id()::pg_catalog.xid AND batch_first <= seq)
$$;

CREATE FUNCTION only_with_a_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM written) AND NOT public.a_batch_is_written() THEN
        PERFORM public.refuse_other_batch(TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    guard record;
BEGIN
    FOR guard IN
        SELECT name, 'INSERT' AS power, 'only_with_seq' AS function
        FROM unnest(ARRAY['idempotency', 'feed', 'bank_references', 'trades', 'issuances', 'lots', 'lock_papers',
                          'participants',
                          'persons', 'api_keys', 'rulebooks', 'proposals', 'instruments', 'reference_prices',
                          'trading_days', 'agreements', 'order_changes', 'projects', 'project_sites', 'facilities', 'parcel_changes',
                          'registry_requests', 'registry_answers', 'claims', 'claim_ranges', 'releases',
                          'release_ranges', 'obligations', 'budgets', 'budget_entries', 'encumbrances',
                          'encumbered_ranges', 'freed_ranges', 'reversals', 'imports', 'import_rows', 'import_refusals',
                          'import_units']) AS name
        UNION ALL SELECT 'orders', 'INSERT', 'only_with_placed_seq'
        UNION ALL SELECT 'venue', 'INSERT', 'only_with_last_seq'
        UNION ALL SELECT name, 'UPDATE', 'only_with_last_seq'
        FROM unnest(ARRAY['orders', 'proposals', 'agreements', 'instruments', 'venue', 'api_keys',
                          'registry_requests', 'claims', 'claim_ranges', 'releases', 'release_ranges', 'encumbrances',
                          'reversals', 'imports']) AS name
        UNION ALL SELECT 'rules', 'INSERT', 'only_with_a_batch'
    LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER %s ON %I REFERENCING NEW TABLE AS written
                        FOR EACH STATEMENT EXECUTE FUNCTION %I()',
                       'batch_only_' || lower(guard.power), guard.power, guard.name, guard.function);
    END LOOP;
END $$;
