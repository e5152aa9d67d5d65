#include "runner/spec.h"

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/json_field.h"

namespace sluice::runner {
namespace {

using base::JsonField;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kMaxRunId = 200;

std::string_view to_string(BackupWhen when) {
  switch (when) {
    case BackupWhen::Pending:
      return "Pending";
    case BackupWhen::Always:
      return "Always";
    case BackupWhen::Never:
      return "Never";
  }
  return "Never";
}

BackupWhen when_of(const JsonField& field) {
  const std::string text = field.text();
  for (const BackupWhen when : {BackupWhen::Pending, BackupWhen::Always, BackupWhen::Never})
    if (text == to_string(when)) return when;
  field.refuse("must be Pending, Always or Never, not \"" + text + "\"");
}

// It becomes a part of an archive's directory name.
std::string run_id(const JsonField& field) {
  const std::string id = field.filled_text();
  const bool plain =
      id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") ==
      std::string::npos;
  if (!plain || id.size() > kMaxRunId)
    field.refuse("must be at most 200 letters, digits, \"-\", \".\" and \"_\"");
  return id;
}

ValueFile value_file(const JsonField& field) {
  field.allow({"path", "origin"});
  return {field.at("path").filled_text(), field.at("origin").filled_text()};
}

std::map<std::string, ValueFile> value_files(const JsonField& field) {
  std::map<std::string, ValueFile> files;
  for (const auto& [name, member] : field.members()) files.emplace(name, value_file(member));
  return files;
}

DatabaseSpec database(const JsonField& field) {
  field.allow({"url", "parameters", "parameterFiles", "pathParameters"});
  DatabaseSpec result;
  if (const auto url = field.find("url")) result.url = value_file(*url);
  if (const auto parameters = field.find("parameters"))
    for (const auto& [name, member] : parameters->members())
      result.parameters.emplace(name, member.text());
  if (const auto files = field.find("parameterFiles")) result.parameter_files = value_files(*files);
  if (const auto paths = field.find("pathParameters")) result.path_parameters = value_files(*paths);
  if (!result.url && result.parameters.empty() && result.parameter_files.empty())
    field.refuse("needs url, parameters or parameterFiles");
  return result;
}

BackupSpec backup(const JsonField& field) {
  field.allow({"when", "directory", "origin", "parallelism"});
  BackupSpec result;
  result.when = when_of(field.at("when"));
  if (result.when == BackupWhen::Never) return result;
  result.directory = field.at("directory").filled_text();
  result.origin = field.at("origin").filled_text();
  if (const auto jobs = field.find("parallelism"))
    result.parallelism = static_cast<unsigned>(jobs->number(1, 64));
  return result;
}

SchemaSpec schema(const JsonField& field) {
  field.allow({"full", "allowDataLoss"});
  return {field.at("full").boolean(), field.at("allowDataLoss").boolean()};
}

VerifySpec verify(const JsonField& field) {
  field.allow({"tables", "columns", "checks", "noDrift"});
  VerifySpec result;
  if (const auto tables = field.find("tables")) result.tables = tables->texts();
  if (const auto columns = field.find("columns")) result.columns = columns->texts();
  if (const auto checks = field.find("checks"))
    for (const JsonField& check : checks->elements()) {
      check.allow({"name", "sql", "expect"});
      result.checks.push_back({check.at("name").filled_text(), check.at("sql").filled_text(),
                               check.at("expect").text()});
    }
  if (const auto drift = field.find("noDrift")) result.no_drift = drift->boolean();
  return result;
}

std::vector<std::string> directories(const JsonField& field) {
  std::vector<std::string> result;
  for (const JsonField& element : field.elements()) result.push_back(element.filled_text());
  if (result.empty()) field.refuse("must name a directory");
  return result;
}

std::chrono::milliseconds duration(const JsonField& field) {
  // PostgreSQL's own limit for its timeouts is that of an int.
  return std::chrono::milliseconds(field.number(0, 2147483647));
}

ordered_json to_object(const ValueFile& file) {
  return {{"path", file.path}, {"origin", file.origin}};
}

ordered_json to_object(const std::map<std::string, ValueFile>& files) {
  ordered_json object = ordered_json::object();
  for (const auto& [name, file] : files) object[name] = to_object(file);
  return object;
}

ordered_json to_object(const DatabaseSpec& spec) {
  ordered_json object = ordered_json::object();
  if (spec.url) object["url"] = to_object(*spec.url);
  if (!spec.parameters.empty()) object["parameters"] = spec.parameters;
  if (!spec.parameter_files.empty()) object["parameterFiles"] = to_object(spec.parameter_files);
  if (!spec.path_parameters.empty()) object["pathParameters"] = to_object(spec.path_parameters);
  return object;
}

ordered_json to_object(const BackupSpec& spec) {
  ordered_json object = {{"when", to_string(spec.when)}};
  if (spec.when == BackupWhen::Never) return object;
  object["directory"] = spec.directory;
  object["origin"] = spec.origin;
  object["parallelism"] = spec.parallelism;
  return object;
}

ordered_json to_object(const VerifySpec& spec) {
  ordered_json object = ordered_json::object();
  if (!spec.tables.empty()) object["tables"] = spec.tables;
  if (!spec.columns.empty()) object["columns"] = spec.columns;
  for (const CheckSpec& check : spec.checks)
    object["checks"].push_back(
        {{"name", check.name}, {"sql", check.sql}, {"expect", check.expect}});
  if (spec.no_drift) object["noDrift"] = true;
  return object;
}

}  // namespace

RunSpec run_spec_from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  const JsonField root(document, "", "RunSpecInvalid", "the run's spec");
  if (document.is_discarded()) root.refuse("is not JSON");
  root.allow({"run", "digest", "uid", "specDigest", "directories", "target", "schema", "driftCheck",
              "database", "scratchUrl", "backup", "verify", "lockTimeoutMs", "statementTimeoutMs"});
  RunSpec spec;
  spec.run = run_id(root.at("run"));
  spec.digest = root.at("digest").filled_text();
  spec.uid = root.at("uid").filled_text();
  spec.spec_digest = root.at("specDigest").filled_text();
  spec.directories = directories(root.at("directories"));
  if (const auto target = root.find("target")) spec.target = target->filled_text();
  if (const auto wanted = root.find("schema")) spec.schema = schema(*wanted);
  if (const auto only = root.find("driftCheck")) spec.drift_check = only->boolean();
  spec.database = database(root.at("database"));
  if (const auto scratch = root.find("scratchUrl")) spec.scratch_url = value_file(*scratch);
  if (const auto wanted = root.find("verify")) spec.verify = verify(*wanted);
  if (const auto wanted = root.find("backup")) spec.backup = backup(*wanted);
  if (const auto limit = root.find("lockTimeoutMs")) spec.lock_timeout = duration(*limit);
  if (const auto limit = root.find("statementTimeoutMs")) spec.statement_timeout = duration(*limit);
  return spec;
}

std::string to_json(const RunSpec& spec) {
  ordered_json object = {{"run", spec.run},
                         {"digest", spec.digest},
                         {"uid", spec.uid},
                         {"specDigest", spec.spec_digest},
                         {"directories", spec.directories},
                         {"target", spec.target},
                         {"database", to_object(spec.database)},
                         {"backup", to_object(spec.backup)},
                         {"lockTimeoutMs", spec.lock_timeout.count()},
                         {"statementTimeoutMs", spec.statement_timeout.count()}};
  if (spec.schema)
    object["schema"] = {{"full", spec.schema->full},
                        {"allowDataLoss", spec.schema->allow_data_loss}};
  if (spec.drift_check) object["driftCheck"] = true;
  if (spec.scratch_url) object["scratchUrl"] = to_object(*spec.scratch_url);
  if (const ordered_json proofs = to_object(spec.verify); !proofs.empty())
    object["verify"] = proofs;
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace sluice::runner
