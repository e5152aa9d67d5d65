#include "runner/stages.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "archive/backup.h"
#include "base/error.h"
#include "base/text.h"
#include "engine/adopt.h"
#include "engine/apply.h"
#include "engine/plan.h"
#include "ledger/ledger.h"
#include "postgres/advisory_lock.h"
#include "postgres/tool_environment.h"
#include "revisions/target.h"
#include "runner/connect.h"
#include "runner/expected.h"
#include "runner/source.h"
#include "runner/values.h"
#include "runner/verdict.h"
#include "schema/read.h"

namespace sluice::runner {
namespace {

using base::Error;
using base::ErrorKind;

// The command line's remedies, for who writes a SchemaMigration.
Error in_terms_of_spec(const Error& error) {
  if (error.reason() == "DataLoss")
    return {error.kind(), error.reason(), error.message(),
            "allow it (spec.safety.destructive: Allow), or change the wanted schema"};
  if (error.reason() == "ScratchNotAllowed")
    return {error.kind(), error.reason(), error.message(),
            "name a server for scratch databases (spec.scratch.urlFrom), or grant CREATEDB"};
  return error;
}

class Run {
 public:
  Run(const RunSpec& spec, Progress& progress, std::stop_token stop, const Limits& limits)
      : spec_(spec), progress_(progress), stop_(std::move(stop)), limits_(limits) {
    report_.run = spec.run;
    report_.digest = spec.digest;
  }

  void pass_all_stages();
  Outcome succeeded();
  Outcome failed(const Error& cause);

 private:
  void load();
  void connect();
  void plan();
  void plan_revisions(const ledger::State& state);
  void plan_schema(const ledger::State& state);
  void back_up();
  void apply();
  void verify();
  void verify_schema();
  void expect_requirements();
  void expect_no_drift();
  // What the report says of the database, from what the ledger says.
  void take(const ledger::State& state);
  // The same after a failure, as far as the database still answers.
  void look_again();

  const RunSpec& spec_;
  Progress& progress_;
  std::stop_token stop_;
  const Limits& limits_;
  Report report_;

