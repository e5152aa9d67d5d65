-- pair: one
-- new
CREATE SEQUENCE s;

-- pair: every option
-- old
CREATE SEQUENCE s;
-- new
CREATE SEQUENCE s AS integer INCREMENT BY 5 MINVALUE 10 MAXVALUE 1000 START WITH 20 CACHE 7 CYCLE;

-- pair: downwards
-- old
CREATE SEQUENCE s;
-- new
CREATE SEQUENCE s INCREMENT BY -1;

-- pair: smaller type
-- old
CREATE SEQUENCE s AS bigint;
-- new
CREATE SEQUENCE s AS smallint;

-- pair: unlogged
-- old
CREATE SEQUENCE s;
-- new
CREATE UNLOGGED SEQUENCE s;

-- pair: owned by a column, and by another
CREATE TABLE t (id integer, n integer);
CREATE TABLE u (id integer);
CREATE SEQUENCE s;
CREATE SEQUENCE r;
-- old
ALTER SEQUENCE s OWNED BY t.id;
-- new
ALTER SEQUENCE s OWNED BY u.id;
ALTER SEQUENCE r OWNED BY t.n;

-- pair: owned by a column that comes
CREATE SEQUENCE s;
CREATE TABLE t (id integer);
-- new
ALTER TABLE t ADD COLUMN n bigint DEFAULT nextval('s');
ALTER SEQUENCE s OWNED BY t.n;

-- pair: owned no more by a column that goes
-- old
CREATE TABLE t (id integer, n serial);
-- new
CREATE TABLE t (id integer);
CREATE SEQUENCE t_n_seq AS integer;

-- pair: shared by two tables
-- new
CREATE SEQUENCE s;
CREATE TABLE t (id bigint DEFAULT nextval('s'));
CREATE TABLE u (id bigint DEFAULT nextval('s'));

-- pair: a default uses another
CREATE SEQUENCE one;
CREATE SEQUENCE two;
-- old
CREATE TABLE t (id bigint DEFAULT nextval('one'));
-- new
CREATE TABLE t (id bigint DEFAULT nextval('two'));

-- pair: of a serial, changed
CREATE TABLE t (id serial, n bigserial);
-- new
ALTER SEQUENCE t_id_seq INCREMENT BY 2 CACHE 10;
ALTER SEQUENCE t_n_seq OWNED BY NONE;

-- pair: comments and privileges
CREATE SEQUENCE s;
-- old
COMMENT ON SEQUENCE s IS 'numbers';
GRANT USAGE ON SEQUENCE s TO app_reader;
-- new
GRANT SELECT, UPDATE ON SEQUENCE s TO app_writer;

-- pair: a serial column goes
-- old
CREATE TABLE t (id serial PRIMARY KEY, n bigserial);
-- new
CREATE TABLE t (id integer PRIMARY KEY);

-- pair: in another schema than its table
CREATE SCHEMA s;
CREATE TABLE t (id integer PRIMARY KEY);
-- new
CREATE SEQUENCE s.numbers;
ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('s.numbers');
