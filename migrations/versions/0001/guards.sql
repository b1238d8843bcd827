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
                                'trades', 'order_changes', 'reference_prices', 'trading_days', 'rulebooks', 'rules', 'projects',
                                'project_sites', 'facilities', 'parcel_changes', 'registry_answers', 'obligations',
                                'budgets', 'budget_entries', 'encumbered_ranges', 'freed_ranges', 'lock_papers',
                                'import_rows', 'import_refusals', 'import_units']
    LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    END LOOP;
END $$;

-- An idempotency key stays as it is for ever; all that may change is that its answer is emptied.
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON idempotency
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_emptied BEFORE UPDATE ON idempotency FOR EACH ROW
    WHEN (NEW.body IS NOT NULL OR OLD.scope IS DISTINCT FROM NEW.scope
          OR OLD.idempotency_key IS DISTINCT FROM NEW.idempotency_key OR OLD.seq IS DISTINCT FROM NEW.seq
          OR OLD.at_us IS DISTINCT FROM NEW.at_us OR OLD.body_hash IS DISTINCT FROM NEW.body_hash)
    EXECUTE FUNCTION refuse_change();

-- A secret belongs to one key, whoever's it is and even when it is revoked.
ALTER TABLE api_keys ADD CONSTRAINT api_keys_secret_once UNIQUE (secret_hash);

-- So does a key pair: one private key in the hands of two persons would be both of the two who agree to something.
CREATE UNIQUE INDEX api_keys_public_key_once ON api_keys (public_key) WHERE public_key <> '';

-- The steps that units can take are the migration's own.
CREATE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON parcel_transitions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Of what a row says when it is written some columns change later, in one direction, and all others stay: above all for
-- which purpose and by whom units were claimed.
CREATE FUNCTION only_these_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - TG_ARGV <> to_jsonb(NEW) - TG_ARGV THEN
        RAISE EXCEPTION '% stays as it was written, but for %', TG_TABLE_NAME, TG_ARGV USING ERRCODE = 'EX004';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION only_these_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT format('%s>%s', OLD.status, NEW.status) = ANY (TG_ARGV) THEN
        RAISE EXCEPTION 'status % of % is not followed by %', OLD.status, TG_TABLE_NAME, NEW.status
            USING ERRCODE = 'EX004';
    END IF;
    RETURN NEW;
END $$;

DO $$
DECLARE
    guard record;
BEGIN
    FOR guard IN SELECT * FROM (VALUES
        ('proposals', ARRAY['status', 'decided_by', 'reject_reason', 'last_seq', 'last_at_us'], ARRAY['1>2', '1>3']),
        ('claims', ARRAY['status', 'quantity', 'covers', 'day', 'revoke_reason', 'fulfilled_seq', 'revoked_seq',
                         'last_seq', 'last_at_us'], ARRAY['1>2', '1>4', '2>3', '2>4', '3>5']),
        ('claim_ranges', ARRAY['status', 'last_seq'], ARRAY['1>2', '1>3']),
        ('releases', ARRAY['status', 'callable_until_us', 'leaves_at_us', 'gone', 'last_seq', 'last_at_us'],
                     ARRAY['1>2', '1>5', '2>3', '2>5', '3>4', '3>5']),
        ('release_ranges', ARRAY['status', 'last_seq'], ARRAY['1>2', '1>3']),
        ('registry_requests', ARRAY['status', 'receipt', 'message', 'last_seq', 'last_at_us'],
                              ARRAY['1>2', '1>3', '1>4', '2>3', '2>4']),
        ('encumbrances', ARRAY['lifted_seq', 'lifted_at_us', 'last_seq'], NULL),
        ('reversals', ARRAY['replaced', 'withdrawn_seq', 'withdrawn_at_us', 'withdrawal_reason', 'last_seq',
                            'last_at_us'], NULL),
        ('imports', ARRAY['staged', 'committed_seq', 'committed_at_us', 'last_seq'], NULL),
        ('api_keys', ARRAY['expires_at_us', 'replaced_by', 'revoked_seq', 'revoked_at_us', 'last_seq'], NULL),
        ('venue', ARRAY['trading_day', 'is_open', 'halt_reason', 'last_seq'], NULL)
    ) AS guards (name, columns, steps)
    LOOP
        EXECUTE format('CREATE TRIGGER only_these_change BEFORE UPDATE ON %I FOR EACH ROW
                        EXECUTE FUNCTION only_these_change(%s)', guard.name,
                       (SELECT string_agg(quote_literal(c), ', ') FROM unnest(guard.columns) c));
        IF guard.steps IS NOT NULL THEN
            EXECUTE format('CREATE TRIGGER only_these_steps BEFORE UPDATE ON %I FOR EACH ROW
                            WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION only_these_steps(%s)', guard.name,
                           (SELECT string_agg(quote_literal(s), ', ') FROM unnest(guard.steps) s));
        END IF;
        EXECUTE format('CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', guard.name);
    END LOOP;
END $$;

-- An encumbrance is lifted once, an import committed once, a loss withdrawn once, a proposal decided once, a key revoked
-- and replaced once, and what was staged only grows. What is replaced follows its claims, of which one may be revoked
-- (reversals_replaced_as_owed). A key's end only comes nearer.
CREATE TRIGGER only_once BEFORE UPDATE ON encumbrances FOR EACH ROW
    WHEN (OLD.lifted_seq IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_once BEFORE UPDATE ON imports FOR EACH ROW
    WHEN (OLD.committed_seq IS NOT NULL OR NEW.staged < OLD.staged) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_once BEFORE UPDATE ON reversals FOR EACH ROW
    WHEN (OLD.withdrawn_seq IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_second_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'proposal % was decided before: proposals_decided_once', OLD.proposal_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'proposals_decided_once', TABLE = 'proposals';
END $$;
CREATE TRIGGER only_once BEFORE UPDATE ON proposals FOR EACH ROW
    WHEN (OLD.status <> 1) EXECUTE FUNCTION refuse_second_decision();
CREATE TRIGGER only_once BEFORE UPDATE ON api_keys FOR EACH ROW
    WHEN (OLD.revoked_seq IS NOT NULL OR OLD.replaced_by <> coalesce(NEW.replaced_by, 0)
          OR OLD.expires_at_us < coalesce(NEW.expires_at_us, OLD.expires_at_us + 1))
    EXECUTE FUNCTION refuse_change();

-- Some tables follow from others: balances from postings, coverage from parcels, and so on. They change in those tables'
-- triggers and nowhere else.
CREATE FUNCTION refuse_direct_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only changed by its triggers', TG_TABLE_NAME USING ERRCODE = 'EX004';
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['balances', 'lot_coverage', 'account_units', 'standings', 'serial_spaces', 'serial_wordings',
                                'monitoring_periods', 'period_sites']
    LOOP
        EXECUTE format('CREATE TRIGGER only_by_triggers BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT
                        WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_direct_change()', name);
        EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_direct_change()', name);
    END LOOP;
END $$;

-- A truncated table fires no DELETE trigger, so coverage would be left wrong; parcels are never updated, only replaced.
CREATE TRIGGER only_replaced BEFORE UPDATE OR TRUNCATE ON parcels
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
