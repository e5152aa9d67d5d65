// What a schema is given as: a database, a SQL file, a directory of revisions or of SQL files.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state.h"
#include "postgres/connect_options.h"
#include "revisions/revision.h"

namespace sluice::desired {

// Decoded: UTF-8, LF line ends, inflated.
struct File {
  std::string name;  // as messages give it
  std::string sql;
};

struct Source {
  enum class Kind { Database, Files, Revisions };
  Kind kind = Kind::Files;
  std::string given;  // the path; of a database what postgres::describe() says of it
  postgres::ConnectOptions database;
  std::vector<File> files;  // in the order in which they are loaded
  std::vector<revisions::Revision> revisions;
  // Of the repeatable ones, those whose work a downgrade may have taken along: where they do not
  // run they are not wanted.
  std::set<std::string> due;
  // SHA-256 over what the files or revisions say; empty for a database.
  std::string digest;
};

// `given`: a libpq URL, or `keyword=value` pairs; a file, `-` being standard input; or a directory.
// A directory whose files are revisions (revisions/formats.h) is read as such, any other as SQL
// files, those of its subdirectories too, in the order of their paths; where all names begin with a
// number, in the order of the numbers.
// Throws Error{Invalid, "SourceMissing" | "SourceEmpty"}; Error{Invalid, "SchemaInvalid"}: a SQL
// file is a revision of its own; and as revisions/load.h.
Source source_of(const std::string& given);

// The revisions of a directory, and those that a ledger holds.
Source source_of(std::vector<revisions::Revision> revisions, std::string given);
Source source_of(const ledger::State& state, std::string given);

bool is_database(std::string_view given);

}  // namespace sluice::desired
