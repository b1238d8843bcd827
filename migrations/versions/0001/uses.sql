-- What becomes of units in the end: claims, releases to the national market, and the budgets of the leagues.

-- One use of units for one purpose. purpose: 1 NATIONAL_SURRENDER, 2 NEW_PROJECT_OFFSET, 3 EVENT_NEUTRALITY, 4 VOLUNTARY,
-- 5 ECO_COMPENSATION, 6 INTER_PROVINCE, 7 FORCED, 8 CONVERSION. status: 1 PROPOSED, 2 PENDING, 3 FULFILLED, 4 ENDED,
-- 5 REVOKED. facility and beneficiary are facility_code and beneficiary_code folded ('' for none). chosen is how many tonnes were chosen, quantity how many of
-- them were really used up, covers what these stand for by ratio: how many millionths of a tonne rule DIFF-LOW or DIFF-HIGH
-- asked for one when the use was proposed. What is left of a tonne is lost, once. reversal_id: what they replace, of the
-- firm's own accord (4) or by order (7).
CREATE TABLE claims (
    claim_id         bigint   PRIMARY KEY,
    proposal_id      bigint,
    participant_id   bigint   NOT NULL,
    purpose          smallint NOT NULL CONSTRAINT claims_purpose_known CHECK (purpose BETWEEN 1 AND 8),
    beneficiary_en   text     NOT NULL,
    beneficiary_zh   text     NOT NULL,
    beneficiary_code text     NOT NULL,
    beneficiary      text     NOT NULL,
    facility_code    text     NOT NULL,
    facility         text     NOT NULL,
    year             integer  NOT NULL,
    project          text     NOT NULL,
    intensity        smallint NOT NULL,
    neutrality       smallint NOT NULL,
    event            text     NOT NULL,
    event_day        integer  NOT NULL,
    province         text     NOT NULL,
    league           smallint NOT NULL,
    chosen           bigint   NOT NULL,
    quantity         bigint   NOT NULL,
    ratio            bigint   NOT NULL,
    covers           bigint   NOT NULL,
    reversal_id      bigint,
    status           smallint NOT NULL CONSTRAINT claims_status_known CHECK (status BETWEEN 1 AND 5),
    day              integer,
    revoke_reason    text,
    seq              bigint   NOT NULL,
    at_us            bigint   NOT NULL,
    fulfilled_seq    bigint,
    revoked_seq      bigint,
    last_seq         bigint   NOT NULL,
    last_at_us       bigint   NOT NULL,
    CONSTRAINT claims_named CHECK (
        (facility_code = '' OR is_name(facility_code)) AND facility = folded_number(facility_code)
        AND (beneficiary_code = '' OR is_name(beneficiary_code)) AND beneficiary = folded(beneficiary_code)),
    CONSTRAINT claims_add_up CHECK (0 < quantity AND quantity <= chosen),
    CONSTRAINT claims_cover_by_their_ratio CHECK (covers = div(quantity::numeric * 1000000, nullif(ratio, 0))),
    -- Asked of what was chosen: where its registry refuses a part, what is left may be too little for a whole tonne.
    CONSTRAINT claims_cover_something CHECK (div(chosen::numeric * 1000000, nullif(ratio, 0)) > 0),
    CONSTRAINT claims_ratio_of_a_new_project CHECK (ratio >= 1000000 AND (ratio = 1000000 OR intensity IN (1, 2))),
    CONSTRAINT claims_fulfilled_on_a_day CHECK (
        (status IN (3, 5)) = (fulfilled_seq IS NOT NULL) AND (day IS NULL) = (fulfilled_seq IS NULL)),
    CONSTRAINT claims_revoked_for_a_reason CHECK (
        (status = 5) = (revoked_seq IS NOT NULL) AND (revoke_reason IS NULL) = (revoked_seq IS NULL)),
    -- By last_seq the budgets are asked what such an entry has to book, so it cannot be another entry of the batch.
    CONSTRAINT claims_ended_in_their_entry CHECK (
        (status <> 3 OR fulfilled_seq = last_seq) AND (status <> 5 OR revoked_seq = last_seq)),
    CONSTRAINT claims_for_a_facility CHECK (
        purpose > 2 OR (facility <> '' AND year > 0 AND beneficiary <> '')),
    CONSTRAINT claims_forced_by_a_reversal CHECK (purpose <> 7 OR (reversal_id IS NOT NULL AND proposal_id IS NULL)),
    CONSTRAINT claims_replacing_by_order_or_freely CHECK (reversal_id IS NULL OR purpose IN (4, 7))
);
CREATE INDEX claims_by_participant ON claims (participant_id, claim_id);
CREATE INDEX claims_by_facility ON claims (facility, year) WHERE facility <> '';
CREATE INDEX claims_by_reversal ON claims (reversal_id) WHERE reversal_id IS NOT NULL;

