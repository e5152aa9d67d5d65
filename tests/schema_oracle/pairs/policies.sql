CREATE TABLE t (id integer PRIMARY KEY, owner name, a integer);

-- pair: one, and row security
-- new
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (owner = CURRENT_USER);

-- pair: expressions
-- old
CREATE POLICY p ON t USING (a > 0);
-- new
CREATE POLICY p ON t USING (a > 1 AND owner = CURRENT_USER) WITH CHECK (a < 10);

-- pair: an expression goes
-- old
CREATE POLICY p ON t USING (a > 0) WITH CHECK (a > 1);
-- new
CREATE POLICY p ON t USING (a > 0);

-- pair: roles
-- old
CREATE POLICY p ON t TO app_reader USING (a > 0);
-- new
CREATE POLICY p ON t TO app_writer, "Zoë ""the"" auditor" USING (a > 0);

-- pair: command and kind
-- old
CREATE POLICY p ON t FOR SELECT USING (a > 0);
CREATE POLICY q ON t FOR INSERT WITH CHECK (a > 0);
-- new
CREATE POLICY p ON t AS RESTRICTIVE FOR UPDATE USING (a > 0) WITH CHECK (a > 1);
CREATE POLICY q ON t FOR DELETE USING (a > 0);

-- pair: reads other tables, functions, and views of its own table
CREATE TABLE team (id integer, member name);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE FUNCTION f() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
-- new
CREATE POLICY p ON t USING (a IN (SELECT id FROM team WHERE member = CURRENT_USER) AND f());
CREATE POLICY q ON team USING (EXISTS (SELECT 1 FROM v WHERE v.id = team.id));

-- pair: two tables whose policies read each other
-- new
CREATE TABLE a (id integer);
CREATE TABLE b (id integer);
CREATE POLICY p ON a USING (EXISTS (SELECT 1 FROM b WHERE b.id = a.id));
CREATE POLICY p ON b USING (EXISTS (SELECT 1 FROM a WHERE b.id = a.id));

-- pair: goes with its column
-- old
ALTER TABLE t ADD COLUMN tenant integer;
CREATE POLICY p ON t USING (tenant = 1);

-- pair: comment, and a quoted name
-- new
CREATE POLICY "A policy; really" ON t USING (true);
COMMENT ON POLICY "A policy; really" ON t IS 'it is';

-- pair: an expression that no longer reads a column whose type changes
-- old
CREATE POLICY p ON t USING (a > 0);
-- new
ALTER TABLE t ALTER COLUMN a TYPE text;
CREATE POLICY p ON t USING (id > 0);

-- pair: of a child, which reads a column that has its type from the parent
-- old
CREATE TABLE child () INHERITS (t);
CREATE POLICY p ON child USING (a > 0);
-- new
CREATE TABLE child () INHERITS (t);
ALTER TABLE t ALTER COLUMN a TYPE bigint;
CREATE POLICY p ON child USING (a > 0);
