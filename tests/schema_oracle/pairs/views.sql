CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, c date);

-- pair: one
-- new
CREATE VIEW v AS SELECT id, a FROM t;

-- pair: another condition
-- old
CREATE VIEW v AS SELECT id, a FROM t WHERE a > 1;
-- new
CREATE VIEW v AS SELECT id, a FROM t WHERE a > 2;

-- pair: a column at its end
-- old
CREATE VIEW v AS SELECT id, a FROM t;
-- new
CREATE VIEW v AS SELECT id, a, b FROM t;

-- pair: a column in its middle
-- old
CREATE VIEW v AS SELECT id, a FROM t;
-- new
CREATE VIEW v AS SELECT id, b, a FROM t;

-- pair: a column has another name or type
-- old
CREATE VIEW v AS SELECT id, a AS n FROM t;
-- new
CREATE VIEW v AS SELECT id::text AS id, a AS m FROM t;

-- pair: on a view whose columns change
-- old
CREATE VIEW v AS SELECT id, a FROM t;
-- new
CREATE VIEW v AS SELECT b, id, a FROM t;
-- both
CREATE VIEW w AS SELECT id, a FROM v;
CREATE VIEW x AS SELECT id FROM w;
COMMENT ON VIEW x IS 'far away';
GRANT SELECT ON w TO app_reader;
ALTER VIEW w ALTER COLUMN a SET DEFAULT 5;

-- pair: two that are read in the other direction
-- old
CREATE VIEW v AS SELECT id, a FROM t;
CREATE VIEW w AS SELECT id, a FROM v WHERE a > 0;
-- new
CREATE VIEW w AS SELECT id, a FROM t;
CREATE VIEW v AS SELECT id, a FROM w WHERE a > 0;

-- pair: the same, and their columns differ
-- old
CREATE VIEW v AS SELECT id, a FROM t;
CREATE VIEW w AS SELECT a FROM v;
-- new
CREATE VIEW w AS SELECT b FROM t;
CREATE VIEW v AS SELECT b FROM w;

-- pair: options
-- old
CREATE VIEW v WITH (security_barrier) AS SELECT id, a FROM t;
-- new
CREATE VIEW v WITH (security_invoker = true) AS SELECT id, a FROM t WITH LOCAL CHECK OPTION;

-- pair: check option
-- old
CREATE VIEW v AS SELECT id, a FROM t WHERE a > 0 WITH CASCADED CHECK OPTION;
-- new
CREATE VIEW v AS SELECT id, a FROM t WHERE a > 0;

-- pair: defaults of columns
CREATE VIEW v AS SELECT id, a, b FROM t;
-- old
ALTER VIEW v ALTER COLUMN a SET DEFAULT 1;
-- new
ALTER VIEW v ALTER COLUMN a SET DEFAULT 2, ALTER COLUMN b SET DEFAULT 'x';

-- pair: comments on it and on its columns, privileges on both
CREATE VIEW v AS SELECT id, a, b FROM t;
-- old
COMMENT ON VIEW v IS 'one';
COMMENT ON COLUMN v.a IS 'one';
GRANT SELECT ON v TO app_reader;
-- new
COMMENT ON VIEW v IS 'two';
COMMENT ON COLUMN v.b IS 'two';
GRANT SELECT (id, b) ON v TO app_writer;

