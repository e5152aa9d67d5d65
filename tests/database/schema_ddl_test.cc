// The SQL of each kind, on a server: what create() says makes an object that reads back as it was
// meant, so does what alter() says, and drop() leaves nothing.
#include "schema/ddl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "postgres/session.h"
#include "schema/read.h"
#include "tests/database/runner_server.h"

namespace sluice::schema {
namespace {

using postgres::Session;

// One of a few databases, empty at the beginning.
class Room {
 public:
  explicit Room(const std::string& name) : session_(open(name)) {
    session_.execute(
        "DO $$ DECLARE each text; BEGIN "
        "FOR each IN SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication UNION ALL "
        "SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger UNION ALL "
        "SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname !~ "
        "'^(pg_|information_schema)' LOOP EXECUTE each; END LOOP; END $$; CREATE SCHEMA public");
  }

  void execute(const std::string& sql) { session_.execute(sql); }
  // Each in a transaction of its own, as groups would be.
  void run(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
      SCOPED_TRACE(statement.sql);
      session_.execute(statement.sql);
    }
  }
  Catalog read() { return schema::read(session_); }

 private:
  static postgres::ConnectOptions connect(const std::string& database) {
    postgres::ConnectOptions options;
    options.url = runner::Server::instance().superuser_url(database);
    return options;
  }

  static Session open(const std::string& name) {
    static std::set<std::string> made;
    if (made.insert(name).second) {
      Session session(connect("postgres"));
      session.execute("CREATE DATABASE " + name + " TEMPLATE template0");
    }
    return Session(connect(name));
  }

