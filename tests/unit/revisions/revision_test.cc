#include "revisions/revision.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "tests/unit/revisions/gzip.h"

namespace sluice::revisions {
namespace {

const std::string kWhole =
    "-- revision: 3f2a9c1b7d04\n"
    "-- revises: 91c0aa3e55f2, 77aa\n"
    "-- created: 2026-11-21T10:00:00Z\n"
    "-- message: add last_login: to users\n"
    "-- branch-labels: orders\n"
    "-- depends-on: abcd\n"
    "-- transaction: none\n"
    "-- phase: contract\n"
    "-- migrate:up\n"
    "ALTER TABLE users ADD COLUMN a int;\n"
    "-- migrate:down\n"
    "ALTER TABLE users DROP COLUMN a;\n";

TEST(Revision, SaysWhyItCannotBeUndone) {
  EXPECT_FALSE(irreversible(parse_revision("a.sql", kWhole)));
  const Revision told =
      parse_revision("a.sql", kWhole + "  -- sluice:irreversible the rows are gone \nSELECT 1;\n");
  ASSERT_TRUE(irreversible(told));
  EXPECT_EQ(irreversible(told)->why, "the rows are gone");
  EXPECT_EQ(irreversible(told)->line, 13U);
  EXPECT_TRUE(
      irreversible(parse_revision("a.sql", kWhole.substr(0, kWhole.find("-- migrate:down")))));
}

TEST(Revision, ReadsEveryKeyAndBothSections) {
  const Revision revision = parse_revision("a.sql", kWhole);
  EXPECT_EQ(revision.id, "3f2a9c1b7d04");
  EXPECT_EQ(revision.revises, (std::vector<std::string>{"91c0aa3e55f2", "77aa"}));
  EXPECT_EQ(revision.message, "add last_login: to users");
  EXPECT_EQ(revision.branch_labels, (std::vector<std::string>{"orders"}));
  EXPECT_EQ(revision.depends_on, (std::vector<std::string>{"abcd"}));
  EXPECT_FALSE(revision.transactional);
  EXPECT_EQ(revision.transaction_line, 7U);
  EXPECT_EQ(revision.phase, Phase::Contract);
  EXPECT_EQ(revision.phase_line, 8U);
  EXPECT_EQ(revision.up.line, 10U);
  EXPECT_EQ(revision.up.sql, "ALTER TABLE users ADD COLUMN a int;\n");
  ASSERT_TRUE(revision.down);
  EXPECT_EQ(revision.down->line, 12U);
  EXPECT_EQ(revision.down->sql, "ALTER TABLE users DROP COLUMN a;\n");
}

TEST(Revision, IsTheSameWhateverTheEditorOrCompression) {
  std::string windows = "\xEF\xBB\xBF";
  for (const char c : kWhole) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(parse_revision("a.sql", windows).text, kWhole);
  EXPECT_EQ(parse_revision("a.sql.gz", gzip(kWhole)).text, kWhole);
}

TEST(Revision, RefusesWithThePlace) {
  const std::string head = "-- revision: a\n";
  const std::string up = "-- migrate:up\nSELECT 1;\n";
  struct Case {
    std::string name, bytes, message;
  };
  const std::vector<Case> cases{
      {"a.sql", "", "a.sql:1: no line `-- migrate:up`"},
      {"a.sql", "SELECT 1;\n", "a.sql:1: SQL before `-- migrate:up`"},
      {"a.sql", "\n" + up, "a.sql:1: no `-- revision: <id>`"},
      {"a.sql", head + "-- colour: red\n" + up, "a.sql:2: unknown key `colour`"},
      {"a.sql", head + "-- a remark\n" + up, "a.sql:2: a header line that is not"},
      {"a.sql", head + "-- revision: b\n" + up, "a.sql:2: `revision` a second time"},
      {"a.sql", "-- revision: a@b\n" + up, "a.sql:1: id `a@b` holds one of"},
      {"a.sql", "-- revision: a+1\n" + up, "a.sql:1: id `a+1` holds one of"},
      {"a.sql", "-- revision:\n" + up, "a.sql:1: an empty id"},
      {"a.sql", "-- revision: head\n" + up, "a.sql:1: id `head` is a word"},
      {"a.sql", head + "-- transaction: some\n" + up, "a.sql:2: `transaction` is not `none`"},
      {"a.sql", head + "-- phase: later\n" + up, "a.sql:2: `phase` is neither"},
      {"a.sql", head + "-- migrate:down\n" + up, "a.sql:2: `-- migrate:down` before"},
      {"a.sql", head + up + up, "a.sql:4: `-- migrate:up` a second time"},
      {"a.sql", head + up + "-- migrate:down\n-- migrate:down\n", "a.sql:5: `-- migrate:down` a"},
      {"a.sql", head + "-- migrate:up\nSELECT '\xFF';\n", "a.sql:3: not UTF-8"},
      {"a.sql", head + up + std::string(1, '\0'), "a.sql:4: a NUL byte"},
      {"a\nb\xFF.sql", head + up, "a?b?.sql: its name holds"},
      {"a.sql.gz", "plain text", "a.sql.gz: is not a whole gzip file"},
      {"a.sql.gz", gzip(kWhole).substr(0, 40), "a.sql.gz: is not a whole gzip file"},
      {"a.sql.gz", gzip(std::string(kMaxRevisionBytes + 1, 'x')), "a.sql.gz: inflates to a text"},
      {"a.sql", std::string(kMaxRevisionBytes + 1, 'x'), "a.sql: is larger than 16 MiB"},
  };
  for (const Case& test : cases) {
    try {
      parse_revision(test.name, test.bytes);
      ADD_FAILURE() << "accepted: " << test.message;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reason(), "RevisionInvalid");
      EXPECT_TRUE(error.message().starts_with(test.message)) << error.message();
      EXPECT_FALSE(error.remedy().empty()) << error.message();
    }
  }
}

TEST(Revision, TextThatIsReadAgainStaysAsItIs) {
  const std::string head = "-- revision: a\n-- migrate:up\nSELECT 1;";
  for (const std::string end : {"\r", "\r\r\n", "\n\r", "\r\n\r\r", "\r-- \rx\r\r\n\r"}) {
    const std::string text = parse_revision("a.sql", head + end).text;
    EXPECT_EQ(parse_revision("a.sql", text).text, text);
    EXPECT_EQ(parse_revision("a.sql", text + "\n").up.sql, text.substr(29) + "\n");
  }
}

TEST(Revision, FileNames) {
  EXPECT_TRUE(is_revision_file("a.sql"));
  EXPECT_TRUE(is_revision_file("a.sql.gz"));
  EXPECT_FALSE(is_revision_file("..data"));
  EXPECT_FALSE(is_revision_file(".a.sql"));
  EXPECT_FALSE(is_revision_file("README.md"));
}

}  // namespace
}  // namespace sluice::revisions
