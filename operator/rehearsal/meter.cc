#include "rehearsal/meter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"

namespace sluice::rehearsal {
namespace {

using std::chrono::steady_clock;

constexpr std::array<std::string_view, 8> kModes{
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};

constexpr const char* kLocks =
    "SELECT l.relation, l.mode FROM pg_catalog.pg_locks l WHERE l.pid = $1 AND l.granted AND "
    "l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE "
    "datname = pg_catalog.current_database())";

uint64_t number(const postgres::Value& value) { return std::stoull(value.value_or("0")); }

void keep_stronger(std::map<std::string, std::string>& locks, const std::string& oid,
                   const std::string& mode) {
  std::string& kept = locks[oid];
  if (strength(mode) > strength(kept)) kept = mode;
}

}  // namespace

int strength(std::string_view mode) {
  const auto* const found = std::ranges::find(kModes, mode);
  return found == kModes.end() ? 0 : static_cast<int>(found - kModes.begin()) + 1;
}

std::string_view blocked_by(std::string_view mode) {
  const int rank = strength(mode);
  if (rank == 8) return "reads and writes";
  if (rank >= 5) return "writes";
  return rank == 4 ? "changes of the schema" : "nothing";
}

Meter::Meter(postgres::Session& session, Listener on_finished)
    : session_(session), on_finished_(std::move(on_finished)) {}

Meter::~Meter() { stop_sampling(); }

void Meter::aside(const std::function<void()>& what) {
  const auto began = steady_clock::now();
  what();
  aside_ += steady_clock::now() - began;
}

Meter::Relations Meter::look() {
  Relations relations;
  for (const postgres::Row& row : session_.query(
           "SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname), c.relfilenode, "
           "c.relpages > 0 "
           "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
           "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname NOT IN ('sluice', "
           "'information_schema') AND n.nspname !~ '^pg_'"))
    relations[row.at(0).value_or("")] = {row.at(1).value_or(""), row.at(2).value_or(""),
                                         row.at(3) == "t"};
  return relations;
}

// Counts of the open transaction, and of earlier ones that the server has not passed on yet.
std::map<std::string, Meter::Counts> Meter::count_rows() {
  std::map<std::string, Counts> counts;
  for (const postgres::Row& row : session_.query(
           "SELECT relid, pg_catalog.format('%I.%I', schemaname, relname), n_tup_ins, n_tup_upd, "
           "n_tup_del FROM pg_catalog.pg_stat_xact_user_tables WHERE schemaname <> 'sluice' AND "
           "(n_tup_ins > 0 OR n_tup_upd > 0 OR n_tup_del > 0)"))
    counts[row.at(0).value_or("")] = {row.at(1).value_or(""), number(row.at(2)), number(row.at(3)),
                                      number(row.at(4))};
  return counts;
}

void Meter::revision_started(const engine::Step& step, size_t /*number*/, size_t /*of*/) {
  before_ = look();
  rows_.clear();
  locks_.clear();
  cost_ = {};
  cost_.statements = step.script.statements.size();
  aside_ = {};
  began_ = steady_clock::now();
}

void Meter::statement_started(const engine::Step& step, size_t number, size_t /*of*/) {
  if (step.script.statements.at(number - 1).kind != sql::Kind::OutsideTransaction) return;
  cost_.sampled = true;
  aside([this] { start_sampling(); });
}

void Meter::statement_finished(const engine::Step& /*step*/, size_t /*number*/, size_t /*of*/) {
  aside([this] { stop_sampling(); });
}

void Meter::transaction_began(const engine::Step& /*step*/, postgres::Session& /*session*/) {
  aside([this] { base_ = count_rows(); });
}

void Meter::transaction_commits(const engine::Step& /*step*/, postgres::Session& /*session*/) {
  aside([this] {
    for (const postgres::Row& row : session_.query(kLocks, {std::to_string(session_.pid())}))
      add_lock(row.at(0).value_or(""), row.at(1).value_or(""));
    for (const auto& [oid, now] : count_rows()) {
      const Counts& base = base_[oid];
      Counts& sum = rows_[oid];
      // TRUNCATE takes back what was counted.
      const auto more = [](uint64_t after, uint64_t before) {
        return after - std::min(before, after);
      };
      sum.relation = now.relation;
      sum.inserted += more(now.inserted, base.inserted);
      sum.updated += more(now.updated, base.updated);
      sum.deleted += more(now.deleted, base.deleted);
    }
  });
}

void Meter::add_lock(const std::string& oid, const std::string& mode) {
  if (before_.contains(oid)) keep_stronger(locks_, oid, mode);
}

void Meter::start_sampling() {
  stop_sampling();
  sampling_ = true;
  sampler_ =
      std::thread([this, options = session_.options(), pid = std::to_string(session_.pid())] {
        try {
          postgres::Session second(options);
          while (sampling_) {
            for (const postgres::Row& row : second.query(kLocks, {pid}))
              keep_stronger(sampled_, row.at(0).value_or(""), row.at(1).value_or(""));
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
          }
        } catch (const std::exception&) {
          // The statement's own answer tells what happened to the server.
        }
      });
}

void Meter::stop_sampling() {
  if (!sampler_.joinable()) return;
  sampling_ = false;
  sampler_.join();
  for (const auto& [oid, mode] : std::exchange(sampled_, {})) add_lock(oid, mode);
}

void Meter::revision_finished(const engine::Step& step, std::chrono::milliseconds /*took*/) {
  cost_.took =
      std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began_ - aside_);
  stop_sampling();
  for (const auto& [oid, mode] : locks_) cost_.locks.push_back({before_[oid].name, mode});
  for (const auto& [oid, rows] : rows_)
    if (rows.inserted + rows.updated + rows.deleted > 0)
      cost_.rows.push_back({rows.relation, rows.inserted, rows.updated, rows.deleted});
  for (const auto& [oid, now] : look()) {
    const auto was = before_.find(oid);
    if (was == before_.end() || was->second.file_node == now.file_node) continue;
    const postgres::Rows size =
        session_.query("SELECT pg_catalog.pg_relation_size($1::pg_catalog.oid)", {oid});
    const uint64_t bytes = number(size.at(0).at(0));
    cost_.rewritten.push_back({now.name, bytes, bytes == 0 && was->second.filled});
  }
  std::ranges::sort(cost_.locks, {}, &Lock::relation);
  std::ranges::sort(cost_.rows, {}, &Rows::relation);
  std::ranges::sort(cost_.rewritten, {}, &Rewrite::relation);
  on_finished_(step, cost_);
}

}  // namespace sluice::rehearsal
