-- pair: one that ends statements
-- old
CREATE TABLE t (id integer);
-- new
CREATE TABLE t (id integer);
CREATE TABLE """; DROP TABLE t;--" ("""; DROP TABLE t;--" integer PRIMARY KEY DEFAULT 0, "'; DROP TABLE t;--" text CONSTRAINT "x""; --" CHECK ("'; DROP TABLE t;--" <> ''';--'));
CREATE INDEX "i""; DROP TABLE t;--" ON """; DROP TABLE t;--" ("'; DROP TABLE t;--");
CREATE VIEW "v""; DROP TABLE t;--" AS SELECT """; DROP TABLE t;--" AS "a""; DROP TABLE t;--" FROM """; DROP TABLE t;--";
CREATE FUNCTION "f""; DROP TABLE t;--"("x""; --" text DEFAULT ''';--') RETURNS text LANGUAGE sql AS $_$ SELECT $1 || '$$; --' $_$;
CREATE TYPE "e""; DROP TABLE t;--" AS ENUM ('''; DROP TABLE t;--', '"', '\');
CREATE SEQUENCE "s""; DROP TABLE t;--" OWNED BY """; DROP TABLE t;--"."""; DROP TABLE t;--";
COMMENT ON COLUMN """; DROP TABLE t;--"."'; DROP TABLE t;--" IS '''; DROP TABLE t; -- $$ \';

-- pair: Unicode
CREATE TABLE "Größe" ("naïve" integer);
-- old
CREATE TABLE "表" ("列" integer PRIMARY KEY);
-- new
CREATE TABLE "таблица" ("Ключ" integer PRIMARY KEY, "emoji 🐘" text DEFAULT '🐘');
ALTER TABLE "Größe" ADD COLUMN "Füße" integer DEFAULT 2;
CREATE INDEX "Größe-Füße" ON "Größe" ("Füße");

-- pair: as long as they can be
CREATE TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901 (id integer);
-- new
CREATE TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678902 (
    abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901 serial PRIMARY KEY,
    abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678902 integer UNIQUE CHECK (abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678902 > 0),
    "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü" integer NOT NULL);
ALTER TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901 ALTER COLUMN id SET NOT NULL,
    ADD COLUMN abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901 integer CHECK (abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901 > 0);
CREATE INDEX ON abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901 (abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901);

-- pair: a long table whose type of column, not null and partition change
-- old
CREATE TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901 (id integer NOT NULL, n integer) PARTITION BY RANGE (id);
CREATE TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678902 (id integer NOT NULL, n bigint NOT NULL);
-- new
CREATE TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901 (id integer NOT NULL, n bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678902 PARTITION OF abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901 FOR VALUES FROM (0) TO (100);

-- pair: words of SQL
-- new
CREATE SCHEMA "select";
CREATE TABLE "select"."table" ("from" integer PRIMARY KEY, "where" integer REFERENCES "select"."table", "user" text, "order" text, value text, name text, "all" text);
CREATE FUNCTION "select"."function"("in" integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';

-- pair: spaces, dots, dollars, percents and nothing but digits
-- new
CREATE SCHEMA "a.b";
CREATE TABLE "a.b"."c.d" ("e.f" integer, " " integer, "$1" integer, "%s" integer, "1" integer, "new
line" integer, "tab	" integer, "back\slash" integer);
CREATE INDEX "1" ON "a.b"."c.d" ("e.f", " ", "$1");
CREATE VIEW "a.b"."%" AS SELECT "%s", "1" FROM "a.b"."c.d";

-- pair: upper and lower case side by side
CREATE TABLE "Order" (id integer);
-- new
CREATE TABLE "order" (id integer, "Id" integer, "ID" integer);

-- pair: the same names in another schema, which shadows
CREATE SCHEMA s;
-- new
CREATE TYPE s.integer AS ENUM ('x');
CREATE TABLE s.pg_class (oid s.integer, text text);
CREATE FUNCTION s.now() RETURNS s.integer LANGUAGE sql AS $$ SELECT 'x'::s.integer $$;
ALTER TABLE s.pg_class ALTER COLUMN oid SET DEFAULT s.now();

-- pair: a type, a table and a function of one name
-- new
CREATE TABLE thing (id integer);
CREATE FUNCTION thing() RETURNS thing LANGUAGE sql AS 'SELECT ROW(1)::thing';
CREATE SCHEMA thing;
CREATE DOMAIN thing.thing AS thing;
