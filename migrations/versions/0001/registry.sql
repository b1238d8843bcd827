-- What was asked of the national registry, and what it said. A request is written in the transaction of its entry and
-- leaves for the registry afterwards, as often as it takes: this table is the outbox.

-- kind: 1 LOCK, 2 RELEASE, 3 CANCEL. status: 1 OPEN, 2 SILENT (no answer in time, still to be answered), 3 CONFIRMED,
-- 4 REFUSED. subject is the claim or the release that it is for, and NULL for a lock; account the national account that a
-- release goes to, '' of all others. The reference is the venue's short code, the entry and the number of the request in
-- it (the two parts of request_id), and eight digits of the instant and of what is asked for: a venue that is put back from
-- a backup counts its entries anew, and no old word of the registry shall fit a new request.
CREATE TABLE registry_requests (
    request_id   bigint   PRIMARY KEY,
    kind         smallint NOT NULL CONSTRAINT registry_requests_kind_known CHECK (kind BETWEEN 1 AND 3),
    lot_id       bigint   NOT NULL REFERENCES lots (lot_id),
    owner        bigint   NOT NULL,
    lo           bigint   NOT NULL,
    hi           bigint   NOT NULL,
    account      text     NOT NULL,
    reference    text     NOT NULL CONSTRAINT registry_requests_reference_once UNIQUE,
    subject      bigint,
    answer_by_us bigint   NOT NULL,
    status       smallint NOT NULL CONSTRAINT registry_requests_status_known CHECK (status BETWEEN 1 AND 4),
    receipt      text     NOT NULL,
    message      text     NOT NULL,
    seq          bigint   NOT NULL,
    at_us        bigint   NOT NULL,
    last_seq     bigint   NOT NULL,
    last_at_us   bigint   NOT NULL,
    CONSTRAINT registry_requests_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT registry_requests_account_of_a_release CHECK ((kind = 2) = (account <> '')),
    CONSTRAINT registry_requests_reference_of_its_own CHECK (
        reference ~ ('^[0-9A-Za-z-]{1,13}-req-' || (request_id / 1048577)::text || '-' || (request_id % 1048577)::text
                     || '-[0-9A-F]{8}$')),
    CONSTRAINT registry_requests_for_answers UNIQUE (request_id, kind, account, lo, hi),
    CONSTRAINT registry_requests_confirmed_by_receipt CHECK (status <> 3 OR receipt <> ''),
    CONSTRAINT registry_requests_one_at_a_time EXCLUDE USING gist (
        (int8range(lot_id, lot_id, '[]')) WITH &&, (int8range(lo, hi)) WITH &&)
        WHERE (status < 3) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX registry_requests_open ON registry_requests (request_id) WHERE status < 3;
CREATE INDEX registry_requests_by_subject ON registry_requests (subject) WHERE subject IS NOT NULL;
CREATE INDEX registry_requests_by_owner ON registry_requests (owner, request_id);
CREATE INDEX registry_requests_by_lot ON registry_requests (lot_id, request_id);

-- Everything that the registry said. The first answer to a request counts; one that contradicts it is kept beside it. kind,
-- account, lo and hi are what it spoke of: an answer about other serials or another act is none. A receipt vouches for one
-- range: it is signed once and stands on paper once, in whatever spelling and signs (persons type receipts too), and what the
-- national registry has given, be it with a contradiction, stands on no paper afterwards. But what persons have typed from a
-- paper does not keep the registry from signing its own. Whoever refuses on paper, without a signature, gives no receipt;
-- every refusal has a message, which on paper is the reason.
CREATE TABLE registry_answers (
    seq            bigint   PRIMARY KEY,
    at_us          bigint   NOT NULL,
    request_id     bigint   NOT NULL,
    kind           smallint NOT NULL,
    account        text     NOT NULL,
    outcome        smallint NOT NULL CONSTRAINT registry_answers_outcome_known CHECK (outcome IN (1, 2)),
    lo             bigint   NOT NULL,
    hi             bigint   NOT NULL,
    receipt        text     NOT NULL,
    receipt_folded text     NOT NULL,
    message        text     NOT NULL,
    stated_at_us   bigint   NOT NULL,
    signature      bytea    NOT NULL,
    contradicts    boolean  NOT NULL,
    CONSTRAINT registry_answers_about_what_was_asked FOREIGN KEY (request_id, kind, account, lo, hi)
        REFERENCES registry_requests (request_id, kind, account, lo, hi),
    CONSTRAINT registry_answers_receipt_is_a_name CHECK (
        (receipt = '' OR is_name(receipt)) AND receipt_folded = folded_number(receipt)),
    CONSTRAINT registry_answers_refused_for_a_reason CHECK (
        outcome = 1 OR (message <> '' AND (receipt = '' OR signature <> '' OR contradicts)))
);
CREATE UNIQUE INDEX registry_answers_receipt_once ON registry_answers (receipt_folded, (signature = ''))
    WHERE receipt_folded <> '' AND NOT contradicts;
CREATE INDEX registry_answers_receipts_told ON registry_answers (receipt_folded) WHERE receipt_folded <> '' AND contradicts;
CREATE UNIQUE INDEX registry_answers_first_once ON registry_answers (request_id) WHERE NOT contradicts;
CREATE INDEX registry_answers_by_request ON registry_answers (request_id, seq);

-- A registry that has contradicted itself gave a receipt with it, and that is used up: it would else refuse one request,
-- then say that it was done, and let the same paper stand for another. The contradiction itself may come with any receipt.
-- And no paper has the receipt of what the registry has signed before.
CREATE FUNCTION refuse_told_receipts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (
        SELECT FROM said a JOIN public.registry_answers told
        ON told.receipt_folded = a.receipt_folded AND told.contradicts AND told.receipt_folded <> '' AND told.seq < a.seq
        WHERE NOT a.contradicts)
    OR EXISTS (
        SELECT FROM said a JOIN public.registry_answers told
        ON told.receipt_folded = a.receipt_folded AND told.signature <> '' AND told.receipt_folded <> ''
           AND NOT told.contradicts AND told.seq < a.seq
        WHERE a.signature = '' AND NOT a.contradicts)
    THEN
        RAISE EXCEPTION 'the registry has given this receipt before: registry_answers_receipt_untold'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_answers_receipt_untold', TABLE = 'registry_answers';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_told_receipts AFTER INSERT ON registry_answers
    REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION refuse_told_receipts();

-- A request is answered by an answer that stands beside it.
CREATE FUNCTION refuse_unanswered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF NOT EXISTS (SELECT FROM public.registry_answers a WHERE a.request_id = NEW.request_id AND NOT a.contradicts
                   AND a.outcome = NEW.status - 2 AND a.receipt = NEW.receipt)
    THEN
        RAISE EXCEPTION 'nobody has answered request %: registry_requests_answered', NEW.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_requests_answered', TABLE = 'registry_requests';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_unanswered AFTER INSERT OR UPDATE ON registry_requests
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status >= 3) EXECUTE FUNCTION refuse_unanswered();

