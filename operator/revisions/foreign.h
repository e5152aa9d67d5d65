// What the readers of the foreign formats share. Internal to this room.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "revisions/formats.h"
#include "revisions/revision.h"

namespace sluice::revisions {

// One file, inflated and normalised (revisions/decode.h).
struct ForeignFile {
  std::string name;  // as it was given, for messages
  std::string base;  // without directory and `.gz`
  std::string text;
};

[[noreturn]] void refuse_file(const std::string& name, const std::string& what,
                              const std::string& remedy);
[[noreturn]] void refuse_line(const std::string& name, uint32_t line, const std::string& what,
                              const std::string& remedy);

[[noreturn]] void throw_duplicate(const std::string& one, const std::string& other,
                                  const std::string& version);

// A version as numbers, most significant first, each as decimal digits without leading zeros;
// trailing zeros are left out, so that `1.0` and `1` are equal. Of any length.
class Version {
 public:
  // `text`: digits, with dots or underscores between.
  explicit Version(std::string_view text);
  bool operator==(const Version& other) const { return parts_ == other.parts_; }
  bool operator<(const Version& other) const;
  std::string text() const { return base::join(parts_, "."); }

 private:
  std::vector<std::string> parts_;
};

// The digits with which a name begins, provided that `_`, `-` or `.` follows; empty: none.
std::string_view leading_number(std::string_view base);

// What people read: `add_login` → "add login".
std::string message_of(std::string_view slug);
// The same, of a name `<number>_<slug>.sql`.
std::string message_after_number(std::string_view base);

// `begin`: where the line begins in the text; `number`: from 1. Without its line end.
struct TextLine {
  std::string_view text;
  size_t begin = 0;
  size_t next = 0;  // where the next one begins
  uint32_t number = 1;
};
void for_each_line(std::string_view text, const std::function<void(const TextLine&)>& look);

// What follows `--` at the very beginning of a line, trimmed; nullopt: no such comment.
std::optional<std::string_view> comment_at_start(std::string_view line);

// parse_revision() of what is decoded already.
Revision parse_decoded(std::string_view name, std::string text);

std::vector<Revision> read_dbmate(const std::vector<ForeignFile>& files);
std::vector<Revision> read_goose(const std::vector<ForeignFile>& files);
std::vector<Revision> read_golang_migrate(const std::vector<ForeignFile>& files);
// `settings`: the scripts' `.sql.conf` files.
std::vector<Revision> read_flyway(const std::vector<ForeignFile>& files,
                                  const std::vector<ForeignFile>& settings);
std::vector<Revision> read_numbered(const std::vector<ForeignFile>& files);

// Whether names are of this shape.
bool is_golang_migrate_name(std::string_view base);
bool is_flyway_name(std::string_view base);

}  // namespace sluice::revisions
