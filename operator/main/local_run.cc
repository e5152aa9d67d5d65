#include "main/local_run.h"

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <streambuf>
#include <system_error>

#include "api/schema_migration.h"
#include "base/base64.h"
#include "base/error.h"
#include "base/json_read.h"
#include "base/text.h"
#include "cli/common.h"
#include "main/manifests.h"
#include "revisions/closure.h"
#include "revisions/load.h"
#include "rollout/gate.h"
#include "rollout/gates.h"
#include "rollout/job.h"
#include "runner/digest.h"
#include "runner/interrupt.h"
#include "runner/stages.h"

namespace sluice::local {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using nlohmann::json;
using nlohmann::ordered_json;
using Manifests = std::vector<Manifest>;

// Gone with this object.
class Directory {
 public:
  Directory() {
    std::string pattern = (fs::temp_directory_path() / "sluice-run-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw Error(ErrorKind::Failed, "WriteFailed",
                  pattern + ": " + std::generic_category().message(errno),
                  "let TMPDIR name a directory that can be written to");
    path_ = pattern;
  }
  ~Directory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Hands on each line of JSON that the runner writes.
class Lines : public std::streambuf {
 public:
  explicit Lines(std::function<void(const std::string&)> take) : take_(std::move(take)) {}

 protected:
  int overflow(int character) override {
    if (character == '\n') {
      take_(line_);
      line_.clear();
    } else if (character != traits_type::eof()) {
      line_ += traits_type::to_char_type(character);
    }
    return traits_type::not_eof(character);
  }

