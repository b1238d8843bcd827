-- Vacuum visits each new page of a table once. By default it waits until a fifth of the table is new, and that is gigabytes
-- of an old journal at once, written into the log as well: the commits of seconds wait behind it. So it comes as soon as
-- there is a little to do, while the pages are still in memory and in the log of the same checkpoint.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['journal', 'idempotency', 'feed', 'postings', 'movements', 'orders', 'trades',
                                'order_changes', 'refusals', 'issuances', 'lots', 'parcel_changes', 'registry_answers',
                                'claim_ranges', 'encumbered_ranges', 'import_rows']
    LOOP
        EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_scale_factor = 0,
                        autovacuum_vacuum_insert_threshold = 20000)', name);
    END LOOP;
END $$;
