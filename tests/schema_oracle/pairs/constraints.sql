-- pair: primary key comes
CREATE TABLE t (id integer NOT NULL, name text);
-- new
ALTER TABLE t ADD PRIMARY KEY (id);

-- pair: primary key of a column that may be null so far
CREATE TABLE t (id integer, name text);
-- new
ALTER TABLE t ADD PRIMARY KEY (id);

-- pair: primary key of other columns
CREATE TABLE t (id integer NOT NULL, name text NOT NULL);
-- old
ALTER TABLE t ADD PRIMARY KEY (id);
-- new
ALTER TABLE t ADD PRIMARY KEY (name, id);

-- pair: primary key under another name, and included columns
CREATE TABLE t (id integer NOT NULL, name text NOT NULL);
-- old
ALTER TABLE t ADD CONSTRAINT t_key PRIMARY KEY (id);
-- new
ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY (id) INCLUDE (name);

-- pair: primary key that others refer to, of other columns
CREATE TABLE a (id integer NOT NULL, code integer NOT NULL UNIQUE);
CREATE TABLE b (a_id integer);
-- old
ALTER TABLE a ADD PRIMARY KEY (id);
ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES a (id);
-- new
ALTER TABLE a ADD PRIMARY KEY (code);
ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES a (code);

-- pair: primary key with options
CREATE TABLE t (id integer NOT NULL);
-- old
ALTER TABLE t ADD PRIMARY KEY (id) WITH (fillfactor = 70);
-- new
ALTER TABLE t ADD PRIMARY KEY (id) WITH (fillfactor = 90, deduplicate_items = off);

-- pair: a view groups by the primary key
CREATE TABLE t (id integer NOT NULL, name text, n integer);
-- old
ALTER TABLE t ADD CONSTRAINT one PRIMARY KEY (id);
-- new
ALTER TABLE t ADD CONSTRAINT two PRIMARY KEY (id);
-- both
CREATE VIEW v AS SELECT id, name, sum(n) AS n FROM t GROUP BY id;

-- pair: unique
CREATE TABLE t (id integer, name text, code text);
-- old
ALTER TABLE t ADD UNIQUE (name), ADD CONSTRAINT both_of UNIQUE (id, name);
-- new
ALTER TABLE t ADD UNIQUE (code), ADD CONSTRAINT both_of UNIQUE (name, id);

-- pair: unique nulls not distinct
CREATE TABLE t (id integer, name text);
-- old
ALTER TABLE t ADD CONSTRAINT u UNIQUE (name);
-- new
ALTER TABLE t ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (name);

-- pair: unique constraint and unique index
CREATE TABLE t (id integer, name text);
-- old
ALTER TABLE t ADD CONSTRAINT t_name UNIQUE (name);
-- new
CREATE UNIQUE INDEX t_name ON t (name);

-- pair: deferrable unique and primary key
CREATE TABLE t (id integer NOT NULL, name text);
-- old
ALTER TABLE t ADD PRIMARY KEY (id), ADD CONSTRAINT u UNIQUE (name) DEFERRABLE;
-- new
ALTER TABLE t ADD PRIMARY KEY (id) DEFERRABLE INITIALLY DEFERRED, ADD CONSTRAINT u UNIQUE (name);

-- pair: check
CREATE TABLE t (id integer, n integer, name text);
-- old
ALTER TABLE t ADD CHECK (n > 0), ADD CONSTRAINT named CHECK (name <> '');
-- new
ALTER TABLE t ADD CHECK (n >= 0), ADD CONSTRAINT both_of CHECK (name <> '' OR n IN (1, 2, 3));

-- pair: check not valid and valid
CREATE TABLE t (id integer, n integer, m integer);
-- old
ALTER TABLE t ADD CONSTRAINT n_positive CHECK (n > 0) NOT VALID, ADD CONSTRAINT m_positive CHECK (m > 0);
-- new
ALTER TABLE t ADD CONSTRAINT n_positive CHECK (n > 0), ADD CONSTRAINT m_positive CHECK (m > 0) NOT VALID;

-- pair: check without inheritance
CREATE TABLE t (id integer, n integer);
-- old
ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0);
-- new
ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NO INHERIT;

-- pair: checks with functions, regular expressions and row values
CREATE FUNCTION even(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0 OR true';
CREATE TABLE t (id integer, n integer, name text, doc jsonb);
-- new
ALTER TABLE t ADD CHECK (even(n)), ADD CHECK (name ~ '^[a-z0-9''\\]+$' OR name IS NOT NULL), ADD CHECK ((id, n) IS NOT NULL),
    ADD CHECK (CASE WHEN n > 5 THEN name IS NOT NULL ELSE true END), ADD CHECK (doc IS NOT NULL AND NOT doc ? 'x' OR n BETWEEN 1 AND 100);

-- pair: exclusion
CREATE TABLE booking (during tsrange, spot point, gone boolean);
-- old
ALTER TABLE booking ADD CONSTRAINT x EXCLUDE USING gist (during WITH &&);
-- new
ALTER TABLE booking ADD CONSTRAINT x EXCLUDE USING gist (during WITH -|-, during WITH &&) WHERE (NOT gone) DEFERRABLE;

-- pair: two that exchange their names
CREATE TABLE t (a integer, b integer);
-- old
ALTER TABLE t ADD CONSTRAINT one CHECK (a > 0), ADD CONSTRAINT two CHECK (b > 0);
-- new
ALTER TABLE t ADD CONSTRAINT two CHECK (a > 0), ADD CONSTRAINT one CHECK (b > 0);

-- pair: constraint triggers are no constraints
CREATE TABLE t (a integer);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
-- old
CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- new
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);

-- pair: comments on constraints
CREATE TABLE t (id integer PRIMARY KEY, n integer CONSTRAINT c CHECK (n > 0) CONSTRAINT u UNIQUE);
CREATE DOMAIN d AS integer CONSTRAINT small CHECK (VALUE < 9);
-- old
COMMENT ON CONSTRAINT c ON t IS 'old';
COMMENT ON CONSTRAINT small ON DOMAIN d IS 'old';
-- new
COMMENT ON CONSTRAINT c ON t IS 'new';
COMMENT ON CONSTRAINT u ON t IS 'unique';
COMMENT ON CONSTRAINT t_pkey ON t IS 'key';
COMMENT ON INDEX t_pkey IS 'of the index';

-- pair: a function that a check uses changes its body, and its type
CREATE TABLE t (n integer);
-- old
CREATE FUNCTION good(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
-- new
CREATE FUNCTION good(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 >= 0; END';
-- both
ALTER TABLE t ADD CHECK (good(n));

-- pair: a function that a check uses changes its parameters' names
CREATE TABLE t (n integer);
-- old
CREATE FUNCTION good(x integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT x > 0';
-- new
CREATE FUNCTION good(y integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT y > 0';
-- both
ALTER TABLE t ADD CHECK (good(n));
