-- pair: one more
CREATE TABLE t (id integer PRIMARY KEY);
-- new
ALTER TABLE t ADD COLUMN name text;

-- pair: required with a default
CREATE TABLE t (id integer PRIMARY KEY);
-- new
ALTER TABLE t ADD COLUMN state text NOT NULL DEFAULT 'new', ADD COLUMN at timestamptz NOT NULL DEFAULT now();

-- pair: required without a default
CREATE TABLE t (id integer PRIMARY KEY);
-- no rows: t
-- new
ALTER TABLE t ADD COLUMN name text NOT NULL;

-- pair: volatile default
CREATE TABLE t (id integer PRIMARY KEY);
-- new
ALTER TABLE t ADD COLUMN key uuid DEFAULT gen_random_uuid();

-- pair: integer to bigint
-- old
CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 7);
-- new
CREATE TABLE t (id bigint PRIMARY KEY, n bigint NOT NULL DEFAULT 7);

-- pair: integer to smallint, numeric narrower
-- old
CREATE TABLE t (n integer, price numeric(12,4));
-- new
CREATE TABLE t (n smallint, price numeric(8,2));

-- pair: varchar wider and without end
-- old
CREATE TABLE t (a varchar(20), b varchar(20), c varchar(20), d numeric(10,2));
-- new
CREATE TABLE t (a varchar(40), b varchar, c text, d numeric(12,2));

-- pair: text to integer, with a default and an index
-- old
CREATE TABLE t (id integer PRIMARY KEY, n text DEFAULT '1');
-- new
CREATE TABLE t (id integer PRIMARY KEY, n integer DEFAULT 1);
-- both
CREATE INDEX t_n ON t (n);

-- pair: text to timestamptz and to date
-- old
CREATE TABLE t (id integer PRIMARY KEY, at text, day text);
-- new
CREATE TABLE t (id integer PRIMARY KEY, at timestamptz, day date);
-- rows
INSERT INTO t VALUES (1, '2024-02-03 04:05:06+00', '2024-02-03'), (2, NULL, NULL);

-- pair: timestamp to timestamptz
-- old
CREATE TABLE t (id integer PRIMARY KEY, at timestamp);
-- new
CREATE TABLE t (id integer PRIMARY KEY, at timestamptz);

-- pair: timestamp precision
-- old
CREATE TABLE t (id integer PRIMARY KEY, at timestamp(3), span interval);
-- new
CREATE TABLE t (id integer PRIMARY KEY, at timestamp, span interval day to second(2));

-- pair: integer to boolean
-- old
CREATE TABLE t (id integer PRIMARY KEY, flag integer DEFAULT 0);
-- new
CREATE TABLE t (id integer PRIMARY KEY, flag boolean DEFAULT false);

-- pair: json to jsonb
-- old
CREATE TABLE t (id integer PRIMARY KEY, doc json DEFAULT '{}');
-- new
CREATE TABLE t (id integer PRIMARY KEY, doc jsonb DEFAULT '{}');

-- pair: to an array
-- old
CREATE TABLE t (id integer PRIMARY KEY, tags text[] DEFAULT '{}');
-- new
CREATE TABLE t (id integer PRIMARY KEY, tags varchar(10)[] DEFAULT '{}');

-- pair: text to uuid and bytea
-- old
CREATE TABLE t (id integer PRIMARY KEY, key text, data text);
-- new
CREATE TABLE t (id integer PRIMARY KEY, key uuid, data bytea);
-- rows
INSERT INTO t VALUES (1, '5f0f1c1e-3b0a-4b57-9f4c-2f6f0f6f3a10', 'abc');

-- pair: between types that have no cast
-- old
CREATE TABLE t (id integer PRIMARY KEY, x date);
-- new
CREATE TABLE t (id integer PRIMARY KEY, x integer);
-- may lose: t

-- pair: the type of a column that a view, a rule, a policy, a trigger and a function read
-- old
CREATE TABLE t (id integer PRIMARY KEY, n integer);
-- new
CREATE TABLE t (id integer PRIMARY KEY, n bigint);
-- both
CREATE TABLE copy (id integer, n bigint);
CREATE VIEW v AS SELECT id, n FROM t WHERE n > 0;
CREATE VIEW vv AS SELECT id FROM v WHERE n < 10;
CREATE RULE keep AS ON UPDATE TO t WHERE new.n <> old.n DO ALSO INSERT INTO copy VALUES (old.id, old.n);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY positive ON t USING (n > 0);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE OF n ON t FOR EACH ROW WHEN (new.n > 5) EXECUTE FUNCTION touch();
CREATE FUNCTION largest() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(n) FROM t; END;
CREATE STATISTICS t_stat ON id, n FROM t;
CREATE PUBLICATION pub FOR TABLE t (id, n) WHERE (id > 0);

