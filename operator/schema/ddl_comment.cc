// Comments: of the object, and of what has no object of its own.
#include <algorithm>

#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "sql/quote.h"

namespace sluice::schema {
namespace {

std::string comment_on(const std::string& what, const std::string& text) {
  return "COMMENT ON " + what + " IS " + (text.empty() ? "NULL" : sql::literal(text));
}

template <class Part>
std::string comment_of(const std::vector<Part>& parts, const std::string& name) {
  const auto found = std::ranges::find(parts, name, &Part::name);
  return found == parts.end() ? "" : found->comment;
}

}  // namespace

std::vector<Statement> comment(const Object* was, const Object& is) {
  std::vector<Statement> statements;
  const auto say = [&](const std::string& what, const std::string& before, const std::string& now) {
    if (before == now) return;
    statements.push_back(statement(is, Change::Alter, comment_on(what, now), {}, before.empty()));
  };
  const std::string itself = std::string(kind_word(is)) + " " + full_name(is);
  if (was == nullptr && is.key.kind == Kind::Extension && is.comment.empty()) {
    // CREATE EXTENSION brings the one of its control file.
    statements.push_back(statement(is, Change::Alter, comment_on(itself, ""), {}, true));
  } else if (is.key.kind != Kind::DefaultPrivileges) {
    say(itself, was == nullptr ? "" : was->comment, is.comment);
  }
  for (const ViewColumn& column : view_columns(is))
    say("COLUMN " + is.identity + "." + quoted(column.name),
        was == nullptr ? "" : comment_of(view_columns(*was), column.name), column.comment);
  if (const auto* composite = std::get_if<Composite>(&is.details))
    for (const CompositeField& field : composite->fields)
      say("COLUMN " + is.identity + "." + quoted(field.name),
          was == nullptr ? "" : comment_of(details<Composite>(*was).fields, field.name),
          field.comment);
  if (const auto* constraint = std::get_if<Constraint>(&is.details))
    say("INDEX " + qualified(is.key.schema, is.key.name),
        was == nullptr ? "" : details<Constraint>(*was).index_comment, constraint->index_comment);
  if (const auto* domain = std::get_if<Domain>(&is.details))
    for (const DomainConstraint& constraint : domain->constraints)
      say("CONSTRAINT " + quoted(constraint.name) + " ON DOMAIN " + is.identity,
          was == nullptr ? "" : comment_of(details<Domain>(*was).constraints, constraint.name),
          constraint.comment);
  return statements;
}

}  // namespace sluice::schema
