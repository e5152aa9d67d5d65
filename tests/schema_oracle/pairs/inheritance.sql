-- pair: a child
CREATE TABLE parent (id integer, name text NOT NULL DEFAULT 'x');
-- new
CREATE TABLE child (extra date) INHERITS (parent);

-- pair: two parents, with a column of the same name
CREATE TABLE one (id integer, a text);
CREATE TABLE two (id integer, b text);
-- new
CREATE TABLE child (c date) INHERITS (one, two);

-- pair: a table begins to inherit
CREATE TABLE parent (id integer, name text);
-- old
CREATE TABLE child (id integer, name text, extra date);
-- new
CREATE TABLE child (extra date) INHERITS (parent);

-- pair: another parent
CREATE TABLE one (id integer, a text);
CREATE TABLE two (id integer, a text);
-- old
CREATE TABLE child () INHERITS (one);
-- new
CREATE TABLE child () INHERITS (two);

-- pair: a column of the parent
-- old
CREATE TABLE parent (id integer, old_one text);
-- new
CREATE TABLE parent (id integer, new_one date DEFAULT '2024-01-01');
-- both
CREATE TABLE child (extra date) INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);

-- pair: the type of a column of the parent
-- old
CREATE TABLE parent (id integer, n integer);
-- new
CREATE TABLE parent (id integer, n bigint);
-- both
CREATE TABLE child (extra date) INHERITS (parent);

-- pair: a column of the child that the parent gets too
CREATE TABLE parent (id integer);
CREATE TABLE child (n integer) INHERITS (parent);
-- new
ALTER TABLE parent ADD COLUMN n integer;

-- pair: checks that are inherited, and one that is not
CREATE TABLE parent (id integer, n integer);
CREATE TABLE child () INHERITS (parent);
-- new
ALTER TABLE parent ADD CONSTRAINT positive CHECK (n > 0);
ALTER TABLE parent ADD CONSTRAINT none CHECK (false) NO INHERIT;
-- no rows: parent

-- pair: a check of the child that the parent gets too
CREATE TABLE parent (id integer, n integer);
CREATE TABLE child () INHERITS (parent);
ALTER TABLE child ADD CONSTRAINT positive CHECK (n > 0);
-- new
ALTER TABLE parent ADD CONSTRAINT positive CHECK (n > 0);

-- pair: a check begins to be inherited
-- old
CREATE TABLE parent (id integer, n integer, CONSTRAINT positive CHECK (n > 0) NO INHERIT);
-- new
CREATE TABLE parent (id integer, n integer, CONSTRAINT positive CHECK (n > 0));
-- both
CREATE TABLE child () INHERITS (parent);

-- pair: defaults and not null of the child alone
CREATE TABLE parent (id integer, n integer DEFAULT 1);
CREATE TABLE child () INHERITS (parent);
-- new
ALTER TABLE child ALTER COLUMN n SET DEFAULT 2, ALTER COLUMN id SET NOT NULL;

-- pair: not null of the parent and so of the child
CREATE TABLE parent (id integer, n integer);
CREATE TABLE child () INHERITS (parent);
-- new
ALTER TABLE parent ALTER COLUMN n SET NOT NULL;

-- pair: the parent goes, the child stays
-- old
CREATE TABLE parent (id integer, n integer);
CREATE TABLE child (extra date) INHERITS (parent);
-- new
CREATE TABLE child (id integer, n integer, extra date);

-- pair: generated columns are inherited
CREATE TABLE parent (id integer, n integer);
CREATE TABLE child () INHERITS (parent);
-- new
ALTER TABLE parent ADD COLUMN twice integer GENERATED ALWAYS AS (n * 2) STORED;

-- pair: a diamond
CREATE TABLE top (id integer);
-- new
CREATE TABLE l (a integer) INHERITS (top);
CREATE TABLE r (b integer) INHERITS (top);
CREATE TABLE bottom (c integer) INHERITS (l, r);

-- pair: a table begins to inherit and says so of its columns
CREATE TABLE parent (id integer, name text);
-- old
CREATE TABLE child (id integer, name text, extra date);
-- new
CREATE TABLE child (id integer, name text, extra date) INHERITS (parent);

