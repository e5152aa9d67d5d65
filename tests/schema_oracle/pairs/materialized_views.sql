CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);

-- pair: one
-- new
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;

-- pair: another query
-- old
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;
-- new
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t WHERE a > 0;
-- both
CREATE UNIQUE INDEX m_id ON m (id);
COMMENT ON MATERIALIZED VIEW m IS 'kept';
COMMENT ON COLUMN m.a IS 'kept too';
GRANT SELECT ON m TO app_reader;

-- pair: without data
-- old
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;
-- new
CREATE MATERIALIZED VIEW m AS SELECT id FROM t WITH NO DATA;

-- pair: options, statistics and storage of columns
CREATE MATERIALIZED VIEW m AS SELECT id, a, b FROM t;
-- old
ALTER MATERIALIZED VIEW m SET (fillfactor = 70);
-- new
ALTER MATERIALIZED VIEW m SET (autovacuum_enabled = off);
ALTER MATERIALIZED VIEW m ALTER COLUMN b SET STATISTICS 300;
ALTER MATERIALIZED VIEW m ALTER COLUMN b SET STORAGE EXTERNAL;

-- pair: on a materialized view
-- old
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;
-- new
CREATE MATERIALIZED VIEW m AS SELECT a, id FROM t;
-- both
CREATE MATERIALIZED VIEW n AS SELECT id FROM m;
CREATE INDEX n_id ON n (id);
CREATE VIEW v AS SELECT * FROM n;

-- pair: becomes a view
-- old
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;
CREATE INDEX m_a ON m (a);
-- new
CREATE VIEW m AS SELECT id, a FROM t;

-- pair: clustered, and comments
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;
CREATE INDEX m_a ON m (a);
-- old
COMMENT ON MATERIALIZED VIEW m IS 'one';
-- new
COMMENT ON MATERIALIZED VIEW m IS 'two';
ALTER MATERIALIZED VIEW m CLUSTER ON m_a;

-- pair: its table goes with it
-- old
CREATE TABLE u (x integer);
CREATE MATERIALIZED VIEW m AS SELECT x FROM u;
CREATE STATISTICS m_stat ON x, (x + 1) FROM m;
