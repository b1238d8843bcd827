-- What runs with the owner's rights (SECURITY DEFINER) runs on the owner's tables alone. Whoever may make temporary tables could
-- else hang such a trigger on one of them, and tell it there what never happened. Nobody but the owner makes tables in
-- public, or sets triggers on them; so each of these functions asks first where it runs. That nobody else may hang them anywhere
-- is the other wall (exchange/store/rights.py).
CREATE FUNCTION refuse_foreign_table() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the guards of the exchange run on its own tables alone' USING ERRCODE = 'EX009';
END $$;

-- What all spellings of a name have in common, as exchange/core/credits/spelling.py has it. The tables do not believe what the
-- service has folded: they fold each name again, so that two spellings are one name whoever writes them. Of all that is_name
-- lets through, NFKC makes full-width signs plain and spaces one; capital letters are told here one by one. So this
-- depends neither on the database's language nor on its version of Unicode. Everything is named with its schema in place of
-- a search_path of its own: so PostgreSQL can put the body in the place of a call, which takes half the time.
CREATE FUNCTION folded(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.btrim(
        pg_catalog.replace(
            pg_catalog.translate(pg_catalog.lower(normalize(name, NFKC) COLLATE pg_catalog."C"),
                                 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞ ', 'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ'),
            'ß', 'ss'),
        '.。·')
$$;

-- The same for the name of a serial space, the words of a serial, and each name on the way to ground: letters and numbers
-- alone, without zeros in front of these; a sign is left only where it keeps two numbers apart.
CREATE FUNCTION folded_space(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT public.folded(
        pg_catalog.regexp_replace(
            pg_catalog.regexp_replace(
                pg_catalog.regexp_replace(
                    normalize(name, NFKC), '[ -/:-@\[-`{-\u00bf\u3000-\u3004\u3006\u3008-\u301f]+', '-', 'g'),
                '(?<![0-9])-|-(?![0-9])', '', 'g'),
            '(?<![0-9])0+(?=[0-9])', '', 'g'))
$$;

-- The same for the number of a paper (a receipt, or what shows a lock) or of a facility; one of signs alone has nothing else
-- to tell it by, so there they count.
CREATE FUNCTION folded_number(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(public.folded_space(name), ''), public.folded(name))
$$;

-- The way to a site parcel: each name on it folded, with a slash behind it. Whatever stroke stands between them is one; a name
-- that has neither letter nor digit says nothing and is left out.
CREATE FUNCTION folded_path(site_parcel text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(nullif(public.folded_space(name), '') || '/', '' ORDER BY n), '')
    FROM string_to_table(translate(site_parcel, '／\＼', '///'), '/') WITH ORDINALITY AS names (name, n)
$$;

-- What a template of serials says besides the two numbers (exchange/core/credits/serial_text.py); '' where it says nothing.
CREATE FUNCTION serial_wording(template text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.regexp_replace(
        public.folded_space(pg_catalog.substring(template, '^[^{]*')) OPERATOR(pg_catalog.||) '{}'
        OPERATOR(pg_catalog.||) public.folded_space(pg_catalog.substring(template, '[^}]*$')), '^[{}]+$', '')
$$;

-- What a name that is compared may be written with: the alphabet of exchange/core/credits/spelling.py, in which nothing has
-- a second spelling that folding would leave apart. Of Chinese characters those of GB 2312, which PostgreSQL knows as EUC_CN;
-- it says of others that they cannot be written so, and in no other way.
CREATE FUNCTION is_name(name text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF length(name) > 200 OR name !~ (
        '^[\u0020-~\u00a0\u00a7\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u3000-\u3002\u3005\u3007-\u3011\u3014-\u3017'
        || '\u4e00-\u9fff\uff01-\uff5e]+$') OR public.folded(name) = ''
    THEN
        RETURN false;
    END IF;
    IF name ~ '[\u4e00-\u9fff]' THEN
        BEGIN
            PERFORM convert_to(regexp_replace(name, '[^\u4e00-\u9fff]', '', 'g'), 'EUC_CN');
        EXCEPTION WHEN untranslatable_character THEN
            RETURN false;
        END;
    END IF;
    RETURN true;
END $$;
