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

TEST(Split, KeepsLiteralsAndNamesWithUnicodeEscapesWhole) {
  const Script script = split(
      "DROP TABLE U&\"b!0041\" UESCAPE '!';\nDROP TABLE U&\"a\\0041 b\" ;\n"
      "COMMENT ON TABLE t IS U&'\\0041; ''b'' -- c';\nSELECT U&'a' -- more\n 'b'\n-- end\n",
      "a.sql");
  ASSERT_FALSE(script.error);
  ASSERT_EQ(script.statements.size(), 4U);
  EXPECT_EQ(script.statements[0].text, "DROP TABLE U&\"b!0041\" UESCAPE '!'");
  EXPECT_EQ(script.statements[1].text, "DROP TABLE U&\"a\\0041 b\"");
  EXPECT_EQ(script.statements[2].text, "COMMENT ON TABLE t IS U&'\\0041; ''b'' -- c'");
  EXPECT_EQ(script.statements[3].text, "SELECT U&'a' -- more\n 'b'");
}

TEST(Split, CommentsStandWhereTheParserLooksAhead) {
  const Script script = split(
      "SELECT 1 FROM t ORDER BY a NULLS /* ä; */ FIRST;\nSELECT a NOT -- one; of\n IN (1) FROM t;\n"
      "SELECT U&'!0041' /* b */ UESCAPE '!';\nSELECT 'a' -- more;\n 'b';\n"
      "CREATE VIEW v AS SELECT 1 WITH /* c */ CHECK OPTION;\nVACUUM /* d */ t;",
      "a.sql");
  ASSERT_FALSE(script.error) << script.error->message;
  ASSERT_EQ(script.statements.size(), 6U);
  EXPECT_EQ(script.statements[1].text, "SELECT a NOT -- one; of\n IN (1) FROM t");
  EXPECT_EQ(script.statements[3].text, "SELECT 'a' -- more;\n 'b'");
  EXPECT_EQ(script.statements[5].text, "VACUUM /* d */ t");
  EXPECT_EQ(script.statements[5].kind, Kind::OutsideTransaction);
}

