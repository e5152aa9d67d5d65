#include "revisions/formats.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "revisions/decode.h"
#include "revisions/foreign.h"
#include "revisions/render.h"

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

// What a single file looks like, and by what.
struct Judgement {
  std::optional<Format> format;
  std::string because;
};

struct Seen {
  ForeignFile file;
  std::optional<Format> format;
  std::string because;
};

std::string inflated_name(std::string_view name) {
  if (name.ends_with(".gz")) name.remove_suffix(3);
  return std::string(name);
}

ForeignFile decode(const SourceFile& file) {
  ForeignFile decoded;
  decoded.name = file.name;
  decoded.base = inflated_name(std::string_view(file.name).substr(file.name.rfind('/') + 1));
  decoded.text = file.name.ends_with(".gz") ? normalise(file.name, inflate(file.name, file.bytes))
                                            : normalise(file.name, file.bytes);
  return decoded;
}

// A key that only a header of Sluice's has: `-- created: …` stands in other files, too.
bool is_own_key(std::string_view comment) {
  constexpr std::array<std::string_view, 5> kKeys{"revision", "repeatable", "revises",
                                                  "branch-labels", "depends-on"};
  const size_t colon = comment.find(':');
  return colon != std::string_view::npos &&
         std::ranges::find(kKeys, base::trim(comment.substr(0, colon))) != kKeys.end();
}

// What the text says of itself counts more than the name.
Judgement judge(const ForeignFile& file) {
  Judgement found;
  bool header = true;  // nothing but comments so far
  for_each_line(file.text, [&](const TextLine& line) {
    if (found.format) return;
    std::string_view text = base::trim(line.text);
    if (!text.starts_with("--")) {
      if (!text.empty()) header = false;
      return;
    }
    text = base::trim(text.substr(2));
    if (header && is_own_key(text))
      found = {Format::Sluice, "its line `-- " + base::truncate_utf8(text, 40) + "`"};
    if (text.starts_with("migrate:up"))
      found = {leading_number(file.base).empty() ? Format::Sluice : Format::Dbmate,
               "its line `-- migrate:up` without a header"};
    if (text.starts_with("+goose "))
      found = {Format::Goose, "its line `-- " + base::truncate_utf8(text, 40) + "`"};
  });
  if (found.format) return found;
  if (is_golang_migrate_name(file.base)) return {Format::GolangMigrate, "its name"};
  if (is_flyway_name(file.base)) return {Format::Flyway, "its name"};
  if (!leading_number(file.base).empty()) return {Format::Numbered, "its name"};
  return {};
}

std::string described(const Seen& seen) {
  return seen.file.name +
         (seen.format
              ? " is of the format " + std::string(to_string(*seen.format)) + " by " + seen.because
              : " is of none that is known");
}

// The one format of all. A file without any mark beside Sluice's own is a mistake in it, about
// which its parser says more.
Format detect(const std::vector<Seen>& all) {
  const Seen* first = nullptr;
  for (const Seen& seen : all)
    if (seen.format && (first == nullptr || seen.format == Format::Sluice)) first = &seen;
  if (first == nullptr) return Format::Sluice;
  const bool own = first->format == Format::Sluice;
  for (const Seen& seen : all) {
    if (seen.format == first->format) continue;
    if (own && (!seen.format || seen.format == Format::Numbered)) continue;
    throw Error(ErrorKind::Invalid, "FormatMixed",
                "the files are not of one format: " + described(*first) + ", " + described(seen),
                "keep files of one tool in a directory and move the others out, or name the format "
                "of all with --format");
  }
  return *first->format;
}

