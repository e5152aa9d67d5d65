CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, c date, d jsonb, e tsvector, f int4range, g point, h text[], i inet);

-- pair: b-tree
-- new
CREATE INDEX t_a ON t (a);

-- pair: several columns in another order
-- old
CREATE INDEX i ON t (a, b);
-- new
CREATE INDEX i ON t (b, a);

-- pair: descending, nulls first and last
-- old
CREATE INDEX i ON t (a DESC, c);
-- new
CREATE INDEX i ON t (a DESC NULLS LAST, c NULLS FIRST);

-- pair: unique
-- old
CREATE INDEX i ON t (a);
-- new
CREATE UNIQUE INDEX i ON t (a);

-- pair: unique nulls not distinct
-- old
CREATE UNIQUE INDEX i ON t (a);
-- new
CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT;

-- pair: expressions
-- old
CREATE INDEX i ON t (lower(b));
-- new
CREATE INDEX i ON t (lower(b), (a + 1), COALESCE(b, 'it''s'));

-- pair: partial
-- old
CREATE INDEX i ON t (a) WHERE b IS NOT NULL;
-- new
CREATE INDEX i ON t (a) WHERE b LIKE 'x%' AND a > 3;

-- pair: included columns
-- old
CREATE UNIQUE INDEX i ON t (a);
-- new
CREATE UNIQUE INDEX i ON t (a) INCLUDE (b, c);

-- pair: operator class and collation
-- old
CREATE INDEX i ON t (b);
-- new
CREATE INDEX i ON t (b COLLATE "POSIX" text_pattern_ops);

-- pair: operator class with options
-- old
CREATE INDEX i ON t USING gist (e);
-- new
CREATE INDEX i ON t USING gist (e tsvector_ops (siglen = 100));

-- pair: gin and its options
-- old
CREATE INDEX i ON t USING gin (d);
-- new
CREATE INDEX i ON t USING gin (d jsonb_path_ops, h) WITH (fastupdate = off);

-- pair: gist, spgist and hash
-- old
CREATE INDEX i ON t USING gist (f, g);
CREATE INDEX j ON t (b);
-- new
CREATE INDEX i ON t USING spgist (f);
CREATE INDEX j ON t USING hash (b);

-- pair: brin and its options
-- old
CREATE INDEX i ON t USING brin (a) WITH (pages_per_range = 32);
-- new
CREATE INDEX i ON t USING brin (a int4_minmax_multi_ops, i inet_inclusion_ops) WITH (pages_per_range = 16, autosummarize = on);

-- pair: options alone
-- old
CREATE INDEX i ON t (a) WITH (fillfactor = 70);
-- new
CREATE INDEX i ON t (a) WITH (fillfactor = 80, deduplicate_items = off);

-- pair: statistics of an expression
CREATE INDEX i ON t (a, lower(b), (a + 1));
-- old
ALTER INDEX i ALTER COLUMN 3 SET STATISTICS 10;
-- new
ALTER INDEX i ALTER COLUMN 2 SET STATISTICS 400;

-- pair: the same columns under another name
-- old
CREATE INDEX one ON t (a);
-- new
CREATE INDEX two ON t (a);

-- pair: two exchange their names
-- old
CREATE INDEX one ON t (a);
CREATE INDEX two ON t (b);
-- new
CREATE INDEX two ON t (a);
CREATE INDEX one ON t (b);

-- pair: a name moves to another table
CREATE TABLE u (a integer);
-- old
CREATE INDEX i ON t (a);
-- new
CREATE INDEX i ON u (a);

-- pair: comments
CREATE INDEX i ON t (a);
CREATE INDEX j ON t (b);
-- old
COMMENT ON INDEX i IS 'one';
-- new
COMMENT ON INDEX i IS 'two';
COMMENT ON INDEX j IS 'three';

-- pair: by a function that changes
-- old
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
-- new
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT upper($1)';
-- both
CREATE INDEX i ON t (plain(b));

-- pair: by a function whose result changes its type
-- old
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
-- new
CREATE FUNCTION plain(text) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT length($1)';
-- both
CREATE INDEX i ON t (plain(b));

-- pair: on a materialized view
CREATE MATERIALIZED VIEW m AS SELECT id, a, b FROM t;
-- old
CREATE INDEX m_a ON m (a);
-- new
CREATE UNIQUE INDEX m_id ON m (id);
CREATE INDEX m_b ON m USING hash (b);

-- pair: one that was left invalid
-- only forward: nobody wants an invalid one
CREATE TABLE u (n integer);
-- old
CREATE INDEX u_n ON u (n);
UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'u_n'::regclass;
-- new
CREATE INDEX u_n ON u (n);

-- pair: quoted names and columns
CREATE TABLE "T t" ("A a" integer, "b""b" text);
-- new
CREATE INDEX "I i" ON "T t" ("A a", lower("b""b")) WHERE "A a" > 0;
