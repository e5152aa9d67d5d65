// An Alembic or Flask-Migrate directory as revisions.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "revisions/revision.h"

namespace sluice::cli {

struct AlembicSource {
  std::string directory;
  std::string python = "python3";  // one that has alembic and what env.py imports
  std::chrono::seconds timeout{300};
  // Revisions that cannot be written as SQL become ones that fail when they are run.
  bool keep_going = false;
};

struct Imported {
  std::vector<revisions::Revision> revisions;
  std::vector<std::string> remarks;
  std::vector<std::string> failed;  // ids, with keep_going
};

// Runs the directory's own code. Throws Error{Invalid, "SourceMissing"}; Error{Failed,
// "ImportFailed"} with what Alembic says; with file:line Error{Invalid, "ImportNeedsConnection"}
// for a revision that asks the database, Error{Invalid, "ImportFailed"} for one that fails
// otherwise.
Imported import_alembic(const AlembicSource& source);

// From what the program of alembic_program.h wrote. Pure.
Imported revisions_of_alembic(const nlohmann::json& answer, bool keep_going);

}  // namespace sluice::cli
