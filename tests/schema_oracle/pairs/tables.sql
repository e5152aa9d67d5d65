-- pair: from nothing
-- new
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, created timestamptz DEFAULT now());
CREATE INDEX t_name ON t (name);

-- pair: without any column
-- new
CREATE TABLE nothing ();

-- pair: all columns go
-- old
CREATE TABLE t (a integer, b text);
-- new
CREATE TABLE t ();

-- pair: unlogged
-- old
CREATE TABLE t (id integer PRIMARY KEY, name text);
-- new
CREATE UNLOGGED TABLE t (id integer PRIMARY KEY, name text);

-- pair: unlogged with a serial
-- old
CREATE TABLE t (id serial PRIMARY KEY, name text);
-- new
CREATE UNLOGGED TABLE t (id serial PRIMARY KEY, name text);

-- pair: unlogged ones that refer to each other
-- old
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a);
-- new
CREATE UNLOGGED TABLE a (id integer PRIMARY KEY);
CREATE UNLOGGED TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a);

-- pair: storage options
-- old
CREATE TABLE t (id integer, body text) WITH (fillfactor = 70, autovacuum_enabled = off);
-- new
CREATE TABLE t (id integer, body text) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, parallel_workers = 2);

-- pair: storage options of its toast
-- old
CREATE TABLE t (id integer, body text) WITH (toast.autovacuum_enabled = off);
-- new
CREATE TABLE t (id integer, body text) WITH (toast.autovacuum_vacuum_threshold = 100, toast_tuple_target = 4000);

-- pair: replica identity full
CREATE TABLE t (id integer PRIMARY KEY, code text NOT NULL);
-- new
ALTER TABLE t REPLICA IDENTITY FULL;

-- pair: replica identity by an index, and none
CREATE TABLE t (id integer PRIMARY KEY, code text NOT NULL);
CREATE TABLE u (id integer PRIMARY KEY);
CREATE UNIQUE INDEX t_code ON t (code);
-- old
ALTER TABLE u REPLICA IDENTITY NOTHING;
-- new
ALTER TABLE t REPLICA IDENTITY USING INDEX t_code;

-- pair: replica identity by an index that is new, of a column that is new
CREATE TABLE t (id integer PRIMARY KEY);
-- new
ALTER TABLE t ADD COLUMN code integer NOT NULL DEFAULT 0;
-- no rows: t
CREATE UNIQUE INDEX t_code ON t (code);
ALTER TABLE t REPLICA IDENTITY USING INDEX t_code;

-- pair: the index of the replica identity is another
CREATE TABLE t (id integer PRIMARY KEY, a integer NOT NULL, b integer NOT NULL);
-- old
CREATE UNIQUE INDEX t_a ON t (a);
ALTER TABLE t REPLICA IDENTITY USING INDEX t_a;
-- new
CREATE UNIQUE INDEX t_b ON t (b);
ALTER TABLE t REPLICA IDENTITY USING INDEX t_b;

-- pair: clustered on an index
CREATE TABLE t (id integer PRIMARY KEY, code text);
CREATE INDEX t_code ON t (code);
-- new
ALTER TABLE t CLUSTER ON t_code;

-- pair: clustered on another
CREATE TABLE t (id integer PRIMARY KEY, code text);
CREATE INDEX t_code ON t (code);
-- old
ALTER TABLE t CLUSTER ON t_pkey;
-- new
ALTER TABLE t CLUSTER ON t_code;

-- pair: row security flags
CREATE TABLE t (id integer PRIMARY KEY);
CREATE TABLE u (id integer PRIMARY KEY);
-- old
ALTER TABLE u ENABLE ROW LEVEL SECURITY;
ALTER TABLE u FORCE ROW LEVEL SECURITY;
-- new
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE u FORCE ROW LEVEL SECURITY;

-- pair: of a type
CREATE TYPE pair AS (a integer, b text);
-- new
CREATE TABLE t OF pair (a WITH OPTIONS PRIMARY KEY, b DEFAULT 'x');

