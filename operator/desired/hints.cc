#include "desired/hints.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "desired/names.h"
#include "sql/scan.h"

namespace sluice::desired {
namespace {

using base::Error;
using base::ErrorKind;
using schema::Kind;
using schema::Rename;

struct KindWord {
  std::string_view word;
  Kind kind;
  bool of_relation;
};

constexpr std::array<KindWord, 17> kKinds{{{"table", Kind::Table, false},
                                           {"column", Kind::Column, true},
                                           {"constraint", Kind::Constraint, true},
                                           {"index", Kind::Index, false},
                                           {"sequence", Kind::Sequence, false},
                                           {"view", Kind::View, false},
                                           {"function", Kind::Function, false},
                                           {"materialized view", Kind::MaterializedView, false},
                                           {"schema", Kind::Schema, false},
                                           {"enum", Kind::Enum, false},
                                           {"domain", Kind::Domain, false},
                                           {"type", Kind::Composite, false},
                                           {"range", Kind::Range, false},
                                           {"trigger", Kind::Trigger, true},
                                           {"policy", Kind::Policy, true},
                                           {"rule", Kind::Rule, true},
                                           {"statistics", Kind::Statistics, false}}};

[[noreturn]] void invalid(const std::string& place, const std::string& what) {
  throw Error(ErrorKind::Invalid, "HintInvalid", place + ": " + what,
              "write `-- sluice:rename table old -> new`, or `-- sluice:rename column table.old -> "
              "new`");
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// The words of one hint, read by PostgreSQL's scanner.
class Reader {
 public:
  Reader(std::string text, std::string place) : text_(std::move(text)), place_(std::move(place)) {
    const sql::Scan scan = sql::scan(text_);
    if (scan.failed_at) invalid(place_, "`" + text_ + "` is not readable as names of SQL");
    tokens_ = scan.tokens;
  }

  Rename rename() {
    const KindWord& what = kind();
    std::vector<std::string> old = path();
    if (word() != "->") fail();
    const std::vector<std::string> now = path();
    if (at_ != tokens_.size()) fail();
    Rename rename;
    rename.kind = what.kind;
    rename.place = place_;
    rename.from = old.back();
    rename.to = now.back();
    old.pop_back();
    if (now.size() > 1 && !std::equal(now.rbegin() + 1, now.rend(), old.rbegin(), old.rend()))
      invalid(place_, "`" + text_ + "`: a rename does not move to another schema or table");
    if (what.of_relation) {
      if (old.empty()) invalid(place_, "`" + text_ + "` does not say of which table");
      rename.relation = old.back();
      old.pop_back();
    }
    if (old.size() > 1 || (what.kind == Kind::Schema && !old.empty())) fail();
    if (what.kind != Kind::Schema) rename.schema = old.empty() ? "public" : old.back();
    if (rename.from == rename.to) invalid(place_, "`" + text_ + "` changes no name");
    return rename;
  }

 private:
  [[noreturn]] void fail() const {
    invalid(place_, "`" + base::truncate_utf8(text_, 100) + "` is no hint that is known");
  }

  std::string_view text_at(size_t index) const {
    const sql::Token& token = tokens_[index];
    return std::string_view(text_).substr(token.start, token.end - token.start);
  }
  std::string word() {
    if (at_ == tokens_.size()) fail();
    return lower(text_at(at_++));
  }

  const KindWord& kind() {
    std::string words = word();
    if (words == "materialized") words += " " + word();
    const auto found = std::ranges::find(kKinds, words, &KindWord::word);
    if (found == kKinds.end()) fail();
    return *found;
  }

  // The names up to the arrow, or to the end.
  std::vector<std::string> path() {
    const size_t begin = at_;
    while (at_ < tokens_.size() && text_at(at_) != "->") ++at_;
    if (begin == at_) fail();
    const size_t start = tokens_[begin].start;
    const auto parts =
        parts_of_name(std::string_view(text_).substr(start, tokens_[at_ - 1].end - start));
    if (!parts) fail();
    return *parts;
  }

  std::string text_, place_;
  std::vector<sql::Token> tokens_;
  size_t at_ = 0;
};

// Indexes and functions are named without their table or their arguments.
bool has(const schema::Catalog& catalog, const Rename& hint, const std::string& name) {
  const bool by_name_alone = hint.kind == Kind::Index || hint.kind == Kind::Function;
  if (!by_name_alone)
    return catalog.find({hint.kind, hint.schema, hint.relation, name, ""}) != nullptr;
  return std::ranges::any_of(catalog.objects, [&](const schema::Object& object) {
    return object.key.kind == hint.kind && object.key.schema == hint.schema &&
           object.key.name == name;
  });
}

// Whether something is there that the old name could have been of.
bool has_any_like(const schema::Catalog& catalog, const Rename& hint) {
  return std::ranges::any_of(catalog.objects, [&](const schema::Object& object) {
    return object.key.kind == hint.kind && object.key.schema == hint.schema &&
           (hint.relation.empty() || object.key.relation == hint.relation);
  });
}

std::string described(const Rename& hint, const std::string& name) {
  std::string text(schema::to_string(hint.kind));
  text += " ";
  for (const std::string& part : {hint.schema, hint.relation})
    if (!part.empty()) text += part + ".";
  return text + name;
}

// With the table's other name in place of the relation, where a hint renames that, too.
Rename with_relation(Rename hint, const std::vector<Rename>& all, std::string Rename::*known,
                     std::string Rename::*other) {
  for (const Rename& table : all)
    if (table.relation.empty() && table.schema == hint.schema && table.*known == hint.relation)
      hint.relation = table.*other;
  return hint;
}

}  // namespace

std::vector<Rename> hints_of(const std::vector<sql::Directive>& directives, std::string_view file) {
  constexpr std::string_view kRename = "rename";
  std::vector<Rename> hints;
  for (const sql::Directive& directive : directives) {
    const std::string place = std::string(file) + ":" + std::to_string(directive.line);
    const std::string_view text = directive.text;
    const size_t space = std::min(text.find_first_of(" \t"), text.size());
    if (lower(text.substr(0, space)) != kRename)
      invalid(place, "`-- sluice:" + base::truncate_utf8(text, 60) + "` is no hint that is known");
    hints.push_back(Reader(std::string(base::trim(text.substr(space))), place).rename());
  }
  return hints;
}

std::vector<Rename> pending(const std::vector<Rename>& hints, const schema::Catalog& from,
                            const schema::Catalog& to) {
  std::vector<Rename> pending;
  for (const Rename& given : hints) {
    const Rename hint = with_relation(given, hints, &Rename::from, &Rename::to);
    if (!has(to, hint, hint.to))
      throw Error(ErrorKind::Invalid, "RenameUnknown",
                  hint.place + ": the wanted schema has no " + described(hint, hint.to),
                  "correct the hint, or remove it");
    if (has(to, hint, hint.from))
      throw Error(ErrorKind::Invalid, "HintInvalid",
                  hint.place + ": the wanted schema has " + described(hint, hint.from) +
                      " beside what it is to be renamed to",
                  "remove the hint, or the old one");
    const Rename before = with_relation(hint, pending, &Rename::to, &Rename::from);
    const bool has_old = has(from, before, hint.from);
    const bool has_new = has(from, before, hint.to);
    if (has_old && has_new)
      throw Error(ErrorKind::Invalid, "HintInvalid",
                  hint.place + ": " + described(hint, hint.from) + " and " +
                      described(hint, hint.to) + " are both there",
                  "remove the hint, or one of the two");
    if (!has_old && !has_new && has_any_like(from, before))
      throw Error(ErrorKind::Invalid, "RenameUnknown",
                  hint.place + ": there is neither " + described(hint, hint.from) + " nor " +
                      described(hint, hint.to) + " to begin with",
                  "correct the hint, or remove it");
    if (has_old) pending.push_back(hint);
  }
  return pending;
}

std::vector<Rename> applicable(const std::vector<Rename>& hints, const schema::Catalog& from,
                               const schema::Catalog& to) {
  std::vector<Rename> applicable;
  for (const Rename& given : hints) {
    const Rename hint = with_relation(given, hints, &Rename::from, &Rename::to);
    const Rename before = with_relation(hint, applicable, &Rename::to, &Rename::from);
    if (has(to, hint, hint.to) && !has(to, hint, hint.from) && has(from, before, hint.from) &&
        !has(from, before, hint.to))
      applicable.push_back(hint);
  }
  return applicable;
}

std::vector<Rename> reversed(std::vector<Rename> hints) {
  const std::vector<Rename> all = hints;
  for (Rename& hint : hints) {
    hint = with_relation(hint, all, &Rename::to, &Rename::from);
    std::swap(hint.from, hint.to);
  }
  return hints;
}

}  // namespace sluice::desired
