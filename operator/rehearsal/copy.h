// Fills the scratch database and writes its schema down, by PostgreSQL's own programs. Each
// function throws Error{Transient, "Cancelled"} when `stop` is requested, and Error{Invalid,
// "BackupToolMissing" | "BackupToolTooOld"}.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "postgres/connect_options.h"
#include "scratch/database.h"

namespace sluice::rehearsal {

// A directory that is gone with this object, readable by its owner only.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Everything that the archive holds but owners and grants; whole is what the caller made sure of.
// Throws Error{Failed, "RestoreFailed"} with what pg_restore said.
void restore_archive(const std::filesystem::path& archive, const scratch::Database& scratch,
                     const std::stop_token& stop);
// Reads every byte. Throws Error{Refused, "ArchiveDamaged"} with what is wrong.
void expect_whole(const std::filesystem::path& archive, const std::stop_token& stop);

// The schema of a database, without owners and grants, and the ledger's rows. `live` is only read,
// in one snapshot. Throws Error{Failed, "CopyFailed" | "RestoreFailed"}.
void copy_schema(const postgres::ConnectOptions& live, const scratch::Database& scratch,
                 const Workspace& workspace, const std::stop_token& stop);

// The schema, but that of the ledger, as SQL in a file. Throws Error{Failed, "CopyFailed"}.
void write_schema(const scratch::Database& scratch, const std::filesystem::path& file,
                  const std::stop_token& stop);

}  // namespace sluice::rehearsal
