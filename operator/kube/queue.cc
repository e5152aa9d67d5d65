#include "kube/queue.h"

#include <algorithm>
#include <random>
#include <utility>

namespace sluice::kube {
namespace {

using std::chrono::milliseconds;

milliseconds with_jitter(milliseconds delay) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return delay + milliseconds(std::uniform_int_distribution<int64_t>(0, delay.count() / 5)(random));
}

}  // namespace

WorkQueue::WorkQueue(std::function<Clock::time_point()> now) : now_(std::move(now)) {}

void WorkQueue::schedule(const ObjectKey& key, Clock::time_point due) {
  const auto [entry, fresh] = due_.emplace(key, due);
  if (!fresh) entry->second = std::min(entry->second, due);
  changed_.notify_all();
}

void WorkQueue::add(const ObjectKey& key) { add_after(key, milliseconds(0)); }

void WorkQueue::add_after(const ObjectKey& key, milliseconds delay) {
  const std::lock_guard lock(mutex_);
  schedule(key, now_() + delay);
}

void WorkQueue::retry(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  const unsigned doublings = std::min(failures_[key]++, 11U);
  const milliseconds delay = std::min(milliseconds(50LL << doublings), milliseconds(60000));
  schedule(key, now_() + with_jitter(delay));
}

void WorkQueue::forget(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  failures_.erase(key);
}

std::optional<ObjectKey> WorkQueue::take() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const Clock::time_point now = now_();
    auto next = due_.end();
    for (auto entry = due_.begin(); entry != due_.end(); ++entry)
      if (!working_.contains(entry->first) && (next == due_.end() || entry->second < next->second))
        next = entry;
    if (next != due_.end() && next->second <= now) {
      ObjectKey key = next->first;
      due_.erase(next);
      working_.insert(key);
      return key;
    }
    if (next == due_.end())
      changed_.wait(lock);
    else
      changed_.wait_for(lock, next->second - now);
  }
  return std::nullopt;
}

void WorkQueue::done(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  working_.erase(key);
  changed_.notify_all();
}

void WorkQueue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

void WorkQueue::wake() { changed_.notify_all(); }

}  // namespace sluice::kube
