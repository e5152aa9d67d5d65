// Flyway: `V<version>__<description>.sql`, `U<version>__…` to undo it, `R__<description>.sql`
// repeatable. Beside a script may lie its settings, `<script>.conf`.
#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"
#include "revisions/foreign.h"

namespace sluice::revisions {
namespace {

constexpr std::string_view kSuffix = ".sql";

struct Name {
  char prefix = 'V';
  std::string_view version;  // as written; empty for R
  std::string_view description;
};

bool is_version(std::string_view text) {
  bool digit = false;  // was there one just before?
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (!digit || (c != '.' && c != '_'))) return false;
    digit = is_digit;
  }
  return digit;
}

std::optional<Name> parse_name(std::string_view base) {
  if (!base.ends_with(kSuffix)) return std::nullopt;
  base.remove_suffix(kSuffix.size());
  const size_t separator = base.find("__");
  if (base.empty() || separator == std::string_view::npos) return std::nullopt;
  const Name name{base.front(), base.substr(1, separator - 1), base.substr(separator + 2)};
  if (name.prefix == 'R') return name.version.empty() ? std::optional<Name>(name) : std::nullopt;
  if (name.prefix != 'V' && name.prefix != 'U' && name.prefix != 'B') return std::nullopt;
  return is_version(name.version) ? std::optional<Name>(name) : std::nullopt;
}

struct Settings {
  const ForeignFile* file = nullptr;
  bool transactional = true;
  bool placeholders = true;
  uint32_t transaction_line = 0;
};

Settings read_settings(const ForeignFile& file) {
  Settings settings;
  settings.file = &file;
  for_each_line(file.text, [&](const TextLine& line) {
    const std::string_view text = base::trim(line.text);
    if (text.empty() || text.starts_with('#')) return;
    const size_t equals = std::min(text.find('='), text.size());
    std::string_view key = base::trim(text.substr(0, equals));
    if (key.starts_with("flyway.")) key.remove_prefix(7);
    const std::string_view value =
        equals == text.size() ? std::string_view() : base::trim(text.substr(equals + 1));
    const auto truth = [&] {
      if (value != "true" && value != "false")
        refuse_line(file.name, line.number, "`" + std::string(key) + "` is not true or false",
                    "write one of them");
      return value == "true";
    };
    if (key == "executeInTransaction") {
      settings.transactional = truth();
      settings.transaction_line = line.number;
    } else if (key == "placeholderReplacement") {
      settings.placeholders = truth();
    } else if (key == "encoding" && (value == "UTF-8" || value == "UTF8")) {
      return;
    } else {
      refuse_line(file.name, line.number, "`" + base::truncate_utf8(text, 60) + "` is not acted on",
                  "known are executeInTransaction, placeholderReplacement and encoding=UTF-8");
    }
  });
  return settings;
}

void refuse_placeholders(const ForeignFile& file) {
  for_each_line(file.text, [&](const TextLine& line) {
    const size_t at = line.text.find("${");
    if (at == std::string_view::npos) return;
    const size_t end = line.text.find('}', at);
    const std::string_view placeholder =
        line.text.substr(at, end == std::string_view::npos ? 12 : end + 1 - at);
    refuse_line(
        file.name, line.number,
        "the placeholder `" + base::truncate_utf8(placeholder, 60) +
            "`, which would be sent to the database as it stands",
        "write its value; where the text is meant, write placeholderReplacement=false into " +
            file.base + ".conf");
  });
}

// As an id may be: what the description holds besides becomes an underscore.
std::string repeatable_id(std::string_view description) {
  std::string id(description);
  for (char& c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || std::string_view("@-+:`'\",;/\\").find(c) != std::string_view::npos)
      c = '_';
  }
  return id;
}

class Reader {
 public:
  Reader(const std::vector<ForeignFile>& files, const std::vector<ForeignFile>& settings)
      : files_(files) {
    for (const ForeignFile& file : settings)
      settings_[file.base.substr(0, file.base.size() - 5)] = read_settings(file);
  }

  std::vector<Revision> read() {
    for (const ForeignFile& file : files_) read_file(file);
    std::vector<Revision> revisions;
    for (auto& [version, entry] : versions_) {
      if (entry.undo != nullptr) undo(entry.revision, *entry.undo);
      if (entry.script == nullptr)
        refuse_file(entry.undo->name, "there is nothing that it undoes",
                    "add the script with V in place of U, or remove this one");
      revisions.push_back(std::move(entry.revision));
    }
    std::ranges::move(repeatables_, std::back_inserter(revisions));
    return revisions;
  }

 private:
  struct Entry {
    const ForeignFile* script = nullptr;
    const ForeignFile* undo = nullptr;
    Revision revision;
  };

  void read_file(const ForeignFile& file) {
    const Name name = *parse_name(file.base);
    if (name.prefix == 'B')
      refuse_file(file.name, "a baseline script: no revision stands for several others",
                  "remove it, and use `sluice stamp` where it has been applied");
    const Settings settings = settings_of(file);
    if (settings.placeholders) refuse_placeholders(file);
    if (name.prefix == 'R') {
      if (!settings.transactional)
        refuse_line(settings.file->name, settings.transaction_line,
                    "a repeatable script without a transaction", "make it a versioned one");
      if (repeatable_id(name.description).empty())
        refuse_file(file.name, "a repeatable script without a description",
                    "name it R__<description>.sql");
      if (constexpr size_t kLongest = 255; name.description.size() > kLongest)
        refuse_file(file.name, "a description of more than 255 bytes", "shorten it");
      repeatables_.push_back(revision(file, repeatable_id(name.description), name));
      repeatables_.back().repeatable = true;
      return;
    }
    Entry& entry = versions_[Version(name.version)];
    const ForeignFile*& place = name.prefix == 'V' ? entry.script : entry.undo;
    if (place != nullptr) throw_duplicate(place->name, file.name, std::string(name.version));
    place = &file;
    if (name.prefix == 'U') return;
    std::string id(name.version);
    std::ranges::replace(id, '_', '.');
    entry.revision = revision(file, id, name);
    without_transaction(entry.revision, settings);
  }

  Settings settings_of(const ForeignFile& file) const {
    const auto found = settings_.find(file.base);
    return found == settings_.end() ? Settings() : found->second;
  }

  static void without_transaction(Revision& revision, const Settings& settings) {
    if (settings.transactional) return;
    revision.transactional = false;
    revision.transaction_line = 1;
  }

  static Revision revision(const ForeignFile& file, std::string id, const Name& name) {
    Revision revision;
    revision.id = std::move(id);
    revision.file = file.name;
    revision.message = message_of(name.description);
    revision.up.sql = file.text;
    return revision;
  }

  void undo(Revision& revision, const ForeignFile& file) const {
    revision.down = Section{file.text, 1, file.name};
    without_transaction(revision, settings_of(file));
  }

  const std::vector<ForeignFile>& files_;
  std::map<std::string, Settings> settings_;
  std::map<Version, Entry> versions_;
  std::vector<Revision> repeatables_;
};

}  // namespace

bool is_flyway_name(std::string_view base) { return parse_name(base).has_value(); }

std::vector<Revision> read_flyway(const std::vector<ForeignFile>& files,
                                  const std::vector<ForeignFile>& settings) {
  return Reader(files, settings).read();
}

}  // namespace sluice::revisions