-- Guard 4: one tonne, one claim. status: 1 CHOSEN, 2 GONE, 3 FREED. What is freed serves no claim and can serve another.
CREATE TABLE claim_ranges (
    claim_id bigint   NOT NULL REFERENCES claims (claim_id),
    lot_id   bigint   NOT NULL REFERENCES lots (lot_id),
    lo       bigint   NOT NULL,
    hi       bigint   NOT NULL,
    status   smallint NOT NULL CONSTRAINT claim_ranges_status_known CHECK (status BETWEEN 1 AND 3),
    seq      bigint   NOT NULL,
    last_seq bigint   NOT NULL,
    PRIMARY KEY (claim_id, lot_id, lo),
    CONSTRAINT claim_ranges_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT claim_ranges_one_claim_a_tonne EXCLUDE USING gist (
        (int8range(lot_id, lot_id, '[]')) WITH &&, (int8range(lo, hi)) WITH &&)
        WHERE (status < 3) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX claim_ranges_by_lot ON claim_ranges (lot_id, lo);

-- Guard 3, on the buyer's side: a covered facility answers for its year in the national market, and quota (family 2) that
-- is used for it would be paid for twice; unless a rulebook has a basis for it (rule ETS-BUYER is not 0). A firm that has one
-- names no facility that is not known as its own, since that may be the same one. And a known facility is used for by its
-- own firm, with whatever units: nobody else may use its share up, or pass it off as not covered. And in its own league, on
-- whose account the tonnes would count (0 says none). Asked when the serials are chosen and once more when the use is
-- approved, by what was known before that entry.
CREATE FUNCTION refuse_buyer(wanted bigint, before_seq bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    SELECT CASE WHEN law.holds AND public.is_covered(c.facility, c.year, before_seq) THEN 'claim_ranges_buyer_not_covered'
                WHEN c.beneficiary <> (SELECT f.firm FROM public.facilities f
                                       WHERE f.facility = c.facility AND f.seq < before_seq ORDER BY f.seq DESC LIMIT 1)
                     OR (law.holds AND public.is_hidden(c.facility, c.beneficiary, c.year, before_seq))
                THEN 'claim_ranges_facility_is_known'
                WHEN c.league <> 0 AND (SELECT f.league FROM public.facilities f
                                        WHERE f.facility = c.facility AND f.seq < before_seq
                                        ORDER BY f.seq DESC LIMIT 1) NOT IN (0, c.league)
                THEN 'claim_ranges_facility_of_the_league' END
    INTO wrong FROM public.claims c CROSS JOIN LATERAL (SELECT
        NOT EXISTS (
            SELECT FROM public.rules WHERE rule = 'ETS-BUYER' AND value <> 0 AND version = (
                SELECT version FROM public.rulebooks b WHERE b.seq < before_seq ORDER BY b.seq DESC LIMIT 1))
        AND EXISTS (
            SELECT FROM public.claim_ranges r WHERE r.claim_id = c.claim_id
            AND (SELECT p.family FROM public.projects p WHERE p.project_id = public.project_of(r.lot_id)) = 2) AS holds) law
    WHERE c.claim_id = wanted AND c.facility <> '';
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'units are used for a facility that they cannot serve: %', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = wrong, TABLE = 'claim_ranges';
    END IF;
END $$;

CREATE FUNCTION refuse_covered_buyer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    PERFORM public.refuse_buyer(c.claim_id, c.seq) FROM public.claims c
    WHERE c.claim_id IN (SELECT claim_id FROM chosen) AND c.facility <> '';
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_covered_buyer AFTER INSERT ON claim_ranges
    REFERENCING NEW TABLE AS chosen FOR EACH STATEMENT EXECUTE FUNCTION refuse_covered_buyer();

CREATE FUNCTION refuse_buyer_covered_since() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    PERFORM public.refuse_buyer(NEW.claim_id, NEW.last_seq);
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_buyer_covered_since AFTER UPDATE ON claims
    FOR EACH ROW WHEN (OLD.status = 1 AND NEW.status = 2 AND NEW.facility <> '')
    EXECUTE FUNCTION refuse_buyer_covered_since();

-- Looked at when the transaction commits: a fulfilled claim has as many tonnes as its ranges that are gone, and these stand
-- where nothing leaves; what was cancelled to be issued again as quota, the registry has cancelled (10).
CREATE FUNCTION refuse_unspent_claim() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen bigint;
    spent  bigint;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    SELECT coalesce(sum(r.hi - r.lo), 0),
           coalesce(sum((SELECT sum(least(s.hi, r.hi) - greatest(s.lo, r.lo)) FROM public.standings s
                         WHERE int8range(s.lot_id, s.lot_id, '[]') && int8range(r.lot_id, r.lot_id, '[]')
                           AND int8range(s.lo, s.hi) && int8range(r.lo, r.hi)
                           AND s.state >= 9 AND (s.state = 10 OR NEW.purpose <> 8))), 0)
    INTO chosen, spent FROM public.claim_ranges r WHERE r.claim_id = NEW.claim_id AND r.status = 2;
    IF chosen <> NEW.quantity OR spent <> NEW.quantity THEN
        RAISE EXCEPTION 'claim % is of % t, has % t that are gone, and % t of them are used up: claims_of_spent_units',
            NEW.claim_id, NEW.quantity, chosen, spent
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claims_of_spent_units', TABLE = 'claims';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_unspent_claim AFTER INSERT OR UPDATE ON claims
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status IN (3, 5)) EXECUTE FUNCTION refuse_unspent_claim();

-- Units on their way to the national market. status: 1 PROPOSED, 2 COOLING, 3 SENT, 4 DONE, 5 ENDED; left is how many
-- tonnes have gone.
CREATE TABLE releases (
    release_id        bigint   PRIMARY KEY,
    proposal_id       bigint   NOT NULL,
    participant_id    bigint   NOT NULL,
    quantity          bigint   NOT NULL,
    national_account  text     NOT NULL,
    status            smallint NOT NULL CONSTRAINT releases_status_known CHECK (status BETWEEN 1 AND 5),
    callable_until_us bigint,
    leaves_at_us      bigint,
    gone              bigint   NOT NULL,
    seq               bigint   NOT NULL,
    at_us             bigint   NOT NULL,
    last_seq          bigint   NOT NULL,
    last_at_us        bigint   NOT NULL,
    CONSTRAINT releases_add_up CHECK (0 < quantity AND 0 <= gone AND gone <= quantity),
    CONSTRAINT releases_done_when_something_is_gone CHECK ((status = 4) = (gone > 0))
);
CREATE INDEX releases_by_participant ON releases (participant_id, release_id);

-- status as in claim_ranges. What is gone may come back by a new lock and be released again.
CREATE TABLE release_ranges (
    release_id bigint   NOT NULL REFERENCES releases (release_id),
    lot_id     bigint   NOT NULL REFERENCES lots (lot_id),
    lo         bigint   NOT NULL,
    hi         bigint   NOT NULL,
    status     smallint NOT NULL CONSTRAINT release_ranges_status_known CHECK (status BETWEEN 1 AND 3),
    seq        bigint   NOT NULL,
    last_seq   bigint   NOT NULL,
    PRIMARY KEY (release_id, lot_id, lo),
    CONSTRAINT release_ranges_range CHECK (1 <= lo AND lo < hi),
    CONSTRAINT release_ranges_one_release_at_a_time EXCLUDE USING gist (
        (int8range(lot_id, lot_id, '[]')) WITH &&, (int8range(lo, hi)) WITH &&)
        WHERE (status = 1) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX release_ranges_by_lot ON release_ranges (lot_id, lo);

-- The national market knows what its registry keeps (family 1, FORESTRY_CCER), and nothing else.
CREATE FUNCTION refuse_regional_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (
        SELECT FROM chosen r JOIN public.lots l ON l.lot_id = r.lot_id
        JOIN public.issuances i ON i.issuance_id = l.issuance_id
        JOIN public.projects p ON p.project_id = i.project_id WHERE p.family <> 1)
    THEN
        RAISE EXCEPTION 'units of no national registry are released: release_ranges_of_national_units'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'release_ranges_of_national_units', TABLE = 'release_ranges';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_regional_release AFTER INSERT ON release_ranges
    REFERENCING NEW TABLE AS chosen FOR EACH STATEMENT EXECUTE FUNCTION refuse_regional_release();

-- What the regulator says; of rows that say something of the same the last one counts. league 0 is the region.
CREATE TABLE obligations (
    facility      text    NOT NULL,
    year          integer NOT NULL,
    seq           bigint  NOT NULL,
    at_us         bigint  NOT NULL,
    facility_code text    NOT NULL,
    due           bigint  NOT NULL CONSTRAINT obligations_not_negative CHECK (due >= 0),
    PRIMARY KEY (facility, year, seq),
    CONSTRAINT obligations_named CHECK (is_name(facility_code) AND facility = folded_number(facility_code))
);

CREATE TABLE budgets (
    league     smallint NOT NULL CONSTRAINT budgets_of_a_league CHECK (league BETWEEN 0 AND 12),
    first_year integer  NOT NULL,
    last_year  integer  NOT NULL,
    seq        bigint   NOT NULL,
    at_us      bigint   NOT NULL,
    planned    bigint   NOT NULL CONSTRAINT budgets_not_negative CHECK (planned >= 0),
    PRIMARY KEY (league, first_year, last_year, seq),
    CONSTRAINT budgets_of_a_year_or_five CHECK (last_year - first_year IN (0, 4))
);

-- Corresponding adjustments: quantity goes off the account of the league that made the tonnes (source) and counts where they
-- are used: in another league, or in none (0) and a province, or in none and '' for the national market. subject is the
-- claim, the release or the lock of what came back behind it; a negative quantity takes an earlier one back.
CREATE TABLE budget_entries (
    seq      bigint   NOT NULL,
    n        integer  NOT NULL,
    at_us    bigint   NOT NULL,
    source   smallint NOT NULL CONSTRAINT budget_entries_of_a_league CHECK (source BETWEEN 1 AND 12),
    used_in  smallint NOT NULL CONSTRAINT budget_entries_in_a_league CHECK (used_in BETWEEN 0 AND 12),
    province text     NOT NULL,
    year     integer  NOT NULL,
    quantity bigint   NOT NULL CONSTRAINT budget_entries_of_something CHECK (quantity <> 0),
    subject  bigint   NOT NULL,
    PRIMARY KEY (seq, n),
    CONSTRAINT budget_entries_between_two CHECK (source <> used_in AND (province = '' OR used_in = 0))
);
CREATE INDEX budget_entries_by_source ON budget_entries (source, year, seq, n);
CREATE INDEX budget_entries_by_subject ON budget_entries (subject, seq, n);