  Access access_;
  std::optional<revisions::Graph> graph_;  // of revisions
  std::optional<desired::Source> schema_;  // of a wanted schema
  std::optional<Expected> expected_;
  std::optional<postgres::Session> session_;
  std::optional<postgres::AdvisoryLock> lock_;
  std::optional<std::set<std::string>> before_;  // what was applied, once it is known
  engine::Plan plan_;
};

void Run::pass_all_stages() {
  progress_.enter("Source");
  load();
  progress_.enter("Connect");
  connect();
  if (spec_.drift_check) {
    progress_.enter("Verify");
    return expect_no_drift();
  }
  progress_.enter("Plan");
  plan();
  if (should_back_up(spec_.backup.when, plan_)) {
    progress_.enter("Backup");
    back_up();
  }
  if (!plan_.steps.empty()) {
    progress_.enter("Apply");
    apply();
  }
  progress_.enter("Verify");
  if (!plan_.steps.empty()) verify();
  expect_requirements();
  if (spec_.verify.no_drift) expect_no_drift();
}

void Run::load() {
  if (spec_.schema)
    schema_ = load_schema(spec_);
  else
    graph_.emplace(load_source(spec_));
}

void Run::connect() {
  access_ = read_values(spec_.database, spec_.scratch_url);
  progress_.hide(access_.secrets);
  session_.emplace(connect_unless_stopped(access_.options, stop_));
  expected_.emplace(spec_, access_, std::move(schema_), stop_);
}

void Run::plan() {
  lock_.emplace(*session_, limits_.lock_budget, stop_);
  const std::stop_callback on_stop(stop_, [this] { session_->cancel(); });
  const ledger::State state = ledger::read(*session_, !spec_.schema);
  if (spec_.schema)
    plan_schema(state);
  else
    plan_revisions(state);
  report_.plan_digest = plan_.digest;
  for (const std::string& warning : plan_.warnings)
    progress_.say("warning", {{"message", warning}});
  progress_.say("finished", {{"steps", plan_.steps.size()}, {"planDigest", plan_.digest}});
}

void Run::plan_revisions(const ledger::State& state) {
  before_ = state.ids();
  take(state);
  engine::expect_adopted(*session_, *graph_, state);
  plan_ = engine::plan_upgrade(*graph_, state, spec_.target, session_->server_version());
}

void Run::plan_schema(const ledger::State& state) {
  report_.heads.emplace();
  const desired::Loaded& wanted = expected_->wanted();
  const desired::SyncRequest request = expected_->request();
  const desired::SyncReport sync = desired::plan_sync(schema::read(*session_), wanted, request);
  plan_ = desired::to_plan(sync, wanted, request, state);
  plan_.warnings.insert(plan_.warnings.end(), sync.warnings.begin(), sync.warnings.end());
  for (const std::string& warning : expected_->warnings()) plan_.warnings.push_back(warning);
  for (const schema::LeftUndone& left : sync.left_undone)
    plan_.warnings.push_back("left undone: " + to_line(left.difference) + " (" + left.reason + ")");
  if (!sync.left_undone.empty()) {
    report_.reason = "LeftUndone";
    report_.message = base::counted(sync.left_undone.size(), "difference") +
                      " left undone: " + to_line(sync.left_undone.front().difference) +
                      (sync.left_undone.size() > 1 ? ", …" : "") + "; the run's log names them";
  }
  report_.pending = static_cast<uint32_t>(sync.statements());
}

void Run::back_up() {
  archive::BackupRequest request;
  request.volume = spec_.backup.directory;
  request.origin = spec_.backup.origin;
  request.run = spec_.run;
  request.parallelism = spec_.backup.parallelism;
  request.connection = postgres::tool_environment(postgres::merged(access_.options));
  request.secrets = access_.secrets;
  request.database = session_->query("SELECT current_database()").at(0).at(0).value_or("");
  request.server_version = session_->server_version();
  request.heads = plan_.current;
  const archive::Backup made = archive::backup(request, stop_);
  report_.backup = BackupReport{made.manifest.archive, made.manifest.bytes, made.seconds};
  progress_.say("finished", {{"archive", made.manifest.archive},
                             {"bytes", made.manifest.bytes},
                             {"seconds", made.seconds}});
}

void Run::apply() {
  engine::ApplyOptions options;
  options.run = spec_.run;
  options.lock_timeout = spec_.lock_timeout;
  options.statement_timeout = spec_.statement_timeout;
  engine::apply(*lock_, plan_, options, progress_, stop_);
}

void Run::verify() {
  if (spec_.schema) return verify_schema();
  postgres::Transaction transaction(*session_);
  const ledger::State state = ledger::read(*session_, false);
  take(state);
  check_applied(*before_, plan_, state.ids());
}

void Run::verify_schema() {
  desired::SyncRequest request = expected_->request();
  request.allow_data_loss = true;
  const desired::SyncReport left =
      desired::plan_sync(schema::read(*session_), expected_->wanted(), request);
  if (left.statements() > 0)
    throw Error(
        ErrorKind::Failed, "VerificationFailed",
        "afterwards " + base::counted(left.statements(), "statement") +
            " would still be needed, the first: " + left.groups.front().statements.front().sql,
        "find what else changes the schema; or report it");
  report_.applied = std::exchange(report_.pending, 0);
}

void Run::expect_requirements() {
  const std::vector<std::string> lines = expected_->unmet(*session_);
  if (!lines.empty())
    throw Error(ErrorKind::Failed, "VerificationFailed", base::join(lines, "; "),
                "correct what spec.verify asks for, or the database and then set the annotation "
                "sluice.dev/retry");
}

void Run::expect_no_drift() {
  report_.drift = expected_->drift(*session_, ledger::read(*session_, !spec_.schema));
  if (report_.drift.empty()) return;
  for (const std::string& line : report_.drift) progress_.say("drift", {{"object", line}});
  throw Error(ErrorKind::Refused, "Drifted",
              base::counted(report_.drift.size(), "object") + " of the database " +
                  (report_.drift.size() == 1 ? "is" : "are") + " not as expected: " +
                  report_.drift.front() + (report_.drift.size() > 1 ? ", …" : ""),
              "undo the change, or release it; `sluice verify --fix-plan` prints the way back");
}

void Run::take(const ledger::State& state) {
  if (spec_.schema) {
    report_.heads.emplace();
    return;
  }
  const std::set<std::string> applied = state.ids();
  report_.heads = state.heads();
  report_.known = revisions::heads_among(*graph_, applied);
  if (before_)
    report_.applied = static_cast<uint32_t>(
        std::count_if(applied.begin(), applied.end(),
                      [this](const std::string& id) { return !before_->contains(id); }));
  const revisions::Path path = revisions::upgrade_path(*graph_, applied, spec_.target);
  report_.target = path.target;
  report_.pending = static_cast<uint32_t>(path.steps.size());
}

void Run::look_again() {
  if (!session_) return;
  report_.heads.reset();
  // The first try may meet a cancellation that was on its way to the statement before it.
  for (int attempt = 0; attempt < 3 && !report_.heads; ++attempt) {
    try {
      if (attempt < 2) {
        session_->rollback();
        take(ledger::read(*session_, false));
      } else if (!stop_.stop_requested()) {
        postgres::Session another(access_.options);
        take(ledger::read(another, false));
      }
    } catch (const Error&) {
      // The report is about the error that came first.
    }
  }
}

Outcome Run::succeeded() {
  report_.succeeded = true;
  report_.stage = "Done";
  if (const auto message = ahead_message(plan_); message && !spec_.schema) {
    report_.reason = "DatabaseAhead";
    report_.message = *message;
  }
  return {report_, 0};
}

Outcome Run::failed(const Error& cause) {
  const Error error = as_seen(cause, stop_.stop_requested());
  report_.stage = progress_.stage();
  report_.reason = error.reason();
  report_.message = progress_.hidden(in_terms_of_spec(error).what());
  report_.retry = may_retry(report_.stage, error);
  report_.applied = progress_.applied();
  look_again();
  return {report_, failure_status(report_.retry, error.kind())};
}

}  // namespace

Outcome perform(const RunSpec& spec, Progress& progress, const std::stop_token& stop,
                const Limits& limits) {
  Run run(spec, progress, stop, limits);
  try {
    run.pass_all_stages();
    return run.succeeded();
  } catch (const Error& error) {
    return run.failed(error);
  } catch (const std::exception& error) {
    return run.failed(Error(ErrorKind::Failed, "InternalError", error.what(),
                            "this is a defect of Sluice: please report it"));
  }
}

}  // namespace sluice::runner
