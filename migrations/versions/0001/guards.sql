-- What nobody may do, the owner of the tables included. Whoever has to mend something drops the trigger first, which is
-- seen; the service's role cannot even try, because it is not granted the right (exchange/store/rights.py).

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'EX004';
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['journal', 'feed', 'postings', 'bank_references', 'issuances', 'lots', 'movements',
                                'trades', 'order_changes', 'reference_prices', 'rulebooks', 'rules']
    LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    END LOOP;
END $$;

-- An idempotency key stays as it is for ever; all that may change is that its answer is emptied.
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON idempotency
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_emptied BEFORE UPDATE ON idempotency FOR EACH ROW
    WHEN (NEW.body IS NOT NULL OR (OLD.scope, OLD.idempotency_key, OLD.seq, OLD.at_us, OLD.body_hash)
          IS DISTINCT FROM (NEW.scope, NEW.idempotency_key, NEW.seq, NEW.at_us, NEW.body_hash))
    EXECUTE FUNCTION refuse_change();

-- A secret belongs to one key, whoever's it is and even when it is revoked.
ALTER TABLE api_keys ADD CONSTRAINT api_keys_secret_once UNIQUE (secret_hash);

-- Balances, coverage and the names of serial spaces follow from postings, parcels and issuances; they change in those
-- tables' triggers and nowhere else.
CREATE FUNCTION refuse_direct_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only changed by its triggers', TG_TABLE_NAME USING ERRCODE = 'EX004';
END $$;
CREATE TRIGGER only_by_postings BEFORE INSERT OR UPDATE OR DELETE ON balances
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_direct_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON balances
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_direct_change();
CREATE TRIGGER only_by_parcels BEFORE INSERT OR UPDATE OR DELETE ON lot_coverage
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_direct_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON lot_coverage
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_direct_change();
CREATE TRIGGER only_by_issuances BEFORE INSERT OR UPDATE OR DELETE ON serial_spaces
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_direct_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON serial_spaces
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_direct_change();
-- A truncated table fires no DELETE trigger, so coverage would be left wrong; parcels are never updated, only replaced.
CREATE TRIGGER only_replaced BEFORE UPDATE OR TRUNCATE ON parcels
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
