#include "revisions/formats.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace sluice::revisions {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::array<std::pair<Format, std::string_view>, 6> kNames{{
    {Format::Sluice, "sluice"},
    {Format::Dbmate, "dbmate"},
    {Format::Goose, "goose"},
    {Format::GolangMigrate, "golang-migrate"},
    {Format::Flyway, "flyway"},
    {Format::Numbered, "numbered"},
}};

}  // namespace

std::string_view to_string(Format format) {
  return std::ranges::find(kNames, format, [](const auto& each) { return each.first; })->second;
}

const std::vector<std::string>& format_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [format, name] : kNames) all.emplace_back(name);
    return all;
  }();
  return names;
}

Format format_named(std::string_view name) {
  for (const auto& [format, known] : kNames)
    if (known == name) return format;
  throw Error(ErrorKind::Invalid, "FormatUnknown",
              "no format `" + base::truncate_utf8(name, 40) + "`",
              "known are " + base::join(format_names(), ", "));
}

bool is_source_file(std::string_view name) {
  return is_revision_file(name) || (!name.starts_with('.') && name.ends_with(".sql.conf"));
}

std::vector<Revision> read_files(const std::vector<SourceFile>& files,
                                 std::optional<Format> format) {
  if (format.value_or(Format::Sluice) != Format::Sluice)
    throw Error(ErrorKind::Refused, "Unsupported",
                "this version does not read the files of " + std::string(to_string(*format)),
                "write revision files of Sluice's own");
  std::vector<Revision> revisions;
  revisions.reserve(files.size());
  for (const SourceFile& file : files)
    if (is_revision_file(file.name)) revisions.push_back(parse_revision(file.name, file.bytes));
  return revisions;
}

}  // namespace sluice::revisions
