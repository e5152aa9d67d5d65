// What its definition says whole: operators and their families and classes, casts, text search.
#include <algorithm>

#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"

namespace sluice::schema {

std::vector<Statement> create_defined(const Catalog&, const Object& object, const DdlContext&) {
  std::vector<Statement> statements;
  for (const std::string& sql : details<Defined>(object).statements)
    statements.push_back(statement(object, Change::Add, sql, {}, true));
  return statements;
}

std::vector<Statement> drop_defined(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Drop, phrase("DROP", object))};
}

// Further statements that only come are said as they are; all else is made again.
std::optional<std::vector<Statement>> alter_defined(const Catalog&, const Object& was,
                                                    const Catalog&, const Object& is,
                                                    const DdlContext&) {
  const std::vector<std::string>& old = details<Defined>(was).statements;
  const std::vector<std::string>& wanted = details<Defined>(is).statements;
  if (old.empty() || wanted.empty() || old.front() != wanted.front()) return std::nullopt;
  std::vector<Statement> statements;
  for (const std::string& sql : wanted)
    if (std::ranges::find(old, sql) == old.end())
      statements.push_back(statement(is, Change::Alter, sql, {}, true));
  const bool some_vanish = std::ranges::any_of(
      old, [&](const std::string& sql) { return std::ranges::find(wanted, sql) == wanted.end(); });
  if (some_vanish) return std::nullopt;
  return statements;
}

}  // namespace sluice::schema
