CREATE FUNCTION near(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE FUNCTION compare(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';

-- pair: one
-- new
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = ~~~, RESTRICT = eqsel, JOIN = eqjoinsel);

-- pair: commutator and negator, neither of them there
CREATE FUNCTION far(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT NOT near($1, $2)';
-- new
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = ~~~, NEGATOR = !~~~);
CREATE OPERATOR !~~~ (FUNCTION = far, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = !~~~, NEGATOR = ~~~);

-- pair: prefix, and another function
-- old
CREATE FUNCTION one(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR ### (FUNCTION = one, RIGHTARG = integer);
-- new
CREATE FUNCTION two(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR ### (FUNCTION = two, RIGHTARG = integer);
COMMENT ON OPERATOR ### (NONE, integer) IS 'prefix';

-- pair: selectivity alone
-- old
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer, RESTRICT = eqsel);
-- new
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer, JOIN = eqjoinsel);

-- pair: hashes and merges
-- old
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer);
-- new
CREATE OPERATOR ~~~ (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = ~~~, HASHES, MERGES);
-- both
CREATE VIEW v AS SELECT 1 ~~~ 2 AS x;

-- pair: a class, and an index by it
CREATE TABLE t (id integer, n integer);
-- new
CREATE OPERATOR CLASS by_difference FOR TYPE integer USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 compare(integer, integer);
CREATE INDEX t_n ON t (n by_difference);

-- pair: a class for a type of its own
-- new
CREATE TYPE version AS (major integer, minor integer);
CREATE FUNCTION version_compare(version, version) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT ($1).major - ($2).major';
CREATE FUNCTION version_less(version, version) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).major < ($2).major';
CREATE OPERATOR <<< (FUNCTION = version_less, LEFTARG = version, RIGHTARG = version);
CREATE OPERATOR FAMILY version_family USING btree;
CREATE OPERATOR CLASS version_ops FOR TYPE version USING btree FAMILY version_family AS OPERATOR 1 <<<, FUNCTION 1 version_compare(version, version);
CREATE TABLE t (v version);
CREATE INDEX t_v ON t (v version_ops);

-- pair: a class changes
-- old
CREATE OPERATOR CLASS c FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer);
-- new
CREATE OPERATOR CLASS c FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 3 =, OPERATOR 5 >, FUNCTION 1 compare(integer, integer);
COMMENT ON OPERATOR CLASS c USING btree IS 'mine';

-- pair: a class with storage, of gin
-- new
CREATE OPERATOR CLASS c FOR TYPE integer[] USING gin AS OPERATOR 1 && (anyarray, anyarray), FUNCTION 1 btint4cmp(integer, integer),
    FUNCTION 2 ginarrayextract(anyarray, internal, internal), FUNCTION 3 ginqueryarrayextract(anyarray, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 ginarrayconsistent(internal, smallint, anyarray, integer, internal, internal, internal, internal), STORAGE integer;

-- pair: a family of several types
CREATE FUNCTION compare(integer, bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';
-- old
CREATE OPERATOR FAMILY f USING btree;
-- new
CREATE OPERATOR FAMILY f USING btree;
ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 < (integer, bigint), FUNCTION 1 (integer, bigint) compare(integer, bigint);
COMMENT ON OPERATOR FAMILY f USING btree IS 'several';
