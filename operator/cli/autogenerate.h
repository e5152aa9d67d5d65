// Revision files from the difference of two schemas.
#pragma once

#include <stop_token>
#include <vector>

#include "cli/common.h"
#include "cli/schema_options.h"
#include "desired/revision_parts.h"
#include "revisions/revision.h"

namespace sluice::cli {

// What `revision --autogenerate` writes: from where `present` lead to the wanted schema. `first`:
// what the first new revision is to be, without its SQL. Answers with the exit status.
int autogenerate(const CommonOptions& common, const SchemaOptions& schema,
                 const std::vector<revisions::Revision>& present, const revisions::Revision& first);

struct Written {
  revisions::Revision revision;
  std::string path;
  std::string irreversible;
};

// A file for each part, each revising the one before; all of them or none. `downs`: empty for
// revisions without a way down.
std::vector<Written> write_parts(const CommonOptions& common,
                                 const std::vector<revisions::Revision>& present,
                                 const revisions::Revision& first,
                                 const std::vector<desired::RevisionPart>& parts,
                                 const std::vector<desired::Down>& downs);

}  // namespace sluice::cli
