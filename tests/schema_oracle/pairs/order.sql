-- pair: names against the order
-- new
CREATE TYPE z AS ENUM ('a');
CREATE DOMAIN y AS text CHECK (VALUE <> 'z');
CREATE FUNCTION x(y) RETURNS y LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TABLE w (id integer PRIMARY KEY, y y DEFAULT x('q'), z z);
CREATE TABLE a (w_id integer REFERENCES w);
CREATE VIEW b AS SELECT w.y, a.w_id FROM w JOIN a ON w.id = a.w_id;
CREATE VIEW aa AS SELECT * FROM b;

-- pair: a function in a default of the table that the function reads
CREATE TABLE t (id integer, n integer);
-- new
CREATE FUNCTION next_n() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT coalesce(max(n), 0) + 1 FROM t; END;
ALTER TABLE t ALTER COLUMN n SET DEFAULT next_n();

-- pair: the same, from nothing
-- new
CREATE TABLE t (id integer, n integer);
CREATE FUNCTION next_n() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT coalesce(max(n), 0) + 1 FROM t; END;
ALTER TABLE t ALTER COLUMN n SET DEFAULT next_n();

-- pair: a function in a check of the table whose rows it takes
-- new
CREATE TABLE t (id integer, n integer);
CREATE FUNCTION fine(t) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
ALTER TABLE t ADD CONSTRAINT fine CHECK (fine(t));

-- pair: a view of a table whose default calls a function that reads the view
-- new
CREATE TABLE t (id integer, n integer);
CREATE VIEW v AS SELECT max(n) AS n FROM t;
CREATE FUNCTION top() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT n FROM v; END;
ALTER TABLE t ALTER COLUMN n SET DEFAULT top();

-- pair: views that depend on each other through a rule
-- new
CREATE TABLE t (id integer, n integer);
CREATE VIEW v (id, n) AS SELECT NULL::integer, NULL::integer;
CREATE VIEW w AS SELECT * FROM v;
CREATE OR REPLACE VIEW v AS SELECT id, n FROM t;
CREATE RULE r AS ON INSERT TO v DO INSTEAD INSERT INTO t SELECT w.id, w.n FROM w;

-- pair: a column moves from one table to another, with what is on it
-- old
CREATE TABLE person (id integer PRIMARY KEY, email text UNIQUE);
CREATE TABLE account (id integer PRIMARY KEY, person_id integer REFERENCES person);
CREATE VIEW mail AS SELECT a.id, p.email FROM account a JOIN person p ON p.id = a.person_id;
-- new
CREATE TABLE person (id integer PRIMARY KEY);
CREATE TABLE account (id integer PRIMARY KEY, person_id integer REFERENCES person, email text UNIQUE);
CREATE VIEW mail AS SELECT id, email FROM account;

-- pair: foreign keys turn round
-- old
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a);
-- new
CREATE TABLE b (id integer PRIMARY KEY);
CREATE TABLE a (id integer PRIMARY KEY, b_id integer REFERENCES b);

-- pair: functions of standard SQL in a chain turn round
-- old
CREATE FUNCTION a() RETURNS integer LANGUAGE sql RETURN 1;
CREATE FUNCTION b() RETURNS integer LANGUAGE sql RETURN a() + 1;
CREATE FUNCTION c() RETURNS integer LANGUAGE sql RETURN b() + 1;
-- new
CREATE FUNCTION c() RETURNS integer LANGUAGE sql RETURN 1;
CREATE FUNCTION b() RETURNS integer LANGUAGE sql RETURN c() + 1;
CREATE FUNCTION a() RETURNS integer LANGUAGE sql RETURN b() + 1;

-- pair: a table and a function that the other one's body needs, both new, both old
-- old
CREATE TABLE one (id integer);
CREATE FUNCTION first_one() RETURNS SETOF one LANGUAGE sql BEGIN ATOMIC SELECT * FROM one; END;
CREATE VIEW first_view AS SELECT * FROM first_one();
-- new
CREATE TABLE two (id integer);
CREATE FUNCTION second_one() RETURNS SETOF two LANGUAGE sql BEGIN ATOMIC SELECT * FROM two; END;
CREATE VIEW second_view AS SELECT * FROM second_one();

-- pair: a name that an old object must give up first
-- old
CREATE TABLE a (id integer);
CREATE VIEW b AS SELECT id FROM a;
CREATE SEQUENCE c;
CREATE TYPE d AS ENUM ('x');
-- new
CREATE SEQUENCE a;
CREATE TABLE b (id integer DEFAULT nextval('a'));
CREATE VIEW c AS SELECT id FROM b;
CREATE DOMAIN d AS integer;

-- pair: names go round in a circle of three, with keys between them
-- old
CREATE TABLE a (id integer PRIMARY KEY, x integer);
CREATE TABLE b (id integer PRIMARY KEY, y text);
CREATE TABLE c (id integer PRIMARY KEY, z date);
ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b;
ALTER TABLE b ADD FOREIGN KEY (id) REFERENCES c;
-- new
CREATE TABLE b (id integer PRIMARY KEY, x integer);
CREATE TABLE c (id integer PRIMARY KEY, y text);
CREATE TABLE a (id integer PRIMARY KEY, z date);
ALTER TABLE b ADD FOREIGN KEY (id) REFERENCES c;
ALTER TABLE c ADD FOREIGN KEY (id) REFERENCES a;
-- no rows: a b c

-- pair: a type that a dropped column had is replaced by a table of its name
-- old
CREATE TYPE kind AS ENUM ('a', 'b');
CREATE TABLE t (id integer PRIMARY KEY, kind kind);
-- new
CREATE TABLE kind (id integer PRIMARY KEY, name text);
CREATE TABLE t (id integer PRIMARY KEY, kind_id integer REFERENCES kind);

-- pair: a generated column needs a function that needs a type that needs a function
-- new
CREATE FUNCTION ok(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 <> '' $$;
CREATE DOMAIN code AS text CHECK (ok(VALUE));
CREATE FUNCTION code_of(text) RETURNS code LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)::code';
CREATE TABLE t (name text, code code GENERATED ALWAYS AS (code_of(name)) STORED);
CREATE UNIQUE INDEX t_code ON t (code_of(name));

-- pair: everything goes
-- old
CREATE TYPE z AS ENUM ('a');
CREATE DOMAIN y AS text CHECK (VALUE <> 'z');
CREATE FUNCTION x(y) RETURNS y LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TABLE w (id serial PRIMARY KEY, y y DEFAULT x('q'), z z);
CREATE TABLE a (w_id integer REFERENCES w);
CREATE VIEW b AS SELECT w.y, a.w_id FROM w JOIN a ON w.id = a.w_id;
CREATE MATERIALIZED VIEW aa AS SELECT * FROM b;
CREATE INDEX ON aa (y);
CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION tr();
CREATE POLICY p ON a USING (w_id IN (SELECT id FROM w));
CREATE PUBLICATION pub FOR TABLE a;
CREATE AGGREGATE agg(integer) (SFUNC = int4pl, STYPE = integer);
COMMENT ON TABLE a IS 'it';
