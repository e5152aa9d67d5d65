#include "kube/queue.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace sluice::kube {
namespace {

using std::chrono::milliseconds;

const ObjectKey kA{"n", "a"};
const ObjectKey kB{"n", "b"};

class Queue : public ::testing::Test {
 protected:
  WorkQueue::Clock::time_point now_{};
  WorkQueue queue_{{milliseconds(100), milliseconds(10000), [this] { return now_; }}};

  void finish(const ObjectKey& key) {
    ASSERT_EQ(queue_.take_due(), key);
    queue_.done(key);
  }
};

TEST_F(Queue, KeepsTheOrderAndEachKeyOnce) {
  queue_.add(kB);
  queue_.add(kA);
  queue_.add(kB);
  finish(kB);
  finish(kA);
  EXPECT_EQ(queue_.take_due(), std::nullopt);
}

TEST_F(Queue, AKeyInWorkComesAgainOnlyWhenDone) {
  queue_.add(kA);
  ASSERT_EQ(queue_.take_due(), kA);
  queue_.add(kA);
  queue_.add(kA);
  EXPECT_EQ(queue_.take_due(), std::nullopt);
  queue_.done(kA);
  finish(kA);
  EXPECT_EQ(queue_.take_due(), std::nullopt);
}

TEST_F(Queue, AKeyInWorkHoldsUpNoOther) {
  queue_.add(kA);
  ASSERT_EQ(queue_.take_due(), kA);
  queue_.add(kA);
  queue_.add(kB);
  finish(kB);
}

TEST_F(Queue, TheEarliestDelayWins) {
  queue_.add_after(kA, milliseconds(30));
  queue_.add_after(kA, milliseconds(10));
  queue_.add_after(kA, milliseconds(20));
  now_ += milliseconds(9);
  EXPECT_EQ(queue_.take_due(), std::nullopt);
  now_ += milliseconds(1);
  finish(kA);
  now_ += milliseconds(100);
  EXPECT_EQ(queue_.take_due(), std::nullopt) << "the later ones are part of the same";
}

TEST_F(Queue, AnAddDoesNotRevokeADelay) {
  queue_.add_after(kA, milliseconds(10));
  queue_.add(kA);
  finish(kA);
  EXPECT_EQ(queue_.take_due(), std::nullopt);
  now_ += milliseconds(10);
  finish(kA);
}

TEST_F(Queue, ADelayThatEndsDuringWorkComesAfterIt) {
  queue_.add(kA);
  ASSERT_EQ(queue_.take_due(), kA);
  queue_.add_after(kA, milliseconds(10));
  now_ += milliseconds(10);
  EXPECT_EQ(queue_.take_due(), std::nullopt);
  queue_.done(kA);
  finish(kA);
}

// How long a retry keeps the key away, to the millisecond.
milliseconds measure(WorkQueue& queue, WorkQueue::Clock::time_point& now, const ObjectKey& key) {
  queue.retry(key);
  for (milliseconds waited{0}; waited < milliseconds(20000); ++waited, now += milliseconds(1))
    if (queue.take_due()) {
      queue.done(key);
      return waited;
    }
  return milliseconds::max();
}

TEST_F(Queue, RetriesBackOffUpToABoundAndPerKey) {
  for (const int expected : {100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000}) {
    const milliseconds pause = measure(queue_, now_, kA);
    EXPECT_GE(pause, milliseconds(expected / 2));
    EXPECT_LE(pause, milliseconds(expected));
  }
  EXPECT_LE(measure(queue_, now_, kB), milliseconds(100));
  queue_.forget(kA);
  EXPECT_LE(measure(queue_, now_, kA), milliseconds(100));
}

TEST(QueueThreads, TakeWaitsForAnAdd) {
  WorkQueue queue;
  auto taken = std::async(std::launch::async, [&queue] { return queue.take(); });
  queue.add(kA);
  EXPECT_EQ(taken.get(), kA);
}

TEST(QueueThreads, TakeWaitsForADelay) {
  WorkQueue queue;
  queue.add_after(kB, std::chrono::hours(1));
  auto taken = std::async(std::launch::async, [&queue] { return queue.take(); });
  queue.add_after(kA, milliseconds(1));
  EXPECT_EQ(taken.get(), kA);
}

TEST(QueueThreads, StopEndsEveryTake) {
  WorkQueue queue;
  auto one = std::async(std::launch::async, [&queue] { return queue.take(); });
  auto two = std::async(std::launch::async, [&queue] { return queue.take(); });
  queue.stop();
  EXPECT_EQ(one.get(), std::nullopt);
  EXPECT_EQ(two.get(), std::nullopt);
  queue.add(kA);
  EXPECT_EQ(queue.take(), std::nullopt);
}

TEST(QueueThreads, NoKeyIsWorkedOnTwiceAtOnceAndNoneIsLost) {
  WorkQueue queue;
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::atomic<int> work{0};
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i)
      workers.emplace_back([&] {
        while (const auto key = queue.take()) {
          const int now = ++inside;
          for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
          }
          ++work;
          --inside;
          queue.done(*key);
        }
      });
    for (int i = 0; i < 1000; ++i) queue.add(kA);
    while (work == 0) std::this_thread::yield();
    const int before = work;
    queue.add(kA);
    while (work == before) std::this_thread::yield();
    queue.stop();
  }
  EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace sluice::kube
