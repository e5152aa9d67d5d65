#include "cli/progress.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace sluice::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Shown : public testing::Test {
 protected:
  void play(int width) {
    Progress progress([this](const std::string& text) { text_ += text; }, width);
    engine::Step step;
    revisions::Revision revision;
    revision.id = "aaaa";
    revision.message = "add a column";
    step.revision = std::make_shared<const revisions::Revision>(std::move(revision));
    step.script.statements.resize(2);
    step.script.statements[1].text = "ALTER TABLE t\n  ADD COLUMN a int";
    progress.revision_started(step, 3, 4);
    progress.statement_started(step, 2, 2);
    progress.revision_waits(step, "pid 7", std::chrono::milliseconds(150));
    progress.server_says(step, 2, {"NOTICE", "seven rows"});
    progress.batch_finished(step, 2, {500, 20, 1000});
    progress.revision_finished(step, std::chrono::milliseconds(1234));
  }
  std::string text_;
};

TEST_F(Shown, AsPlainLinesWhereThereIsNoTerminal) {
  play(0);
  EXPECT_EQ(text_,
            "upgrade aaaa (3 of 4) add a column\n"
            "aaaa: a lock was not to be had, blocked by pid 7; rolled back, again in 150 ms\n"
            "aaaa: NOTICE: seven rows\n"
            "aaaa: statement 2: 500 rows (50 %), 20 changed\n");
}

TEST_F(Shown, AsABarOnATerminal) {
  play(80);
  EXPECT_THAT(text_, AllOf(HasSubstr("\r\033[K[########........] 3/4  aaaa  "),
                           HasSubstr("2/2 ALTER TABLE t ADD COLUMN a int"),
                           HasSubstr("\r\033[Kaaaa: a lock was not to be had"),
                           HasSubstr("500 rows (50 %)"),
                           testing::EndsWith("\r\033[Kup    aaaa  1.2 s  add a column\n")));
}

// A long statement is not to look like one that hangs.
TEST(Bar, GoesOnWhileAStatementRunsAndNotAfterwards) {
  std::atomic<int> drawn = 0;
  Progress progress(
      [&](const std::string& text) { drawn += text.starts_with("\r\033[K[") ? 1 : 0; }, 80,
      std::chrono::milliseconds(5));
  engine::Step step;
  step.revision = std::make_shared<const revisions::Revision>();
  step.script.statements.resize(1);
  progress.statement_started(step, 1, 1);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (drawn < 3 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_GE(drawn, 3);
  progress.clear();
  const int before = drawn;
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(drawn, before);
}

TEST_F(Shown, NeverWiderThanTheTerminal) {
  play(40);
  const std::string_view begin = "\r\033[K";
  size_t bars = 0;
  for (size_t at = text_.find(begin); at != std::string::npos; at = text_.find(begin, at + 1)) {
    const size_t start = at + begin.size();
    const std::string bar = text_.substr(start, text_.find_first_of("\r\n", start) - start);
    if (!bar.starts_with("[")) continue;
    ++bars;
    EXPECT_LE(bar.size(), 39U) << bar;
  }
  EXPECT_EQ(bars, 3U);
}

}  // namespace
}  // namespace sluice::cli
