// The keys that are to be worked on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>

#include "kube/object_key.h"

namespace sluice::kube {

// Holds each key once, and hands it to one worker at a time: what is added while its key is being
// worked on comes again after done(). Thread safe.
class WorkQueue {
 public:
  using Clock = std::chrono::steady_clock;
  struct Options {
    std::chrono::milliseconds least_pause{50};  // before the first retry; doubles each time
    std::chrono::milliseconds most_pause{60000};
    std::function<Clock::time_point()> now = Clock::now;
  };

  WorkQueue() : WorkQueue(Options{}) {}
  explicit WorkQueue(Options options);

  void add(const ObjectKey& key);
  // Once the time is over. The earliest of several wins; a plain add does not revoke it.
  void add_after(const ObjectKey& key, std::chrono::milliseconds delay);
  // After a pause that grows with each retry of this key since it was forgotten, half of it random.
  void retry(const ObjectKey& key);
  void forget(const ObjectKey& key);

  // Waits for a key; nullopt once the queue is stopped. Each key taken is given back by done().
  std::optional<ObjectKey> take();
  // Does not wait; nullopt when nothing is due.
  std::optional<ObjectKey> take_due();
  void done(const ObjectKey& key);

  void stop();

 private:
  void enqueue(const ObjectKey& key);
  std::optional<ObjectKey> next();

  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<ObjectKey> ready_;
  std::set<ObjectKey> waiting_;  // in ready_, or to come there at done()
  std::set<ObjectKey> working_;
  std::map<ObjectKey, Clock::time_point> due_by_key_;
  std::set<std::pair<Clock::time_point, ObjectKey>> due_;
  std::map<ObjectKey, unsigned> retries_;
  std::minstd_rand random_{std::random_device{}()};
  bool stopped_ = false;
};

}  // namespace sluice::kube
