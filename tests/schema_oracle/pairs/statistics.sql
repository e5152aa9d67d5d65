CREATE TABLE t (a integer, b integer, c text);

-- pair: one
-- new
CREATE STATISTICS s ON a, b FROM t;

-- pair: kinds, columns and expressions
-- old
CREATE STATISTICS s (dependencies) ON a, b FROM t;
-- new
CREATE STATISTICS s (ndistinct, mcv) ON a, (b + 1), lower(c) FROM t;

-- pair: target and comment
CREATE STATISTICS s ON a, b FROM t;
-- old
ALTER STATISTICS s SET STATISTICS 10;
COMMENT ON STATISTICS s IS 'one';
-- new
ALTER STATISTICS s SET STATISTICS 200;

-- pair: in another schema, of another table
CREATE SCHEMA stats;
CREATE TABLE u (a integer, b integer);
-- old
CREATE STATISTICS stats.s ON a, b FROM t;
-- new
CREATE STATISTICS stats.s ON a, b FROM u;
CREATE STATISTICS stats.e ON (a * b) FROM t;
