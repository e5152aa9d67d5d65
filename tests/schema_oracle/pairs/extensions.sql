-- pair: one
-- new
CREATE EXTENSION hstore;

-- pair: a column's type comes from one
CREATE TABLE t (id integer PRIMARY KEY);
-- new
CREATE EXTENSION citext;
ALTER TABLE t ADD COLUMN email citext DEFAULT 'nobody';

-- pair: a column changes its type to one of an extension
-- new
CREATE EXTENSION citext;
CREATE TABLE t (id integer PRIMARY KEY, email citext NOT NULL);
-- old
CREATE TABLE t (id integer PRIMARY KEY, email text NOT NULL);

-- pair: an index uses its operator class
CREATE TABLE t (id integer PRIMARY KEY, name text);
-- new
CREATE EXTENSION pg_trgm;
CREATE INDEX t_name_trgm ON t USING gin (name gin_trgm_ops);

-- pair: an exclusion constraint needs btree_gist
-- both
CREATE TABLE booking (room integer NOT NULL, during tsrange NOT NULL);
-- new
CREATE EXTENSION btree_gist;
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&);

-- pair: in a schema of its own
-- new
CREATE SCHEMA extensions;
CREATE EXTENSION hstore SCHEMA extensions;
CREATE TABLE t (id integer, tags extensions.hstore DEFAULT ''::extensions.hstore);

-- pair: it moves to another schema
CREATE SCHEMA extensions;
-- old
CREATE EXTENSION citext;
-- new
CREATE EXTENSION citext SCHEMA extensions;

-- pair: its comment
-- both
CREATE EXTENSION citext;
-- new
COMMENT ON EXTENSION citext IS 'Ours';

-- pair: version, which a dump does not say, same
-- old
CREATE EXTENSION pg_trgm VERSION '1.5';
-- new
CREATE EXTENSION pg_trgm VERSION '1.6';
-- only forward: no extension has scripts that go back

-- pair: one that needs another
-- new
CREATE EXTENSION cube;
CREATE EXTENSION earthdistance;

-- pair: functions of one in a default, a check and a generated column
-- new
CREATE EXTENSION "uuid-ossp";
CREATE EXTENSION unaccent;
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT public.unaccent('public.unaccent', $1) $$;
CREATE TABLE t (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    name text CHECK (plain(name) <> ''),
    sorted text GENERATED ALWAYS AS (plain(name)) STORED
);
