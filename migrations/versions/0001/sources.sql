-- What becomes of units when the regulator enters the facility that they come from as inside the national market for their
-- year (guard 3): nothing more of them comes in, and what was issued is held fast until the facility is known otherwise.

-- Asked again when a lot comes in, since the facility may be covered since the issuance was recorded. Looked at when the
-- transaction commits, when what was entered before is written.
CREATE FUNCTION refuse_covered_lot() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (SELECT FROM public.issuances i JOIN public.projects p USING (project_id)
               WHERE i.issuance_id = NEW.issuance_id AND p.facility <> ''
                 AND public.is_covered(p.facility, i.vintage, NEW.seq))
    THEN
        RAISE EXCEPTION 'units of a facility inside the national market come in: lots_source_not_covered'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lots_source_not_covered', TABLE = 'lots';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_covered_lot AFTER INSERT ON lots
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_covered_lot();

-- Whether the program's suspension of a project's units of a year stands when an entry is over; kind 4 is SUSPENSION.
CREATE FUNCTION is_source_held(of_project bigint, of_vintage integer, by_seq bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.encumbrances
                   WHERE project_id = of_project AND vintage = of_vintage AND kind = 4 AND set_by IS NULL
                     AND seq <= by_seq AND coalesce(by_seq < lifted_seq, true))
$$;

-- A facility is entered together with the suspension of what was issued of it for the years in which it is covered.
CREATE FUNCTION refuse_free_sources() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (SELECT FROM public.projects p JOIN public.issuances i USING (project_id)
               WHERE p.facility = NEW.facility AND i.seq < NEW.seq AND NEW.covered_from <= i.vintage
                 AND (NEW.covered_to = 0 OR i.vintage <= NEW.covered_to)
                 AND NOT public.is_source_held(i.project_id, i.vintage, NEW.seq))
    THEN
        RAISE EXCEPTION 'a facility is covered, and what it has yielded is free: facilities_hold_what_was_issued'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'facilities_hold_what_was_issued', TABLE = 'facilities';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refuse_free_sources AFTER INSERT ON facilities
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.covered_from > 0) EXECUTE FUNCTION refuse_free_sources();

-- And such units are not let go while the facility is known so. One suspension may let go what another one holds by now.
CREATE FUNCTION refuse_freeing_sources() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN PERFORM public.refuse_foreign_table(); END IF;
    IF EXISTS (SELECT FROM let_go f JOIN public.encumbrances e ON e.encumbrance_id = f.encumbrance_id
               JOIN public.projects p ON p.project_id = e.project_id
               WHERE e.set_by IS NULL AND public.is_covered(p.facility, e.vintage, f.seq) AND NOT EXISTS (
                   SELECT FROM public.encumbrances o
                   WHERE o.project_id = e.project_id AND o.vintage = e.vintage AND o.kind = 4 AND o.set_by IS NULL
                     AND o.encumbrance_id <> e.encumbrance_id AND o.seq < f.seq
                     AND coalesce(f.seq < o.lifted_seq, true)))
    THEN
        RAISE EXCEPTION 'units of a facility inside the national market are let go: freed_ranges_of_uncovered_sources'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'freed_ranges_of_uncovered_sources', TABLE = 'freed_ranges';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_freeing_sources AFTER INSERT ON freed_ranges
    REFERENCING NEW TABLE AS let_go FOR EACH STATEMENT EXECUTE FUNCTION refuse_freeing_sources();
