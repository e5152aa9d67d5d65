#include "kube/queue.h"

#include <algorithm>
#include <utility>

namespace sluice::kube {

using std::chrono::milliseconds;

WorkQueue::WorkQueue(Options options) : options_(std::move(options)) {}

void WorkQueue::enqueue(const ObjectKey& key) {
  if (!waiting_.insert(key).second || working_.contains(key)) return;
  ready_.push_back(key);
  wake_.notify_one();
}

void WorkQueue::add(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  enqueue(key);
}

void WorkQueue::add_after(const ObjectKey& key, milliseconds delay) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point due = options_.now() + delay;
  const auto [known, is_new] = due_by_key_.try_emplace(key, due);
  if (!is_new) {
    if (known->second <= due) return;
    due_.erase({known->second, key});
    known->second = due;
  }
  due_.emplace(due, key);
  wake_.notify_all();
}

void WorkQueue::retry(const ObjectKey& key) {
  milliseconds pause;
  {
    const std::lock_guard lock(mutex_);
    const unsigned doublings = std::min(retries_[key]++, 20U);
    const auto whole =
        std::min<int64_t>(options_.least_pause.count() << doublings, options_.most_pause.count());
    pause = milliseconds(std::uniform_int_distribution<int64_t>(whole - whole / 2, whole)(random_));
  }
  add_after(key, pause);
}

void WorkQueue::forget(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  retries_.erase(key);
}

std::optional<ObjectKey> WorkQueue::next() {
  const Clock::time_point now = options_.now();
  while (!due_.empty() && due_.begin()->first <= now) {
    const ObjectKey key = due_.begin()->second;
    due_.erase(due_.begin());
    due_by_key_.erase(key);
    enqueue(key);
  }
  if (ready_.empty()) return std::nullopt;
  ObjectKey key = std::move(ready_.front());
  ready_.pop_front();
  waiting_.erase(key);
  working_.insert(key);
  return key;
}

std::optional<ObjectKey> WorkQueue::take() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (auto key = next()) return key;
    if (due_.empty())
      wake_.wait(lock);
    else
      wake_.wait_for(lock, due_.begin()->first - options_.now());
  }
  return std::nullopt;
}

std::optional<ObjectKey> WorkQueue::take_due() {
  const std::lock_guard lock(mutex_);
  return stopped_ ? std::nullopt : next();
}

void WorkQueue::done(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  working_.erase(key);
  if (!waiting_.contains(key)) return;
  ready_.push_back(key);
  wake_.notify_one();
}

void WorkQueue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wake_.notify_all();
}

}  // namespace sluice::kube
