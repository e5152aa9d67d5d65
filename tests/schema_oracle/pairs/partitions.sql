-- pair: by range, from nothing
-- new
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);

-- pair: one more
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- new
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- pair: one more with keys and indexes that it inherits
CREATE TABLE log (id bigint, at date NOT NULL, line text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX log_line ON log (line);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- new
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- pair: a default one
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- new
CREATE TABLE log_rest PARTITION OF log DEFAULT;

-- pair: one more beside a default one
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_rest PARTITION OF log DEFAULT;
-- no rows: log_rest
-- new
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- pair: by list, whose values change
CREATE TABLE place (country text NOT NULL, name text) PARTITION BY LIST (country);
-- old
CREATE TABLE place_de PARTITION OF place FOR VALUES IN ('de');
-- new
CREATE TABLE place_de PARTITION OF place FOR VALUES IN ('de', 'at');

-- pair: by list, two that swap values
CREATE TABLE place (country text NOT NULL, name text) PARTITION BY LIST (country);
-- old
CREATE TABLE place_a PARTITION OF place FOR VALUES IN ('de', 'at');
CREATE TABLE place_b PARTITION OF place FOR VALUES IN ('fr', 'ch');
-- new
CREATE TABLE place_a PARTITION OF place FOR VALUES IN ('de', 'ch');
CREATE TABLE place_b PARTITION OF place FOR VALUES IN ('fr', 'at');
-- rows
INSERT INTO place VALUES ('de', 'Bonn'), ('fr', 'Metz');

-- pair: by hash
CREATE TABLE h (id integer NOT NULL, name text) PARTITION BY HASH (id);
-- new
CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (modulus 2, remainder 1);

-- pair: partitions of partitions
CREATE TABLE m (region text NOT NULL, at date NOT NULL, n integer) PARTITION BY LIST (region);
-- new
CREATE TABLE m_eu PARTITION OF m FOR VALUES IN ('eu') PARTITION BY RANGE (at);
CREATE TABLE m_eu_2024 PARTITION OF m_eu FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE m_rest PARTITION OF m DEFAULT PARTITION BY HASH (n);
CREATE TABLE m_rest_0 PARTITION OF m_rest FOR VALUES WITH (modulus 1, remainder 0);

-- pair: an existing table is attached
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
-- old
CREATE TABLE log_2024 (at date NOT NULL, line text);
-- new
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- rows
INSERT INTO log_2024 VALUES ('2024-03-01', 'a'), ('2024-04-01', 'b');

-- pair: one with an index and a key of its own is attached
CREATE TABLE log (id integer NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX log_at ON log (at);
-- old
CREATE TABLE log_2024 (id integer NOT NULL, at date NOT NULL, PRIMARY KEY (id, at));
CREATE INDEX log_2024_at_idx ON log_2024 (at);
-- new
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- rows
INSERT INTO log_2024 VALUES (1, '2024-03-01'), (2, '2024-04-01');

-- pair: one with partitions is attached, and has one more
CREATE TABLE log (region text NOT NULL, at date NOT NULL) PARTITION BY LIST (region);
-- old
CREATE TABLE log_eu (region text NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
-- new
CREATE TABLE log_eu PARTITION OF log FOR VALUES IN ('eu') PARTITION BY RANGE (at);
CREATE TABLE log_eu_2025 PARTITION OF log_eu FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- both
CREATE TABLE log_eu_2024 PARTITION OF log_eu FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- no rows: log_eu_2024 log_eu_2025
-- rows
INSERT INTO log_eu VALUES ('eu', '2024-03-01');

-- pair: one moves to another parent
CREATE TABLE hot (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE cold (at date NOT NULL, line text) PARTITION BY RANGE (at);
-- old
CREATE TABLE log_2024 PARTITION OF hot FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- new
CREATE TABLE log_2024 PARTITION OF cold FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- pair: a table becomes partitioned
-- old
CREATE TABLE log (at date NOT NULL, line text);
-- new
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- may lose: log

-- pair: another key
-- old
CREATE TABLE log (at date NOT NULL, n integer NOT NULL) PARTITION BY RANGE (at);
-- new
CREATE TABLE log (at date NOT NULL, n integer NOT NULL) PARTITION BY LIST (n);
-- may lose: log

-- pair: another key under a partition that stays
-- old
CREATE TABLE log (at date NOT NULL, n integer NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- new
CREATE TABLE log (at date NOT NULL, n integer NOT NULL) PARTITION BY LIST (n);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES IN (1, 2, 3);
-- rows
INSERT INTO log_2024 VALUES ('2024-01-02', 1), ('2024-01-03', 2);
-- may lose: log

-- pair: several columns and an expression as key
-- new
CREATE TABLE k (a integer, b text, c date) PARTITION BY RANGE (a, lower(b) COLLATE "C");
CREATE TABLE k1 PARTITION OF k FOR VALUES FROM (1, MINVALUE) TO (10, MAXVALUE);

-- pair: a column of the parent
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- old
ALTER TABLE log ADD COLUMN host inet;
-- new
ALTER TABLE log ADD COLUMN level integer NOT NULL DEFAULT 0;

-- pair: a column of the parent changes its type
-- old
CREATE TABLE log (at date NOT NULL, n integer) PARTITION BY RANGE (at);
-- new
CREATE TABLE log (at date NOT NULL, n bigint) PARTITION BY RANGE (at);
-- both
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX log_n ON log (n);

-- pair: not null on the parent
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- new
ALTER TABLE log ALTER COLUMN line SET NOT NULL;

-- pair: not null on one partition only
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- new
ALTER TABLE log_2025 ALTER COLUMN line SET NOT NULL;

-- pair: a default of a partition unlike its parent's
CREATE TABLE log (at date NOT NULL, n integer DEFAULT 1) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- new
ALTER TABLE log_2024 ALTER COLUMN n SET DEFAULT 2;

-- pair: a primary key
CREATE TABLE log (id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- new
ALTER TABLE log ADD PRIMARY KEY (id, at);

-- pair: an index on the parent
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (line);
CREATE TABLE log_2025_a PARTITION OF log_2025 FOR VALUES IN ('a');
-- new
CREATE INDEX log_line ON log (line);

-- pair: an index on the parent changes
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- old
CREATE INDEX log_line ON log (line);
-- new
CREATE INDEX log_line ON log (lower(line), at DESC);

-- pair: an index on the parent only, and one of a partition only
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- old
CREATE INDEX log_2024_mine ON log_2024 (line, at);
-- new
CREATE INDEX log_line ON ONLY log (line);

-- pair: an index of a partition becomes part of its parent's
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX log_2024_mine ON log_2024 (line);
-- new
CREATE INDEX log_line ON ONLY log (line);
ALTER INDEX log_line ATTACH PARTITION log_2024_mine;

-- pair: a check and a foreign key
CREATE TABLE host (id integer PRIMARY KEY);
CREATE TABLE log (at date NOT NULL, n integer, host_id integer) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- new
ALTER TABLE log ADD CONSTRAINT positive CHECK (n > 0), ADD CONSTRAINT on_host FOREIGN KEY (host_id) REFERENCES host;

-- pair: a foreign key refers to a partitioned table
CREATE TABLE log (id integer, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE note (log_id integer, log_at date);
-- new
ALTER TABLE note ADD FOREIGN KEY (log_id, log_at) REFERENCES log ON DELETE CASCADE;

-- pair: a check of one partition only
CREATE TABLE log (at date NOT NULL, n integer) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- new
ALTER TABLE log_2024 ADD CONSTRAINT small CHECK (n < 1000);

-- pair: partitions with options of their own
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
-- old
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE UNLOGGED TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- new
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') WITH (fillfactor = 100);
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- pair: a partition whose columns are in another order
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
-- new
CREATE TABLE log_2024 (line text, at date NOT NULL);
ALTER TABLE log ATTACH PARTITION log_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- pair: by an enum of which a value is new
-- old
CREATE TYPE state AS ENUM ('open', 'done');
-- new
CREATE TYPE state AS ENUM ('open', 'done', 'lost');
-- both
CREATE TABLE job (state state, n integer) PARTITION BY LIST (state);
CREATE TABLE job_open PARTITION OF job FOR VALUES IN ('open');
CREATE TABLE job_done PARTITION OF job FOR VALUES IN ('done');
-- new
CREATE TABLE job_lost PARTITION OF job FOR VALUES IN ('lost');

-- pair: all of it goes
-- old
CREATE TABLE log (id integer, at date NOT NULL, line text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY HASH (id);
CREATE TABLE log_2024_0 PARTITION OF log_2024 FOR VALUES WITH (modulus 1, remainder 0);
CREATE INDEX ON log (line);

-- pair: not null of the parent goes, and one partition keeps it
-- old
CREATE TABLE t (id integer, a integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20);
-- new
CREATE TABLE t (id integer, a integer) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t_2 PARTITION OF t (a NOT NULL) FOR VALUES FROM (10) TO (20);

-- pair: one goes while the parent refers to itself by another key
-- old
CREATE TABLE t (id integer PRIMARY KEY, up integer, CONSTRAINT t_up FOREIGN KEY (up) REFERENCES t) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20);
-- new
CREATE TABLE t (id integer PRIMARY KEY, up integer, CONSTRAINT t_up FOREIGN KEY (up) REFERENCES t ON DELETE CASCADE) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);

-- pair: with a foreign key, and all of it goes
CREATE TABLE other (id integer PRIMARY KEY);
-- old
CREATE TABLE t (id integer, other integer REFERENCES other) PARTITION BY HASH (id);
CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (modulus 2, remainder 1);

-- pair: one goes that others may refer to
-- old
CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20);
CREATE TABLE u (id integer REFERENCES t);
-- new
CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE u (id integer REFERENCES t);

-- pair: one more, of a parent with two keys of the same column
CREATE TABLE t (id integer PRIMARY KEY, CONSTRAINT t_again UNIQUE (id)) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- new
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20);

-- pair: an index that one of them has not
-- new
CREATE TABLE t (id integer, n integer) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (30) PARTITION BY RANGE (id);
CREATE TABLE t_21 PARTITION OF t_2 FOR VALUES FROM (10) TO (20);
CREATE TABLE t_22 PARTITION OF t_2 FOR VALUES FROM (20) TO (30);
CREATE INDEX t_n ON ONLY t (n);
CREATE INDEX t_1_n ON t_1 (n);
CREATE INDEX t_2_n ON ONLY t_2 (n);
CREATE INDEX t_22_n ON t_22 (n);
ALTER INDEX t_n ATTACH PARTITION t_1_n;
ALTER INDEX t_2_n ATTACH PARTITION t_22_n;
ALTER INDEX t_n ATTACH PARTITION t_2_n;

-- pair: one more, and an index that it has not
CREATE TABLE t (id integer, n integer) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- new
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20);
CREATE INDEX t_n ON ONLY t (n);
CREATE INDEX t_1_n ON t_1 (n);
ALTER INDEX t_n ATTACH PARTITION t_1_n;
