// `sluice export`: a schema that loads again, and the same bytes as long as it does not change.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/subprocess.h"
#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr const char* kSchema = R"(
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'it''s';
CREATE TYPE app.mood AS ENUM ('ok', 'so so');
CREATE DOMAIN app.price AS numeric(9,2) CHECK (VALUE >= 0);
CREATE FUNCTION app.total(amount integer, price app.price DEFAULT 1) RETURNS numeric
  LANGUAGE sql IMMUTABLE AS 'SELECT amount * price';
CREATE TABLE app.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mail text NOT NULL UNIQUE,
  mood app.mood DEFAULT 'ok');
COMMENT ON COLUMN app.customers.mail IS 'where to write';
CREATE TABLE app."Order" (
  id serial PRIMARY KEY,
  customer bigint NOT NULL REFERENCES app.customers ON DELETE CASCADE,
  placed timestamptz NOT NULL DEFAULT now(),
  amount integer,
  price app.price,
  total numeric GENERATED ALWAYS AS (app.total(amount, price)) STORED);
CREATE INDEX ON app."Order" (customer, placed DESC) WHERE amount > 1;
CREATE TABLE app.log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE app.log_2026 PARTITION OF app.log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE VIEW app.recent WITH (security_barrier) AS SELECT c.mail, o.placed FROM app.customers c JOIN
  app."Order" o ON o.customer = c.id;
CREATE MATERIALIZED VIEW app.sums AS SELECT customer, sum(total) FROM app."Order" GROUP BY 1;
CREATE UNIQUE INDEX ON app.sums (customer);
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  new.placed := now();
  RETURN new;
END $$;
CREATE TRIGGER touch BEFORE UPDATE ON app."Order" FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.customers USING (mail = CURRENT_USER);
GRANT SELECT ON app.recent TO PUBLIC;
REVOKE EXECUTE ON FUNCTION app.touch() FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC;
)";

class Export : public EngineBench {
 protected:
  base::CommandResult run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {SLUICE_PROGRAM, "export"});
    return base::run({arguments, {{"DATABASE_URL", url_}}});
  }
  void script(const std::string& sql) const { postgres::Session(options()).execute(sql); }
  fs::path out() const { return root_ / "out"; }
  static std::string read(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
};

TEST_F(Export, LoadedIntoAnEmptyDatabaseItIsTheSameAgain) {
  script(kSchema);
  const base::CommandResult first = run({});
  ASSERT_EQ(first.status, 0) << first.errors;
  EXPECT_EQ(run({}).output, first.output);
  EXPECT_THAT(first.output, Not(HasSubstr("2026-1")));  // no date but the partition's
  script("DROP SCHEMA app CASCADE; ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM PUBLIC");
  script(first.output);
  const base::CommandResult second = run({});
  EXPECT_EQ(second.output, first.output) << second.errors;
}

TEST_F(Export, LeavesOutTheHistoriesOfOtherTools) {
  script(
      "CREATE TABLE t (id int PRIMARY KEY);"
      "CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint);");
  for (const char* format : {"sql", "json", "mermaid", "svg"}) {
    const base::CommandResult result = run({"--format", format});
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.output, Not(HasSubstr("goose_db_version"))) << format;
    EXPECT_EQ(result.errors,
              "warning: table public.goose_db_version is another tool's history: not compared\n");
  }
  script("CREATE VIEW versions AS SELECT version_id FROM goose_db_version");
  EXPECT_THAT(run({}).output, HasSubstr("CREATE TABLE public.goose_db_version"));
}

TEST_F(Export, OfNothingIsAHeader) {
  const base::CommandResult result = run({});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, Not(HasSubstr("CREATE")));
}

TEST_F(Export, JsonHoldsWhatWouldBePrinted) {
  script(kSchema);
  const json answer = json::parse(run({"--output", "json"}).output);
  EXPECT_EQ(answer.at("format"), "sql");
  EXPECT_EQ(answer.at("content"), run({}).output);
}