  Session session_;
};

enum class Way { InPlace, Again };

struct Case {
  const char* name;
  Kind kind;
  const char* object;  // Key::name
  const char* before;  // what it needs
  const char* was;
  const char* is;
  Way way;
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

class DdlOnAServer : public testing::TestWithParam<Case> {};

const Object& find(const Catalog& catalog, const Case& of) {
  for (const Object& object : catalog.objects)
    if (object.key.kind == of.kind && object.key.name == of.object) return object;
  throw std::runtime_error(std::string(of.object) + " was not read");
}

bool has(const Catalog& catalog, const Case& of) {
  for (const Object& object : catalog.objects)
    if (object.key.kind == of.kind && object.key.name == of.object) return true;
  return false;
}

// As lines, so that a failure shows what is missing.
std::vector<std::string> unlike(const Object& was, const Object& is) {
  return differences(was, is, DiffOptions{});
}

const std::string kRoles =
    "DO $$ BEGIN CREATE ROLE ddl_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;";

TEST_P(DdlOnAServer, IsCreatedAlteredAndDropped) {
  const Case& each = GetParam();
  const DiffOptions options;
  const DdlContext how{options};

  Room wanted("wanted");
  wanted.execute(kRoles + each.before + ";" + each.is);
  const Catalog to = wanted.read();
  const Object& is = find(to, each);

  Room fresh("fresh");
  fresh.execute(each.before);
  const Catalog nothing = fresh.read();
  fresh.run(create(to, is, how));
  fresh.run(comment(nullptr, is));
  fresh.run(grants(nullptr, is, &nothing));
  const Catalog created = fresh.read();
  EXPECT_THAT(unlike(find(created, each), is), testing::IsEmpty());

  fresh.run(drop(created, find(created, each), how));
  EXPECT_FALSE(has(fresh.read(), each));

  Room old("old");
  old.execute(std::string(each.before) + ";" + each.was);
  const Catalog from = old.read();
  const Object& was = find(from, each);
  ASSERT_THAT(unlike(was, is), testing::Not(testing::IsEmpty()));
  const auto statements = alter(from, was, to, is, how);
  ASSERT_EQ(statements.has_value(), each.way == Way::InPlace);
  if (statements) {
    old.run(*statements);
  } else {
    old.run(drop(from, was, how));
    old.run(create(to, is, how));
  }
  old.run(comment(statements ? &was : nullptr, is));
  old.run(grants(statements ? &was : nullptr, is, &from));
  EXPECT_THAT(unlike(find(old.read(), each), is), testing::IsEmpty());
}

constexpr const char* kTable = "CREATE TABLE orders (id int PRIMARY KEY, total numeric, note text)";
constexpr const char* kTrigger =
    "CREATE TABLE orders (id int, total int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN NEW; END'";

const Case kCases[] = {
    {"schema", Kind::Schema, "app", "", "CREATE SCHEMA app",
     "CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'it''s'; GRANT USAGE ON SCHEMA app TO ddl_reader",
     Way::InPlace},
    {"enum", Kind::Enum, "mood", "", "CREATE TYPE mood AS ENUM ('ok', 'sad')",
     "CREATE TYPE mood AS ENUM ('bliss', 'good', 'ok', 'so so', 'sad', 'it''s\\')", Way::InPlace},
    {"enum_again", Kind::Enum, "mood", "", "CREATE TYPE mood AS ENUM ('ok', 'sad')",
     "CREATE TYPE mood AS ENUM ('ok'); COMMENT ON TYPE mood IS 'm'; REVOKE USAGE ON TYPE mood FROM "
     "PUBLIC",
     Way::Again},
    {"composite", Kind::Composite, "pair", "", "CREATE TYPE pair AS (a int, b text, \"C\" int)",
     "CREATE TYPE pair AS (b varchar(9) COLLATE \"C\", \"C\" int, d numeric(9,2)[])", Way::InPlace},
    {"composite_stored", Kind::Composite, "pair", "", "CREATE TYPE pair AS (a int)",
     "CREATE TYPE pair AS (b text, a int)", Way::Again},
    {"domain", Kind::Domain, "price", "",
     "CREATE DOMAIN price AS numeric(9,2) DEFAULT 1 CHECK (VALUE > 0)",
     "CREATE DOMAIN price AS numeric(9,2) NOT NULL CONSTRAINT low CHECK (VALUE > 1); ALTER DOMAIN "
     "price ADD CONSTRAINT high CHECK (VALUE < 9) NOT VALID; COMMENT ON CONSTRAINT low ON DOMAIN "
     "price IS 'c'",
     Way::InPlace},
    {"domain_again", Kind::Domain, "price", "", "CREATE DOMAIN price AS int",
     "CREATE DOMAIN price AS text COLLATE \"C\" DEFAULT 'a'", Way::Again},
    {"range", Kind::Range, "span", "", "CREATE TYPE span AS RANGE (subtype = float8)",
     "CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = "
     "spans)",
     Way::Again},
    {"collation", Kind::Collation, "german", "", "CREATE COLLATION german (locale = 'C')",
     "CREATE COLLATION german (locale = 'POSIX')", Way::Again},
    {"function", Kind::Function, "f", "",
     "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
     "CREATE FUNCTION f(a int DEFAULT 3) RETURNS int LANGUAGE sql STRICT IMMUTABLE SET work_mem = "
     "'1MB' AS $$SELECT '$'::text::int $$; COMMENT ON FUNCTION f IS 'f'; REVOKE EXECUTE ON "
     "FUNCTION f FROM PUBLIC; GRANT EXECUTE ON FUNCTION f TO ddl_reader",
     Way::InPlace},
    {"function_out", Kind::Function, "f", "",
     "CREATE FUNCTION f(a int, OUT b text, OUT c int) LANGUAGE sql AS 'SELECT NULL::text, 1'",
     "CREATE FUNCTION f(a int, OUT b text, OUT d int) LANGUAGE sql AS 'SELECT NULL::text, 1'",
     Way::Again},
    {"procedure", Kind::Function, "p", "",
     "CREATE PROCEDURE p(a int, INOUT b int) LANGUAGE plpgsql AS 'BEGIN END'",
     "CREATE PROCEDURE p(a int, INOUT b int DEFAULT 2) LANGUAGE plpgsql AS 'BEGIN b := a; END'; "
     "GRANT EXECUTE ON PROCEDURE p TO ddl_reader; COMMENT ON PROCEDURE p IS 'p'",
     Way::InPlace},
    {"aggregate", Kind::Function, "total", "",
     "CREATE AGGREGATE total(int) (SFUNC = int4_sum, STYPE = int8)",
     "CREATE AGGREGATE total(int) (SFUNC = int4_sum, STYPE = int8, INITCOND = '0', PARALLEL = "
     "SAFE); COMMENT ON AGGREGATE total(int) IS 'a'",
     Way::InPlace},
    {"aggregate_of_rows", Kind::Function, "rows", "",
     "CREATE AGGREGATE rows(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '1')",
     "CREATE AGGREGATE rows(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0'); COMMENT ON "
     "AGGREGATE rows(*) IS 'r'; GRANT EXECUTE ON FUNCTION rows() TO ddl_reader",
     Way::InPlace},
    {"operator", Kind::Operator, "===", "",
     "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)",
     "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int, COMMUTATOR = ===, "
     "RESTRICT = eqsel, HASHES); COMMENT ON OPERATOR === (int, int) IS 'o'",
     Way::Again},
    {"operator_prefix", Kind::Operator, "!!!", "",
     "CREATE OPERATOR !!! (FUNCTION = int4um, RIGHTARG = int)",
     "CREATE OPERATOR !!! (FUNCTION = int4abs, RIGHTARG = int); COMMENT ON OPERATOR !!! (NONE, "
     "int) IS 'o'",
     Way::Again},
    {"operator_family", Kind::OperatorFamily, "fam", "", "CREATE OPERATOR FAMILY fam USING btree",
     "CREATE OPERATOR FAMILY fam USING btree; ALTER OPERATOR FAMILY fam USING btree ADD OPERATOR 1 "
     "< (int4, int4); COMMENT ON OPERATOR FAMILY fam USING btree IS 'f'",
     Way::InPlace},
    {"operator_class", Kind::OperatorClass, "cls", "CREATE OPERATOR FAMILY fam USING hash",
     "CREATE OPERATOR CLASS cls FOR TYPE int USING hash FAMILY fam AS OPERATOR 1 =, FUNCTION 1 "
     "hashint4(int4)",
     "CREATE OPERATOR CLASS cls FOR TYPE int8 USING hash FAMILY fam AS OPERATOR 1 =, FUNCTION 1 "
     "hashint8(int8); COMMENT ON OPERATOR CLASS cls USING hash IS 'c'",
     Way::Again},
    {"cast", Kind::Cast, "public.pair AS text", "CREATE TYPE pair AS (a int)",
     "CREATE CAST (pair AS text) WITH INOUT",
     "CREATE CAST (pair AS text) WITH INOUT AS ASSIGNMENT; COMMENT ON CAST (pair AS text) IS 'c'",
     Way::Again},
    {"text_search_dictionary", Kind::TextSearchDictionary, "plain", "",
     "CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple)",
     "CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, accept = false); COMMENT ON TEXT "
     "SEARCH DICTIONARY plain IS 'd'",
     Way::Again},
    {"text_search_configuration", Kind::TextSearchConfiguration, "words", "",
     "CREATE TEXT SEARCH CONFIGURATION words (PARSER = \"default\")",
     "CREATE TEXT SEARCH CONFIGURATION words (PARSER = \"default\"); ALTER TEXT SEARCH "
     "CONFIGURATION words ADD MAPPING FOR asciiword, int WITH english_stem, simple; COMMENT ON "
     "TEXT "
     "SEARCH CONFIGURATION words IS 'c'",
     Way::InPlace},
    {"view", Kind::View, "v", kTable, "CREATE VIEW v AS SELECT id FROM orders",
     "CREATE VIEW v WITH (security_barrier) AS SELECT id, total FROM orders WHERE total > 1 WITH "
     "LOCAL CHECK OPTION; ALTER VIEW v ALTER COLUMN total SET DEFAULT 3; COMMENT ON COLUMN v.id IS "
     "'c'; COMMENT ON VIEW v IS 'v'; GRANT SELECT ON v TO ddl_reader WITH GRANT OPTION",
     Way::InPlace},
    {"view_options", Kind::View, "v", kTable,
     "CREATE VIEW v WITH (check_option = local) AS SELECT id FROM orders",
     "CREATE VIEW v WITH (security_barrier = true) AS SELECT id FROM orders", Way::InPlace},
    {"view_again", Kind::View, "v", kTable, "CREATE VIEW v AS SELECT id, total FROM orders",
     "CREATE VIEW v AS SELECT id FROM orders", Way::Again},
    {"materialized_view", Kind::MaterializedView, "m", kTable,
     "CREATE MATERIALIZED VIEW m AS SELECT id FROM orders",
     "CREATE MATERIALIZED VIEW m WITH (fillfactor = 70) AS SELECT id FROM orders; COMMENT ON "
     "MATERIALIZED VIEW m IS 'm'; COMMENT ON COLUMN m.id IS 'c'; GRANT SELECT ON m TO ddl_reader",
     Way::InPlace},
    {"materialized_view_again", Kind::MaterializedView, "m", kTable,
     "CREATE MATERIALIZED VIEW m AS SELECT id FROM orders",
     "CREATE MATERIALIZED VIEW m AS SELECT id + 1 AS id FROM orders WITH NO DATA", Way::Again},
    {"rule", Kind::Rule, "r", kTable, "CREATE RULE r AS ON DELETE TO orders DO INSTEAD NOTHING",
     "CREATE RULE r AS ON UPDATE TO orders WHERE new.id > 1 DO ALSO DELETE FROM orders WHERE id = "
     "0; ALTER TABLE orders DISABLE RULE r; COMMENT ON RULE r ON orders IS 'r'",
     Way::InPlace},
    {"trigger", Kind::Trigger, "t", kTrigger,
     "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE "
     "orders DISABLE TRIGGER t",
     "CREATE TRIGGER t AFTER UPDATE ON orders REFERENCING NEW TABLE AS n FOR EACH "
     "STATEMENT EXECUTE FUNCTION f('x'); ALTER TABLE orders ENABLE ALWAYS TRIGGER t; COMMENT ON "
     "TRIGGER t ON orders IS 't'",
     Way::InPlace},
    {"trigger_enabled_again", Kind::Trigger, "t", kTrigger,
     "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE "
     "orders DISABLE TRIGGER t",
     "CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION f()", Way::InPlace},
    {"constraint_trigger", Kind::Trigger, "t", kTrigger,
     "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()",
     "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH "
     "ROW "
     "EXECUTE FUNCTION f()",
     Way::Again},
    {"policy", Kind::Policy, "p", kTable, "CREATE POLICY p ON orders USING (id > 0)",
     "CREATE POLICY p ON orders TO ddl_reader, CURRENT_USER USING (total > 0) WITH CHECK (id > 1); "
     "COMMENT ON POLICY p ON orders IS 'p'",
     Way::InPlace},
    {"policy_again", Kind::Policy, "p", kTable, "CREATE POLICY p ON orders USING (id > 0)",
     "CREATE POLICY p ON orders AS RESTRICTIVE FOR INSERT WITH CHECK (id > 1)", Way::Again},
    {"event_trigger", Kind::EventTrigger, "e",
     "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
     "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
     "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f(); ALTER EVENT TRIGGER e "
     "DISABLE; COMMENT ON EVENT TRIGGER e IS 'e'",
     Way::InPlace},
    {"event_trigger_again", Kind::EventTrigger, "e",
     "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
     "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
     "CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('DROP TABLE', 'CREATE TABLE') EXECUTE "
     "FUNCTION f()",
     Way::Again},
    {"publication", Kind::Publication, "p",
     "CREATE TABLE a (x int, y int); CREATE TABLE b (x int PRIMARY KEY); CREATE TABLE c (x int); "
     "CREATE SCHEMA s",
     "CREATE PUBLICATION p FOR TABLE a, c",
     "CREATE PUBLICATION p FOR TABLE a, b WHERE (x > 1), TABLES IN SCHEMA s WITH (publish = "
     "'insert', publish_via_partition_root); COMMENT ON PUBLICATION p IS 'p'",
     Way::InPlace},
    {"publication_members", Kind::Publication, "p",
     "CREATE TABLE a (x int, y int); CREATE TABLE b (x int PRIMARY KEY); CREATE TABLE c (x int)",
     "CREATE PUBLICATION p FOR TABLE a, c WITH (publish = 'insert')",
     "CREATE PUBLICATION p FOR TABLE a (x), b WHERE (x > 1)", Way::InPlace},
    {"default_privileges", Kind::DefaultPrivileges, "postgres|app|TABLES", "CREATE SCHEMA app",
     "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT INSERT ON TABLES TO PUBLIC",
     "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO ddl_reader WITH GRANT "
     "OPTION",
     Way::InPlace},
};

INSTANTIATE_TEST_SUITE_P(Kinds, DdlOnAServer, testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace sluice::schema
