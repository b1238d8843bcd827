-- The journal and what is written with every batch of it.
--
-- Gaps in the journal are impossible: the writer's transaction moves the one row of `leader` from (epoch, seq, head) to
-- (epoch, seq + n, new head) and inserts exactly the n entries between; if the row does not stand where the batch
-- continues, nothing is written at all. Entries cannot be taken out again, because journal is append-only, and nothing can
-- be added to them later (batches.sql).

CREATE TABLE leader (
    one         boolean PRIMARY KEY DEFAULT true CONSTRAINT leader_has_one_row CHECK (one),
    epoch       bigint  NOT NULL,
    seq         bigint  NOT NULL CONSTRAINT leader_seq_not_negative CHECK (seq >= 0),
    head        bytea   NOT NULL CONSTRAINT leader_head_is_sha256 CHECK (octet_length(head) = 32),
    backend_pid integer,
    batch_first bigint  NOT NULL DEFAULT 1
) WITH (fillfactor = 10);  -- changed by every batch, so its dead versions should be few
INSERT INTO leader (epoch, seq, head) VALUES (0, 0, sha256('carbon-exchange journal v1'));

CREATE TABLE journal (
    seq    bigint PRIMARY KEY CONSTRAINT journal_seq_positive CHECK (seq > 0),
    epoch  bigint NOT NULL,
    at_us  bigint NOT NULL,
    leaf   bytea  NOT NULL,
    head   bytea  NOT NULL CONSTRAINT journal_head_is_sha256 CHECK (octet_length(head) = 32),
    events bytea  NOT NULL
);
-- Hashes and packed integers do not compress, so nobody should spend time on trying.
ALTER TABLE journal ALTER COLUMN leaf SET STORAGE EXTERNAL, ALTER COLUMN events SET STORAGE EXTERNAL;

-- The key stays for ever; the answer's columns are emptied after 90 days by purge_answers().
CREATE TABLE idempotency (
    scope           bigint   NOT NULL,
    idempotency_key text     NOT NULL CONSTRAINT idempotency_key_length CHECK (char_length(idempotency_key) <= 255),
    seq             bigint   NOT NULL,
    at_us           bigint   NOT NULL,
    body_hash       bytea    NOT NULL CONSTRAINT idempotency_body_hash_is_sha256 CHECK (octet_length(body_hash) = 32),
    status          smallint,
    content_type    text,
    language        text,
    body            bytea,
    PRIMARY KEY (scope, idempotency_key),
    CONSTRAINT idempotency_answer_whole_or_gone CHECK (
        num_nonnulls(status, content_type, language, body) IN (0, 4))
);
ALTER TABLE idempotency ALTER COLUMN body SET STORAGE EXTERNAL;
-- What still has its answer, oldest first: a purged row leaves this index.
CREATE INDEX idempotency_answered ON idempotency (at_us) WHERE body IS NOT NULL;

CREATE TABLE quarantine (
    command_hash bytea PRIMARY KEY CONSTRAINT quarantine_hash_is_sha256 CHECK (octet_length(command_hash) = 32),
    command      bytea NOT NULL,
    why          text  NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);

-- Which entries concern which participant: the participant's own gap-free event feed. One of the staff has a feed too, of
-- the own commands that were refused, under the person's id: ids of persons and participants never coincide.
CREATE TABLE feed (
    participant_id bigint NOT NULL CONSTRAINT feed_of_a_participant CHECK (participant_id > 0),
    seq            bigint NOT NULL,
    PRIMARY KEY (participant_id, seq)
);

-- The writer calls this when the leader row is not where its batch continues, so the whole statement fails.
CREATE FUNCTION refuse_stale_leader() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'another writer leads, or the journal does not end where this batch begins'
        USING ERRCODE = 'EX001';
END $$;

-- The writer calls this when a row that its batch changes is not there.
CREATE FUNCTION refuse_missing_row() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row that the batch changes is not there' USING ERRCODE = 'EX005';
END $$;

-- The writer calls this when its commits would not wait for the disk.
CREATE FUNCTION refuse_careless_commit() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'synchronous_commit is off in the session of the writer' USING ERRCODE = 'EX006';
END $$;

-- The first entry at or after an instant (a seq past the end when there is none). Times never fall from one entry to the
-- next, so some thirty look-ups in the primary key find it and no index on the time is needed.
CREATE FUNCTION first_seq_at(wanted_us bigint) RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    low    bigint := 1;
    high   bigint := 1 + coalesce((SELECT max(seq) FROM public.journal), 0);
    middle bigint;
BEGIN
    WHILE low < high LOOP
        middle := (low + high) / 2;
        IF (SELECT at_us FROM public.journal WHERE seq = middle) < wanted_us THEN
            low := middle + 1;
        ELSE
            high := middle;
        END IF;
    END LOOP;
    RETURN low;
END $$;

-- Empties up to at_most answers that were given before an instant and says how many it emptied. Answers are promised for
-- 90 days, so a later instant is refused, by the database's own clock.
CREATE FUNCTION purge_answers(before_us bigint, at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    emptied integer;
BEGIN
    IF before_us > (extract(epoch FROM now() - interval '90 days') * 1000000)::bigint THEN
        RAISE EXCEPTION 'answers are kept for 90 days' USING ERRCODE = 'EX008';
    END IF;
    UPDATE public.idempotency i
    SET status = NULL, content_type = NULL, language = NULL, body = NULL
    FROM (SELECT scope, idempotency_key FROM public.idempotency
          WHERE body IS NOT NULL AND at_us < before_us ORDER BY at_us LIMIT at_most) old
    WHERE i.scope = old.scope AND i.idempotency_key = old.idempotency_key;
    GET DIAGNOSTICS emptied = ROW_COUNT;
    RETURN emptied;
END $$;