TEST(Split, ParametersOfAFunctionsOwnAreNoneOfABatch) {
  const Script script = split(
      "CREATE FUNCTION f(int) RETURNS int RETURN $1 + 1;\nPREPARE p AS SELECT $1::int;\n"
      "SELECT $1;\nSELECT pg_catalog.set_config('search_path', '', false);",
      "a.sql");
  ASSERT_EQ(script.statements.size(), 4U);
  EXPECT_FALSE(script.statements[0].has_parameters);
  EXPECT_FALSE(script.statements[1].has_parameters);
  EXPECT_TRUE(script.statements[2].has_parameters);
  EXPECT_FALSE(script.statements[2].setting);
  EXPECT_TRUE(script.statements[3].setting);
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
  const Script script = split("-- üü\n SELECT 1;\n  SELEC 'ü', 2;\nSELECT 3;", "a.sql", 5);
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

TEST(Split, TakesTheDataAfterACopy) {
  const Script script = split(
      "CREATE TABLE t (a int, b text); -- stdin; or not\n"
      "COPY t FROM stdin WITH (FORMAT text);\n"
      "1\tit's; -- no comment\n\\N\t/*\n\\.\n"
      "SELECT 'stdin;\n\\.\n';\n"
      "COPY t FROM STDIN;\n\\.\n"
      "SELECT 3;",
      "a.sql", 10);
  ASSERT_FALSE(script.error) << script.error->message;
  ASSERT_EQ(script.statements.size(), 5U);
  EXPECT_EQ(script.statements[1].kind, Kind::CopyFromStdin);
  EXPECT_EQ(script.statements[1].line, 11U);
  EXPECT_EQ(script.statements[1].copy_data, "1\tit's; -- no comment\n\\N\t/*\n");
  EXPECT_EQ(script.statements[2].text, "SELECT 'stdin;\n\\.\n'");
  EXPECT_EQ(script.statements[2].line, 15U);
  EXPECT_EQ(script.statements[3].copy_data, "");
  EXPECT_EQ(script.statements[4].line, 20U);
}

TEST(Split, TheSemicolonThatEndsACopyIsNoneInACommentOrInQuotes) {
  for (const std::string copy :
       {"COPY t FROM stdin -- the old rows;\n  WITH (FORMAT csv, HEADER)",
        "COPY t FROM stdin /* ; */ WITH (DELIMITER ';')", "COPY t FROM stdin WHERE a <> ';'"}) {
    const Script script = split(copy + "; -- note;\nname;\n\"a,b\"\n\\.\nSELECT 1;", "a.sql");
    ASSERT_EQ(script.statements.size(), 2U) << copy;
    EXPECT_EQ(script.statements[0].text, copy);
    EXPECT_EQ(script.statements[0].copy_data, "name;\n\"a,b\"\n");
    EXPECT_EQ(script.statements[1].text, "SELECT 1");
  }
}

TEST(Split, CopyWithoutDataHasNone) {
  const Script script = split("COPY t FROM STDIN;\nSELECT 1;\n", "a.sql");
  ASSERT_EQ(script.statements.size(), 2U);
  EXPECT_FALSE(script.statements[0].copy_data);
}

TEST(Split, KnowsWhatChangesTheSessionAndWhatWaitsHarmlessly) {
  struct Case {
    const char* sql;
    bool setting;
    bool waits;
  };
  for (const Case& test : std::vector<Case>{
           {"SET search_path = a", true, false},
           {"RESET ALL", true, false},
           {"SET ROLE x", true, false},
           {"ALTER TABLE t VALIDATE CONSTRAINT c", false, true},
           {"ALTER TABLE t VALIDATE CONSTRAINT c, ADD COLUMN a int", false, false},
           {"CREATE INDEX CONCURRENTLY i ON t (a)", false, true},
           {"VACUUM t", false, false},
           {"UPDATE t SET a = 1", false, false},
       }) {
    const Script script = split(test.sql, "a.sql");
    ASSERT_EQ(script.statements.size(), 1U);
    EXPECT_EQ(script.statements[0].setting, test.setting) << test.sql;
    EXPECT_EQ(script.statements[0].waits_harmlessly, test.waits) << test.sql;
  }
}

TEST(Split, ReadsTheBatchBeforeAStatement) {
  const Script script = split(
      "-- batch: s.users id 5000 pause=0\n-- why\n"
      "UPDATE s.users SET a = 1 WHERE id BETWEEN $1 AND $2;\n"
      "UPDATE t SET a = 1;",
      "a.sql");
  ASSERT_EQ(script.statements.size(), 2U);
  ASSERT_TRUE(script.statements[0].batch);
  EXPECT_EQ(script.statements[0].batch->table, "s.users");
  EXPECT_EQ(script.statements[0].batch->key, "id");
  EXPECT_EQ(script.statements[0].batch->size, 5000U);
  EXPECT_EQ(script.statements[0].batch->pause_ms, 0U);
  EXPECT_TRUE(script.statements[0].has_parameters);
  EXPECT_FALSE(script.statements[1].batch);
  EXPECT_FALSE(script.statements[1].has_parameters);
}

TEST(Split, PassesOverWhatGuardsADump) {
  const Script script = split("\\restrict abc\nSELECT 1;\n\\unrestrict abc\n", "a.sql");
  ASSERT_FALSE(script.error);
  ASSERT_EQ(script.statements.size(), 1U);
  EXPECT_EQ(script.statements[0].line, 2U);
}

TEST(Split, PassesOverGuardsWhoseKeyBeginsWithADigit) {
  const Script script = split("\\restrict 5nf\nSELECT 1;\n\\unrestrict 5nf\n", "a.sql");
  ASSERT_FALSE(script.error);
  ASSERT_EQ(script.statements.size(), 1U);
  EXPECT_EQ(script.statements[0].text, "SELECT 1");
}

TEST(Split, FindsTheDataOfACopyBehindAGuardWhoseKeyBeginsWithADigit) {
  const Script script = split(
      "\\restrict 5nf\nCOPY t (a, b) FROM stdin;\n1\tcalm\n\\.\n\\unrestrict 5nf\nSELECT 1;\n",
      "a.sql");
  ASSERT_FALSE(script.error);
  ASSERT_EQ(script.statements.size(), 2U);
  EXPECT_EQ(script.statements[0].kind, Kind::CopyFromStdin);
  EXPECT_EQ(script.statements[0].copy_data, "1\tcalm\n");
  EXPECT_EQ(script.statements[1].line, 6U);
}

TEST(Split, CutsAroundRulesOfSeveralStatementsBesideNewerSyntax) {
  const Script script = split(
      "-- one\nCREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO (SELECT (1); SELECT 2;);\n"
      "SELECT SOMETHING NEWER THAN THIS;\nSELECT 3;",
      "a.sql");
  ASSERT_TRUE(script.error);
  ASSERT_EQ(script.statements.size(), 3U);
  EXPECT_TRUE(script.statements[0].text.ends_with("SELECT 2;)"));
  EXPECT_EQ(script.statements[1].kind, Kind::Unparsed);
}

TEST(Split, PassesOverALineWithSeveralBackslashes) {
  const Script script = split("\\restrict abc); \\x\nSELECT 1;", "a.sql");
  ASSERT_EQ(script.statements.size(), 1U);
  EXPECT_EQ(script.statements[0].line, 2U);
}

TEST(Split, CutsAroundAtomicBodiesBesideNewerSyntax) {
  const Script script = split(
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n"
      "SELECT SOMETHING NEWER THAN THIS;\nSELECT 3;",
      "a.sql");
  ASSERT_TRUE(script.error);
  ASSERT_EQ(script.statements.size(), 3U);
  EXPECT_TRUE(script.statements[0].text.ends_with("END"));
  EXPECT_EQ(script.statements[0].kind, Kind::Plain);
  EXPECT_EQ(script.statements[1].kind, Kind::Unparsed);
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
  EXPECT_EQ(reason("SELECT 1;\n1\tx\n\\.\n"), "MetaCommand");
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
  EXPECT_EQ(reason(repeat("/*", 50'000) + repeat("*/", 50'000)), "SqlTooComplex");
  EXPECT_EQ(reason("SELECT 1, 2" + repeat(" UNION SELECT 1, 2", 40'000)), "SqlTooComplex");
  EXPECT_EQ(reason("INSERT INTO t VALUES (1)" + repeat(",(1+1)", 40'000)), "");
  EXPECT_EQ(reason("SELECT 1 WHERE true" + repeat(" AND a = 1 OR b = 2", 20'000)), "");
}

TEST(Split, RefusesABatchThatSaysTooLittle) {
  for (const char* comment :
       {"-- batch: t id", "-- batch: t id 0", "-- batch: t id x", "-- batch: t id 5 pause=x",
        "-- batch: t id 5 wait=1", "-- batch:", "-- batch: t id 99999999999"}) {
    std::string message;
    EXPECT_EQ(reason(std::string("\n") + comment + "\nSELECT 1;", &message), "BatchInvalid")
        << comment;
    EXPECT_TRUE(message.starts_with("a.sql:4: ")) << message;
  }
}

TEST(Checksum, SeesStatementsOnly) {
  const std::string one = canonical_checksum("SELECT a, 'B' FROM \"T\";");
  EXPECT_EQ(one, canonical_checksum("-- remark\nselect  A,\n'B' from \"T\"  ;; /* x */"));
  EXPECT_NE(one, canonical_checksum("SELECT a, 'b' FROM \"T\";"));
  EXPECT_NE(one, canonical_checksum("SELECT a, 'B' FROM \"t\";"));
  EXPECT_NE(canonical_checksum("SELECT 1; SELECT 2"), canonical_checksum("SELECT 1 SELECT 2"));
  EXPECT_NE(canonical_checksum("SELECT 12"), canonical_checksum("SELECT 1 2"));
  EXPECT_NE(canonical_checksum("SELECT U&'a'"), canonical_checksum("SELECT U&'b'"));
  EXPECT_NE(canonical_checksum("DROP TABLE U&\"a\""), canonical_checksum("DROP TABLE U&\"b\""));
  // The data of a COPY counts to the letter, what stands around it does not.
  const std::string copy = canonical_checksum("COPY t FROM stdin;\nann -- one\n\\.\nSELECT 1;");
  EXPECT_EQ(copy, canonical_checksum("copy T from STDIN ; \nann -- one\n\\.\nselect 1"));
  EXPECT_NE(copy, canonical_checksum("COPY t FROM stdin;\nANN -- one\n\\.\nSELECT 1;"));
  EXPECT_NE(copy, canonical_checksum("COPY t FROM stdin;\nann -- two\n\\.\nSELECT 1;"));
}

}  // namespace
}  // namespace sluice::sql
