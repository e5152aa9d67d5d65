-- pair: one, and a column of it
-- new
CREATE TYPE floats AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi, MULTIRANGE_TYPE_NAME = floats_multirange);
CREATE TABLE t (r floats DEFAULT '[0,1)', m floats_multirange);

-- pair: another subtype
-- old
CREATE TYPE r AS RANGE (SUBTYPE = float8);
-- new
CREATE TYPE r AS RANGE (SUBTYPE = text, COLLATION = "C", SUBTYPE_OPCLASS = text_pattern_ops);

-- pair: a function makes the difference, a column has it
CREATE FUNCTION gap(time, time) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT extract(epoch FROM ($1 - $2))::float8';
-- old
CREATE TYPE r AS RANGE (SUBTYPE = time);
-- new
CREATE TYPE r AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = gap);
-- both
CREATE TABLE t (id integer PRIMARY KEY, r r);
-- may lose: t
-- may rewrite: t

-- pair: comment
CREATE TYPE r AS RANGE (SUBTYPE = time);
-- new
COMMENT ON TYPE r IS 'of the day';

-- pair: a function makes the difference, and columns have it, its multirange and arrays of both
CREATE FUNCTION gap(time, time) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT extract(epoch FROM ($1 - $2))::float8';
-- may rewrite: t
-- may lose: t
-- old
CREATE TYPE "Shift" AS RANGE (SUBTYPE = time, MULTIRANGE_TYPE_NAME = "Shifts");
CREATE TABLE t (id integer PRIMARY KEY, r "Shift", m "Shifts", rs "Shift"[]);
-- new
CREATE TYPE "Shift" AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = gap, MULTIRANGE_TYPE_NAME = "Shifts");
CREATE TABLE t (id integer PRIMARY KEY, r "Shift", m "Shifts", rs "Shift"[]);
