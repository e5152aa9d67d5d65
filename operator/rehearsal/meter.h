// What a revision costs: time, locks, rows, rewritten tables.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/apply.h"
#include "postgres/session.h"

namespace sluice::rehearsal {

// Relations by name: public.trips. Those that the revision itself made are in nobody's way and have
// no locks here. The ledger's are left out.
struct Lock {
  std::string relation;
  std::string mode;  // the strongest, as pg_locks says it: AccessExclusiveLock
};

struct Rows {
  std::string relation;
  uint64_t inserted = 0;
  uint64_t updated = 0;
  uint64_t deleted = 0;
};

struct Rewrite {
  std::string relation;
  uint64_t bytes = 0;    // of the new file
  bool emptied = false;  // it had rows before
};

struct Cost {
  std::chrono::microseconds took{0};  // without what measuring took
  size_t statements = 0;
  std::vector<Lock> locks;
  std::vector<Rows> rows;
  std::vector<Rewrite> rewritten;
  // It had statements outside of any transaction, whose locks were looked for every few
  // milliseconds from outside: a very short one may have been missed.
  bool sampled = false;
};

// What other sessions wait for while a relation is locked in this mode: "reads and writes",
// "writes", "changes of the schema", "nothing". Source: PostgreSQL's table of conflicting locks.
std::string_view blocked_by(std::string_view mode);
// Orders the modes: 1 (AccessShareLock) to 8 (AccessExclusiveLock); 0: unknown.
int strength(std::string_view mode);

// Measures what engine::apply() does over `session`. `on_finished` hears of each step when it is
// over, outside of any transaction.
class Meter : public engine::Observer {
 public:
  using Listener = std::function<void(const engine::Step&, const Cost&)>;
  // `session` outlives it.
  Meter(postgres::Session& session, Listener on_finished);
  ~Meter() override;

  void revision_started(const engine::Step& step, size_t number, size_t of) override;
  void statement_started(const engine::Step& step, size_t number, size_t of) override;
  void statement_finished(const engine::Step& step, size_t number, size_t of) override;
  void transaction_began(const engine::Step& step, postgres::Session& session) override;
  void transaction_commits(const engine::Step& step, postgres::Session& session) override;
  void revision_finished(const engine::Step& step, std::chrono::milliseconds took) override;

 private:
  struct Relation {
    std::string name;
    std::string file_node;
    bool filled = false;  // as the last ANALYZE found it
  };
  using Relations = std::map<std::string, Relation>;  // by oid
  struct Counts {
    std::string relation;
    uint64_t inserted = 0, updated = 0, deleted = 0;
  };

  Relations look();
  std::map<std::string, Counts> count_rows();
  void add_lock(const std::string& oid, const std::string& mode);
  void start_sampling();
  void stop_sampling();
  // Runs `what` and leaves its time out of the revision's.
  void aside(const std::function<void()>& what);

  postgres::Session& session_;
  const Listener on_finished_;
  Relations before_;
  std::map<std::string, Counts> base_, rows_;
  std::map<std::string, std::string> locks_;  // mode by oid
  Cost cost_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::duration aside_{};
  std::thread sampler_;
  std::atomic<bool> sampling_ = false;
  std::map<std::string, std::string> sampled_;  // the thread's, until it is joined
};

}  // namespace sluice::rehearsal
