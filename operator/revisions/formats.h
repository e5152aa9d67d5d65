// Directories of SQL files as different tools write them: which tool's, and what they say. Pure.
//
// The files of one source are of one format. But for Sluice's own, whose headers say how revisions
// follow one another, the revisions of a format form one line in the tool's own order, and a
// revision's `text` is its rendering as a file of Sluice's (revisions/render.h), while lines and
// file names are those of the files that were read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revisions/revision.h"

namespace sluice::revisions {

enum class Format { Sluice, Dbmate, Goose, GolangMigrate, Flyway, Numbered };

// As --format names them: sluice, dbmate, goose, golang-migrate, flyway, numbered.
std::string_view to_string(Format format);
const std::vector<std::string>& format_names();
// Throws Error{Invalid, "FormatUnknown"}.
Format format_named(std::string_view name);

// `name` is without its directory's, or with it where that tells files apart; `bytes` as they lie
// there, compressed or not.
struct SourceFile {
  std::string name;
  std::string bytes;
};

// Whether a directory's entry or a ConfigMap's key says something: a revision file (see
// is_revision_file), or the settings of one of Flyway's scripts (`V1__x.sql.conf`).
bool is_source_file(std::string_view name);

// The revisions of one source, ordered as their files are by name, or as the foreign tool orders
// them; repeatable ones last. `format`: nullopt to tell it from names and contents. `read_as`, when
// given, becomes the format that they were read as.
// Throws Error{Invalid, "RevisionInvalid"} with "file:line: what"; Error{Invalid, "FormatMixed"}
// naming two files that cannot be of one format; Error{Invalid, "RevisionDuplicate"} when two files
// have one version.
std::vector<Revision> read_files(std::vector<SourceFile> files,
                                 std::optional<Format> format = std::nullopt,
                                 Format* read_as = nullptr);

// Whether any of the files is a revision by what it says or by a name that no other file has;
// `<number>_<name>.sql` may be anything.
bool are_revisions(const std::vector<SourceFile>& files);

// Versions as numbers: `001.0` and `1` have the same canonical text.
std::string canonical_version(std::string_view version);
bool is_version_before(std::string_view version, std::string_view other);

// Has the revisions of a foreign format follow one another, repeatable ones last; for what was read
// in parts. Does nothing to Sluice's own. Throws Error{Invalid, "RevisionDuplicate"}.
void chain(std::vector<Revision>& revisions, Format format);

}  // namespace sluice::revisions
