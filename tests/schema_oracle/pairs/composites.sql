-- pair: one
-- new
CREATE TYPE money_of AS (amount numeric(10,2), currency char(3));

-- pair: fields come and go
-- old
CREATE TYPE c AS (a integer, b text);
-- new
CREATE TYPE c AS (a integer, d date, e text COLLATE "C");

-- pair: a field comes, and tables have it
-- old
CREATE TYPE c AS (a integer, b text);
-- new
CREATE TYPE c AS (a integer, b text, d date);
-- both
CREATE TABLE t (id integer PRIMARY KEY, c c, cs c[]);

-- pair: a field in the middle
-- old
CREATE TYPE c AS (a integer, b text);
-- new
CREATE TYPE c AS (a integer, d date, b text);

-- pair: the type of a field
-- old
CREATE TYPE c AS (a integer, b varchar(3));
-- new
CREATE TYPE c AS (a bigint, b varchar(5));

-- pair: the type of a field that tables have
-- old
CREATE TYPE c AS (a integer, b text);
-- new
CREATE TYPE c AS (a bigint, b text);
-- both
CREATE TABLE t (id integer PRIMARY KEY, c c);
-- may lose: t
-- may rewrite: t

-- pair: one in another, and functions of both
-- old
CREATE TYPE inner_one AS (a integer);
-- new
CREATE TYPE inner_one AS (a integer, b integer);
-- both
CREATE TYPE outer_one AS (i inner_one, x text);
CREATE FUNCTION f(outer_one) RETURNS inner_one LANGUAGE sql AS 'SELECT ($1).i';
CREATE VIEW v AS SELECT (f(NULL)).a;

-- pair: comments on it and on its fields, privileges
CREATE TYPE c AS (a integer, b text);
-- old
COMMENT ON TYPE c IS 'one';
COMMENT ON COLUMN c.a IS 'one';
-- new
COMMENT ON TYPE c IS 'two';
COMMENT ON COLUMN c.b IS 'two';
REVOKE USAGE ON TYPE c FROM PUBLIC;

-- pair: a composite becomes a table
-- old
CREATE TYPE c AS (a integer, b text);
-- new
CREATE TABLE c (a integer, b text);

-- pair: of an array of a table's rows
CREATE TABLE t (id integer);
-- new
CREATE TYPE c AS (rows t[], one t);
