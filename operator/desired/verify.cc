#include "desired/verify.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "desired/hints.h"
#include "desired/names.h"
#include "postgres/errors.h"
#include "schema/foreign_history.h"
#include "schema/read.h"

namespace sluice::desired {
namespace {

using base::Error;
using base::ErrorKind;
using schema::Catalog;
using schema::Kind;
using schema::Object;

// Without the histories of other tools that nobody wants, which are not compared either.
Counts count(const Catalog& catalog, const Catalog* wanted) {
  std::vector<schema::Ref> left_out = schema::foreign_histories(catalog);
  std::erase_if(left_out, [&](schema::Ref ref) {
    return wanted != nullptr && wanted->find(catalog.at(ref).key) != nullptr;
  });
  const auto is_left_out = [&](schema::Ref ref) {
    return std::ranges::find(left_out, ref) != left_out.end();
  };
  Counts counts;
  for (schema::Ref ref = 0; ref < catalog.objects.size(); ++ref) {
    const Object& object = catalog.at(ref);
    if (object.key.kind == Kind::Table && !is_left_out(ref)) ++counts.tables;
    if (object.key.kind == Kind::Column && !is_left_out(*object.owner_relation)) ++counts.columns;
  }
  return counts;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

struct Name {
  std::string schema, relation, column;
};

Name name_of(const std::string& text, bool column) {
  const std::optional<std::vector<std::string>> parts = parts_of_name(text);
  const size_t least = column ? 2 : 1;
  if (!parts || parts->size() < least || parts->size() > least + 1)
    throw Error(ErrorKind::Invalid, "NameInvalid",
                "`" + base::truncate_utf8(text, 80) + "` is no name of a " +
                    (column ? "column: TABLE.COLUMN or SCHEMA.TABLE.COLUMN"
                            : "table: TABLE or SCHEMA.TABLE"),
                "write it as SQL does");
  Name name;
  size_t at = 0;
  name.schema = parts->size() > least ? (*parts)[at++] : "public";
  name.relation = (*parts)[at++];
  if (column) name.column = (*parts)[at];
  return name;
}

bool is_relation(const Object& object) {
  constexpr std::array<Kind, 3> kKinds{Kind::Table, Kind::View, Kind::MaterializedView};
  return std::ranges::find(kKinds, object.key.kind) != kKinds.end();
}

// All columns of all tables and views, or all of those without columns.
std::vector<Name> names_in(const Catalog& catalog, bool columns) {
  std::vector<Name> names;
  const auto add_view = [&](const Object& object, const std::vector<schema::ViewColumn>& list) {
    for (const schema::ViewColumn& column : list)
      names.push_back({object.key.schema, object.key.name, column.name});
  };
  for (const Object& object : catalog.objects) {
    if (!columns && is_relation(object)) names.push_back({object.key.schema, object.key.name, ""});
    if (!columns) continue;
    if (object.key.kind == Kind::Column)
      names.push_back({object.key.schema, object.key.relation, object.key.name});
    if (object.key.kind == Kind::View)
      add_view(object, schema::details<schema::View>(object).columns);
    if (object.key.kind == Kind::MaterializedView)
      add_view(object, schema::details<schema::MaterializedView>(object).columns);
  }
  return names;
}

std::vector<Met> judge(const std::vector<std::string>& wanted, const Catalog& catalog,
                       bool columns) {
  std::vector<Met> all;
  if (wanted.empty()) return all;
  const std::vector<Name> there = names_in(catalog, columns);
  for (const std::string& text : wanted) {
    const Name name = name_of(text, columns);
    Met met{text, false, ""};
    for (const Name& other : there) {
      if (other.schema == name.schema && other.relation == name.relation &&
          other.column == name.column) {
        met = {text, true, ""};
        break;
      }
      if (lower(other.schema) == lower(name.schema) &&
          lower(other.relation) == lower(name.relation) &&
          lower(other.column) == lower(name.column))
        met.remark = "there is " + other.schema + "." + other.relation +
                     (columns ? "." + other.column : "") + ", which differs in case only";
    }
    all.push_back(met);
  }
  return all;
}

Answer ask(postgres::Session& session, const Check& check) {
  Answer answer{check, "", "", false};
  try {
    session.execute("BEGIN READ ONLY; SET LOCAL statement_timeout = '1min'");
    const postgres::Rows rows = session.query(check.sql);
    session.rollback();
    answer.got =
        rows.empty() || rows.front().empty() ? "NULL" : rows.front().front().value_or("NULL");
    const bool same_boolean = (check.expect == "true" && answer.got == "t") ||
                              (check.expect == "false" && answer.got == "f");
    answer.passed = same_boolean || answer.got == check.expect;
  } catch (const postgres::StatementError& error) {
    if (error.reason() == "ConnectionLost") throw;
    session.rollback();
    answer.error = error.message();
  }
  return answer;
}

}  // namespace

bool Verification::passed() const {
  const auto all_met = [](const std::vector<Met>& list) {
    return std::ranges::all_of(list, &Met::met);
  };
  return diff.empty() && all_met(tables) && all_met(columns) &&
         std::ranges::all_of(answers, &Answer::passed);
}

Verification verify(postgres::Session& session, const Loaded* wanted,
                    const Requirements& requirements, const schema::DiffOptions& options) {
  const Catalog live = schema::read(session);
  Verification found;
  found.live = count(live, wanted == nullptr ? nullptr : &wanted->catalog);
  if (wanted != nullptr) {
    found.compared = true;
    found.wanted = count(wanted->catalog, &wanted->catalog);
    schema::DiffOptions with_hints = options;
    with_hints.renames = pending(wanted->hints, live, wanted->catalog);
    found.diff = schema::diff(live, wanted->catalog, with_hints);
  }
  found.tables = judge(requirements.tables, live, false);
  found.columns = judge(requirements.columns, live, true);
  for (const Check& check : requirements.checks) found.answers.push_back(ask(session, check));
  return found;
}

}  // namespace sluice::desired
