// What one run is told: a JSON document that the operator writes and `sluice run --spec FILE`
// reads. It names files and holds no secret: the values of Secrets stand in files that are mounted
// beside it.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::runner {

// A value that stands in a file. `origin` says where the file comes from, for messages:
// `Secret "trips-db", key "url"`.
struct ValueFile {
  std::string path;
  std::string origin;
};

// How to reach the database: a libpq URL, or libpq parameters by keyword (host, port, dbname, user,
// password, sslmode, sslrootcert …). `parameters` apply on top of the URL; `parameter_files` hold
// the value of a keyword, and `path_parameters` are keywords whose value is the file's path
// (sslrootcert).
struct DatabaseSpec {
  std::optional<ValueFile> url;
  std::map<std::string, std::string> parameters;
  std::map<std::string, ValueFile> parameter_files;
  std::map<std::string, ValueFile> path_parameters;
};

enum class BackupWhen { Pending, Always, Never };

struct BackupSpec {
  BackupWhen when = BackupWhen::Never;
  std::string directory;  // the mounted volume; archives are directories in it
  std::string origin;     // `PersistentVolumeClaim "trips-backups"`
  unsigned parallelism = 1;
};

// The files are the wanted schema, not revisions.
struct SchemaSpec {
  bool full = false;  // else additive
  bool allow_data_loss = false;
};

struct CheckSpec {
  std::string name;
  std::string sql;     // one row with one value
  std::string expect;  // as text
};

struct VerifySpec {
  std::vector<std::string> tables;   // table or schema.table
  std::vector<std::string> columns;  // table.column or schema.table.column
  std::vector<CheckSpec> checks;
  bool no_drift = false;
};

struct RunSpec {
  std::string run;          // the run's id: the Job's name
  std::string digest;       // the inputs that the run was started for, see runner/digest.h
  std::string uid;          // of the SchemaMigration
  std::string spec_digest;  // SHA-256 of the part of its spec that a run depends on
  std::vector<std::string> directories;  // of files; together they are one set
  std::string target = "head";
  std::optional<SchemaSpec> schema;
  bool drift_check = false;  // only looks whether the database is what it should be
  DatabaseSpec database;
  std::optional<ValueFile> scratch_url;  // a server for scratch databases
  BackupSpec backup;
  VerifySpec verify;
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds statement_timeout{0};  // 0: none
};

// Throws Error{Invalid, "RunSpecInvalid"} naming the field.
RunSpec run_spec_from_json(std::string_view text);
std::string to_json(const RunSpec& spec);

}  // namespace sluice::runner
