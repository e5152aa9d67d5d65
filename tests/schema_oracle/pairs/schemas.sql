-- pair: an empty one
-- new
CREATE SCHEMA sales;

-- pair: one with tables of the same name as in public
CREATE TABLE orders (id integer PRIMARY KEY, total numeric);
-- new
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id integer PRIMARY KEY, order_id integer REFERENCES public.orders);

-- pair: one goes with all kinds of things in it
-- old
CREATE SCHEMA sales;
CREATE TYPE sales.state AS ENUM ('open', 'done');
CREATE DOMAIN sales.amount AS numeric CHECK (VALUE >= 0);
CREATE SEQUENCE sales.numbers;
CREATE TABLE sales.orders (id integer PRIMARY KEY DEFAULT nextval('sales.numbers'), state sales.state, total sales.amount);
CREATE VIEW sales.open AS SELECT * FROM sales.orders WHERE state = 'open';
CREATE FUNCTION sales.total() RETURNS numeric LANGUAGE sql AS 'SELECT sum(total) FROM sales.orders';

-- pair: comment and privileges
-- both
CREATE SCHEMA sales;
-- old
COMMENT ON SCHEMA sales IS 'What we sell';
GRANT USAGE ON SCHEMA sales TO app_reader;
-- new
COMMENT ON SCHEMA sales IS 'What we sold; it''s "history"';
GRANT ALL ON SCHEMA sales TO app_writer WITH GRANT OPTION;

-- pair: a table that moves to another one
-- both
CREATE SCHEMA sales;
CREATE SCHEMA archive;
-- old
CREATE TABLE sales.orders (id integer PRIMARY KEY);
-- new
CREATE TABLE archive.orders (id integer PRIMARY KEY);

-- pair: one that needs quotes
-- old
CREATE SCHEMA "Sales Dept";
CREATE TABLE "Sales Dept"."Order" (id integer);
-- new
CREATE SCHEMA "sales.dept";
CREATE TABLE "sales.dept"."order" (id integer);

-- pair: public goes
-- old
CREATE TABLE t (id integer);
-- new
DROP SCHEMA public;
CREATE SCHEMA main;
CREATE TABLE main.t (id integer);

-- pair: public's own privileges
-- old
REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- new
GRANT ALL ON SCHEMA public TO PUBLIC;
