-- Double entry. A posting names the account it debits and the account it credits in one row, so each row, each
-- transaction and the whole ledger balance by construction, in every asset and layer.

CREATE TABLE postings (
    seq            bigint   NOT NULL,
    n              integer  NOT NULL CONSTRAINT postings_n_not_negative CHECK (n >= 0),
    transaction_id bigint   NOT NULL,
    layer          smallint NOT NULL CONSTRAINT postings_layer_known CHECK (layer IN (1, 2, 3)),
    debit          bigint   NOT NULL,
    credit         bigint   NOT NULL,
    asset          bigint   NOT NULL CONSTRAINT postings_asset_known CHECK (asset >= 0),
    amount         bigint   NOT NULL CONSTRAINT postings_amount_positive CHECK (amount > 0),
    PRIMARY KEY (seq, n),
    CONSTRAINT postings_between_two_owners CHECK (debit <> credit AND debit <> 0 AND credit <> 0)
);
-- A participant's statement goes by the feed, which names the entries that touch it, so no index on debit and credit is
-- paid for with every posting. The venue's own accounts have no feed; these two serve their statements, without holds.
CREATE INDEX postings_venue_debits ON postings (debit, seq, n) WHERE debit < 0 AND layer = 1;
CREATE INDEX postings_venue_credits ON postings (credit, seq, n) WHERE credit < 0 AND layer = 1;

-- One row an account. Participants have positive ids, the venue's own accounts negative ones.
-- available = credits_posted - debits_posted - debits_pending, and only the venue's own accounts may go below zero.
CREATE TABLE balances (
    owner           bigint NOT NULL CONSTRAINT balances_owner_known CHECK (owner <> 0),
    asset           bigint NOT NULL,
    debits_posted   numeric(38, 0) NOT NULL CONSTRAINT balances_debits_posted_not_negative CHECK (debits_posted >= 0),
    credits_posted  numeric(38, 0) NOT NULL CONSTRAINT balances_credits_posted_not_negative CHECK (credits_posted >= 0),
    debits_pending  numeric(38, 0) NOT NULL CONSTRAINT balances_debits_pending_not_negative CHECK (debits_pending >= 0),
    credits_pending numeric(38, 0) NOT NULL CONSTRAINT balances_credits_pending_not_negative CHECK (credits_pending >= 0),
    PRIMARY KEY (owner, asset),
    CONSTRAINT balances_available_not_negative CHECK (
        owner < 0 OR credits_posted - debits_posted - debits_pending >= 0)
) WITH (fillfactor = 70);

-- A reference of the settlement bank is accepted once for ever, in whatever spelling: reference_folded is what it
-- folds to (names.sql).
CREATE TABLE bank_references (
    bank_reference   text   NOT NULL,
    reference_folded text   NOT NULL CONSTRAINT bank_references_credited_once PRIMARY KEY
                                     CONSTRAINT bank_references_are_names CHECK (
                                         is_name(bank_reference) AND reference_folded = folded_number(bank_reference)),
    participant_id   bigint NOT NULL,
    amount           bigint NOT NULL CONSTRAINT bank_references_amount_positive CHECK (amount > 0),
    seq              bigint NOT NULL
);

-- The only way into balances, and only for entries of the batch that is being written (see batches.sql; a trigger of its own
-- would cost twice as much). layer 1 POST moves an amount for good, 2 HOLD reserves it, 3 RELEASE gives it back. Both
-- questions are one query, because to begin one costs more than to answer it.
CREATE FUNCTION apply_postings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    -- An entry's transactions arrive whole: its lines are numbered 0, 1, 2 ... and come in one statement. Line 0 being
    -- there already, the primary key then refuses to add anything to the entry later.
    wrong := CASE
        WHEN EXISTS (SELECT FROM added GROUP BY seq HAVING count(*) <> max(n) + 1) THEN 'torn'
        WHEN EXISTS (SELECT FROM public.leader l,
                         (SELECT min(seq) AS first, max(seq) AS last FROM added HAVING count(*) > 0) a
                     WHERE l.one AND (l.xmin <> pg_current_xact_id()::xid OR a.first < l.batch_first OR a.last > l.seq))
            THEN 'late'
    END;
    IF wrong = 'torn' THEN
        RAISE EXCEPTION 'the postings of an entry are not whole' USING ERRCODE = 'EX002';
    ELSIF wrong = 'late' THEN
        PERFORM public.refuse_other_batch('postings');
    END IF;
    MERGE INTO public.balances b
    USING (SELECT owner, asset, sum(dp) AS dp, sum(cp) AS cp, sum(dh) AS dh, sum(ch) AS ch
           FROM (SELECT debit AS owner, asset, CASE layer WHEN 1 THEN amount ELSE 0 END AS dp, 0 AS cp,
                        CASE layer WHEN 2 THEN amount WHEN 3 THEN -amount ELSE 0 END AS dh, 0 AS ch FROM added
                 UNION ALL
                 SELECT credit, asset, 0, CASE layer WHEN 1 THEN amount ELSE 0 END,
                        0, CASE layer WHEN 2 THEN amount WHEN 3 THEN -amount ELSE 0 END FROM added) side
           GROUP BY owner, asset) d
    ON b.owner = d.owner AND b.asset = d.asset
    WHEN MATCHED THEN UPDATE SET
        debits_posted   = b.debits_posted   + d.dp, credits_posted  = b.credits_posted  + d.cp,
        debits_pending  = b.debits_pending  + d.dh, credits_pending = b.credits_pending + d.ch
    WHEN NOT MATCHED THEN INSERT (owner, asset, debits_posted, credits_posted, debits_pending, credits_pending)
        VALUES (d.owner, d.asset, d.dp, d.cp, d.dh, d.ch);
    RETURN NULL;
END $$;
CREATE TRIGGER apply_postings AFTER INSERT ON postings
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION apply_postings();
