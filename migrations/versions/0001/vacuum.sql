-- Vacuum visits each new page of a table once. By default it waits until a fifth of the table is new, and that is gigabytes
-- of an old journal at once, written into the log as well: the commits of seconds wait behind it. So it comes as soon as
-- there is a little to do, while the pages are still in memory and in the log of the same checkpoint.
--
-- Behind vacuum comes analyze, which reads 300 pages at random for each unit of a column's statistics target: 30,000
-- pages of each of these tables, all from the disk once they are larger than the memory, and commits share that disk.
-- What these tables are asked is found by their keys, so a twentieth of the sample is as good.
DO $$
DECLARE
    name text;
    of_column text;
BEGIN
    FOREACH name IN ARRAY ARRAY['journal', 'idempotency', 'feed', 'postings', 'movements', 'orders', 'trades',
                                'order_changes', 'refusals', 'issuances', 'lots', 'parcel_changes', 'registry_answers',
                                'claim_ranges', 'encumbered_ranges', 'freed_ranges', 'lock_papers', 'import_rows']
    LOOP
        EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_scale_factor = 0,
                        autovacuum_vacuum_insert_threshold = 20000)', name);
        FOR of_column IN SELECT attname FROM pg_attribute
                          WHERE attrelid = name::regclass AND attnum > 0 AND NOT attisdropped
        LOOP
            EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET STATISTICS 5', name, of_column);
        END LOOP;
    END LOOP;
END $$;