-- pair: the type of a column with everything that a column can have
-- old
CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 3 CHECK (n > 0) UNIQUE);
-- new
CREATE TABLE t (id integer PRIMARY KEY, n bigint NOT NULL DEFAULT 3 CHECK (n > 0) UNIQUE);
-- both
ALTER TABLE t ALTER COLUMN n SET STATISTICS 500, ALTER COLUMN n SET (n_distinct = -0.5);
COMMENT ON COLUMN t.n IS 'how many';
GRANT SELECT (n), UPDATE (n) ON t TO app_reader;
CREATE INDEX t_n ON t ((n + 1)) WHERE n > 10;
CREATE TABLE u (n bigint REFERENCES t (n));

-- pair: the types of both ends of a foreign key
-- old
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer NOT NULL REFERENCES a);
-- new
CREATE TABLE a (id bigint PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id bigint NOT NULL REFERENCES a);

-- pair: the types of both ends of a foreign key, to text
-- old
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer NOT NULL REFERENCES a);
-- new
CREATE TABLE a (id text PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a_id text NOT NULL REFERENCES a);

-- pair: defaults come, change and go
-- old
CREATE TABLE t (a integer, b integer DEFAULT 1, c integer DEFAULT 1, d text DEFAULT NULL, e text DEFAULT 'it''s');
-- new
CREATE TABLE t (a integer DEFAULT 5, b integer DEFAULT (random() * 10)::integer, c integer, d text DEFAULT '', e text DEFAULT E'a\\b\n');

-- pair: not null comes and goes
-- old
CREATE TABLE t (a integer NOT NULL, b integer);
-- new
CREATE TABLE t (a integer, b integer NOT NULL);

-- pair: not null of a column with a check that says so already
CREATE TABLE t (a integer CONSTRAINT a_there CHECK (a IS NOT NULL));
-- new
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- pair: identity comes
-- old
CREATE TABLE t (id integer NOT NULL PRIMARY KEY, name text);
-- new
CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text);

-- pair: a new identity column
CREATE TABLE t (name text);
-- new
ALTER TABLE t ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;

-- pair: identity, always and by default, and its sequence
-- old
CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY, n integer GENERATED ALWAYS AS IDENTITY (START 5 CACHE 2));
-- new
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (INCREMENT BY 10 START WITH 100), n integer GENERATED ALWAYS AS IDENTITY (START 5 MAXVALUE 1000 CYCLE));

-- pair: an identity's sequence has another name
-- old
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY);
-- new
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME numbers));

-- pair: the type of an identity column
-- old
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
-- new
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);

-- pair: serial to identity
-- old
CREATE TABLE t (id serial PRIMARY KEY, name text);
-- new
CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text);

-- pair: serial to bigserial
-- old
CREATE TABLE t (id serial PRIMARY KEY, name text);
-- new
CREATE TABLE t (id bigserial PRIMARY KEY, name text);

-- pair: integer to serial
-- old
CREATE TABLE t (id integer PRIMARY KEY, name text);
-- new
CREATE TABLE t (id serial PRIMARY KEY, name text);

-- pair: generated comes
CREATE TABLE t (a integer, b integer);
-- new
ALTER TABLE t ADD COLUMN total integer GENERATED ALWAYS AS (a + b) STORED;

-- pair: generated by another expression
-- old
CREATE TABLE t (a integer, b integer, c integer GENERATED ALWAYS AS (a + b) STORED);
-- new
CREATE TABLE t (a integer, b integer, c integer GENERATED ALWAYS AS (a * b) STORED);
-- may lose: t
-- may rewrite: t

-- pair: generated no more
-- old
CREATE TABLE t (a integer, c integer GENERATED ALWAYS AS (a * 2) STORED);
-- new
CREATE TABLE t (a integer, c integer);
-- may lose: t
-- may rewrite: t

-- pair: a column that a generated one reads changes its type
-- old
CREATE TABLE t (a integer, c bigint GENERATED ALWAYS AS (a * 2) STORED);
-- new
CREATE TABLE t (a bigint, c bigint GENERATED ALWAYS AS (a * 2) STORED);
-- both
CREATE INDEX t_c ON t (c);
CREATE VIEW v AS SELECT c FROM t;
-- may lose: t

-- pair: generated columns go with what they read
-- old
CREATE TABLE t (a integer, b text, c text GENERATED ALWAYS AS (lower(b)) STORED);
CREATE INDEX t_c ON t (c);
-- new
CREATE TABLE t (a integer);

-- pair: collation
-- old
CREATE TABLE t (id integer, name text, code text COLLATE "C");
-- new
CREATE TABLE t (id integer, name text COLLATE "POSIX", code text);
-- both
CREATE INDEX t_name ON t (name, code);

-- pair: storage
-- old
CREATE TABLE t (id integer, a text, b text, c bytea);
ALTER TABLE t ALTER COLUMN b SET STORAGE EXTERNAL;
-- new
CREATE TABLE t (id integer, a text, b text, c bytea);
ALTER TABLE t ALTER COLUMN a SET STORAGE MAIN, ALTER COLUMN c SET STORAGE PLAIN;

-- pair: compression
-- old
CREATE TABLE t (id integer, a text COMPRESSION pglz, b text);
-- new
CREATE TABLE t (id integer, a text, b text COMPRESSION lz4);

