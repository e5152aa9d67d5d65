// A queue of keys to look at.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "kube/object_key.h"

namespace sluice::kube {

// A key is in the queue at most once, and never in the hands of two workers; added while one works
// on it, it comes again when that one is done. Thread safe.
class WorkQueue {
 public:
  using Clock = std::chrono::steady_clock;
  // `now` can be replaced by a test, which then calls wake() when it moved the time.
  explicit WorkQueue(std::function<Clock::time_point()> now = Clock::now);

  void add(const ObjectKey& key);
  // Not before that long from now; the earliest of several wins.
  void add_after(const ObjectKey& key, std::chrono::milliseconds delay);
  // After a failure: 50 ms, 100 ms … 60 s, each with up to a fifth more at random.
  void retry(const ObjectKey& key);
  // It went well: the next failure begins at the shortest delay.
  void forget(const ObjectKey& key);

  // Waits for a key that is due; nullopt once stopped. Each key taken is to be given back by
  // done().
  std::optional<ObjectKey> take();
  void done(const ObjectKey& key);
  void stop();
  void wake();

 private:
  void schedule(const ObjectKey& key, Clock::time_point due);

  std::function<Clock::time_point()> now_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<ObjectKey, Clock::time_point> due_;
  std::set<ObjectKey> working_;
  std::map<ObjectKey, unsigned> failures_;
  bool stopped_ = false;
};

}  // namespace sluice::kube