TEST_F(Export, WritesAFileAndPointsTheLinkToIt) {
  script(kSchema);
  const base::CommandResult first = run({"--out", out().string()});
  ASSERT_EQ(first.status, 0) << first.errors;
  EXPECT_THAT(first.output,
              MatchesRegex(out().string() + "/schema_export_[0-9]{8}_[0-9]{6}\\.sql\n"));
  const fs::path link = out() / "latest_schema.sql";
  ASSERT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(fs::read_symlink(link).string() + "\n", fs::path(first.output).filename().string());
  EXPECT_EQ(read(link), run({}).output);
  // In the same second or not: another file.
  script("CREATE TABLE app.more (a int)");
  const json second = json::parse(run({"--out", out().string(), "--output", "json"}).output);
  EXPECT_NE(second.at("file").get<std::string>() + "\n", first.output);
  EXPECT_EQ(fs::read_symlink(link), fs::path(second.at("file").get<std::string>()).filename());
  EXPECT_THAT(read(link), HasSubstr("CREATE TABLE app.more"));
  EXPECT_EQ(std::distance(fs::directory_iterator(out()), fs::directory_iterator()), 3);
}

TEST_F(Export, DoesNotReplaceWhatIsNoLink) {
  fs::create_directory(out());
  std::ofstream(out() / "latest_schema.sql") << "mine";
  const base::CommandResult result = run({"--out", out().string()});
  EXPECT_NE(result.status, 0);
  EXPECT_THAT(result.errors, HasSubstr("is no symbolic link"));
  EXPECT_EQ(read(out() / "latest_schema.sql"), "mine");
  EXPECT_EQ(std::distance(fs::directory_iterator(out()), fs::directory_iterator()), 1);
}

TEST_F(Export, JsonHasEachObject) {
  script(kSchema);
  const json document = json::parse(run({"--format", "json"}).output);
  const auto find = [&](const std::string& kind, const std::string& name) {
    for (const json& object : document.at("objects"))
      if (object.at("kind") == kind && object.at("name") == name) return object;
    return json();
  };
  EXPECT_EQ(find("type", "mood").at("labels"), json({"ok", "so so"}));
  EXPECT_EQ(find("column", "mail").at("type"), "text");
  EXPECT_EQ(find("column", "mail").at("comment"), "where to write");
  EXPECT_EQ(find("column", "mail").at("notNull"), true);
  EXPECT_EQ(find("table", "Order").at("identity"), "app.\"Order\"");
  EXPECT_EQ(find("view", "recent").at("options").at("security_barrier"), "true");
}

TEST_F(Export, PicturesMarkAPlan) {
  script(kSchema);
  EXPECT_THAT(run({"--format", "mermaid"}).output, HasSubstr("erDiagram"));
  EXPECT_THAT(run({"--format", "svg"}).output, HasSubstr("app.customers"));
  std::ofstream(root_ / "wanted.sql")
      << "CREATE SCHEMA app; CREATE TABLE app.customers (id bigint PRIMARY KEY, name text);";
  const base::CommandResult plan =
      run({"--format", "mermaid", "--plan-to", (root_ / "wanted.sql").string()});
  ASSERT_EQ(plan.status, 0) << plan.errors;
  EXPECT_THAT(plan.output, HasSubstr("app.customers - changed"));
  EXPECT_THAT(plan.output, HasSubstr("app.Order - dropped"));
  EXPECT_THAT(plan.output, HasSubstr("text name \"added\""));
}

TEST_F(Export, PicturesFollowTheHintsOfAPlan) {
  script("CREATE TABLE clients (id int PRIMARY KEY, mail text)");
  std::ofstream(root_ / "wanted.sql") << "-- sluice:rename table clients -> customers\n"
                                         "-- sluice:rename column customers.mail -> email\n"
                                         "CREATE TABLE customers (id int PRIMARY KEY, email text);";
  const base::CommandResult plan =
      run({"--format", "mermaid", "--plan-to", (root_ / "wanted.sql").string()});
  ASSERT_EQ(plan.status, 0) << plan.errors;
  EXPECT_THAT(plan.output, HasSubstr("customers - changed"));
  EXPECT_THAT(plan.output, HasSubstr("text email \"changed\""));
  EXPECT_THAT(plan.output, Not(HasSubstr("clients")));
  EXPECT_THAT(plan.output, Not(HasSubstr("mail \"dropped\"")));
}

TEST_F(Export, APlanIsMarkedInAPictureOnly) {
  std::ofstream(root_ / "wanted.sql") << "CREATE TABLE a ();";
  const base::CommandResult result = run({"--plan-to", (root_ / "wanted.sql").string()});
  EXPECT_NE(result.status, 0);
  EXPECT_THAT(result.errors, HasSubstr("sluice diff"));
}

}  // namespace
}  // namespace sluice::engine
