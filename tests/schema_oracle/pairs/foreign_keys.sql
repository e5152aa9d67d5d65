-- pair: one comes
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer);
-- new
ALTER TABLE b ADD FOREIGN KEY (a_id) REFERENCES a;

-- pair: actions
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer, c_id integer DEFAULT 1);
-- old
ALTER TABLE b ADD CONSTRAINT x FOREIGN KEY (a_id) REFERENCES a ON DELETE CASCADE, ADD CONSTRAINT y FOREIGN KEY (c_id) REFERENCES a;
-- new
ALTER TABLE b ADD CONSTRAINT x FOREIGN KEY (a_id) REFERENCES a ON DELETE SET NULL ON UPDATE CASCADE, ADD CONSTRAINT y FOREIGN KEY (c_id) REFERENCES a ON DELETE SET DEFAULT;

-- pair: set null on some of the columns
CREATE TABLE a (x integer, y integer, PRIMARY KEY (x, y));
CREATE TABLE b (x integer, y integer);
-- old
ALTER TABLE b ADD CONSTRAINT fk FOREIGN KEY (x, y) REFERENCES a ON DELETE SET NULL;
-- new
ALTER TABLE b ADD CONSTRAINT fk FOREIGN KEY (x, y) REFERENCES a ON DELETE SET NULL (y);

-- pair: deferrable
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer, c_id integer);
-- old
ALTER TABLE b ADD CONSTRAINT x FOREIGN KEY (a_id) REFERENCES a, ADD CONSTRAINT y FOREIGN KEY (c_id) REFERENCES a DEFERRABLE;
-- new
ALTER TABLE b ADD CONSTRAINT x FOREIGN KEY (a_id) REFERENCES a DEFERRABLE INITIALLY DEFERRED, ADD CONSTRAINT y FOREIGN KEY (c_id) REFERENCES a;

-- pair: not valid and valid
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer, c_id integer);
-- old
ALTER TABLE b ADD CONSTRAINT x FOREIGN KEY (a_id) REFERENCES a NOT VALID, ADD CONSTRAINT y FOREIGN KEY (c_id) REFERENCES a;
-- new
ALTER TABLE b ADD CONSTRAINT x FOREIGN KEY (a_id) REFERENCES a, ADD CONSTRAINT y FOREIGN KEY (c_id) REFERENCES a NOT VALID;

-- pair: match full, of several columns in another order
CREATE TABLE a (x integer, y integer, PRIMARY KEY (x, y));
CREATE TABLE b (x integer, y integer);
-- old
ALTER TABLE b ADD CONSTRAINT fk FOREIGN KEY (x, y) REFERENCES a;
-- new
ALTER TABLE b ADD CONSTRAINT fk FOREIGN KEY (y, x) REFERENCES a (y, x) MATCH FULL;

-- pair: to itself
-- new
CREATE TABLE tree (id integer PRIMARY KEY, parent integer REFERENCES tree ON DELETE CASCADE);

-- pair: to itself, in a table that is there
CREATE TABLE tree (id integer PRIMARY KEY, parent integer);
-- new
ALTER TABLE tree ADD CONSTRAINT tree_up FOREIGN KEY (parent) REFERENCES tree;

-- pair: to each other, both tables new
-- new
CREATE TABLE a (id integer PRIMARY KEY, b_id integer NOT NULL);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer NOT NULL REFERENCES a);
ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;

-- pair: around a circle of three, one of which goes
CREATE TABLE a (id integer PRIMARY KEY, b_id integer);
CREATE TABLE b (id integer PRIMARY KEY, c_id integer);
-- old
CREATE TABLE c (id integer PRIMARY KEY, a_id integer REFERENCES a);
ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
ALTER TABLE b ADD FOREIGN KEY (c_id) REFERENCES c;
-- no rows: a b

