// What holds of a whole Catalog: what needs what, the snapshot, the number of queries.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <thread>

#include "tests/database/schema_bench.h"

namespace sluice::schema {
namespace {

using testing::Contains;
using testing::ElementsAre;

class SchemaReadWhole : public SchemaBench {
 protected:
  // What is read when another session does that as soon as the definition of a view on `base` is
  // asked for: it waits for a lock.
  Catalog read_while(const std::string& sql) const {
    postgres::Session other = session();
    other.execute("BEGIN; LOCK TABLE base IN ACCESS EXCLUSIVE MODE");
    postgres::Session reading = session();
    std::future<Catalog> catalog =
        std::async(std::launch::async, [&] { return schema::read(reading); });
    postgres::Session watching = session();
    const std::string waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = " +
                              std::to_string(reading.pid());
    for (int i = 0; i < 2000 && watching.query(waits).at(0).at(0) == "0"; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(watching.query(waits).at(0).at(0), "1");
    other.execute(sql + "; COMMIT");
    return catalog.get();
  }

  // The statements that a session was sent while it read, by the server's log.
  size_t statements_of_read() const {
    execute("ALTER DATABASE " + database_ + " SET log_statement = 'all'");
    postgres::Session reading = session();
    const size_t before = logged(reading.pid());
    schema::read(reading);
    return logged(reading.pid()) - before;
  }

 private:
  static size_t logged(int pid) {
    std::ifstream log(std::filesystem::path(runner::Server::instance().socket()).parent_path() /
                      "log");
    const std::string mark = "[" + std::to_string(pid) + "] LOG:  ";
    size_t count = 0;
    for (std::string line; std::getline(log, line);)
      if (const size_t at = line.find(mark); at != std::string::npos)
        if (line.compare(at + mark.size(), 9, "statement") == 0 ||
            line.compare(at + mark.size(), 7, "execute") == 0)
          ++count;
    return count;
  }
};

TEST_F(SchemaReadWhole, SaysWhatNeedsWhat) {
  const Catalog catalog = read_after(R"(
    CREATE SCHEMA x;
    CREATE TYPE x.mood AS ENUM ('ok'); CREATE DOMAIN x.base AS int;
    CREATE FUNCTION x.one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE DOMAIN x.d AS x.base CHECK (VALUE > x.one());
    CREATE TYPE x.span AS RANGE (subtype = date);
    CREATE TYPE x.pair AS (m x.mood, d x.d);
    CREATE COLLATION x.c FROM "C";
    CREATE TABLE x.a (id serial PRIMARY KEY, i int GENERATED ALWAYS AS IDENTITY, m x.mood[],
                      n int DEFAULT x.one(), g int GENERATED ALWAYS AS (id * x.one()) STORED,
                      s x.span_multirange, t text COLLATE x.c, p x.pair);
    CREATE TABLE x.b (a_id int CONSTRAINT fk REFERENCES x.a, r x.a);
    CREATE INDEX ix ON x.a ((n + x.one())) WHERE g > 0;
    CREATE TABLE x.child () INHERITS (x.b);
    CREATE TABLE x.typed OF x.pair;
    CREATE TABLE x.parts (k int PRIMARY KEY) PARTITION BY RANGE (k);
    CREATE TABLE x.part PARTITION OF x.parts DEFAULT;
    CREATE VIEW x.v AS SELECT id, x.one() AS one FROM x.a;
    CREATE VIEW x.w AS SELECT v.one FROM x.v;
    CREATE VIEW x.grouped AS SELECT id, n FROM x.a GROUP BY id;
    CREATE MATERIALIZED VIEW x.m AS SELECT count(*) AS n FROM x.w; CREATE INDEX mi ON x.m (n);
    CREATE FUNCTION x.tr() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER tr BEFORE UPDATE OF n ON x.a FOR EACH ROW EXECUTE FUNCTION x.tr();
    CREATE POLICY po ON x.a USING (EXISTS (SELECT FROM x.b WHERE a_id = id));
    CREATE RULE ru AS ON UPDATE TO x.b DO ALSO DELETE FROM x.a WHERE id = 7;
    CREATE STATISTICS x.st ON id, n FROM x.a;
    CREATE FUNCTION x.rows() RETURNS SETOF x.a LANGUAGE sql AS 'SELECT * FROM x.a';
    CREATE FUNCTION x.body(v int DEFAULT x.one()) RETURNS bigint LANGUAGE sql
      BEGIN ATOMIC SELECT count(*) FROM x.b; END;
    CREATE PUBLICATION pub FOR TABLE x.a WHERE (n > 1);
    CREATE EXTENSION citext SCHEMA x; CREATE TABLE x.e (c x.citext DEFAULT x.citext('a'));
  )");
  const struct {
    const char* name;
    std::vector<std::string> expected;  // besides its schema
  } kTable[] = {
      {"type x.mood", {}},
      {"domain x.d", {"domain x.base", "function x.one()"}},
      {"type x.pair", {"type x.mood", "domain x.d"}},
      {"sequence x.a_id_seq", {}},
      {"table x.a", {}},
      {"column id of x.a", {"sequence x.a_id_seq"}},
      {"column i of x.a", {}},
      {"column m of x.a", {"type x.mood"}},
      {"column n of x.a", {"function x.one()"}},
      {"column g of x.a", {"function x.one()", "column id of x.a"}},
      {"column s of x.a", {"type x.span"}},
      {"column t of x.a", {"collation x.c"}},
      {"column p of x.a", {"type x.pair"}},
      {"column r of x.b", {"table x.a"}},
      {"constraint a_pkey of x.a", {"column id of x.a"}},
      {"constraint fk of x.b",
       {"column id of x.a", "column a_id of x.b", "constraint a_pkey of x.a"}},
      {"index x.ix of x.a", {"function x.one()", "column g of x.a", "column n of x.a"}},
      {"table x.child", {"table x.b"}},
      {"table x.typed", {"type x.pair"}},
      {"table x.part", {"table x.parts"}},
      {"constraint part_pkey of x.part",
       {"column k of x.part", "constraint parts_pkey of x.parts"}},
      {"view x.v", {"function x.one()", "column id of x.a"}},
      {"view x.w", {"view x.v"}},
      {"view x.grouped", {"column id of x.a", "column n of x.a", "constraint a_pkey of x.a"}},
      {"materialized view x.m", {"view x.w"}},
      {"index x.mi of x.m", {}},
      {"trigger tr of x.a", {"function x.tr()", "column n of x.a"}},
      {"policy po of x.a", {"column id of x.a", "column a_id of x.b"}},
      {"rule ru of x.b", {"column id of x.a"}},
      {"statistics x.st", {"table x.a", "column id of x.a", "column n of x.a"}},
      {"function x.rows()", {"table x.a"}},
      {"function x.body(integer)", {"function x.one()", "table x.b"}},
      {"publication pub", {"table x.a", "column n of x.a"}},
      {"column c of x.e", {"extension citext"}},
  };
  for (const auto& row : kTable) {
    SCOPED_TRACE(row.name);
    std::vector<std::string> found = needs(catalog, row.name);
    std::erase(found, "schema x");
    EXPECT_EQ(found, row.expected);
    const Object& of = object(catalog, row.name);
    if (!of.key.schema.empty() && of.relation.empty()) {
      EXPECT_THAT(needs(catalog, row.name), Contains("schema x"));
    }
  }
}

TEST_F(SchemaReadWhole, HasNeedsWithoutCircles) {
  const Catalog catalog = read_after(R"(
    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE TABLE a (id serial PRIMARY KEY, b_id int, n int DEFAULT f());
    CREATE TABLE b (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a_id int REFERENCES a);
    ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
    CREATE TABLE p (id int PRIMARY KEY, up int REFERENCES p) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p DEFAULT;
    CREATE VIEW v AS SELECT a.* FROM a JOIN b ON a.b_id = b.id;
    CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING;
    ALTER VIEW v ALTER n SET DEFAULT f();
  )");
  std::vector<int> state(catalog.objects.size(), 0);
  std::function<bool(Ref)> goes_round = [&](Ref ref) {
    if (state[ref] != 0) return state[ref] == 1;
    state[ref] = 1;
    const Object& of = catalog.at(ref);
    bool found = std::ranges::any_of(of.needs, goes_round);
    if (of.owner_relation) found = found || goes_round(*of.owner_relation);
    state[ref] = 2;
    return found;
  };
  for (Ref ref = 0; ref < catalog.objects.size(); ++ref)
    EXPECT_FALSE(goes_round(ref)) << named(catalog.at(ref));
}

TEST_F(SchemaReadWhole, IsSortedByKeyAndEveryKeyIsThereOnce) {
  const Catalog catalog = read_after(
      "CREATE TABLE t (b int, a int, CHECK (a > 0)); CREATE TABLE s (LIKE t INCLUDING ALL);"
      "CREATE FUNCTION t(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION t() RETURNS "
      "int LANGUAGE sql AS 'SELECT 1'");
  EXPECT_TRUE(std::ranges::is_sorted(catalog.objects, {}, &Object::key));
  for (const Object& of : catalog.objects) EXPECT_EQ(catalog.find(of.key), &of);
}

TEST_F(SchemaReadWhole, IsTheSameHoweverTheSchemaCameToBe) {
  const std::string first = "CREATE TABLE a (x int, y text); CREATE INDEX i ON a (x);";
  const std::string second =
      "CREATE TYPE e AS ENUM ('1'); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';";
  const Catalog one = read_after(first + second);
  SetUp();
  const Catalog other = read_after(second + "CREATE TABLE gone (a int); DROP TABLE gone;" + first);
  ASSERT_EQ(names(one), names(other));
  for (Ref ref = 0; ref < one.objects.size(); ++ref) {
    EXPECT_EQ(one.at(ref).details, other.at(ref).details) << named(one.at(ref));
    EXPECT_EQ(one.at(ref).needs, other.at(ref).needs) << named(one.at(ref));
  }
}

TEST_F(SchemaReadWhole, DoesNotDependOnTheSettingsOfTheRole) {
  const Catalog plain = read_after(
      "CREATE TABLE \"T\" (a timestamptz DEFAULT '2020-01-01 UTC', i interval DEFAULT '1 day "
      "2:03', "
      "b bytea DEFAULT '\\x41', s text DEFAULT 'a\\b')");
  execute("ALTER DATABASE " + database_ + " SET search_path = public; ALTER DATABASE " + database_ +
          " SET TimeZone = 'Asia/Kolkata'; ALTER DATABASE " + database_ +
          " SET DateStyle = 'German'; ALTER DATABASE " + database_ +
          " SET IntervalStyle = 'iso_8601'; ALTER DATABASE " + database_ +
          " SET bytea_output = 'escape'; ALTER DATABASE " + database_ +
          " SET quote_all_identifiers = on; ALTER DATABASE " + database_ +
          " SET standard_conforming_strings = off");
  const Catalog other = read();
  ASSERT_EQ(names(plain), names(other));
  for (Ref ref = 0; ref < plain.objects.size(); ++ref)
    EXPECT_EQ(plain.at(ref).details, other.at(ref).details) << named(plain.at(ref));
}

TEST_F(SchemaReadWhole, DoesNotSeeWhatOthersChangeWhileItReads) {
  execute("CREATE TABLE base (a int); CREATE VIEW v AS SELECT a FROM base");
  const Catalog catalog = read_while(
      "CREATE TABLE late (a int); ALTER TABLE base ADD COLUMN late int; CREATE INDEX late_i ON "
      "base "
      "(a)");
  EXPECT_THAT(names(catalog), ElementsAre("schema public", "table public.base",
                                          "column a of public.base", "view public.v"));
}

TEST_F(SchemaReadWhole, ReadsAgainWhenOthersDropWhatItHasSeen) {
  execute(
      "CREATE TABLE base (a int); CREATE VIEW v AS SELECT a FROM base; CREATE VIEW w AS SELECT "
      "1 AS one");
  const Catalog catalog = read_while("DROP VIEW w; CREATE TABLE late (a int)");
  EXPECT_THAT(names(catalog),
              ElementsAre("schema public", "table public.base", "table public.late",
                          "column a of public.base", "column a of public.late", "view public.v"));
}

TEST_F(SchemaReadWhole, LeavesTheSessionAsItWas) {
  postgres::Session reading = session();
  reading.execute("SET search_path = public");
  schema::read(reading);
  EXPECT_EQ(reading.query("SHOW search_path").at(0).at(0), "public");
  EXPECT_EQ(reading.query("SHOW transaction_read_only").at(0).at(0), "off");
}

TEST_F(SchemaReadWhole, TakesAtMostThirtyStatementsHoweverManyTables) {
  const size_t few = statements_of_read();
  execute(
      "DO $$ BEGIN FOR i IN 1..40 LOOP EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, "
      "a text DEFAULT now(), b int CHECK (b > 0)); CREATE VIEW v%s AS SELECT * FROM t%s', i, i, "
      "i); END LOOP; END $$");
  EXPECT_EQ(statements_of_read(), few);
  EXPECT_GT(few, 10U);
  EXPECT_LE(few, 30U);
}

}  // namespace
}  // namespace sluice::schema
