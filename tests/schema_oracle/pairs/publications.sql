CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
CREATE TABLE u (id integer PRIMARY KEY);
CREATE SCHEMA s;

-- pair: of all tables
-- new
CREATE PUBLICATION p FOR ALL TABLES;

-- pair: of all tables, and of some
-- old
CREATE PUBLICATION p FOR ALL TABLES;
-- new
CREATE PUBLICATION p FOR TABLE t;

-- pair: tables
-- old
CREATE PUBLICATION p FOR TABLE t;
-- new
CREATE PUBLICATION p FOR TABLE u;

-- pair: columns and rows
-- old
CREATE PUBLICATION p FOR TABLE t (id, a);
-- new
CREATE PUBLICATION p FOR TABLE t (id, b) WHERE (id > 0 AND a <> 3), u;

-- pair: options
-- old
CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert, update');
-- new
CREATE PUBLICATION p FOR TABLE t WITH (publish = 'truncate', publish_via_partition_root = true);

-- pair: of schemas
-- old
CREATE PUBLICATION p FOR TABLES IN SCHEMA public;
-- new
CREATE PUBLICATION p FOR TABLES IN SCHEMA s, TABLE t;

-- pair: of a table that comes and one that goes
-- old
CREATE TABLE old_one (id integer PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE t, old_one;
-- new
CREATE TABLE new_one (id integer PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE t, new_one;

-- pair: of a table whose columns go and come
-- old
CREATE TABLE x (id integer PRIMARY KEY, a integer);
CREATE PUBLICATION p FOR TABLE x (id, a) WHERE (id > 3);
-- new
CREATE TABLE x (id integer PRIMARY KEY, b integer);
CREATE PUBLICATION p FOR TABLE x (id, b) WHERE (id > 3);

-- pair: comment
CREATE PUBLICATION p;
-- new
COMMENT ON PUBLICATION p IS 'to the warehouse';
