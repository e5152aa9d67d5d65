CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);

-- pair: on a table
-- old
GRANT SELECT, INSERT ON t TO app_reader;
-- new
GRANT SELECT ON t TO app_reader WITH GRANT OPTION;
GRANT ALL ON t TO app_writer;

-- pair: to everybody
-- old
GRANT SELECT ON t TO PUBLIC;
-- new
GRANT UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON t TO PUBLIC;

-- pair: the owner's own are taken away
-- new
REVOKE UPDATE, DELETE ON t FROM postgres;

-- pair: on columns
-- old
GRANT SELECT (id, a) ON t TO app_reader;
-- new
GRANT SELECT (id), UPDATE (b), INSERT (a, b) ON t TO app_reader, app_writer;

-- pair: on columns with the right to grant, and on the table too
-- old
GRANT SELECT ON t TO app_reader;
GRANT SELECT (a) ON t TO app_reader;
-- new
GRANT SELECT (a) ON t TO app_reader WITH GRANT OPTION;

-- pair: a quoted role
-- new
GRANT SELECT ON t TO "Zoë ""the"" auditor";

-- pair: all kinds of objects
CREATE SCHEMA s;
CREATE SEQUENCE q;
CREATE VIEW v AS SELECT * FROM t;
CREATE MATERIALIZED VIEW m AS SELECT * FROM t;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE e AS ENUM ('a');
CREATE DOMAIN d AS integer;
-- new
GRANT CREATE ON SCHEMA s TO app_writer;
GRANT USAGE ON SEQUENCE q TO app_writer;
GRANT SELECT, INSERT ON v TO app_writer;
GRANT SELECT ON m TO app_writer;
REVOKE ALL ON FUNCTION f FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f TO app_writer;
REVOKE ALL ON TYPE e FROM PUBLIC;
GRANT USAGE ON DOMAIN d TO app_writer;

-- pair: of a new column
GRANT SELECT ON t TO app_reader;
-- new
ALTER TABLE t ADD COLUMN c date;
GRANT SELECT (c) ON t TO app_writer;

-- pair: default ones
-- old
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app_reader;
-- new
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO app_writer;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO app_writer;

-- pair: default ones of a schema and of a role
CREATE SCHEMA s;
-- old
ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO app_reader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
-- new
ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT EXECUTE ON FUNCTIONS TO app_reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT ALL ON TABLES TO app_writer;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO app_reader;

-- pair: default ones are there while tables come
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app_reader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO app_reader;
-- new
CREATE TABLE one (id serial);
CREATE VIEW two AS SELECT * FROM one;
CREATE TABLE three (id integer);
REVOKE SELECT ON three FROM app_reader;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS integer LANGUAGE sql AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION g() TO PUBLIC;

-- pair: default ones come together with tables that had none
-- new
CREATE TABLE one (id integer);
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app_reader;
CREATE TABLE two (id integer);

-- pair: kept while a column's type changes and a view is made again
-- old
CREATE TABLE u (id integer, n integer);
-- new
CREATE TABLE u (id integer, n bigint);
-- both
CREATE VIEW v AS SELECT n FROM u;
GRANT SELECT ON v TO app_reader WITH GRANT OPTION;
GRANT SELECT (n) ON v TO PUBLIC;
GRANT UPDATE (n) ON u TO app_writer;

-- pair: owners
-- options: --owners
CREATE SCHEMA s;
CREATE VIEW v AS SELECT id FROM t;
CREATE SEQUENCE q;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE e AS ENUM ('a');
-- old
ALTER TABLE t OWNER TO app_owner;
ALTER TYPE e OWNER TO app_reader;
-- new
ALTER TABLE t OWNER TO "Zoë ""the"" auditor";
ALTER VIEW v OWNER TO app_owner;
ALTER SEQUENCE q OWNER TO app_owner;
ALTER FUNCTION f() OWNER TO app_owner;
ALTER SCHEMA s OWNER TO app_owner;
CREATE TABLE u (id integer);
ALTER TABLE u OWNER TO app_owner;
GRANT SELECT ON u TO app_reader;

-- pair: owners are not compared unless asked for, same
-- old
ALTER TABLE t OWNER TO app_owner;
