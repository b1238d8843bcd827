-- What supervisors look for beside the trades: commands that were refused, trades that were agreed, and who of the
-- staff has read what of others.

-- Every command that was sequenced and refused. scope is the participant whose person gave it, or the person itself
-- when it was one of the staff; command is the name of its type, with that of the action for a proposal.
CREATE TABLE refusals (
    seq       bigint   PRIMARY KEY,
    at_us     bigint   NOT NULL,
    scope     bigint   NOT NULL,
    person_id bigint   NOT NULL,
    key_id    bigint   NOT NULL,
    command   text     NOT NULL,
    reason    smallint NOT NULL CONSTRAINT refusals_reason_positive CHECK (reason > 0)
);
CREATE INDEX refusals_by_scope ON refusals (scope, seq);
CREATE INDEX refusals_by_person ON refusals (person_id, seq);
CREATE INDEX refusals_by_reason ON refusals (reason, seq);

-- Settled agreements in the order of their settlement, so that they can be merged with the trades of the books.
CREATE INDEX agreements_settled ON agreements (transaction_id) WHERE transaction_id IS NOT NULL;
CREATE INDEX agreements_settled_by_proposer ON agreements (proposer, transaction_id)
    WHERE transaction_id IS NOT NULL;
CREATE INDEX agreements_settled_by_counterparty ON agreements (counterparty, transaction_id)
    WHERE transaction_id IS NOT NULL;

-- A read of the staff that shows what is others', written before the first byte of its answer leaves. row_count is NULL
-- for a download, whose rows are counted while they go: downloads_ended has them. Reads change nothing in the market, so
-- they are not in the journal and nothing can be derived from them again.
--
-- The service's role can neither choose read_id nor touch its sequence (exchange/store/rights.py): numbers that are taken
-- in advance would stand in the way of later reads. Instants are those that a calendar can show.
CREATE TABLE reads (
    read_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_us     bigint NOT NULL CONSTRAINT reads_at_an_instant CHECK (at_us BETWEEN 0 AND 253402300799999999),
    person_id bigint NOT NULL CONSTRAINT reads_by_somebody CHECK (person_id > 0),
    key_id    bigint NOT NULL CONSTRAINT reads_with_a_key CHECK (key_id > 0),
    operation text   NOT NULL,
    asked     text   NOT NULL,
    form      text   NOT NULL CONSTRAINT reads_form_known CHECK (form IN ('json', 'csv')),
    row_count bigint CONSTRAINT reads_rows_not_negative CHECK (row_count >= 0),
    as_of_seq bigint NOT NULL CONSTRAINT reads_of_a_state CHECK (as_of_seq >= 0),
    CONSTRAINT reads_json_is_counted CHECK ((form = 'csv') = (row_count IS NULL))
);
CREATE INDEX reads_in_time ON reads (at_us, read_id);
CREATE INDEX reads_by_person ON reads (person_id, at_us, read_id);

-- How a download ended: complete, or broken off after so many rows. One without a row here is still going, or its
-- process ended.
CREATE TABLE downloads_ended (
    read_id   bigint  PRIMARY KEY REFERENCES reads,
    at_us     bigint  NOT NULL,
    row_count bigint  NOT NULL CONSTRAINT downloads_ended_rows_not_negative CHECK (row_count >= 0),
    complete  boolean NOT NULL,
    CONSTRAINT downloads_ended_at_an_instant CHECK (at_us BETWEEN 0 AND 253402300799999999)
);

-- An end belongs to a download, and comes after its beginning.
CREATE FUNCTION only_after_its_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.reads r
                   WHERE r.read_id = NEW.read_id AND r.form = 'csv' AND r.at_us <= NEW.at_us)
    THEN
        RAISE EXCEPTION 'read % is no download that began before this', NEW.read_id USING ERRCODE = 'EX004';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER only_after_its_read AFTER INSERT ON downloads_ended
    FOR EACH ROW EXECUTE FUNCTION only_after_its_read();

CREATE TRIGGER batch_only_insert AFTER INSERT ON refusals REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION only_with_seq();

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['refusals', 'reads', 'downloads_ended']
    LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    END LOOP;
END $$;
