-- pair: a table
-- old
CREATE TABLE client (id integer PRIMARY KEY, name text);
-- new
CREATE TABLE customer (id integer PRIMARY KEY, name text);
-- new hints: -- sluice:rename table client -> customer
-- old hints: -- sluice:rename table customer -> client

-- pair: a column, with an index, a check and a view on it
-- old
CREATE TABLE t (id integer PRIMARY KEY, nam text CHECK (nam <> ''));
CREATE INDEX t_i ON t (nam);
CREATE VIEW v AS SELECT id, nam FROM t;
-- new
CREATE TABLE t (id integer PRIMARY KEY, name text CHECK (name <> ''));
CREATE INDEX t_i ON t (name);
CREATE VIEW v AS SELECT id, name FROM t;
-- new hints: -- sluice:rename column t.nam -> name
-- old hints: -- sluice:rename column t.name -> nam

-- pair: a table with a serial, a key, an index, a foreign key to it and a view of it
-- old
CREATE TABLE client (id serial PRIMARY KEY, name text UNIQUE, boss integer REFERENCES client);
CREATE INDEX client_name ON client (lower(name));
CREATE TABLE bill (id integer, client_id integer REFERENCES client);
CREATE VIEW v AS SELECT name FROM client;
-- new
CREATE TABLE customer (id serial PRIMARY KEY, name text UNIQUE, boss integer REFERENCES customer);
CREATE INDEX customer_name ON customer (lower(name));
CREATE TABLE bill (id integer, client_id integer REFERENCES customer);
CREATE VIEW v AS SELECT name FROM customer;
-- new hints: -- sluice:rename table client -> customer
-- old hints: -- sluice:rename table customer -> client

-- pair: a column that changes its type besides
-- old
CREATE TABLE t (id integer PRIMARY KEY, n integer);
-- new
CREATE TABLE t (id integer PRIMARY KEY, amount bigint);
-- new hints: -- sluice:rename column t.n -> amount
-- old hints: -- sluice:rename column t.amount -> n
-- may lose: t

-- pair: quoted names, in a schema
CREATE SCHEMA "S s";
-- old
CREATE TABLE "S s"."Old ""One""" (id integer);
-- new
CREATE TABLE "S s"."New -> One" (id integer);
-- new hints: -- sluice:rename table "S s"."Old ""One""" -> "New -> One"
-- old hints: -- sluice:rename table "S s"."New -> One" -> "Old ""One"""

-- pair: one that names nothing
-- old
CREATE TABLE t (id integer);
-- new
CREATE TABLE u (id integer);
-- new hints: -- sluice:rename table missing -> u
-- old hints: -- sluice:rename column u.x -> y
-- refused: RenameUnknown

-- pair: two tables exchange their names
-- old
CREATE TABLE a (id integer PRIMARY KEY, x integer);
CREATE TABLE b (name text PRIMARY KEY, y date);
CREATE VIEW v AS SELECT a.x, b.y FROM a, b;
-- new
CREATE TABLE b (id integer PRIMARY KEY, x integer);
CREATE TABLE a (name text PRIMARY KEY, y date);
CREATE VIEW v AS SELECT b.x, a.y FROM b, a;
-- new hints: -- sluice:rename table a -> b & -- sluice:rename table b -> a
-- old hints: -- sluice:rename table a -> b & -- sluice:rename table b -> a
-- refused: HintInvalid

-- pair: two columns exchange their names
-- old
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
-- new
CREATE TABLE t (id integer PRIMARY KEY, b integer, a text);
-- new hints: -- sluice:rename column t.a -> b & -- sluice:rename column t.b -> a
-- old hints: -- sluice:rename column t.a -> b & -- sluice:rename column t.b -> a
-- refused: HintInvalid
