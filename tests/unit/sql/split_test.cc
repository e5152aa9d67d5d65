#include "sql/split.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace sluice::sql {
namespace {

TEST(Split, GivesEachStatementItsLine) {
  const Script script = split(
      "SELECT 1;\n-- remark; with a semicolon\n\nSELECT\n ';' ;\n"
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n"
      "DO $$ BEGIN\n PERFORM 1;\nEND $$\n",
      "a.sql", 10);
  ASSERT_FALSE(script.error);
  ASSERT_EQ(script.statements.size(), 4U);
  EXPECT_EQ(script.statements[0].line, 10U);
  EXPECT_EQ(script.statements[1].line, 13U);
  EXPECT_EQ(script.statements[1].text, "SELECT\n ';'");
  EXPECT_EQ(script.statements[2].line, 15U);
  EXPECT_TRUE(script.statements[2].text.ends_with("END"));
  EXPECT_EQ(script.statements[3].line, 16U);
}

TEST(Split, NothingIsNoStatement) {
  for (const char* sql : {"", "\n", "-- only a remark\n", ";;", "/* a /* b */ c */"})
    EXPECT_TRUE(split(sql, "a.sql").statements.empty()) << sql;
}

TEST(Split, JudgesStatements) {
  struct Case {
    const char* sql;
    Kind kind;
    const char* name;
  };
  const std::vector<Case> cases{
      {"BEGIN", Kind::TransactionControl, "BEGIN"},
      {"START TRANSACTION", Kind::TransactionControl, "START TRANSACTION"},
      {"COMMIT", Kind::TransactionControl, "COMMIT"},
      {"END", Kind::TransactionControl, "COMMIT"},
      {"ABORT", Kind::TransactionControl, "ROLLBACK"},
      {"SAVEPOINT a", Kind::TransactionControl, "SAVEPOINT"},
      {"PREPARE TRANSACTION 'a'", Kind::TransactionControl, "PREPARE TRANSACTION"},
      {"CREATE INDEX CONCURRENTLY ON t (a)", Kind::OutsideTransaction, "CREATE INDEX CONCURRENTLY"},
      {"CREATE INDEX ON t (a)", Kind::Plain, ""},
      {"DROP INDEX CONCURRENTLY a", Kind::OutsideTransaction, "DROP INDEX CONCURRENTLY"},
      {"REINDEX TABLE CONCURRENTLY t", Kind::OutsideTransaction, "REINDEX CONCURRENTLY"},
      {"REINDEX TABLE t", Kind::Plain, ""},
      {"REINDEX SCHEMA s", Kind::OutsideTransaction, "REINDEX of many tables"},
      {"VACUUM t", Kind::OutsideTransaction, "VACUUM"},
      {"ANALYZE t", Kind::Plain, ""},
      {"CLUSTER", Kind::OutsideTransaction, "CLUSTER of all tables"},
      {"CREATE DATABASE a", Kind::OutsideTransaction, "CREATE DATABASE"},
      {"ALTER SYSTEM SET work_mem = 1", Kind::OutsideTransaction, "ALTER SYSTEM"},
      {"DISCARD ALL", Kind::OutsideTransaction, "DISCARD ALL"},
      {"DISCARD PLANS", Kind::Plain, ""},
      {"ALTER TABLE p DETACH PARTITION q CONCURRENTLY", Kind::OutsideTransaction,
       "DETACH PARTITION CONCURRENTLY"},
      {"ALTER TABLE p DETACH PARTITION q", Kind::Plain, ""},
      {"COPY t FROM STDIN", Kind::CopyFromStdin, "COPY FROM STDIN"},
      {"COPY t FROM '/a'", Kind::Plain, ""},
      {"COPY t TO STDOUT", Kind::Plain, ""},
      {"ALTER TYPE e ADD VALUE 'x'", Kind::Plain, ""},
      {"INSERT INTO t VALUES ('COMMIT; BEGIN')", Kind::Plain, ""},
      {"DO $$ BEGIN COMMIT; END $$", Kind::Plain, ""},
  };
  for (const Case& test : cases) {
    const Script script = split(test.sql, "a.sql");
    ASSERT_EQ(script.statements.size(), 1U) << test.sql;
    EXPECT_EQ(script.statements[0].kind, test.kind) << test.sql;
    EXPECT_EQ(script.statements[0].name, test.name) << test.sql;
  }
}

TEST(Split, SaysWhereTheSyntaxIsWrong) {
  const Script script = split("SELECT 1;\n\n  SELEC 'ü', 2;\nSELECT 3;", "a.sql", 5);
  ASSERT_TRUE(script.error);
  EXPECT_EQ(script.error->line, 7U);
  EXPECT_EQ(script.error->column, 3U);
  ASSERT_EQ(script.statements.size(), 3U);
  EXPECT_EQ(script.statements[0].kind, Kind::Plain);
  EXPECT_EQ(script.statements[1].kind, Kind::Unparsed);
  EXPECT_EQ(script.statements[1].line, 7U);
  EXPECT_EQ(script.statements[2].kind, Kind::Plain);
}

TEST(Split, KeepsWhatAnOpenQuoteHides) {
  const Script script = split("SELECT 1;\nSELECT 'it", "a.sql");
  ASSERT_TRUE(script.error);
  EXPECT_EQ(script.error->line, 2U);
  EXPECT_EQ(script.statements.size(), 3U);  // the last one is what could not be read
}

TEST(Split, FindsCopyBeforeItsData) {
  for (const char* data : {"1\ta\n\\.\n", "1\tit's\n\\.\n", "\\N\tx\n\\.\n"}) {
    const Script script = split(std::string("COPY t FROM STDIN;\n") + data, "a.sql");
    ASSERT_FALSE(script.statements.empty()) << data;
    EXPECT_EQ(script.statements[0].kind, Kind::CopyFromStdin) << data;
  }
}

std::string reason(const std::string& sql, std::string* message = nullptr) {
  try {
    split(sql, "a.sql", 3);
    return "";
  } catch (const base::Error& error) {
    if (message != nullptr) *message = error.message();
    return error.reason();
  }
}

TEST(Split, RefusesCommandsOfPsqlOutsideOfQuotes) {
  std::string message;
  EXPECT_EQ(reason("SELECT 1;\n \\connect it's\nSELECT 2;", &message), "MetaCommand");
  EXPECT_TRUE(message.starts_with("a.sql:4: `\\connect it's`")) << message;
  EXPECT_EQ(reason("SELECT '\n\\connect x\n';"), "");
  EXPECT_EQ(reason("DO $$\n\\connect x\n$$;"), "");
  EXPECT_EQ(reason("/*\n\\connect x\n*/ SELECT 1;"), "");
}

TEST(Split, RefusesWhatWouldCrashTheParser) {
  const auto repeat = [](const std::string& text, size_t times) {
    std::string all;
    for (size_t i = 0; i < times; ++i) all += text;
    return all;
  };
  EXPECT_EQ(reason("SELECT 1" + repeat("+1", 40'000)), "SqlTooComplex");
  EXPECT_EQ(reason("CREATE VIEW v AS SELECT 1" + repeat("+1", 40'000)), "SqlTooComplex");
  EXPECT_EQ(reason("CREATE VIEW v AS SELECT 1" + repeat("+1", 40'000) + "; SELECT '"),
            "SqlTooComplex");
  EXPECT_EQ(reason("SELECT " + repeat("(", 40'000)), "SqlTooComplex");
  EXPECT_EQ(reason("SELECT 1, 2" + repeat(" UNION SELECT 1, 2", 40'000)), "SqlTooComplex");
  EXPECT_EQ(reason("INSERT INTO t VALUES (1)" + repeat(",(1+1)", 40'000)), "");
  EXPECT_EQ(reason("SELECT 1 WHERE true" + repeat(" AND a = 1 OR b = 2", 20'000)), "");
}

TEST(Checksum, SeesStatementsOnly) {
  const std::string one = canonical_checksum("SELECT a, 'B' FROM \"T\";");
  EXPECT_EQ(one, canonical_checksum("-- remark\nselect  A,\n'B' from \"T\"  ;; /* x */"));
  EXPECT_NE(one, canonical_checksum("SELECT a, 'b' FROM \"T\";"));
  EXPECT_NE(one, canonical_checksum("SELECT a, 'B' FROM \"t\";"));
  EXPECT_NE(canonical_checksum("SELECT 1; SELECT 2"), canonical_checksum("SELECT 1 SELECT 2"));
  EXPECT_NE(canonical_checksum("SELECT 12"), canonical_checksum("SELECT 1 2"));
}

}  // namespace
}  // namespace sluice::sql
