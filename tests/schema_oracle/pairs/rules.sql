CREATE TABLE t (id integer PRIMARY KEY, a integer);
CREATE TABLE log (id integer, at timestamptz DEFAULT now());

-- pair: one
-- new
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (new.id);

-- pair: another event, condition and action
-- old
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (new.id);
-- new
CREATE RULE r AS ON UPDATE TO t WHERE old.a <> new.a DO INSTEAD (INSERT INTO log VALUES (new.id); DELETE FROM log WHERE id = old.id);

-- pair: a view that can be written to
CREATE VIEW v AS SELECT id, a FROM t;
-- old
CREATE RULE w AS ON INSERT TO v DO INSTEAD NOTHING;
-- new
CREATE RULE w AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (new.id, new.a) RETURNING id, a;
COMMENT ON RULE w ON v IS 'writes through';

-- pair: enabled states and comment
CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING;
CREATE RULE s AS ON INSERT TO t DO ALSO NOTHING;
-- old
ALTER TABLE t DISABLE RULE r;
-- new
ALTER TABLE t ENABLE ALWAYS RULE s;
COMMENT ON RULE s ON t IS 'it is';

-- pair: of a view that is made again
-- old
CREATE VIEW v AS SELECT id, a FROM t;
-- new
CREATE VIEW v AS SELECT a, id FROM t;
-- both
CREATE RULE w AS ON DELETE TO v DO INSTEAD DELETE FROM t WHERE id = old.id;
COMMENT ON RULE w ON v IS 'kept';

-- pair: views that write to each other by rules
-- new
CREATE VIEW v AS SELECT id, a FROM t;
CREATE VIEW w AS SELECT id, a FROM t;
CREATE RULE x AS ON INSERT TO v DO INSTEAD INSERT INTO w VALUES (new.id, new.a);
CREATE RULE x AS ON UPDATE TO w DO INSTEAD UPDATE v SET a = new.a WHERE id = old.id;

-- pair: a column that it writes goes
-- old
ALTER TABLE log ADD COLUMN note text;
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log (id, note) VALUES (new.id, 'x');
-- new
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log (id) VALUES (new.id);

-- pair: another one once the type of a column that it read changes
CREATE TABLE read (id integer, a integer);
-- old
CREATE RULE r AS ON INSERT TO read WHERE new.a > 0 DO INSTEAD NOTHING;
-- new
ALTER TABLE read ALTER COLUMN a TYPE text;
CREATE RULE r AS ON INSERT TO read WHERE new.id > 0 DO INSTEAD NOTHING;
