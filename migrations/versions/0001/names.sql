-- What runs with the owner's rights (SECURITY DEFINER) runs on the owner's tables alone. Whoever may make temporary tables could
-- else hang such a trigger on one of them, and tell it there what never happened. Nobody but the owner makes tables in
-- public, or sets triggers on them; so each of these functions asks first where it runs. That nobody else may hang them anywhere
-- is the other wall (exchange/store/rights.py).
CREATE FUNCTION refuse_foreign_table() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the guards of the exchange run on its own tables alone' USING ERRCODE = 'EX009';
END $$;

-- What a name that is compared may be written with: the alphabet of exchange/core/credits/spelling.py, in which nothing has
-- a second spelling that folding would leave apart. Of Chinese characters the core takes those of GB 2312 alone.
CREATE FUNCTION is_name(name text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT name ~ ('^[\u0020-~\u00a0\u00a7\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u3000-\u3002\u3005\u3007-\u3011\u3014-\u3017'
        || '\u4e00-\u9fff\uff01-\uff5e]+$')
$$;
