#include "runner/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace sluice::runner {
namespace {

Report full_report() {
  Report report;
  report.run = "trips-1a2b3c4d-1";
  report.digest = std::string(64, 'd');
  report.succeeded = false;
  report.stage = "Apply";
  report.reason = "StatementFailed";
  report.message = "0007_add.sql:12: column \"x\" exists";
  report.retry = true;
  report.heads = std::vector<std::string>{"0006", "side"};
  report.known = {"0006"};
  report.target = {"0009"};
  report.pending = 3;
  report.applied = 2;
  report.plan_digest = std::string(64, 'p');
  report.backup = BackupReport{"20261121T100000Z-trips-1a2b3c4d-1", 123456789012, 1.5};
  return report;
}

void expect_same(const Report& left, const Report& right) {
  EXPECT_EQ(to_json(left), to_json(right));
}

std::string repeated(const std::string& text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(Report, ComesBackFromJsonAsItWas) {
  expect_same(report_from_json(to_json(full_report())), full_report());
}

TEST(Report, OfARunThatNeverReachedTheDatabaseHasNoHeads) {
  Report report = full_report();
  report.heads.reset();
  EXPECT_FALSE(report_from_json(to_json(report)).heads);
}

TEST(Report, OfAnEmptyDatabaseHasHeadsThatAreEmpty) {
  Report report = full_report();
  report.heads = std::vector<std::string>{};
  ASSERT_TRUE(report_from_json(to_json(report)).heads);
  EXPECT_TRUE(report_from_json(to_json(report)).heads->empty());
}

TEST(Report, IgnoresFieldsOfANewerRunner) {
  EXPECT_EQ(
      report_from_json(R"({"run":"r","digest":"d","succeeded":true,"stage":"Done","new":[1]})").run,
      "r");
}

TEST(Report, NamesTheFieldThatIsWrong) {
  const std::pair<const char*, const char*> table[] = {
      {"", "the run's report is not JSON"},
      {"[]", "the run's report must be an object"},
      {R"({"digest":"d","succeeded":true,"stage":"Done"})", "run in the run's report is missing"},
      {R"({"run":"r","digest":"d","succeeded":1,"stage":"Done"})",
       "succeeded in the run's report must be true or false"},
      {R"({"run":"r","digest":"d","succeeded":true,"stage":"Done","pending":-1})", "pending in"},
      {R"({"run":"r","digest":"d","succeeded":true,"stage":"Done","pending":99999999999})",
       "pending in"},
      {R"({"run":"r","digest":"d","succeeded":true,"stage":"Done","heads":[1]})",
       "heads[0] in the run's report must be a string"},
  };
  for (const auto& [text, message] : table) {
    try {
      report_from_json(text);
      ADD_FAILURE() << text;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reason(), "ReportInvalid");
      EXPECT_THAT(error.message(), testing::HasSubstr(message));
    }
  }
}

TEST(TerminationMessage, IsTheWholeReportWhenItFits) {
  EXPECT_EQ(to_termination_message(full_report()), to_json(full_report()));
}

TEST(TerminationMessage, FitsWhateverTheMessageIsMadeOf) {
  const std::string pieces[] = {
      "a", "\"", "\\", "\n", "\x01", "é", "→", "𝄞", "\xff", "\xc3", std::string(1, '\0'), "\x7f"};
  for (const std::string& piece : pieces) {
    for (const size_t times : {1U, 100U, 255U, 256U, 257U, 300U, 700U, 1024U, 5000U}) {
      Report report = full_report();
      report.message = "0007_add.sql:12: " + repeated(piece, times);
      const std::string text = to_termination_message(report);
      ASSERT_LE(text.size(), kMaxTerminationMessage);
      const Report read = report_from_json(text);
      EXPECT_TRUE(read.message.starts_with("0007_add.sql:12: "));
      EXPECT_EQ(read.heads, report.heads);
      EXPECT_EQ(read.reason, report.reason);
    }
  }
}

TEST(TerminationMessage, UsesTheRoomItHas) {
  Report report = full_report();
  report.message = repeated("→", 2000);
  EXPECT_GT(to_termination_message(report).size(), kMaxTerminationMessage - 8);
}

TEST(TerminationMessage, LeavesListsOutAsAWholeAndSaysSo) {
  Report report = full_report();
  std::vector<std::string> many;
  for (int i = 0; i < 200; ++i) many.push_back("revision" + std::to_string(i));
  report.heads = many;
  const std::string text = to_termination_message(report);
  EXPECT_LE(text.size(), kMaxTerminationMessage);
  const Report read = report_from_json(text);
  EXPECT_TRUE(read.shortened);
  EXPECT_FALSE(read.heads);
  EXPECT_EQ(read.known, report.known);
  EXPECT_EQ(read.message, report.message);
}

TEST(TerminationMessage, KeepsWhatTheOperatorDecidesBy) {
  Report report = full_report();
  std::vector<std::string> many(200, repeated("é\"", 20));
  report.heads = report.known = report.target = many;
  report.message = repeated("\x01", 10000);
  const std::string text = to_termination_message(report);
  EXPECT_LE(text.size(), kMaxTerminationMessage);
  const Report read = report_from_json(text);
  EXPECT_EQ(read.run, report.run);
  EXPECT_EQ(read.digest, report.digest);
  EXPECT_EQ(read.stage, report.stage);
  EXPECT_EQ(read.reason, report.reason);
  EXPECT_EQ(read.succeeded, report.succeeded);
  EXPECT_EQ(read.retry, report.retry);
}

TEST(TerminationMessage, FitsAlsoWithNamesThatNobodyWouldChoose) {
  for (const char* piece : {"x", "\x01", "é", "\xff"}) {
    Report report = full_report();
    report.run = report.digest = report.reason = report.stage = report.message =
        report.plan_digest = repeated(piece, 3000);
    report.backup->archive = repeated(piece, 3000);
    const std::string text = to_termination_message(report);
    EXPECT_LE(text.size(), kMaxTerminationMessage);
    EXPECT_FALSE(report_from_json(text).reason.empty());
  }
}

}  // namespace
}  // namespace sluice::runner
