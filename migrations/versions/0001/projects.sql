-- Projects, the ground that they stand on, and the facilities of the national market: where a tonne comes from.
--
-- Serials cannot show that two registries issued the same tonne, since each has its own. What they share is the ground: so
-- no two monitoring periods of one site and group of activities (those that make the same tonnes) overlap, over all projects, mechanisms and registries (guard 2), and
-- a facility inside the national market yields nothing for the years in which it is (guard 3).

-- Names are compared by what they fold to (names.sql): code_folded, and facility for source_facility ('' where there is none), by letters
-- and numbers alone. estimate_kg over estimate_years is what the project expects, and never units.
CREATE TABLE projects (
    project_id             bigint   PRIMARY KEY,
    code                   text     NOT NULL,
    code_folded            text     NOT NULL CONSTRAINT projects_code_once UNIQUE,
    family                 smallint NOT NULL,
    mechanism              smallint NOT NULL,
    registry               text     NOT NULL,
    name_en                text     NOT NULL,
    name_zh                text     NOT NULL,
    methodology            text     NOT NULL,
    activity               smallint NOT NULL,
    league                 smallint NOT NULL,
    source_category        smallint NOT NULL,
    source_facility        text     NOT NULL,
    facility               text     NOT NULL,
    ccer_generation        smallint NOT NULL,
    started                integer  NOT NULL,
    crediting_start        integer  NOT NULL,
    crediting_end          integer  NOT NULL,
    estimate_kg            bigint   NOT NULL,
    estimate_years         integer  NOT NULL,
    uniqueness_declaration text     NOT NULL,
    seq                    bigint   NOT NULL,
    at_us                  bigint   NOT NULL,
    CONSTRAINT projects_named CHECK (is_name(code) AND code_folded = folded(code)),
    CONSTRAINT projects_source_named CHECK (
        (source_facility = '' OR is_name(source_facility)) AND facility = folded_number(source_facility)),
    CONSTRAINT projects_crediting CHECK (crediting_start <= crediting_end),
    -- What makes sinks (forestry CCER, other sinks, quota of the category ECOSYSTEM_SINK) is done on land, and nothing else is;
    -- OTHER may be any. Else a forest that is called a mine gas well would stand in another group than its own trees.
    CONSTRAINT projects_activity_fits CHECK (activity = 12 OR (activity <= 5) = (family <> 2 OR source_category = 5)),
    CONSTRAINT projects_for_sites UNIQUE (project_id, activity)
);

-- Whether the national registry keeps units (family 1, FORESTRY_CCER). Of a sandbox's play units no registry knows; and what
-- calls itself so at a venue that is none was never locked by anybody.
CREATE FUNCTION is_national(family smallint, registry text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT family = 1 AND (registry <> 'SANDBOX' OR NOT EXISTS (SELECT FROM public.venue WHERE is_sandbox))
$$;

-- So there no project is of that registry. Tonnes that it had would be missed by nobody when they are sold once more.
CREATE FUNCTION refuse_play() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.venue WHERE is_sandbox) THEN
        RAISE EXCEPTION 'a real venue has no play units: projects_play_in_a_sandbox'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'projects_play_in_a_sandbox', TABLE = 'projects';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_play AFTER INSERT ON projects
    FOR EACH ROW WHEN (NEW.registry = 'SANDBOX') EXECUTE FUNCTION refuse_play();

-- site_parcel as it was written, path as its folded names from the larger to the smaller unit, each with a slash behind it.
CREATE TABLE project_sites (
    project_id  bigint   NOT NULL,
    n           integer  NOT NULL,
    site_parcel text     NOT NULL,
    activity    smallint NOT NULL,
    path        text     NOT NULL CONSTRAINT project_sites_path_is_one CHECK (path ~ '^([^/]+/){1,8}$'),
    seq         bigint   NOT NULL,
    PRIMARY KEY (project_id, n),
    CONSTRAINT project_sites_named CHECK (is_name(site_parcel) AND path = folded_path(site_parcel)),
    CONSTRAINT project_sites_path_once UNIQUE (project_id, path),
    CONSTRAINT project_sites_of_a_project FOREIGN KEY (project_id, activity) REFERENCES projects (project_id, activity)
);

