-- pair: one
-- new
CREATE DOMAIN d AS text COLLATE "C" DEFAULT 'x' NOT NULL CONSTRAINT filled CHECK (VALUE <> '');

-- pair: default and not null
-- old
CREATE DOMAIN d AS integer DEFAULT 1;
-- new
CREATE DOMAIN d AS integer DEFAULT 2 NOT NULL;
-- both
CREATE TABLE t (id integer PRIMARY KEY, d d);

-- pair: checks
-- old
CREATE DOMAIN d AS integer CONSTRAINT a CHECK (VALUE > 0) CONSTRAINT b CHECK (VALUE < 100);
-- new
CREATE DOMAIN d AS integer CONSTRAINT a CHECK (VALUE >= 0) CONSTRAINT c CHECK (VALUE < 1000);
-- both
CREATE TABLE t (id integer PRIMARY KEY, d d);

-- pair: a check that is not valid yet
CREATE DOMAIN d AS integer;
-- old
ALTER DOMAIN d ADD CONSTRAINT a CHECK (VALUE > 0) NOT VALID;
-- new
ALTER DOMAIN d ADD CONSTRAINT a CHECK (VALUE > 0);
ALTER DOMAIN d ADD CONSTRAINT b CHECK (VALUE > -5) NOT VALID;

-- pair: its type
-- old
CREATE DOMAIN d AS integer CHECK (VALUE > 0);
-- new
CREATE DOMAIN d AS bigint CHECK (VALUE > 0);
-- both
CREATE TABLE t (id integer PRIMARY KEY, d d);
CREATE VIEW v AS SELECT d FROM t;
-- may rewrite: t

-- pair: a column's type changes to one
CREATE DOMAIN d AS integer CHECK (VALUE > 0);
-- old
CREATE TABLE t (id integer PRIMARY KEY, n integer);
-- new
CREATE TABLE t (id integer PRIMARY KEY, n d);

-- pair: on a domain
-- old
CREATE DOMAIN a AS text CONSTRAINT x CHECK (VALUE <> '');
CREATE DOMAIN b AS a CONSTRAINT y CHECK (length(VALUE) < 10);
-- new
CREATE DOMAIN a AS text CONSTRAINT x CHECK (VALUE <> 'none');
CREATE DOMAIN b AS a CONSTRAINT y CHECK (length(VALUE) < 20);

-- pair: its check uses a function
-- old
CREATE DOMAIN d AS integer;
-- new
CREATE FUNCTION good(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
CREATE DOMAIN d AS integer CHECK (good(VALUE));
CREATE FUNCTION use(d) RETURNS d LANGUAGE sql AS 'SELECT $1';

-- pair: comments, and arrays of it
CREATE DOMAIN d AS integer;
CREATE TABLE t (ds d[] DEFAULT '{}');
-- old
COMMENT ON DOMAIN d IS 'one';
GRANT USAGE ON DOMAIN d TO app_reader;
-- new
COMMENT ON DOMAIN d IS 'two';
