#include "revisions/revision.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "revisions/decode.h"
#include "revisions/foreign.h"

namespace sluice::revisions {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::string_view kUp = "migrate:up";
constexpr std::string_view kDown = "migrate:down";
constexpr std::string_view kReserved = "@-+:";
// What a target never names.
constexpr const char* kRepeatable = "repeatable id";

// Reads the header line by line, then cuts the two sections.
class Parser {
 public:
  Parser(std::string_view name, std::string text) : name_(name) {
    revision_.file = name_;
    revision_.text = std::move(text);
    rest_ = revision_.text;
  }

  Revision parse() {
    read_header();
    if (revision_.id.empty())
      fail(1, "no `-- revision: <id>` in the header", "give the revision an id");
    if (revision_.repeatable) check_repeatable();
    revision_.up.line = line_ + 1;
    const size_t down = find_down();
    revision_.up.sql = rest_.substr(0, down);
    if (down != std::string_view::npos) {
      const std::string_view tail = rest_.substr(down);
      const size_t end = tail.find('\n');
      const auto lines = static_cast<uint32_t>(std::ranges::count(revision_.up.sql, '\n'));
      revision_.down =
          Section{std::string(end == std::string_view::npos ? "" : tail.substr(end + 1)),
                  revision_.up.line + lines + 1};
    }
    return std::move(revision_);
  }

 private:
  [[noreturn]] void fail(uint32_t line, const std::string& what, const std::string& remedy) const {
    throw Error(ErrorKind::Invalid, "RevisionInvalid",
                name_ + ":" + std::to_string(line) + ": " + what, remedy);
  }

  // The text of a `-- …` comment, or nullopt.
  static std::optional<std::string_view> comment(std::string_view line) {
    line = base::trim(line);
    if (!line.starts_with("--")) return std::nullopt;
    return base::trim(line.substr(2));
  }

  std::string_view take_line() {
    const size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
    return line;
  }

  void read_header() {
    while (!rest_.empty()) {
      const std::string_view line = take_line();
      if (base::trim(line).empty()) continue;
      const std::optional<std::string_view> text = comment(line);
      if (!text) fail(line_, "SQL before `-- migrate:up`", "put it below a line `-- migrate:up`");
      if (*text == kUp) return;
      if (*text == kDown) fail(line_, "`-- migrate:down` before `-- migrate:up`", "swap them");
      if (text->empty()) continue;
      const size_t colon = text->find(':');
      if (colon == std::string_view::npos)
        fail(line_, "a header line that is not `-- key: value`",
             "comments belong below `-- migrate:up`");
      read_key(std::string(base::trim(text->substr(0, colon))),
               base::trim(text->substr(colon + 1)));
    }
    fail(std::max(line_, 1U), "no line `-- migrate:up`",
         "a revision file is a header of `-- key: value` lines, then `-- migrate:up` and its SQL");
  }

  void read_key(const std::string& key, std::string_view value) {
    if (!seen_.insert(key).second) fail(line_, "`" + key + "` a second time", "keep one");
    if (key == "revision" || key == "repeatable") {
      check_name(value, key == "repeatable" ? kRepeatable : "id");
      if (!revision_.id.empty())
        fail(line_, "both `revision` and `repeatable`", "keep one of them");
      revision_.id = value;
      revision_.repeatable = key == "repeatable";
    } else if (key == "revises") {
      revision_.revises = in_graph(names(value, "id"));
    } else if (key == "depends-on") {
      revision_.depends_on = in_graph(names(value, "id"));
    } else if (key == "branch-labels") {
      revision_.branch_labels = in_graph(names(value, "branch label"));
    } else if (key == "created") {
      revision_.created = value;
    } else if (key == "message") {
      revision_.message = value;
    } else if (key == "transaction") {
      if (value != "none") fail(line_, "`transaction` is not `none`", "leave the line out");
      revision_.transactional = false;
      revision_.transaction_line = line_;
    } else if (key == "phase") {
      if (value != "expand" && value != "contract")
        fail(line_, "`phase` is neither `expand` nor `contract`", "write one of them");
      revision_.phase = value == "contract" ? Phase::Contract : Phase::Expand;
      revision_.phase_line = line_;
    } else {
      fail(line_, "unknown key `" + base::truncate_utf8(key, 60) + "`",
           "known are revision, repeatable, revises, created, message, branch-labels, depends-on, "
           "transaction, phase");
    }
  }

