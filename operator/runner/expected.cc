#include "runner/expected.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "desired/verify.h"

namespace sluice::runner {
namespace {

scratch::Wish wish_of(const Access& access) {
  scratch::Wish wish;
  wish.url = access.scratch_url;
  wish.target = access.options;
  return wish;
}

// A schema that speaks of no privileges leaves them to whoever grants them. Those of `public` every
// database has.
bool speaks_of_privileges(const schema::Catalog& catalog) {
  return std::ranges::any_of(catalog.objects, [](const schema::Object& object) {
    const bool is_public = object.key.kind == schema::Kind::Schema && object.key.name == "public";
    return object.key.kind == schema::Kind::DefaultPrivileges ||
           (!object.default_grants && !is_public);
  });
}

}  // namespace

Expected::Expected(const RunSpec& spec, const Access& access, std::optional<desired::Source> schema,
                   std::stop_token stop)
    : spec_(spec), schema_(std::move(schema)), stop_(std::move(stop)) {
  loader_.emplace(wish_of(access), stop_);
}

const desired::Loaded& Expected::wanted() {
  if (!loaded_) loaded_ = loader_->load(*schema_);
  return *loaded_;
}

desired::SyncRequest Expected::request() {
  desired::SyncRequest request;
  request.policy = spec_.schema->full ? desired::Policy::Full : desired::Policy::Additive;
  request.allow_data_loss = spec_.schema->allow_data_loss;
  request.compare.privileges = speaks_of_privileges(wanted().catalog);
  request.apply.run = spec_.run;
  request.apply.lock_timeout = spec_.lock_timeout;
  request.apply.statement_timeout = spec_.statement_timeout;
  return request;
}

std::vector<std::string> Expected::drift(postgres::Session& session, const ledger::State& state) {
  if (!is_schema() && !loaded_)
    loaded_ = loader_->load(desired::source_of(state, "the revisions that the ledger keeps"));
  const desired::Loaded& wanted = is_schema() ? this->wanted() : *loaded_;
  schema::DiffOptions options;
  options.privileges = speaks_of_privileges(wanted.catalog);
  const bool extras_count = !is_schema() || spec_.schema->full;
  std::vector<std::string> lines;
  for (const schema::Difference& difference :
       desired::verify(session, &wanted, {}, options).diff.differences)
    if (extras_count || difference.change != schema::Change::Drop)
      lines.push_back(to_line(difference));
  return lines;
}

std::vector<std::string> Expected::unmet(postgres::Session& session) const {
  desired::Requirements requirements{spec_.verify.tables, spec_.verify.columns, {}};
  for (const CheckSpec& check : spec_.verify.checks)
    requirements.checks.push_back({check.name, check.sql, check.expect});
  std::vector<std::string> lines;
  if (requirements.empty()) return lines;
  const desired::Verification found = desired::verify(session, nullptr, requirements, {});
  const auto add_missing = [&](const char* kind, const std::vector<desired::Met>& all) {
    for (const desired::Met& one : all)
      if (!one.met)
        lines.push_back(std::string(kind) + " " + one.name + " is not there" +
                        (one.remark.empty() ? "" : " (" + one.remark + ")"));
  };
  add_missing("table", found.tables);
  add_missing("column", found.columns);
  for (const desired::Answer& answer : found.answers)
    if (!answer.passed)
      lines.push_back("check " + answer.check.name + ": " +
                      (answer.error.empty() ? "expected " + answer.check.expect + ", found " +
                                                  base::truncate_utf8(answer.got, 200)
                                            : answer.error));
  return lines;
}

// The difference is seen from the database: what is to be dropped is there.
std::string to_line(const schema::Difference& difference) {
  switch (difference.change) {
    case schema::Change::Add:
      return difference.identity + ": is not there";
    case schema::Change::Drop:
      return difference.identity + ": is there, and should not be";
    default:
      return difference.identity + ": " + base::join(difference.details, ", ");
  }
}

}  // namespace sluice::runner