-- pair: statistics targets and options
CREATE TABLE t (id integer, a text, b text);
-- old
ALTER TABLE t ALTER COLUMN a SET STATISTICS 10, ALTER COLUMN b SET (n_distinct = 5);
-- new
ALTER TABLE t ALTER COLUMN b SET STATISTICS 0, ALTER COLUMN b SET (n_distinct_inherited = -0.1);

-- pair: comments
CREATE TABLE t (id integer, a text, b text);
-- old
COMMENT ON COLUMN t.id IS 'key';
COMMENT ON COLUMN t.a IS 'first';
-- new
COMMENT ON COLUMN t.a IS E'it''s\nsecond \\ line';
COMMENT ON COLUMN t.b IS 'Größe';

-- pair: a column goes, with indexes, constraints and statistics on it
-- old
CREATE TABLE t (id integer PRIMARY KEY, a integer UNIQUE CHECK (a > 0), b integer, CHECK (a < b));
CREATE INDEX t_ab ON t (a, b);
CREATE STATISTICS t_ab_stat ON a, b FROM t;
-- new
CREATE TABLE t (id integer PRIMARY KEY, b integer);

-- pair: a column goes, and a view reads the others
-- old
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);
CREATE VIEW v AS SELECT id, a, b FROM t;
-- new
CREATE TABLE t (id integer PRIMARY KEY, b integer);
CREATE VIEW v AS SELECT id, b FROM t;

-- pair: two columns exchange their types
-- old
CREATE TABLE t (a integer, b text);
-- new
CREATE TABLE t (a text, b integer);

-- pair: names that differ in case only
CREATE TABLE t (id integer, name text);
-- new
ALTER TABLE t ADD COLUMN "Name" text;

-- pair: every type there is
-- new
CREATE TABLE every (
    a smallint, b integer, c bigint, d numeric, e numeric(10), f numeric(10,-2), g real, h double precision, i money,
    j char, k char(5), l varchar(5), m text, n "char", o name, p bytea, q date, r time, s time(2) with time zone,
    t timestamp(0), u timestamptz(3), v interval, w interval year to month, x interval hour to second(3), y boolean,
    z point, aa line, ab lseg, ac box, ad path, ae polygon, af circle, ag cidr, ah inet, ai macaddr, aj macaddr8,
    ak bit, al bit(3), am bit varying(5), an bit varying, ao tsvector, ap tsquery, aq uuid, ar xml, "as" json, at jsonb,
    au jsonpath, av integer[], aw text[][], ax int4range, ay int8multirange, az numrange, ba tsrange, bb tstzrange,
    bc daterange, bd pg_lsn, be txid_snapshot, bf oid, bg regclass, bh regtype, bi xid8, bj varchar(3)[], bk numeric(6,2)[]
);

-- pair: defaults of every shape
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (
    a integer DEFAULT 1 + 2 * 3, b text DEFAULT 'a'::text || 'b', c text DEFAULT CURRENT_USER, d date DEFAULT CURRENT_DATE,
    e timestamp DEFAULT (now() AT TIME ZONE 'utc'), f jsonb DEFAULT '{"a": [1, null]}', g integer[] DEFAULT ARRAY[1, 2],
    h text DEFAULT CASE WHEN random() > 0.5 THEN 'x' ELSE 'y' END, i interval DEFAULT '1 day 2 hours', j mood DEFAULT 'ok',
    k mood[] DEFAULT '{sad,ok}', l numeric DEFAULT -1.5e10, m bytea DEFAULT '\xdeadbeef', n bit(3) DEFAULT B'101',
    o text DEFAULT E'tab\there', p text DEFAULT $$dollar '$$, q inet DEFAULT '::1', r int4range DEFAULT '[1,5)',
    s boolean DEFAULT (1 = 1), t text DEFAULT COALESCE(NULL, 'c'), u time DEFAULT LOCALTIME, v float8 DEFAULT 'NaN', w char(3) DEFAULT 'a'
);

-- pair: serial to identity, under another name and with another step
-- old
CREATE SEQUENCE numbers START 10;
CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('numbers'), name text);
ALTER SEQUENCE numbers OWNED BY t.id;
-- new
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (INCREMENT BY 5) PRIMARY KEY, name text);

-- pair: a text column owns a sequence
CREATE TABLE t (id integer PRIMARY KEY, code text);
-- new
CREATE SEQUENCE codes OWNED BY t.code;
ALTER TABLE t ALTER COLUMN code SET DEFAULT 'c' || nextval('codes');

-- pair: identity whose sequence is not logged as its table is
-- old
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY, n integer);
-- new
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY, n integer GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE t_id_seq SET UNLOGGED;
ALTER SEQUENCE t_n_seq SET UNLOGGED;
CREATE UNLOGGED TABLE u (id integer GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE u_id_seq SET LOGGED;
-- both
CREATE UNLOGGED TABLE w (id integer GENERATED ALWAYS AS IDENTITY);

-- pair: the sequence of an identity is unlogged with its table
-- old
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY);
-- new
CREATE UNLOGGED TABLE t (id integer GENERATED ALWAYS AS IDENTITY);
