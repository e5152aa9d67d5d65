-- pair: a shop grows
-- old
CREATE TABLE users (id serial PRIMARY KEY, email varchar(100) NOT NULL UNIQUE, name varchar(100), created timestamp DEFAULT now());
CREATE TABLE products (id serial PRIMARY KEY, name text NOT NULL, price numeric(8,2) NOT NULL, stock integer DEFAULT 0);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users, status varchar(20) DEFAULT 'new', total numeric(8,2));
CREATE TABLE order_items (order_id integer REFERENCES orders, product_id integer REFERENCES products, quantity integer, PRIMARY KEY (order_id, product_id));
CREATE INDEX orders_user ON orders (user_id);
CREATE VIEW order_totals AS SELECT o.id, sum(i.quantity * p.price) AS total FROM orders o JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id GROUP BY o.id;
-- new
CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped');
CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL, name varchar(200), created timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz);
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE deleted_at IS NULL;
CREATE TABLE products (id serial PRIMARY KEY, name text NOT NULL, price numeric(10,2) NOT NULL CHECK (price >= 0), stock integer NOT NULL DEFAULT 0, tags text[] NOT NULL DEFAULT '{}');
CREATE INDEX products_tags ON products USING gin (tags);
CREATE TABLE orders (id serial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE, status order_status NOT NULL DEFAULT 'new', total numeric(10,2));
CREATE TABLE order_items (order_id integer REFERENCES orders ON DELETE CASCADE, product_id integer REFERENCES products, quantity integer NOT NULL DEFAULT 1 CHECK (quantity > 0), PRIMARY KEY (order_id, product_id));
CREATE INDEX orders_user ON orders (user_id, status);
CREATE VIEW order_totals AS SELECT o.id, o.status, sum(i.quantity * p.price) AS total FROM orders o JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id GROUP BY o.id;
CREATE FUNCTION restock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE products SET stock = stock - new.quantity WHERE id = new.product_id; RETURN new; END $$;
CREATE TRIGGER restock AFTER INSERT ON order_items FOR EACH ROW EXECUTE FUNCTION restock();
COMMENT ON TABLE orders IS 'what was bought';
-- rows
INSERT INTO users VALUES (1, 'a@example.org', 'A'), (2, 'b@example.org', NULL);
INSERT INTO orders VALUES (1, 1, 'new', 2.50), (2, 2, 'paid', 100);
INSERT INTO products VALUES (1, 'pen', 2.50), (2, 'ink', 100);
INSERT INTO order_items VALUES (1, 1, 1), (2, 2, 1);

-- pair: tenants come to a table, with policies
-- old
CREATE TABLE notes (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);
GRANT SELECT, INSERT ON notes TO app_writer;
-- new
CREATE TABLE tenants (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE notes (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id integer REFERENCES tenants, body text NOT NULL);
CREATE INDEX notes_tenant ON notes (tenant_id);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION current_tenant() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('app.tenant', true), '')::integer $$;
CREATE POLICY own ON notes TO app_writer USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE (body) ON notes TO app_writer;
GRANT SELECT ON tenants TO app_reader;

-- pair: an audit log with partitions, triggers and a summary
CREATE TABLE accounts (id bigint PRIMARY KEY, balance numeric NOT NULL DEFAULT 0);
-- new
CREATE SCHEMA audit;
CREATE TYPE audit.action AS ENUM ('insert', 'update', 'delete');
CREATE TABLE audit.events (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL DEFAULT now(), action audit.action NOT NULL, subject regclass NOT NULL, was jsonb, "is" jsonb, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE audit.events_2026 PARTITION OF audit.events FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2027-01-01 00:00+00');
CREATE TABLE audit.events_rest PARTITION OF audit.events DEFAULT;
CREATE INDEX events_subject ON audit.events USING brin (at);
CREATE FUNCTION audit.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit AS $$
BEGIN
    INSERT INTO events (action, subject, was, "is") VALUES (lower(tg_op)::action, tg_relid, to_jsonb(old), to_jsonb(new));
    RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION audit.record();
CREATE MATERIALIZED VIEW audit.daily AS SELECT date_trunc('day', at) AS day, action, count(*) AS n FROM audit.events GROUP BY 1, 2;
CREATE UNIQUE INDEX daily_key ON audit.daily (day, action);

-- pair: search over articles
CREATE TABLE articles (id integer PRIMARY KEY, title text NOT NULL, body text);
-- new
ALTER TABLE articles ADD COLUMN search tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english', title), 'A') || to_tsvector('english', coalesce(body, ''))) STORED;
CREATE INDEX articles_search ON articles USING gin (search);
CREATE FUNCTION find_articles(words text, page integer DEFAULT 1) RETURNS SETOF articles LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT * FROM articles WHERE search @@ websearch_to_tsquery('english', words) ORDER BY ts_rank(search, websearch_to_tsquery('english', words)) DESC LIMIT 20 OFFSET (page - 1) * 20; END;

-- pair: a column is split in two and the view keeps its face
-- old
CREATE TABLE people (id integer PRIMARY KEY, name text);
CREATE VIEW phone_book AS SELECT id, name FROM people;
-- new
CREATE TABLE people (id integer PRIMARY KEY, first text, last text);
CREATE VIEW phone_book AS SELECT id, first || ' ' || last AS name FROM people;
-- both
GRANT SELECT ON phone_book TO app_reader;

-- pair: bookings that may not overlap
-- new
CREATE EXTENSION btree_gist;
CREATE TABLE rooms (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE bookings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, room_id integer NOT NULL REFERENCES rooms, during tstzrange NOT NULL,
    CONSTRAINT no_overlap EXCLUDE USING gist (room_id WITH =, during WITH &&), CONSTRAINT forward CHECK (NOT isempty(during)));
