// What other objects live in or come from: schemas, extensions, and collations.
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "sql/quote.h"

namespace sluice::schema {

using lint::RuleId;
using sql::literal;

std::vector<Statement> create_schema(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Add, phrase("CREATE", object), {}, true)};
}

std::vector<Statement> drop_schema(const Catalog&, const Object& object, const DdlContext& how) {
  std::vector<Hazard> hazards;
  if (!how.fresh)
    hazards.push_back({RuleId::DropSchema, "what names schema " + object.identity +
                                               ", in a statement or its search_path, fails"});
  return {statement(object, Change::Drop, phrase("DROP", object), std::move(hazards))};
}

std::optional<std::vector<Statement>> alter_schema(const Catalog&, const Object&, const Catalog&,
                                                   const Object&, const DdlContext&) {
  return std::vector<Statement>{};
}

std::vector<Statement> create_extension(const Catalog&, const Object& object, const DdlContext&) {
  const auto& extension = details<Extension>(object);
  return {statement(object, Change::Add,
                    "CREATE EXTENSION " + object.identity + " WITH SCHEMA " +
                        quoted(extension.schema) + " VERSION " + literal(extension.version),
                    {}, true)};
}

std::vector<Statement> drop_extension(const Catalog&, const Object& object, const DdlContext& how) {
  std::vector<Hazard> hazards;
  if (!how.fresh)
    hazards.push_back({RuleId::DropFunction, "the functions, types and operators of extension " +
                                                 object.identity + " are gone for who uses them"});
  return {statement(object, Change::Drop, phrase("DROP", object), std::move(hazards))};
}

std::optional<std::vector<Statement>> alter_extension(const Catalog&, const Object& was,
                                                      const Catalog&, const Object& is,
                                                      const DdlContext&) {
  const auto& old = details<Extension>(was);
  const auto& wanted = details<Extension>(is);
  std::vector<Statement> statements;
  if (old.schema != wanted.schema)
    statements.push_back(statement(
        is, Change::Alter, phrase("ALTER", is) + " SET SCHEMA " + quoted(wanted.schema),
        {{RuleId::MoveToSchema, "who looks for what extension " + is.identity + " brings in " +
                                    quoted(old.schema) + " does not find it"}}));
  if (old.version != wanted.version)
    statements.push_back(statement(is, Change::Alter,
                                   phrase("ALTER", is) + " UPDATE TO " + literal(wanted.version)));
  return statements;
}

std::vector<Statement> create_collation(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Add,
                    phrase("CREATE", object) + " " + details<Collation>(object).definition, {},
                    true)};
}

std::vector<Statement> drop_collation(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Drop, phrase("DROP", object))};
}

std::optional<std::vector<Statement>> alter_collation(const Catalog&, const Object& was,
                                                      const Catalog&, const Object& is,
                                                      const DdlContext&) {
  if (details<Collation>(was) != details<Collation>(is)) return std::nullopt;
  return std::vector<Statement>{};
}

}  // namespace sluice::schema
