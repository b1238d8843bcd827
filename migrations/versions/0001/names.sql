-- What a name that is compared may be written with: the alphabet of exchange/core/credits/spelling.py, in which nothing has
-- a second spelling that folding would leave apart.
CREATE FUNCTION is_name(name text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT name ~ ('^[\u0020-~\u00a0\u00a7\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u1810-\u1819\u1820-\u1878\u2018-\u2019\u201c-\u201d\u3000-\u3002\u3005\u3007-\u3011\u3014-\u3017'
        || '\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002a6df\U0002a700-\U0002ebe0\U00030000-\U000323af\uff01-\uff5e]+$')
$$;
