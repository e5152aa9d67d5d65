#include "base/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "base/error.h"

namespace sluice::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

CommandResult shell(const std::string& script) { return run({{"sh", "-c", script}, {}}); }

std::jthread stop_after(std::stop_source& source, milliseconds delay) {
  return std::jthread([&source, delay] {
    std::this_thread::sleep_for(delay);
    source.request_stop();
  });
}

TEST(Subprocess, CapturesBothOutputsAndTheStatus) {
  const CommandResult result = shell("echo out; echo err >&2; exit 7");
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_EQ(result.status, 7);
  EXPECT_FALSE(result.stopped);
}

TEST(Subprocess, PassesArgumentsWithoutAShell) {
  EXPECT_EQ(run({{"printf", "%s|", "a b", "$HOME", "*;ls"}, {}}).output, "a b|$HOME|*;ls|");
}

TEST(Subprocess, AddsToAndReplacesInTheEnvironment) {
  ::setenv("SLUICE_TEST_OLD", "old", 1);
  ::setenv("SLUICE_TEST_KEPT", "kept", 1);
  const CommandResult result =
      run({{"sh", "-c", "echo $SLUICE_TEST_OLD $SLUICE_TEST_KEPT $SLUICE_TEST_NEW"},
           {{"SLUICE_TEST_OLD", "replaced"}, {"SLUICE_TEST_NEW", "new"}}});
  EXPECT_EQ(result.output, "replaced kept new\n");
}

TEST(Subprocess, ReadsAnEmptyInput) { EXPECT_EQ(run({{"cat"}, {}}).output, ""); }

TEST(Subprocess, SaysThatAProgramIsMissing) {
  for (const char* program : {"no-such-program-here", "/etc/passwd", "/no/such"}) {
    try {
      run({{program}, {}});
      ADD_FAILURE() << program;
    } catch (const Error& error) {
      EXPECT_EQ(error.reason(), "CommandMissing");
      EXPECT_THAT(error.message(), testing::HasSubstr(program));
    }
  }
}

TEST(Subprocess, ReportsTheSignalThatEndedIt) { EXPECT_EQ(shell("kill -9 $$").status, 128 + 9); }

TEST(Subprocess, DropsOutputPastItsLimitAndStillEnds) {
  Command command{{"sh", "-c", "head -c 3000000 /dev/zero; echo done >&2"}, {}};
  command.max_output = 1000;
  const CommandResult result = run(command);
  EXPECT_EQ(result.output.size(), 1000U);
  EXPECT_EQ(result.errors, "done\n");
}

TEST(Subprocess, IsStoppedFromAnotherThread) {
  std::stop_source source;
  const auto begin = steady_clock::now();
  const std::jthread stopper = stop_after(source, milliseconds(100));
  const CommandResult result = run({{"sleep", "60"}, {}}, source.get_token());
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(result.status, 128 + SIGTERM);
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST(Subprocess, ThatIgnoresTermIsKilledAfterItsGrace) {
  std::stop_source source;
  const auto begin = steady_clock::now();
  const std::jthread stopper = stop_after(source, milliseconds(200));
  Command command{{"sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"}, {}};
  command.grace = milliseconds(200);
  const CommandResult result = run(command, source.get_token());
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(result.status, 128 + SIGKILL);
  EXPECT_LT(steady_clock::now() - begin, milliseconds(2000));
}

TEST(Subprocess, CanBeStoppedInAFloodOfOutput) {
  std::stop_source source;
  const std::jthread stopper = stop_after(source, milliseconds(100));
  const CommandResult result = run({{"yes"}, {}}, source.get_token());
  EXPECT_TRUE(result.stopped);
}

TEST(Subprocess, LeavesNoGrandchildBehind) {
  const CommandResult result = shell("sleep 60 & echo $!");
  const pid_t grandchild = std::stoi(result.output);
  for (int i = 0; i < 100 && ::kill(grandchild, 0) == 0; ++i) {
    std::ifstream status("/proc/" + std::to_string(grandchild) + "/stat");
    std::string pid, name, state;
    status >> pid >> name >> state;
    if (state == "Z") return;  // dead; whoever adopted it may take its time to reap it
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_NE(::kill(grandchild, 0), 0);
}

TEST(Subprocess, StartsWithNoSignalBlocked) {
  sigset_t term, before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &term, &before);
  const CommandResult result = shell("kill -TERM $$; echo survived");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(result.status, 128 + SIGTERM);
}

}  // namespace
}  // namespace sluice::base
