CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION to_mood(integer) RETURNS mood LANGUAGE sql IMMUTABLE AS $$ SELECT 'ok'::mood $$;

-- pair: by a function
-- new
CREATE CAST (integer AS mood) WITH FUNCTION to_mood(integer) AS ASSIGNMENT;

-- pair: by input and output
-- new
CREATE CAST (mood AS bytea) WITH INOUT;

-- pair: of types that are the same in memory
CREATE TYPE other AS ENUM ('x');
CREATE DOMAIN number AS integer;
-- new
CREATE TYPE point2 AS (a integer);
CREATE TYPE point3 AS (a integer);
CREATE FUNCTION conv(point2) RETURNS point3 LANGUAGE sql IMMUTABLE AS 'SELECT ROW(($1).a)::point3';
CREATE CAST (point2 AS point3) WITH FUNCTION conv(point2) AS IMPLICIT;

-- pair: its context and comment
-- old
CREATE CAST (integer AS mood) WITH FUNCTION to_mood(integer);
COMMENT ON CAST (integer AS mood) IS 'one';
-- new
CREATE CAST (integer AS mood) WITH FUNCTION to_mood(integer) AS IMPLICIT;
COMMENT ON CAST (integer AS mood) IS 'two';

-- pair: a view uses it
CREATE TABLE t (id integer);
-- new
CREATE CAST (integer AS mood) WITH FUNCTION to_mood(integer);
CREATE VIEW v AS SELECT id::mood AS mood FROM t;