-- What is known of a facility, each time that the regulator says it anew: the last row counts, and for whatever an earlier
-- entry did the row before it. covered_from is 0 for one that was never inside the national market, covered_to until further
-- notice; firm is operating_firm folded.
CREATE TABLE facilities (
    facility     text     NOT NULL,
    seq          bigint   NOT NULL,
    at_us        bigint   NOT NULL,
    code         text     NOT NULL,
    name_en      text     NOT NULL,
    name_zh      text     NOT NULL,
    operating_firm text   NOT NULL,
    firm         text     NOT NULL,
    sector       smallint NOT NULL,
    league       smallint NOT NULL,
    covered_from integer  NOT NULL,
    covered_to   integer  NOT NULL,
    PRIMARY KEY (facility, seq),
    CONSTRAINT facilities_named CHECK (
        is_name(code) AND facility = folded_number(code) AND is_name(operating_firm) AND firm = folded(operating_firm)),
    CONSTRAINT facilities_covered CHECK (covered_to = 0 OR (0 < covered_from AND covered_from <= covered_to))
);

-- Whether a facility was inside the national market in a year, as it was known before an entry.
CREATE FUNCTION is_covered(wanted text, in_year integer, before_seq bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((
        SELECT 0 < covered_from AND covered_from <= in_year AND (covered_to = 0 OR in_year <= covered_to)
        FROM public.facilities WHERE facility = wanted AND seq < before_seq ORDER BY seq DESC LIMIT 1), false)
$$;

-- Whether a firm that had any facility inside the national market in a year names one that was not known as its own.
CREATE FUNCTION is_hidden(wanted text, of_firm text, in_year integer, by_seq bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
               SELECT FROM (SELECT DISTINCT ON (facility) facility, firm FROM public.facilities
                            WHERE seq < by_seq ORDER BY facility, seq DESC) known
               WHERE firm = of_firm AND public.is_covered(facility, in_year, by_seq))
           AND of_firm IS DISTINCT FROM (
               SELECT firm FROM public.facilities
               WHERE facility = wanted AND seq < by_seq ORDER BY seq DESC LIMIT 1)
$$;

-- Kept by a trigger on issuances: each monitoring period of a project, what was verified for it, what was issued of that.
CREATE TABLE monitoring_periods (
    project_id       bigint  NOT NULL REFERENCES projects (project_id),
    monitoring_start integer NOT NULL,
    monitoring_end   integer NOT NULL,
    verified         bigint  NOT NULL,
    issued           bigint  NOT NULL,
    PRIMARY KEY (project_id, monitoring_start, monitoring_end),
    CONSTRAINT monitoring_periods_in_order CHECK (monitoring_start <= monitoring_end),
    CONSTRAINT monitoring_periods_not_exceeded CHECK (0 < issued AND issued <= verified)
);

-- A path as a range of texts: from itself, up to what lies behind everything that begins with it, since '0' comes behind
-- '/'. So two paths overlap when they are the same or one lies in the other, and in no other case.
CREATE TYPE path_range AS RANGE (subtype = text, collation = "C");

-- Guard 2. Kept by the same trigger: the ground that each period takes. Days are compared as the numbers that they are
-- written as (yyyymmdd), which are in the order of the days. Activities are compared by groups that make the same tonnes: what
-- land does to take carbon up (1 to 5) is one of them, and OTHER (12) may be any.
CREATE TABLE period_sites (
    project_id       bigint   NOT NULL,
    monitoring_start integer  NOT NULL,
    monitoring_end   integer  NOT NULL,
    activity         smallint NOT NULL,
    path             text     NOT NULL,
    PRIMARY KEY (project_id, monitoring_start, monitoring_end, path),
    CONSTRAINT period_sites_never_overlap EXCLUDE USING gist (
        (int4range(CASE WHEN activity <= 5 OR activity = 12 THEN 1 ELSE activity END,
                   CASE WHEN activity <= 5 THEN 5 ELSE activity END, '[]')) WITH &&,
        (path_range(path, left(path, -1) || '0')) WITH &&,
        (int4range(monitoring_start, monitoring_end, '[]')) WITH &&)
);