-- pair: recursive
-- old
CREATE RECURSIVE VIEW v (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v WHERE n < 100;
-- new
CREATE RECURSIVE VIEW v (n) AS VALUES (1) UNION ALL SELECT n + 2 FROM v WHERE n < 50;

-- pair: reads a column that is new, and one that is gone
-- old
ALTER TABLE t ADD COLUMN x integer;
CREATE VIEW v AS SELECT id, x FROM t;
-- new
ALTER TABLE t ADD COLUMN y integer;
CREATE VIEW v AS SELECT id, y AS x FROM t;

-- pair: reads everything of a table that grows
-- old
CREATE VIEW v AS SELECT * FROM t;
-- new
ALTER TABLE t ADD COLUMN x integer;
CREATE VIEW v AS SELECT * FROM t;

-- pair: reads whole rows of a table that grows
-- new
ALTER TABLE t ADD COLUMN x integer;
-- both
CREATE VIEW v AS SELECT t AS whole, (t).a FROM t;

-- pair: becomes a materialized view
-- old
CREATE VIEW v AS SELECT id, a FROM t;
-- new
CREATE MATERIALIZED VIEW v AS SELECT id, a FROM t;

-- pair: becomes a table
-- old
CREATE VIEW v AS SELECT id, a FROM t;
-- new
CREATE TABLE v (id integer, a integer);

-- pair: of a function that returns a table
-- old
CREATE FUNCTION f() RETURNS TABLE (x integer, y text) LANGUAGE sql AS 'SELECT 1, ''a''';
-- new
CREATE FUNCTION f() RETURNS TABLE (x integer, y text, z date) LANGUAGE sql AS 'SELECT 1, ''a'', NULL::date';
-- both
CREATE VIEW v AS SELECT x, y FROM f();

-- pair: of everything that SQL has
-- new
CREATE VIEW v AS
WITH recent AS MATERIALIZED (SELECT * FROM t WHERE c > '2024-01-01')
SELECT DISTINCT ON (r.id) r.id, count(*) FILTER (WHERE r.a > 1) OVER w AS n, array_agg(r.b) OVER (ORDER BY r.a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS l,
    CASE WHEN EXISTS (SELECT 1 FROM t x WHERE x.id = r.a) THEN 'x' ELSE 'y' END AS e, s.value, (SELECT max(a) FROM t) AS m
FROM recent r LEFT JOIN LATERAL (SELECT r.a * 2 AS value) s ON true JOIN t USING (id) CROSS JOIN generate_series(1, 3) WITH ORDINALITY AS g (i, o)
WINDOW w AS (PARTITION BY r.a ORDER BY r.b DESC NULLS LAST)
ORDER BY r.id, r.b LIMIT 10 OFFSET 1;
CREATE VIEW u AS (SELECT id FROM t EXCEPT SELECT a FROM t) UNION ALL SELECT 1;
CREATE VIEW g AS SELECT a, b, grouping(a, b), sum(id) FROM t GROUP BY ROLLUP (a, b) HAVING count(*) > 1;

-- pair: VALUES in a union, which PostgreSQL prints in two ways
-- new
CREATE VIEW v AS SELECT id FROM t UNION ALL VALUES (1), (2);

-- pair: columns called by words of SQL
-- new
CREATE VIEW "select" AS SELECT id AS "order", a AS "Group", b AS "from" FROM t AS "user";

-- pair: uses an operator and a type of another schema
CREATE SCHEMA s;
CREATE TYPE s.mood AS ENUM ('sad', 'ok');
CREATE FUNCTION s.near(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE OPERATOR s.~~~ (FUNCTION = s.near, LEFTARG = integer, RIGHTARG = integer);
-- new
CREATE VIEW v AS SELECT id, 'ok'::s.mood AS mood FROM t WHERE a OPERATOR(s.~~~) id;

-- pair: a tall stack on a column that changes its type
-- old
CREATE TABLE base (id integer, n integer);
-- new
CREATE TABLE base (id integer, n numeric);
-- both
CREATE VIEW v1 AS SELECT * FROM base;
CREATE VIEW v2 AS SELECT n FROM v1;
CREATE MATERIALIZED VIEW v3 AS SELECT n FROM v2;
CREATE UNIQUE INDEX v3_n ON v3 (n);
CREATE VIEW v4 AS SELECT v3.n, v1.id FROM v3 JOIN v1 USING (n);
CREATE FUNCTION f() RETURNS SETOF v4 LANGUAGE sql AS 'SELECT * FROM v4';
CREATE VIEW v5 AS SELECT * FROM f();
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER instead INSTEAD OF INSERT ON v4 FOR EACH ROW EXECUTE FUNCTION g();
CREATE RULE nothing AS ON DELETE TO v5 DO INSTEAD NOTHING;
GRANT SELECT ON v1, v2, v3, v4, v5 TO app_reader;
COMMENT ON MATERIALIZED VIEW v3 IS 'the third';

-- pair: another query once the type of a column that it read changes
-- old
CREATE VIEW v AS SELECT id FROM t WHERE a > 0;
-- new
ALTER TABLE t ALTER COLUMN a TYPE text;
CREATE VIEW v AS SELECT id FROM t WHERE b <> '';

-- pair: privileges on single columns come, change and go
-- old
CREATE VIEW v AS SELECT id, a, b FROM t;
GRANT SELECT (id, a) ON v TO app_reader;
GRANT UPDATE (a) ON v TO app_writer WITH GRANT OPTION;
-- new
CREATE VIEW v AS SELECT id, a, b, c FROM t;
GRANT SELECT (id, c) ON v TO app_reader;
GRANT UPDATE (a) ON v TO app_writer;
GRANT SELECT ON v TO PUBLIC;
