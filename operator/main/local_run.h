// A SchemaMigration file executed without a cluster: what the operator would do with it, by the
// same code, and what its gate would then say. The one place where api and runner meet.
#pragma once

#include "cli/local_run.h"

namespace sluice::local {

// Stages go to standard error; the report and the gates to standard output. Answers with the
// runner's exit status. To be called while the process has one thread. Throws Error:
//   Invalid ManifestInvalid, SchemaMigrationMissing, SchemaMigrationAmbiguous, SourceMissing, and
//     what api::schema_migration_from_json refuses, all with file:line
//   Invalid DatabaseUrlInvalid   nothing says where the database is
//   Refused BackupVolumeNotNamed, Suspended
int run(const cli::LocalRunRequest& request);

}  // namespace sluice::local