-- pair: of a type that was not
CREATE TYPE pair AS (a integer, b text);
-- old
CREATE TABLE t (a integer PRIMARY KEY, b text);
-- new
CREATE TABLE t OF pair (a WITH OPTIONS PRIMARY KEY);

-- pair: of a type that gains a field
-- old
CREATE TYPE pair AS (a integer, b text);
-- new
CREATE TYPE pair AS (a integer, b text, c date);
-- both
CREATE TABLE t OF pair (a WITH OPTIONS PRIMARY KEY);

-- pair: of a type whose field changes its type
-- old
CREATE TYPE pair AS (a integer, b text);
-- new
CREATE TYPE pair AS (a bigint, b text);
-- both
CREATE TABLE t OF pair (a WITH OPTIONS PRIMARY KEY, b NOT NULL);

-- pair: a table becomes a view
CREATE TABLE base (id integer PRIMARY KEY, name text);
-- old
CREATE TABLE people (id integer PRIMARY KEY, name text);
-- new
CREATE VIEW people AS SELECT id, name FROM base;

-- pair: a table becomes a view, and others read it
CREATE TABLE base (id integer PRIMARY KEY, name text);
-- old
CREATE TABLE people (id integer, name text);
-- new
CREATE VIEW people AS SELECT id, name FROM base;
-- both
CREATE VIEW names AS SELECT name FROM people;
CREATE FUNCTION count_people() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM people; END;

-- pair: a table becomes a materialized view
CREATE TABLE base (id integer PRIMARY KEY, name text);
-- old
CREATE TABLE people (id integer, name text);
-- new
CREATE MATERIALIZED VIEW people AS SELECT id, name FROM base;

-- pair: a table becomes a sequence
-- old
CREATE TABLE counter (id integer);
-- new
CREATE SEQUENCE counter;

-- pair: an index's name becomes a table's
CREATE TABLE t (id integer, name text);
-- old
CREATE INDEX thing ON t (name);
-- new
CREATE TABLE thing (id integer);

-- pair: names change sides
-- old
CREATE TABLE a (id integer PRIMARY KEY, x integer);
CREATE TABLE b (name text PRIMARY KEY, y date);
-- new
CREATE TABLE b (id integer PRIMARY KEY, x integer);
CREATE TABLE a (name text PRIMARY KEY, y date);
-- no rows: a b

-- pair: the same table written in another way, same
-- old
CREATE TABLE t (id int4 NOT NULL, name varchar, at timestamp with time zone DEFAULT CURRENT_TIMESTAMP, CONSTRAINT t_pkey PRIMARY KEY (id));
-- new
CREATE TABLE t (id integer PRIMARY KEY, name character varying, at timestamptz);
ALTER TABLE t ALTER COLUMN at SET DEFAULT CURRENT_TIMESTAMP;

-- pair: the same columns in another order, same
-- old
CREATE TABLE t (a integer, b text, c date);
-- new
CREATE TABLE t (c date, a integer, b text);

-- pair: access method
-- both
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
-- old
CREATE TABLE t (id integer PRIMARY KEY, name text);
-- new
CREATE TABLE t (id integer PRIMARY KEY, name text) USING heap_too;

-- pair: a hundred columns more
CREATE TABLE wide (id integer PRIMARY KEY);
-- new
DO $$ BEGIN FOR i IN 1..100 LOOP EXECUTE format('ALTER TABLE wide ADD COLUMN c%s text', i); END LOOP; END $$;

-- pair: columns that were dropped before leave no trace
CREATE TABLE t (gone integer, id integer PRIMARY KEY, gone_too text, name text);
ALTER TABLE t DROP COLUMN gone, DROP COLUMN gone_too;
-- new
ALTER TABLE t ADD COLUMN gone text;
CREATE INDEX t_name ON t (name, gone);
