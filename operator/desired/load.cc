#include "desired/load.h"

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include "base/error.h"
#include "desired/files.h"
#include "desired/hints.h"
#include "engine/apply.h"
#include "engine/plan.h"
#include "postgres/advisory_lock.h"
#include "revisions/graph.h"
#include "schema/read.h"
#include "sql/quote.h"

namespace sluice::desired {
namespace {

using base::Error;
using base::ErrorKind;

// Up to all heads, in a database that holds nothing. What is about the whole server is left out.
void replay(const Source& source, postgres::Session& session, std::vector<std::string>& warnings,
            const std::stop_token& stop) {
  if (source.revisions.empty()) return;
  const revisions::Graph graph(source.revisions);
  postgres::AdvisoryLock lock(session, std::chrono::milliseconds(0), stop);
  engine::PlanPolicy policy;
  policy.contract = engine::Contract::Run;
  engine::Plan plan = engine::plan_upgrade(graph, {}, "heads", session.server_version(), policy);
  for (engine::Step& step : plan.steps)
    std::erase_if(step.script.statements,
                  [](const sql::Statement& statement) { return statement.server_wide; });
  const auto due = std::ranges::stable_partition(plan.steps, [&](const engine::Step& step) {
    return !step.revision->repeatable || !source.due.contains(step.revision->id);
  });
  const std::vector<engine::Step> due_again(due.begin(), due.end());
  plan.steps.erase(due.begin(), due.end());
  engine::Observer nobody;
  engine::apply(lock, plan, {}, nobody, stop);
  for (const engine::Step& step : due_again) {
    plan.steps = {step};
    try {
      engine::apply(lock, plan, {}, nobody, stop);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Failed) throw;
      warnings.push_back(step.file() +
                         ": due again, and left out, for it does not run on what is " +
                         "applied: " + error.message());
    }
  }
}

// What was to write the schema has failed, most often; to want nothing would drop everything.
[[noreturn]] void refuse_empty(const Source& source) {
  throw Error(ErrorKind::Invalid, "SourceEmpty", source.given + ": no statement in it",
              "write the schema there; who really wants an empty one names an empty database by "
              "its URL, to `sluice sync --schema` or `sluice diff --to`");
}

Loaded read(const Source& source, const std::stop_token& stop) {
  postgres::Session session(source.database);
  const std::stop_callback on_stop(stop, [&session] { session.cancel(); });
  return {schema::read(session), {}, source.given, source.digest};
}

}  // namespace

Loader::Loader(scratch::Wish wish, std::stop_token stop)
    : wish_(std::move(wish)), stop_(std::move(stop)) {}

scratch::Place& Loader::place() {
  if (place_) return *place_;
  place_ = std::make_unique<scratch::Place>(wish_, stop_);
  warnings_.insert(warnings_.end(), place_->warnings().begin(), place_->warnings().end());
  return *place_;
}

void Loader::check_stop() const {
  if (stop_.stop_requested())
    throw Error(ErrorKind::Transient, "Cancelled", "stopped on request", "run it again");
}

// Roles belong to a server, and this one is new.
void Loader::make_roles(const Source& source, postgres::Session& session) {
  std::set<std::string> roles;
  for (const revisions::Revision& revision : source.revisions)
    for (const sql::Statement& statement :
         sql::split(revision.up.sql, revision.file, revision.up.line).statements)
      for (const std::string& role : roles_of(statement.text)) roles.insert(role);
  for (const std::string& role : roles)
    if (session.query("SELECT FROM pg_catalog.pg_roles WHERE rolname = $1", {role}).empty())
      session.execute("CREATE ROLE " + sql::quote_identifier(role));
}

void Loader::fill(const Source& source, postgres::Session& session, Loaded& loaded) {
  if (source.kind == Source::Kind::Revisions) {
    if (place().is_own()) make_roles(source, session);
    return replay(source, session, warnings_, stop_);
  }
  size_t statements = 0;
  for (const File& file : source.files) {
    const sql::Script script = sql::split(file.sql, file.name);
    statements += script.statements.size();
    std::ranges::move(hints_of(script.directives, file.name), std::back_inserter(loaded.hints));
    run_file(session, file.name, script, {place().is_own()}, warnings_, stop_);
  }
  if (statements == 0) refuse_empty(source);
}

void Loader::with(const Source& source, const std::function<void(postgres::Session&)>& use) {
  Loaded ignored;
  const std::unique_ptr<scratch::Database> database = place().make();
  {
    postgres::Session session(database->options());
    fill(source, session, ignored);
    use(session);
  }
  database->drop();
}

Loaded Loader::load(const Source& source) {
  if (source.kind == Source::Kind::Database) return read(source, stop_);
  Loaded loaded;
  loaded.described = source.given;
  loaded.digest = source.digest;
  check_stop();
  const std::unique_ptr<scratch::Database> database = place().make();
  warnings_.insert(warnings_.end(), database->warnings().begin(), database->warnings().end());
  if (!left_over_told_)
    for (const std::string& name : database->left_over())
      warnings_.push_back("database " + name +
                          " is left over from a command that was killed, or was kept; when you do "
                          "not need it: DROP DATABASE " +
                          name);
  left_over_told_ = true;
  try {
    postgres::Session session(database->options());
    const std::stop_callback on_stop(stop_, [&session] { session.cancel(); });
    fill(source, session, loaded);
    loaded.catalog = schema::read(session);
  } catch (const Error& error) {
    // What a requested stop has cancelled is called by many names.
    check_stop();
    // A run's advice is about the database that it changes.
    if (source.kind == Source::Kind::Revisions && error.kind() == ErrorKind::Failed)
      throw Error(error.kind(), error.reason(),
                  error.message() + " (in a scratch database; no other was touched)",
                  "the revisions have to run one after the other from an empty database: correct "
                  "this one, or what comes before it");
    throw;
  }
  database->drop();
  return loaded;
}

std::pair<Loaded, Loaded> Loader::load(const Source& from, const Source& to) {
  if (from.kind != Source::Kind::Database || to.kind == Source::Kind::Database) {
    Loaded first = load(from);
    return {std::move(first), load(to)};
  }
  std::future<Loaded> first =
      std::async(std::launch::async, [this, &from] { return read(from, stop_); });
  Loaded second = load(to);
  return {first.get(), std::move(second)};
}

}  // namespace sluice::desired