 private:
  std::function<void(const std::string&)> take_;
  std::string line_;
};

// "apply: revision 8c1f0a6e2b41 (1 of 2)"; nothing of what goes without saying.
void tell(const std::string& line) {
  const json event = json::parse(line, nullptr, false);
  std::string stage = base::text(event, "stage");
  std::ranges::transform(stage, stage.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  const std::string what = base::text(event, "event");
  const auto number = [&event](const char* name) { return base::member(event, name).dump(); };
  if (what == "warning") {
    std::cerr << "warning: " << base::text(event, "message") << "\n";
  } else if (what == "revision_started") {
    std::cerr << stage << ": " << base::text(event, "revision") << " (" << number("step") << " of "
              << number("steps") << ")\n";
  } else if (what == "waiting") {
    std::cerr << stage << ": waits for a lock, held by " << base::text(event, "blockers") << "\n";
  } else if (what == "finished" && stage == "plan") {
    std::cerr << stage << ": " << number("steps") << " to apply\n";
  } else if (what == "finished" && stage == "backup") {
    std::cerr << stage << ": " << base::text(event, "archive") << ", " << number("bytes")
              << " bytes\n";
  } else if (what == "started" && stage != "plan" && stage != "apply") {
    std::cerr << stage << "\n";
  }
}

const Manifest& choose(const Manifests& manifests, const cli::LocalRunRequest& request) {
  const Manifest* chosen = nullptr;
  std::vector<std::string> names;
  for (const Manifest& one : manifests) {
    if (one.kind != "SchemaMigration") continue;
    names.push_back(one.name);
    if (!request.name.empty() && one.name != request.name) continue;
    if (chosen != nullptr)
      throw Error(ErrorKind::Invalid, "SchemaMigrationAmbiguous",
                  one.place_of("metadata.name") + ": a second SchemaMigration, " + one.name,
                  "choose one with --name");
    chosen = &one;
  }
  if (chosen == nullptr)
    throw Error(ErrorKind::Invalid, "SchemaMigrationMissing",
                request.file + " has no SchemaMigration" +
                    (request.name.empty() ? std::string() : " " + request.name),
                names.empty() ? "" : "it has " + base::join(names, ", "));
  const std::string wanted = std::string(api::kGroup) + "/" + api::kVersion;
  if (base::text(chosen->object, "apiVersion") != wanted)
    throw Error(ErrorKind::Invalid, "ManifestInvalid",
                chosen->place_of("apiVersion") + ": apiVersion: must be " + wanted);
  if (chosen->name.empty())
    throw Error(ErrorKind::Invalid, "ManifestInvalid",
                chosen->place_of("metadata.name") + ": metadata.name: must be given");
  return *chosen;
}

api::SchemaMigration decode(const Manifest& manifest) {
  const api::SchemaMigration migration = api::schema_migration_from_json(manifest.object);
  if (!migration.refusal) return migration;
  const Error& error = *migration.refusal;
  throw Error(error.kind(), error.reason(),
              manifest.place_of(error.message()) + ": " + error.message(), error.remedy());
}

// Kubernetes' rule for a ConfigMap's keys; it also keeps them within their directory.
bool is_file_name(const std::string& key) {
  return !key.empty() && key.size() <= 253 && !key.starts_with('.') &&
         std::ranges::all_of(key, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ||
                  c == '.';
         });
}

void write_config_map(const Manifest& manifest, const fs::path& directory) {
  fs::create_directory(directory);
  for (const char* part : {"data", "binaryData"}) {
    const json& entries = base::member(manifest.object, part);
    if (!entries.is_object()) continue;
    for (const auto& [key, value] : entries.items()) {
      const auto refuse = [&, part, &name = key](const std::string& what) {
        throw Error(
            ErrorKind::Invalid, "ManifestInvalid",
            manifest.place_of(std::string(part)) + ": " + part + " \"" + name + "\" " + what);
      };
      if (!is_file_name(key)) refuse("is no name of a file");
      if (!value.is_string()) refuse("must be a text");
      std::optional<std::string> bytes = value.get<std::string>();
      if (std::string_view(part) == "binaryData") {
        std::erase_if(*bytes, [](char c) { return c == '\n' || c == ' '; });
        bytes = base::from_base64(*bytes);
      }
      if (!bytes) refuse("is not base64");
      std::ofstream file(directory / key, std::ios::binary);
      if (!(file << *bytes << std::flush))
        throw Error(ErrorKind::Failed, "WriteFailed", (directory / key).string());
    }
  }
}

std::vector<std::string> sources(const Manifests& manifests, const Manifest& chosen,
                                 const api::Spec& spec, const cli::LocalRunRequest& request,
                                 const fs::path& directory) {
  if (!request.sources.empty()) return request.sources;
  std::vector<std::string> directories;
  for (size_t i = 0; i < spec.config_maps.size(); ++i) {
    const std::string& name = spec.config_maps[i];
    const auto found = std::ranges::find_if(manifests, [&](const Manifest& one) {
      return one.kind == "ConfigMap" && one.name == name;
    });
    if (found == manifests.end()) {
      const std::string path = std::string(spec.schema ? "spec.schema" : "spec.revisions") +
                               ".from.configMaps[" + std::to_string(i) + "].name";
      throw Error(
          ErrorKind::Invalid, "SourceMissing",
          chosen.place_of(path) + ": " + path + ": ConfigMap " + name + " is not in this file",
          "name the directory of its files with --source");
    }
    directories.push_back((directory / std::to_string(i)).string());
    write_config_map(*found, directories.back());
  }
  return directories;
}

postgres::ConnectOptions database(const Manifest& chosen, const api::Spec& spec,
                                  const cli::LocalRunRequest& request) {
  if (request.database) return *request.database;
  const std::string secret = spec.database.url_from ? "Secret " + spec.database.url_from->name
                                                    : "what spec.database names";
  throw Error(ErrorKind::Invalid, "DatabaseUrlInvalid",
              chosen.place_of("spec.database") + ": spec.database: " + secret +
                  " is in the cluster, and nothing else says where the database is",
              "set DATABASE_URL, or pass --database-url");
}

runner::BackupSpec backup(const Manifest& chosen, runner::BackupSpec wanted,
                          const cli::LocalRunRequest& request) {
  if (request.no_backup || wanted.when == runner::BackupWhen::Never) return {};
  if (request.volume.empty())
    throw Error(ErrorKind::Refused, "BackupVolumeNotNamed",
                chosen.place_of("spec.backup") +
                    ": spec.backup: an archive is wanted, and its volume is in the cluster",
                "name a directory for archives with --volume, or say --no-backup");
  wanted.directory = request.volume;
  wanted.origin = "--volume";
  return wanted;
}

runner::RunSpec run_spec(const Manifests& manifests, const Manifest& chosen,
                         const api::SchemaMigration& migration, const cli::LocalRunRequest& request,
                         const fs::path& directory) {
  if (migration.spec.suspend)
    throw Error(ErrorKind::Refused, "Suspended",
                chosen.place_of("spec.suspend") + ": spec.suspend: is true", "nothing was run");
  const std::vector<std::string> directories =
      sources(manifests, chosen, migration.spec, request, directory);
  rollout::StartRun start;
  start.digest = runner::input_digest(migration.uid, migration.spec.digest,
                                      runner::digest_directories(directories));
  start.name = "local-" + migration.name.substr(0, 40) + "-" + start.digest.substr(0, 8);
  runner::RunSpec spec = rollout::run_spec(migration, start);
  spec.directories = directories;
  spec.backup = backup(chosen, spec.backup, request);
  spec.database = {};
  spec.database.parameters = postgres::merged(database(chosen, migration.spec, request));
  // Its Secret is in the cluster: here the database's own server, or one of this machine's, has to
  // do.
  spec.scratch_url.reset();
  return spec;
}

struct Gate {
  api::WorkloadRef workload;
  std::string requires_revision;
  bool released = false;
  std::string message;
};

// As the controller would judge a write of the Deployment that the file holds.
Gate judge(const api::WorkloadRef& ref, const Manifests& manifests,
           const rollout::GateInputs& inputs) {
  const auto found = std::ranges::find_if(
      manifests, [&](const Manifest& one) { return one.kind == ref.kind && one.name == ref.name; });
  if (found == manifests.end())
    return {ref, "", false, "is not in the file, so what it requires is not known"};
  rollout::WorkloadSeen seen;
  seen.ref = ref;
  seen.exists = true;
  seen.gate = rollout::read_gated(found->object);
  if (!seen.gate.labelled)
    return {
        ref, seen.gate.requires_revision, true,
        "is not held at all: it has no label " + std::string(rollout::kGatedLabel) + ": \"true\""};
  seen.gate.held = seen.gate.paused;
  const rollout::GateAnswer answer = rollout::judge_gate(seen, nullptr, inputs, base::now());
  return {ref, seen.gate.requires_revision, answer.release, answer.status.message};
}

std::vector<Gate> gates(const Manifests& manifests, const api::SchemaMigration& migration,
                        const runner::RunSpec& spec, const runner::Report& report) {
  std::vector<Gate> all;
  if (migration.spec.workloads.empty()) return all;
  rollout::GateInputs inputs;
  revisions::Parents parents;
  try {
    if (!spec.schema)
      parents = revisions::parents_of(revisions::load_directories(spec.directories));
    inputs.source_complete = true;
  } catch (const Error&) {
    // The report says it already.
  }
  inputs.parents = &parents;
  inputs.applied = revisions::closure(parents, report.known);
  inputs.succeeded = report.succeeded || migration.spec.on_failure == api::OnFailure::Continue;
  inputs.inputs_since = base::now() - 2 * rollout::kSettle;
  for (const api::WorkloadRef& ref : migration.spec.workloads)
    all.push_back(judge(ref, manifests, inputs));
  return all;
}

void print(const runner::RunSpec& spec, const runner::Report& report,
           const std::vector<Gate>& all) {
  if (report.succeeded && spec.schema) {
    std::cout << "applied " << base::counted(report.applied, "change")
              << "; the database has the wanted schema"
              << (report.message.empty() ? "" : "; " + report.message) << "\n";
  } else if (report.succeeded) {
    std::cout << "applied " << base::counted(report.applied, "revision") << "; the database is at "
              << (report.heads && !report.heads->empty() ? base::join(*report.heads, ", ") : "base")
              << "\n";
  } else {
    std::cerr << "error: " << report.reason << ": " << report.message << "\n";
  }
  if (report.succeeded && report.backup) std::cout << "archive " << report.backup->archive << "\n";
  for (const Gate& gate : all)
    std::cout << "gate: " << gate.workload.kind << " " << gate.workload.name << " "
              << (gate.released ? "would be released" : "would be held")
              << (gate.message.empty() ? "" : ": " + gate.message) << "\n";
}

ordered_json to_json(const runner::Report& report, const std::vector<Gate>& all) {
  ordered_json document{{"report", ordered_json::parse(runner::to_json(report))},
                        {"gates", ordered_json::array()}};
  for (const Gate& gate : all)
    document["gates"].push_back({{"kind", gate.workload.kind},
                                 {"name", gate.workload.name},
                                 {"requires", gate.requires_revision},
                                 {"released", gate.released},
                                 {"message", gate.message}});
  return document;
}

}  // namespace

int run(const cli::LocalRunRequest& request) {
  const runner::Interrupt interrupt;
  const Directory directory;
  const Manifests manifests = read_manifests(request.file);
  const Manifest& chosen = choose(manifests, request);
  const api::SchemaMigration migration = decode(chosen);
  const runner::RunSpec spec = run_spec(manifests, chosen, migration, request, directory.path());
  Lines lines([&](const std::string& line) {
    if (request.json)
      std::cerr << line << "\n";
    else
      tell(line);
  });
  std::ostream stream(&lines);
  runner::Progress progress(stream, spec.run);
  const runner::Outcome outcome = runner::perform(spec, progress, interrupt.token());
  const std::vector<Gate> all = gates(manifests, migration, spec, outcome.report);
  if (request.json)
    cli::print(to_json(outcome.report, all));
  else
    print(spec, outcome.report, all);
  return outcome.status;
}

}  // namespace sluice::local