-- What the national registry keeps (is_national) it answers for itself, with its signature of 64 bytes: that no operator can
-- type. A contradiction of an earlier answer changes nothing, and is kept without one.
CREATE FUNCTION refuse_unsigned() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (
        SELECT FROM said a WHERE NOT a.contradicts AND octet_length(a.signature) <> 64 AND (
            SELECT public.is_national(p.family, p.registry) FROM public.projects p WHERE p.project_id = public.project_of(
                (SELECT r.lot_id FROM public.registry_requests r WHERE r.request_id = a.request_id))))
    THEN
        RAISE EXCEPTION 'the national registry answers for itself: registry_answers_signed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_answers_signed', TABLE = 'registry_answers';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_unsigned AFTER INSERT ON registry_answers
    REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION refuse_unsigned();

-- In what another registry keeps the national one has no say, neither at first nor in contradiction: that ends on paper,
-- without a signature and once. And nobody states anything before being asked or after it was heard, but for the hour by
-- which two clocks may differ (3600000000 microseconds). A paper bears a day and no hour, and stated_at_us is when that
-- began in China, eight hours (28800000000) before the day in Greenwich: at the earliest the one before the day of the
-- request (86400000000 microseconds), which it still is west of China, and none to come.
CREATE FUNCTION refuse_impossible_answers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT CASE
        WHEN EXISTS (
            SELECT FROM said a WHERE (a.contradicts OR a.signature <> '') AND NOT (
                SELECT public.is_national(p.family, p.registry) FROM public.projects p
                WHERE p.project_id = public.project_of(
                    (SELECT r.lot_id FROM public.registry_requests r WHERE r.request_id = a.request_id))))
            THEN 'registry_answers_of_its_own_units'
        WHEN EXISTS (
            SELECT FROM said a JOIN public.registry_requests r ON r.request_id = a.request_id
            WHERE CASE WHEN a.signature = '' AND NOT a.contradicts
                THEN a.stated_at_us NOT BETWEEN
                    r.at_us - (r.at_us + 28800000000) % 86400000000 - 86400000000 AND a.at_us
                ELSE a.stated_at_us NOT BETWEEN r.at_us - 3600000000 AND a.at_us + 3600000000 END)
            THEN 'registry_answers_stated_in_time'
    END INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the national registry cannot have said this: %', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = wrong, TABLE = 'registry_answers';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_impossible_answers AFTER INSERT ON registry_answers
    REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION refuse_impossible_answers();

-- What stands on paper two persons have read: tag 13 (AnswerOnPaper), the proposer, then just this answer, whose day is
-- written in eight digits; the answer is of the instant at which that day began in China. Looked at when the transaction
-- commits, since the approval is of the same entry.
CREATE INDEX proposals_on_paper ON proposals (last_seq) WHERE status = 2 AND substr(action, 1, 2) = '\x000d';

CREATE FUNCTION refuse_unread() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF NOT EXISTS (
        SELECT FROM public.proposals p
        WHERE p.status = 2 AND p.last_seq = NEW.seq AND substr(p.action, 1, 2) = '\x000d'
          AND (NEW.stated_at_us + 28800000000) % 86400000000 = 0
          AND substr(p.action, 11) = int8send(NEW.request_id)
              || int8send(to_char(timestamp '1970-01-01' + (NEW.stated_at_us + 28800000000) / 1000000 * interval '1 second',
                                  'YYYYMMDD')::bigint)
              || int4send(octet_length(NEW.receipt))
              || convert_to(NEW.receipt, 'UTF8') || int2send(NEW.outcome) || int4send(octet_length(NEW.message))
              || convert_to(NEW.message, 'UTF8'))
    THEN
        RAISE EXCEPTION 'no two persons have read this answer: registry_answers_read_by_two'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_answers_read_by_two', TABLE = 'registry_answers';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_unread AFTER INSERT ON registry_answers DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.signature = '' AND NOT NEW.contradicts) EXECUTE FUNCTION refuse_unread();
