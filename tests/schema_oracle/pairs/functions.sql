-- pair: one
-- new
CREATE FUNCTION f(a integer, b text DEFAULT 'x') RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT b || a';

-- pair: another body
-- old
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2';

-- pair: everything that can be said of one
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
-- new
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT LEAKPROOF SECURITY DEFINER PARALLEL RESTRICTED COST 7
    SET search_path = pg_catalog, "My Schema" SET work_mem = '1MB' SET "app.x" = 'it''s' AS 'SELECT $1';

-- pair: another result
-- old
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''1''::text';

-- pair: another result, and much uses it
CREATE TABLE t (id integer, n integer);
-- old
CREATE FUNCTION f() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
-- new
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 1::bigint';
-- both
ALTER TABLE t ALTER COLUMN n SET DEFAULT f(), ADD CONSTRAINT c CHECK (n + 1 > f() - 100);
CREATE VIEW v AS SELECT id, f() > 0 AS x FROM t;
CREATE INDEX i ON t ((n > f()));
CREATE FUNCTION g() RETURNS boolean LANGUAGE sql RETURN f() > 0;
CREATE POLICY p ON t USING (f() > 0);

-- pair: parameters' names and defaults
-- old
CREATE FUNCTION f(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION g(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION h(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT $1';
-- new
CREATE FUNCTION f(a integer, c integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION g(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION h(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';

-- pair: overloads
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- old
CREATE FUNCTION f(text) RETURNS integer LANGUAGE sql AS 'SELECT 2';
-- new
CREATE FUNCTION f(bigint) RETURNS integer LANGUAGE sql AS 'SELECT 3';
CREATE FUNCTION f(integer, VARIADIC integer[]) RETURNS integer LANGUAGE sql AS 'SELECT 4';

-- pair: out, inout and tables
-- old
CREATE FUNCTION f(a integer, OUT b integer, INOUT c text) LANGUAGE sql AS 'SELECT 1, c';
CREATE FUNCTION g() RETURNS TABLE (x integer) LANGUAGE sql AS 'SELECT 1';
-- new
CREATE FUNCTION f(a integer, OUT b integer, INOUT c text, OUT d date) LANGUAGE sql AS 'SELECT 1, c, NULL::date';
CREATE FUNCTION g() RETURNS SETOF integer LANGUAGE sql ROWS 5 AS 'SELECT 1';

-- pair: procedures
-- old
CREATE PROCEDURE p(a integer) LANGUAGE sql AS 'SELECT 1';
-- new
CREATE PROCEDURE p(a integer, INOUT b text) LANGUAGE plpgsql AS $$ BEGIN COMMIT; b := 'x'; END $$;

-- pair: a function becomes a procedure
-- old
CREATE FUNCTION p(a integer) RETURNS void LANGUAGE sql AS 'SELECT 1';
-- new
CREATE PROCEDURE p(a integer) LANGUAGE sql AS 'SELECT 1';

-- pair: a function becomes an aggregate
-- old
CREATE FUNCTION total(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');

-- pair: aggregates
CREATE FUNCTION add(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
-- old
CREATE AGGREGATE total(integer) (SFUNC = add, STYPE = integer);
-- new
CREATE AGGREGATE total(integer) (SFUNC = add, STYPE = integer, INITCOND = '5', PARALLEL = safe, COMBINEFUNC = add, SORTOP = <);
CREATE AGGREGATE anything(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
COMMENT ON AGGREGATE total(integer) IS 'adds up';

-- pair: an aggregate that a view uses changes its state
CREATE TABLE t (n integer);
-- old
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
-- new
CREATE AGGREGATE total(integer) (SFUNC = int4larger, STYPE = integer, MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer);
-- both
CREATE VIEW v AS SELECT total(n) FROM t;

-- pair: an aggregate goes with its functions
-- old
CREATE FUNCTION step(numeric, integer) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION done(numeric) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text';
CREATE AGGREGATE total(integer) (SFUNC = step, STYPE = numeric, FINALFUNC = done, INITCOND = '0');

-- pair: bodies of standard SQL depend on tables
-- old
CREATE TABLE t (id integer, n integer);
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t WHERE n > 0; END;
-- new
CREATE TABLE t (id integer, m integer);
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t WHERE m > 0; SELECT 1; END;

-- pair: bodies of standard SQL depend on functions that come later by name
-- new
CREATE FUNCTION z() RETURNS integer LANGUAGE sql RETURN 1;
CREATE FUNCTION a() RETURNS integer LANGUAGE sql RETURN z() + 1;
CREATE VIEW b AS SELECT a() AS a;

-- pair: defaults of parameters depend on functions and types
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION z() RETURNS integer LANGUAGE sql RETURN 1;
CREATE FUNCTION a(n integer DEFAULT z(), m mood DEFAULT 'ok') RETURNS integer LANGUAGE sql AS 'SELECT n';

-- pair: defaults, checks and generated columns use them
-- old
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TABLE t (id integer, a integer DEFAULT f(1), b integer CHECK (f(b) > 0), c integer GENERATED ALWAYS AS (f(id)) STORED);
-- new
CREATE FUNCTION g(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
CREATE TABLE t (id integer, a integer DEFAULT g(1), b integer CHECK (g(b) > 0), c integer GENERATED ALWAYS AS (g(id)) STORED);
-- may lose: t
-- may rewrite: t

-- pair: takes and returns the rows of a table
CREATE TABLE t (id integer, a text);
-- new
CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'SELECT $1.a';
CREATE FUNCTION g() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';
CREATE FUNCTION h(x t.a%TYPE) RETURNS t[] LANGUAGE sql AS 'SELECT array_agg(t) FROM t';

-- pair: takes the rows of a table that goes
-- old
CREATE TABLE t (id integer, a text);
CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'SELECT $1.a';

-- pair: a default of the table whose rows the function takes
-- new
CREATE TABLE t (id integer, a text);
CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'SELECT $1.a';
CREATE FUNCTION next() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT max(id) + 1 FROM t); END';
ALTER TABLE t ALTER COLUMN id SET DEFAULT next();

-- pair: text with every kind of quote
-- old
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $x$ SELECT 'it''s $$ \ "q"' -- ;
$x$;
-- new
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $function$
DECLARE x text := $$a$$ || $b$c$b$;
BEGIN
    -- $function1$ ; /* not closed
    RETURN x || E'\n\\';
END;
$function$;

-- pair: window and internal ones, support functions
-- new
CREATE FUNCTION mine() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_row_number';
CREATE FUNCTION eq(text, text) RETURNS boolean LANGUAGE internal STRICT IMMUTABLE SUPPORT textlike_support AS 'texteq';

-- pair: comments and privileges
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE a(integer) (SFUNC = int4pl, STYPE = integer);
-- old
COMMENT ON FUNCTION f(integer) IS 'one';
REVOKE EXECUTE ON FUNCTION f(integer) FROM PUBLIC;
-- new
COMMENT ON PROCEDURE p() IS 'two';
COMMENT ON AGGREGATE a(integer) IS 'three';
GRANT EXECUTE ON FUNCTION f(integer) TO app_reader;
REVOKE EXECUTE ON PROCEDURE p() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION a(integer) FROM PUBLIC;

-- pair: kept privileges and comments when it is made again
-- old
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- new
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''x''::text';
-- both
COMMENT ON FUNCTION f() IS 'kept';
REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f() TO app_reader;

-- pair: polymorphic and transformed
-- old
CREATE FUNCTION first(anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1[1]';
-- new
CREATE FUNCTION first(anycompatiblearray) RETURNS anycompatible LANGUAGE sql AS 'SELECT $1[1]';

-- pair: two that call each other
-- new
SET check_function_bodies = off;
CREATE FUNCTION a(integer) RETURNS integer LANGUAGE sql AS 'SELECT b($1)';
CREATE FUNCTION b(integer) RETURNS integer LANGUAGE sql AS 'SELECT a($1)';

-- pair: its body reads a table that comes later by name
-- new
CREATE TABLE zebra (id integer);
CREATE FUNCTION count_them() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM zebra';

-- pair: a type of a parameter is made anew
-- old
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- new
CREATE TYPE mood AS ENUM ('ok', 'glad');
-- both
CREATE FUNCTION f(mood, mood[] DEFAULT '{ok}') RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION g() RETURNS SETOF mood LANGUAGE sql RETURN f('ok');
