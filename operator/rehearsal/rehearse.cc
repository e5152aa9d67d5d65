#include "rehearsal/rehearse.h"

#include <algorithm>
#include <map>
#include <set>

#include "archive/dump.h"
#include "base/file.h"
#include "ledger/ledger.h"
#include "postgres/advisory_lock.h"
#include "rehearsal/copy.h"
#include "rehearsal/schema_delta.h"
#include "scratch/database.h"

namespace sluice::rehearsal {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using engine::Direction;

// More than any schema's DDL.
constexpr size_t kMostSchema = size_t{1} << 30U;

class Rehearsal {
 public:
  Rehearsal(const Request& request, const revisions::Graph& graph, const Narrator& say,
            const std::stop_token& stop)
      : request_(request), graph_(graph), say_(say), stop_(stop) {}

  Report run();

 private:
  void fill(const scratch::Database& scratch);
  void pass(const scratch::Database& scratch);
  void up();
  void down();
  void again();
  // Runs the plan; `then` hears of each step. False: it failed, and the report says how.
  bool apply(const char* name, const engine::Plan& plan, const Meter::Listener& then);
  void judge_down(size_t index);

  fs::path before(size_t index) const { return workspace_.path() / std::to_string(index); }
  fs::path now() const { return workspace_.path() / "now"; }
  std::vector<std::string> difference(const fs::path& then) const;
  size_t index_of(const engine::Step& step) const;
  void check_stop() const;

