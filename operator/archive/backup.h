// Makes one archive of a database: a directory in a volume, as pg_dump -Fd writes it, with a
// manifest beside its files. `pg_restore --dbname=… <directory>` restores it.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "archive/manifest.h"

namespace sluice::archive {

struct BackupRequest {
  std::filesystem::path volume;
  std::string origin;  // what the volume is, for messages: PersistentVolumeClaim "trips-backups"
  std::string run;
  unsigned parallelism = 1;
  // How pg_dump connects: libpq's environment variables (PGHOST, PGPASSWORD …).
  std::map<std::string, std::string> connection;
  std::vector<std::string> secrets;  // never to be seen in a message
  std::string database;              // for the manifest, as the two below
  int server_version = 0;            // as PQserverVersion: 150018
  std::vector<std::string> heads;
  // How long pg_dump's request for a table may stand in front of others that want it.
  std::chrono::milliseconds lock_wait{10000};
};

struct Backup {
  Manifest manifest;
  double seconds = 0;
};

// The archive appears under its name only once it is on stable storage and was read back whole;
// before that it is a temporary directory, which any failure but SIGKILL removes and the next
// backup of the same run, too. Finished archives are never touched. Whoever calls holds the
// database's advisory lock, so that there is one writer a run.
//
// Throws Error:
//   Invalid   BackupToolMissing, BackupToolTooOld (before anything is written)
//   Transient BackupVolumeMissing (not there, or not writable), BackupVolumeFull
//   Transient, Failed BackupFailed (with what pg_dump said)
//   Transient Interrupted (`stop` was requested)
Backup backup(const BackupRequest& request, const std::stop_token& stop = {});

}  // namespace sluice::archive
