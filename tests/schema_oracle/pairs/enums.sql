-- pair: one, and a column of it
CREATE TABLE t (id integer PRIMARY KEY);
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TABLE t ADD COLUMN mood mood DEFAULT 'ok' NOT NULL;

-- pair: none of its values yet
-- old
CREATE TYPE mood AS ENUM ();
-- new
CREATE TYPE mood AS ENUM ('sad');

-- pair: a value at the end
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
-- both
CREATE TABLE t (id integer PRIMARY KEY, mood mood);
-- rows
INSERT INTO t VALUES (1, 'sad'), (2, 'ok');

-- pair: a value at the start, one in the middle, two at the end
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- new
CREATE TYPE mood AS ENUM ('awful', 'sad', 'it''s so-so', 'ok', 'glad', 'Überglücklich');
-- both
CREATE TABLE t (id integer PRIMARY KEY, mood mood DEFAULT 'ok');
-- rows
INSERT INTO t VALUES (1, 'sad'), (2, 'ok');

-- pair: a new value is a default, a check, an index's condition and in a view at once
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id integer PRIMARY KEY, mood mood);
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
CREATE TABLE t (id integer PRIMARY KEY, mood mood DEFAULT 'glad' CHECK (mood <> 'glad' OR id > 0));
CREATE INDEX t_glad ON t (id) WHERE mood = 'glad';
CREATE VIEW v AS SELECT id FROM t WHERE mood = 'glad';
-- rows
INSERT INTO t VALUES (1, 'sad'), (2, 'ok');

-- pair: a value goes
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'gone');
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- both
CREATE TABLE t (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT 'sad');
-- rows
INSERT INTO t VALUES (1, 'sad'), (2, 'ok');
-- may lose: t
-- may rewrite: t

-- pair: its values in another order
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
-- new
CREATE TYPE mood AS ENUM ('glad', 'ok', 'sad');
-- both
CREATE TABLE t (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT 'sad');
CREATE INDEX t_mood ON t (mood);
-- may rewrite: t
-- may lose: t

-- pair: one of which everything is made, rebuilt
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'gone');
-- new
CREATE TYPE mood AS ENUM ('ok', 'sad');
-- both
CREATE TABLE t (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT 'sad', history mood[] DEFAULT '{sad,ok}', CONSTRAINT c CHECK (mood <> 'ok' OR id > 0));
CREATE UNIQUE INDEX i ON t (mood, id) WHERE mood = 'ok';
CREATE VIEW v AS SELECT id, mood FROM t WHERE mood > 'ok';
CREATE MATERIALIZED VIEW m AS SELECT mood, count(*) FROM v GROUP BY mood;
CREATE FUNCTION f(mood) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TABLE u (mood mood DEFAULT f('ok'));
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER x BEFORE UPDATE OF mood ON t FOR EACH ROW WHEN (new.mood = 'sad') EXECUTE FUNCTION g();
CREATE POLICY p ON t USING (mood = 'ok');
COMMENT ON TYPE mood IS 'kept';
GRANT USAGE ON TYPE mood TO app_reader;
-- rows
INSERT INTO t VALUES (1, 'sad', '{ok,sad}'), (2, 'ok', NULL);
INSERT INTO u VALUES ('ok');
-- may lose: t u
-- may rewrite: t u

-- pair: one that is the key of partitions, rebuilt
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'gone');
-- new
CREATE TYPE mood AS ENUM ('ok', 'sad');
-- both
CREATE TABLE t (id integer, mood mood NOT NULL) PARTITION BY LIST (mood);
CREATE TABLE t_ok PARTITION OF t FOR VALUES IN ('ok');
CREATE TABLE t_sad PARTITION OF t FOR VALUES IN ('sad');
-- may lose: t t_ok t_sad
-- may rewrite: t t_ok t_sad

-- pair: a domain and a composite of one that is rebuilt
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'gone');
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- both
CREATE DOMAIN good AS mood CHECK (VALUE <> 'sad');
CREATE TYPE pair AS (m mood, n integer);
CREATE TABLE t (id integer PRIMARY KEY, good good, moods mood[]);
-- rows
INSERT INTO t VALUES (1, 'ok', '{sad}');
-- may lose: t
-- may rewrite: t

-- pair: a column's type changes from text to one
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- old
CREATE TABLE t (id integer PRIMARY KEY, mood text DEFAULT 'sad' NOT NULL);
-- new
CREATE TABLE t (id integer PRIMARY KEY, mood mood DEFAULT 'sad' NOT NULL);
-- rows
INSERT INTO t VALUES (1, 'sad'), (2, 'ok');

-- pair: a column's type changes from one to another
CREATE TYPE one AS ENUM ('sad', 'ok');
CREATE TYPE two AS ENUM ('ok', 'sad', 'more');
-- old
CREATE TABLE t (id integer PRIMARY KEY, m one DEFAULT 'sad', a one[] DEFAULT '{}');
-- new
CREATE TABLE t (id integer PRIMARY KEY, m two DEFAULT 'sad', a two[] DEFAULT '{}');

-- pair: one goes with its column
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id integer PRIMARY KEY, mood mood);
-- new
CREATE TABLE t (id integer PRIMARY KEY);

-- pair: comments and privileges
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- old
COMMENT ON TYPE mood IS 'one';
REVOKE USAGE ON TYPE mood FROM PUBLIC;
-- new
COMMENT ON TYPE mood IS 'two';
GRANT USAGE ON TYPE mood TO app_reader;

-- pair: an enum becomes a domain
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id integer PRIMARY KEY, mood mood);
-- new
CREATE DOMAIN mood AS text CHECK (VALUE IN ('sad', 'ok'));
CREATE TABLE t (id integer PRIMARY KEY, mood mood);
-- may lose: t
-- may rewrite: t

-- pair: quoted, in another schema
CREATE SCHEMA "S s";
-- old
CREATE TYPE "S s"."M m" AS ENUM ('a', 'c');
-- new
CREATE TYPE "S s"."M m" AS ENUM ('a', 'b"', 'c', '');
-- both
CREATE TABLE t (x "S s"."M m" DEFAULT 'c', y "S s"."M m"[]);
-- rows
INSERT INTO t VALUES ('a', '{a,c}');
