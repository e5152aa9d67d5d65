#include "schema/ddl_relation.h"

namespace sluice::schema {
namespace {

Statement set_target(const Object& object, Change change) {
  return statement(object, change,
                   "ALTER STATISTICS " + object.identity + " SET STATISTICS " +
                       std::to_string(details<Statistics>(object).target),
                   {}, true);
}

}  // namespace

std::vector<Statement> create_statistics(const Catalog& /*catalog*/, const Object& object,
                                         const DdlContext& /*how*/) {
  const auto& statistics = details<Statistics>(object);
  std::vector<Statement> answer{statement(object, Change::Add, statistics.definition, {}, true)};
  if (statistics.target >= 0) answer.push_back(set_target(object, Change::Add));
  return answer;
}

std::vector<Statement> drop_statistics(const Catalog& /*catalog*/, const Object& object,
                                       const DdlContext& /*how*/) {
  return {statement(object, Change::Drop, "DROP STATISTICS " + object.identity)};
}

std::optional<std::vector<Statement>> alter_statistics(const Catalog& /*from*/, const Object& was,
                                                       const Catalog& /*to*/, const Object& is,
                                                       const DdlContext& /*how*/) {
  if (details<Statistics>(was).definition != details<Statistics>(is).definition)
    return std::nullopt;
  return std::vector<Statement>{set_target(is, Change::Alter)};
}

}  // namespace sluice::schema
