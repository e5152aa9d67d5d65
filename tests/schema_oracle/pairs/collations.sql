-- pair: one, and a column of it
CREATE TABLE t (id integer);
-- new
CREATE COLLATION german (PROVIDER = icu, LOCALE = 'de-u-co-phonebk');
ALTER TABLE t ADD COLUMN name text COLLATE german;

-- pair: another definition
-- old
CREATE COLLATION c (PROVIDER = icu, LOCALE = 'de');
-- new
CREATE COLLATION c (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);

-- pair: another definition, and columns, indexes, views and domains use it
-- old
CREATE COLLATION c (PROVIDER = icu, LOCALE = 'de');
-- new
CREATE COLLATION c (PROVIDER = icu, LOCALE = 'fr');
-- both
CREATE TABLE t (id integer PRIMARY KEY, name text COLLATE c, code text);
CREATE INDEX t_code ON t (code COLLATE c);
CREATE VIEW v AS SELECT name FROM t ORDER BY code COLLATE c;
CREATE DOMAIN d AS text COLLATE c;
-- may rewrite: t

-- pair: from another, and a comment
-- new
CREATE COLLATION c FROM "C";
COMMENT ON COLLATION c IS 'bytes';

-- pair: another definition, and values of a column, its array and a generated one have it
-- old
CREATE COLLATION c (PROVIDER = icu, LOCALE = 'de');
CREATE TABLE t (id integer PRIMARY KEY, name text COLLATE c DEFAULT 'x' NOT NULL, names text[] COLLATE c, code text, low text COLLATE c GENERATED ALWAYS AS (lower(code)) STORED, UNIQUE (name));
-- new
CREATE COLLATION c (PROVIDER = icu, LOCALE = 'fr');
CREATE TABLE t (id integer PRIMARY KEY, name text COLLATE c DEFAULT 'y' NOT NULL, names text[] COLLATE c, code text, low text COLLATE c GENERATED ALWAYS AS (lower(code)) STORED, UNIQUE (name));