  const Request& request_;
  const revisions::Graph& graph_;
  const Narrator& say_;
  const std::stop_token& stop_;
  Report report_;
  Workspace workspace_;
  const scratch::Database* scratch_ = nullptr;
  postgres::AdvisoryLock* lock_ = nullptr;
  engine::Plan plan_;
  std::set<std::string> undone_;
  std::vector<std::string> carried_;  // what earlier ways down have left
};

void Rehearsal::check_stop() const {
  if (stop_.stop_requested())
    throw Error(ErrorKind::Transient, "Cancelled", "stopped on request", "run it again");
}

size_t Rehearsal::index_of(const engine::Step& step) const {
  const auto found = std::ranges::find_if(report_.revisions, [&](const Rehearsed& one) {
    return one.revision == step.revision->id && one.repeatable == step.revision->repeatable;
  });
  return static_cast<size_t>(found - report_.revisions.begin());
}

std::vector<std::string> Rehearsal::difference(const fs::path& then) const {
  return schema_delta(base::read_file(then, kMostSchema), base::read_file(now(), kMostSchema));
}

void Rehearsal::fill(const scratch::Database& scratch) {
  if (request_.archive) {
    say_("restoring " + request_.archive->string() + " into " + scratch.name());
    restore_archive(*request_.archive, scratch, stop_);
  } else {
    say_("copying the schema of " + report_.copied + " into " + scratch.name());
    copy_schema(request_.live, scratch, workspace_, stop_);
  }
}

bool Rehearsal::apply(const char* name, const engine::Plan& plan, const Meter::Listener& then) {
  Meter meter(lock_->session(), then);
  try {
    engine::apply(*lock_, plan, request_.apply, meter, stop_);
    return true;
  } catch (const Error& error) {
    // A lock, the connection or a stop says nothing about the revisions.
    if (error.kind() == ErrorKind::Transient || error.kind() == ErrorKind::InDoubt) throw;
    report_.failure = error;
    report_.failed_pass = name;
    return false;
  }
}

void Rehearsal::up() {
  write_schema(*scratch_, before(0), stop_);
  size_t done = 0;
  apply("up", plan_, [&](const engine::Step& step, const Cost& cost) {
    report_.revisions[index_of(step)].up = cost;
    report_.production += cost.took;
    say_("up " + step.revision->id);
    write_schema(*scratch_, before(++done), stop_);
  });
}

// The newest first, down to the first that has no way down. Repeatable ones have none and stay.
void Rehearsal::down() {
  ledger::State state = ledger::read(lock_->session());
  for (size_t i = plan_.steps.size(); i-- > 0;) {
    if (plan_.steps[i].revision->repeatable) continue;
    if (!report_.revisions[i].reversible) break;
    undone_.insert(plan_.steps[i].revision->id);
  }
  if (undone_.empty()) return;
  // As if only these were applied: their `base` is where the upgrade began.
  std::erase_if(state.applied, [&](const auto& row) { return !undone_.contains(row.id); });
  for (ledger::AppliedRevision& row : state.applied)
    for (std::vector<std::string>* ids : {&row.revises, &row.depends_on})
      std::erase_if(*ids, [&](const std::string& id) { return !undone_.contains(id); });
  engine::Plan plan;
  try {
    plan = engine::plan_downgrade(state, "base", lock_->session().server_version());
  } catch (const Error& error) {
    report_.failure = error;
    report_.failed_pass = "down";
    return;
  }
  std::ranges::sort(plan.steps, [&](const engine::Step& a, const engine::Step& b) {
    return index_of(a) > index_of(b);
  });
  fs::copy_file(before(plan_.steps.size()), now());
  for (size_t i = plan_.steps.size(); i-- > 0 && plan_.steps[i].revision->repeatable;)
    carried_ = difference(before(i));
  apply("down", plan, [&](const engine::Step& step, const Cost& cost) {
    const size_t index = index_of(step);
    report_.revisions[index].down = cost;
    say_("down " + step.revision->id);
    write_schema(*scratch_, now(), stop_);
    judge_down(index);
  });
}

void Rehearsal::judge_down(size_t index) {
  const std::vector<std::string> delta = difference(before(index));
  Rehearsed& one = report_.revisions[index];
  one.delta = without(delta, carried_);
  one.restores = one.delta.empty();
  carried_ = delta;
}

void Rehearsal::again() {
  engine::Plan plan = plan_;
  std::erase_if(plan.steps, [&](const engine::Step& step) {
    return !step.revision->repeatable && !undone_.contains(step.revision->id);
  });
  plan.unfinished.clear();
  const bool done = apply("again", plan, [&](const engine::Step& step, const Cost& cost) {
    report_.revisions[index_of(step)].again = cost;
    say_("up again " + step.revision->id);
  });
  if (!done) return;
  write_schema(*scratch_, now(), stop_);
  report_.repeat_delta = difference(before(plan_.steps.size()));
  report_.repeats = report_.repeat_delta.empty();
}

void Rehearsal::pass(const scratch::Database& scratch) {
  scratch_ = &scratch;
  postgres::Session session(scratch.options());
  const std::stop_callback on_stop(stop_, [&session] { session.cancel(); });
  fill(scratch);
  postgres::AdvisoryLock lock(session, std::chrono::milliseconds(0), stop_);
  lock_ = &lock;
  check_stop();
  if (report_.with_rows) session.execute("ANALYZE");
  check_stop();
  plan_ = engine::plan_upgrade(graph_, ledger::read(session, false), request_.target,
                               session.server_version(), request_.policy);
  report_.current = plan_.current;
  report_.target = plan_.target;
  report_.warnings = plan_.warnings;
  for (const engine::Step& step : plan_.steps)
    report_.revisions.push_back(
        {step.revision->id,
         step.revision->file,
         step.revision->message,
         step.revision->transactional,
         step.revision->repeatable,
         !revisions::irreversible(*step.revision) && !step.revision->repeatable,
         {},
         {},
         {},
         {},
         {}});
  if (plan_.steps.empty()) return;
  up();
  if (!report_.failure) down();
  if (!report_.failure && !undone_.empty()) again();
}

Report Rehearsal::run() {
  report_.with_rows = request_.archive.has_value();
  report_.copied = request_.archive ? request_.archive->string()
                                    : postgres::describe(postgres::merged(request_.live));
  if (request_.archive) expect_whole(*request_.archive, stop_);
  scratch::Database scratch(request_.scratch);
  archive::check_tool(archive::tool_version(), scratch.server_version());
  report_.database = scratch.name();
  report_.server_version = scratch.server_version();
  report_.left_over = scratch.left_over();
  try {
    pass(scratch);
  } catch (const Error&) {
    // What a requested stop has cancelled is called by many names.
    check_stop();
    throw;
  }
  if (request_.keep) {
    scratch.keep();
    report_.kept = true;
  } else {
    scratch.drop();
  }
  return report_;
}

}  // namespace

bool Report::passed() const {
  return !failure && repeats.value_or(true) &&
         std::ranges::all_of(revisions,
                             [](const Rehearsed& one) { return one.restores.value_or(true); });
}

Report rehearse(const Request& request, const revisions::Graph& graph, const Narrator& say,
                const std::stop_token& stop) {
  return Rehearsal(request, graph, say, stop).run();
}

}  // namespace sluice::rehearsal