void expect_name(Format format, const ForeignFile& file) {
  const bool fits = format == Format::Flyway          ? is_flyway_name(file.base)
                    : format == Format::GolangMigrate ? is_golang_migrate_name(file.base)
                                                      : !leading_number(file.base).empty();
  if (fits) return;
  const std::string shape = format == Format::Flyway ? "V<version>__<description>.sql, U… or R__…"
                            : format == Format::GolangMigrate
                                ? "<number>_<name>.up.sql or .down.sql"
                                : "<number>_<name>.sql";
  refuse_file(file.name, "not a name of " + std::string(to_string(format)) + "'s",
              "name it " + shape + ", or move it out of the directory");
}

std::vector<Revision> read_foreign(Format format, const std::vector<ForeignFile>& files,
                                   const std::vector<ForeignFile>& settings) {
  switch (format) {
    case Format::Dbmate:
      return read_dbmate(files);
    case Format::Goose:
      return read_goose(files);
    case Format::GolangMigrate:
      return read_golang_migrate(files);
    case Format::Flyway:
      return read_flyway(files, settings);
    case Format::Numbered:
    case Format::Sluice:
      break;
  }
  return read_numbered(files);
}

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

bool are_revisions(const std::vector<SourceFile>& files) {
  return std::ranges::any_of(files, [](const SourceFile& file) {
    if (!is_revision_file(file.name)) return false;
    const std::optional<Format> format = judge(decode(file)).format;
    return format && *format != Format::Numbered;
  });
}

std::string canonical_version(std::string_view version) { return Version(version).text(); }

bool is_version_before(std::string_view version, std::string_view other) {
  return Version(version) < Version(other);
}

void chain(std::vector<Revision>& revisions, Format format) {
  if (format == Format::Sluice) return;
  const auto repeatables = std::stable_partition(
      revisions.begin(), revisions.end(), [](const Revision& each) { return !each.repeatable; });
  const std::span line(revisions.begin(), repeatables);
  std::map<Version, const Revision*> seen;
  for (const Revision& revision : line)
    if (const auto [at, fresh] = seen.emplace(Version(revision.id), &revision); !fresh)
      throw_duplicate(at->second->file, revision.file, revision.id);
  const auto name = [](const Revision& revision) {
    return std::string_view(revision.file).substr(revision.file.rfind('/') + 1);
  };
  std::ranges::sort(line, [&](const Revision& one, const Revision& other) {
    // dbmate runs its files in the order of their names, even where 10 comes before 9.
    if (format == Format::Dbmate) return name(one) < name(other);
    return Version(one.id) < Version(other.id);
  });
  for (size_t i = 0; i < line.size(); ++i)
    line[i].revises =
        i == 0 ? std::vector<std::string>() : std::vector<std::string>{line[i - 1].id};
}

std::vector<Revision> read_files(std::vector<SourceFile> files, std::optional<Format> format,
                                 Format* read_as) {
  std::vector<Seen> seen;
  seen.reserve(files.size());
  std::vector<ForeignFile> settings;
  for (SourceFile& each : files) {
    const SourceFile file = std::move(each);
    ForeignFile decoded = decode(file);
    if (decoded.base.ends_with(".conf")) {
      settings.push_back(std::move(decoded));
    } else if (is_revision_file(file.name)) {
      const auto [looks_like, because] = judge(decoded);
      seen.push_back({std::move(decoded), looks_like, because});
    }
  }
  const Format chosen = format ? *format : detect(seen);
  if (read_as != nullptr) *read_as = chosen;
  std::vector<Revision> revisions;
  if (chosen == Format::Sluice) {
    revisions.reserve(seen.size());
    for (Seen& each : seen)
      revisions.push_back(parse_decoded(each.file.name, std::move(each.file.text)));
    return revisions;
  }
  for (const Seen& each : seen) expect_name(chosen, each.file);
  std::vector<ForeignFile> foreign;
  for (Seen& each : seen) foreign.push_back(std::move(each.file));
  revisions = read_foreign(chosen, foreign, settings);
  chain(revisions, chosen);
  for (Revision& revision : revisions) revision.text = render(revision);
  return revisions;
}

}  // namespace sluice::revisions