-- pair: to a unique index instead of a key
CREATE TABLE a (id integer PRIMARY KEY, code text);
CREATE TABLE b (code text);
-- old
ALTER TABLE a ADD CONSTRAINT a_code UNIQUE (code);
-- new
CREATE UNIQUE INDEX a_code ON a (code);
-- both
ALTER TABLE b ADD FOREIGN KEY (code) REFERENCES a (code);

-- pair: to another table
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY);
-- old
CREATE TABLE b (x_id integer, CONSTRAINT fk FOREIGN KEY (x_id) REFERENCES a);
-- new
CREATE TABLE b (x_id integer, CONSTRAINT fk FOREIGN KEY (x_id) REFERENCES c);

-- pair: to a table that comes, and one that goes
-- old
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (x_id integer, CONSTRAINT fk FOREIGN KEY (x_id) REFERENCES a);
-- new
CREATE TABLE z (id integer PRIMARY KEY);
CREATE TABLE b (x_id integer, CONSTRAINT fk FOREIGN KEY (x_id) REFERENCES z);
-- no rows: b

-- pair: between schemas, and between partitioned tables
CREATE SCHEMA s;
CREATE TABLE s.a (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE s.a1 PARTITION OF s.a FOR VALUES FROM (0) TO (1000);
CREATE TABLE b (id integer, a_id integer) PARTITION BY HASH (id);
CREATE TABLE b1 PARTITION OF b FOR VALUES WITH (modulus 1, remainder 0);
-- new
ALTER TABLE b ADD CONSTRAINT to_a FOREIGN KEY (a_id) REFERENCES s.a;

-- pair: of a partition only
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer, a_id integer) PARTITION BY RANGE (id);
CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (0) TO (1000);
-- new
ALTER TABLE b1 ADD CONSTRAINT mine FOREIGN KEY (a_id) REFERENCES a;

-- pair: a partitioned table that refers to itself
-- new
CREATE TABLE a (id integer PRIMARY KEY, parent integer) PARTITION BY RANGE (id);
CREATE TABLE a1 PARTITION OF a FOR VALUES FROM (0) TO (10);
CREATE TABLE a2 PARTITION OF a FOR VALUES FROM (10) TO (30) PARTITION BY RANGE (id);
CREATE TABLE a21 PARTITION OF a2 FOR VALUES FROM (10) TO (20);
ALTER TABLE a ADD CONSTRAINT to_parent FOREIGN KEY (parent) REFERENCES a;

-- pair: one that partitions inherit, under a name of their own
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer, a_id integer, CONSTRAINT to_a FOREIGN KEY (a_id) REFERENCES a) PARTITION BY RANGE (id);
CREATE TABLE b1 (id integer, a_id integer) PARTITION BY RANGE (id);
CREATE TABLE b11 PARTITION OF b1 FOR VALUES FROM (0) TO (500);
-- old
ALTER TABLE b1 ADD CONSTRAINT mine FOREIGN KEY (a_id) REFERENCES a;
ALTER TABLE b ATTACH PARTITION b1 FOR VALUES FROM (0) TO (1000);
-- new
ALTER TABLE b ATTACH PARTITION b1 FOR VALUES FROM (0) TO (1000);
CREATE VIEW v AS SELECT id FROM b;

-- pair: to a partitioned table whose key changes its type
-- old
CREATE TABLE a (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE a1 PARTITION OF a FOR VALUES FROM (0) TO (2);
CREATE TABLE a2 PARTITION OF a FOR VALUES FROM (2) TO (30) PARTITION BY RANGE (id);
CREATE TABLE a21 PARTITION OF a2 FOR VALUES FROM (2) TO (20);
CREATE TABLE b (a_id integer REFERENCES a);
-- new
CREATE TABLE a (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE a1 PARTITION OF a FOR VALUES FROM (0) TO (2);
CREATE TABLE a2 PARTITION OF a FOR VALUES FROM (2) TO (30) PARTITION BY RANGE (id);
CREATE TABLE a21 PARTITION OF a2 FOR VALUES FROM (2) TO (20);
CREATE TABLE b (a_id bigint REFERENCES a);
