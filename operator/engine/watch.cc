#include "engine/watch.h"

#include <algorithm>

namespace sluice::engine {
namespace {

constexpr std::chrono::milliseconds kAgain{100};

}  // namespace

Watch::Watch(postgres::Session& session, std::chrono::milliseconds patience, std::stop_token stop)
    : session_(session), patience_(patience), stop_(std::move(stop)), thread_([this] { work(); }) {}

Watch::~Watch() {
  {
    const std::scoped_lock guard(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watch::started() {
  {
    const std::scoped_lock guard(mutex_);
    running_ = true;
    since_ = std::chrono::steady_clock::now();
    blockers_.clear();
    if (!idle_) return;
  }
  changed_.notify_all();
}

void Watch::ended() {
  const std::scoped_lock guard(mutex_);
  running_ = false;
}

std::string Watch::blockers() {
  const std::scoped_lock guard(mutex_);
  return blockers_;
}

void Watch::work() {
  std::optional<postgres::Session> second;
  std::unique_lock guard(mutex_);
  while (!done_) {
    if (stop_.stop_requested()) {
      // Under the lock, so that what is cancelled is the statement that was seen running.
      if (running_) session_.cancel();
      changed_.wait_for(guard, kAgain, [this] { return done_; });
    } else if (!running_) {
      idle_ = true;
      changed_.wait(guard, stop_, [this] { return done_ || running_; });
      idle_ = false;
    } else if (const auto due = since_ + patience_; std::chrono::steady_clock::now() < due) {
      changed_.wait_until(guard, stop_, due, [this] { return done_; });
    } else {
      guard.unlock();
      look(second);
      guard.lock();
      changed_.wait_for(guard, stop_, kAgain, [this] { return done_; });
    }
  }
}

void Watch::look(std::optional<postgres::Session>& second) {
  try {
    if (!second) second.emplace(session_.options());
    const postgres::Rows rows = second->query(
        "SELECT string_agg(format('pid %s (%s, %s): %s', pid, "
        "coalesce(nullif(application_name, ''), 'unnamed'), coalesce(state, 'state unknown'), "
        "left(regexp_replace(coalesce(query, ''), '\\s+', ' ', 'g'), 100)), ', ') "
        "FROM pg_catalog.pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1::int))",
        {std::to_string(session_.pid())});
    const std::scoped_lock guard(mutex_);
    if (running_ && rows[0][0]) blockers_ = *rows[0][0];
  } catch (const std::exception&) {
    // Without a second connection nobody can be named.
    second.reset();
  }
}

}  // namespace sluice::engine