  std::vector<std::string> in_graph(std::vector<std::string> names) {
    if (!names.empty()) graph_line_ = line_;
    return names;
  }

  // Nothing follows a repeatable revision, and it follows everything.
  void check_repeatable() const {
    if (!revision_.revises.empty() || !revision_.depends_on.empty() ||
        !revision_.branch_labels.empty())
      fail(graph_line_, "a repeatable revision that revises, depends on or labels something",
           "remove those lines: it runs after all others");
    if (!revision_.transactional)
      fail(revision_.transaction_line, "a repeatable revision without a transaction",
           "make it an ordinary revision, or leave `transaction` out");
    if (revision_.phase == Phase::Contract)
      fail(revision_.phase_line, "a repeatable revision of the phase contract",
           "make it an ordinary revision, or leave `phase` out");
  }

  // Alembic reserves the characters of its target grammar.
  void check_name(std::string_view value, const std::string& what) const {
    if (value.empty()) fail(line_, "an empty " + what, "write one");
    if (value.size() > 255) fail(line_, what + " longer than 255 bytes", "shorten it");
    if (value.find_first_of(kReserved) != std::string_view::npos)
      fail(line_, what + " `" + std::string(value) + "` holds one of `@ - + :`",
           "use letters, digits and underscores");
    if (value.find_first_of(" \t`'\",;/\\") != std::string_view::npos ||
        std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
      fail(line_, what + " `" + std::string(value) + "` holds white space or punctuation",
           "use letters, digits and underscores");
    const bool target =
        value == "head" || value == "heads" || value == "base" || value == "current";
    if (target && what != kRepeatable)
      fail(line_, what + " `" + std::string(value) + "` is a word of the target grammar",
           "choose another");
  }

  std::vector<std::string> names(std::string_view value, const std::string& what) const {
    std::vector<std::string> parts = base::split_list(value, ',');
    std::set<std::string> unique;
    for (const std::string& part : parts) {
      check_name(part, what);
      if (!unique.insert(part).second)
        fail(line_, what + " `" + part + "` named twice", "name it once");
    }
    return parts;
  }

  // Where the line `-- migrate:down` begins.
  size_t find_down() const {
    size_t found = std::string_view::npos;
    auto line = line_;
    for (size_t at = 0; at < rest_.size();) {
      ++line;
      const size_t end = std::min(rest_.find('\n', at), rest_.size());
      const std::optional<std::string_view> text = comment(rest_.substr(at, end - at));
      if (text == kUp) fail(line, "`-- migrate:up` a second time", "keep one");
      if (text == kDown) {
        if (found != std::string_view::npos)
          fail(line, "`-- migrate:down` a second time", "keep one");
        found = at;
      }
      at = end + 1;
    }
    return found;
  }

  std::string name_;
  std::string_view rest_;
  uint32_t line_ = 0;
  uint32_t graph_line_ = 0;  // of a key that only what is in the graph has
  std::set<std::string> seen_;
  Revision revision_;
};

}  // namespace

bool is_revision_file(std::string_view name) {
  return !name.starts_with('.') && (name.ends_with(".sql") || name.ends_with(".sql.gz"));
}

std::optional<Irreversible> irreversible(const Revision& revision) {
  if (!revision.down) return Irreversible{"it has no section `-- migrate:down`"};
  constexpr std::string_view kWord = "-- sluice:irreversible";
  uint32_t line = revision.down->line;
  std::string_view rest = revision.down->sql;
  for (size_t end = 0; end != std::string_view::npos; ++line) {
    end = rest.find('\n');
    const std::string_view text = base::trim(rest.substr(0, end));
    if (text.starts_with(kWord))
      return Irreversible{std::string(base::trim(text.substr(kWord.size()))), line};
    if (end != std::string_view::npos) rest.remove_prefix(end + 1);
  }
  return std::nullopt;
}

Revision parse_revision(std::string_view name, std::string_view bytes) {
  return parse_decoded(
      name, name.ends_with(".gz") ? normalise(name, inflate(name, bytes)) : normalise(name, bytes));
}

Revision parse_decoded(std::string_view name, std::string text) {
  return Parser(name, std::move(text)).parse();
}

}  // namespace sluice::revisions