-- pair: another parent, columns are its own as well
CREATE TABLE one (id integer, a text);
CREATE TABLE two (id integer, a text);
-- old
CREATE TABLE child (id integer, a text) INHERITS (one);
-- new
CREATE TABLE child (id integer, a text) INHERITS (two);

-- pair: not null of the parent goes, and one child keeps it
-- old
CREATE TABLE parent (id integer NOT NULL);
CREATE TABLE one (id integer NOT NULL) INHERITS (parent);
CREATE TABLE two () INHERITS (parent);
-- new
CREATE TABLE parent (id integer);
CREATE TABLE one (id integer NOT NULL) INHERITS (parent);
CREATE TABLE two () INHERITS (parent);

-- pair: a child says again that it has a generated column
-- new
CREATE TABLE parent (id integer NOT NULL, n integer GENERATED ALWAYS AS (id * 2) STORED);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE other (n integer, id integer) INHERITS (parent);

-- pair: a check of the parent that is NOT VALID, and is valid in a child
-- new
CREATE TABLE parent (id integer);
CREATE TABLE child (CONSTRAINT positive CHECK (id > 0)) INHERITS (parent);
CREATE TABLE between () INHERITS (parent);
CREATE TABLE below (CONSTRAINT positive CHECK (id > 0)) INHERITS (between);
ALTER TABLE parent ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;

-- pair: a column moves from the parent to a child
-- only forward: what was there before it was inherited stays its table's own
-- old
CREATE TABLE parent (id integer, n integer, x text);
CREATE TABLE child (z integer) INHERITS (parent);
-- new
CREATE TABLE parent (id integer);
CREATE TABLE child (n bigint, x text, z integer) INHERITS (parent);
-- both
CREATE TABLE grandchild () INHERITS (child);
CREATE TABLE other () INHERITS (parent);

-- pair: a column of the parent stays in a grandchild alone
-- only forward: what was there before it was inherited stays its table's own
-- old
CREATE TABLE parent (id integer, n integer);
CREATE TABLE one () INHERITS (parent);
CREATE TABLE two () INHERITS (parent);
CREATE TABLE below () INHERITS (one);
CREATE TABLE both_of () INHERITS (one, two);
-- new
CREATE TABLE parent (id integer);
CREATE TABLE one () INHERITS (parent);
CREATE TABLE two () INHERITS (parent);
CREATE TABLE below (n integer) INHERITS (one);
CREATE TABLE both_of () INHERITS (one, two);

-- pair: a column of one parent goes, the other's stays
CREATE TABLE two (n integer);
-- old
CREATE TABLE one (id integer, n integer);
-- new
CREATE TABLE one (id integer);
-- both
CREATE TABLE child () INHERITS (one, two);

-- pair: a check moves from the parent to a child
-- only forward: what was there before it was inherited stays its table's own
CREATE TABLE parent (id integer, n integer);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
CREATE TABLE other () INHERITS (parent);
-- old
ALTER TABLE parent ADD CONSTRAINT positive CHECK (n > 0);
-- new
ALTER TABLE child ADD CONSTRAINT positive CHECK (n > 0);

-- pair: what the child says again goes with the parent's
-- old
CREATE TABLE parent (id integer, n integer, CONSTRAINT positive CHECK (n > 0));
CREATE TABLE child (n integer, CONSTRAINT positive CHECK (n > 0)) INHERITS (parent);
-- new
CREATE TABLE parent (id integer);
CREATE TABLE child () INHERITS (parent);

-- pair: a child leaves a parent that loses a column, and keeps it
-- only forward: what was there before it was inherited stays its table's own
-- old
CREATE TABLE parent (id integer, n integer);
CREATE TABLE child () INHERITS (parent);
-- new
CREATE TABLE parent (id integer);
CREATE TABLE child (id integer, n integer);

-- pair: a column of the child that the parent gets too, with another type
-- old
CREATE TABLE parent (id integer);
CREATE TABLE child (n integer) INHERITS (parent);
-- new
CREATE TABLE parent (id integer, n bigint);
CREATE TABLE child (n bigint) INHERITS (parent);
