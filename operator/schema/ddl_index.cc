#include <algorithm>

#include "schema/ddl_relation.h"

namespace sluice::schema {
namespace {

// pg_get_indexdef() begins with one of these.
std::string concurrently(const std::string& definition) {
  for (const std::string_view start : {"CREATE UNIQUE INDEX ", "CREATE INDEX "})
    if (definition.starts_with(start))
      return std::string(start) + "CONCURRENTLY " + definition.substr(start.size());
  return definition;
}

std::vector<Statement> statistics(const Object& object, Change change,
                                  const std::vector<std::pair<uint32_t, int>>& was) {
  std::vector<Statement> answer;
  const auto set = [&](uint32_t position, int target) {
    answer.push_back(statement(object, change,
                               "ALTER INDEX " + object.identity + " ALTER COLUMN " +
                                   std::to_string(position) + " SET STATISTICS " +
                                   std::to_string(target),
                               {}, true));
  };
  const auto& is = details<Index>(object).statistics;
  for (const auto& [position, target] : was)
    if (std::ranges::find(is, position, &std::pair<uint32_t, int>::first) == is.end())
      set(position, -1);
  for (const auto& each : is)
    if (std::ranges::find(was, each) == was.end()) set(each.first, each.second);
  return answer;
}

}  // namespace

std::vector<Statement> create_index(const Catalog& /*catalog*/, const Object& object,
                                    const DdlContext& how) {
  const auto& index = details<Index>(object);
  // ON ONLY a partitioned table is instant: its partitions' indexes are objects of their own.
  const bool builds = !how.fresh && !index.on_partitioned;
  const bool apart = builds && !how.options.offline;
  std::vector<Hazard> hazards;
  if (builds && !apart)
    hazards.push_back({lint::RuleId::CreateIndex,
                       object.relation + " cannot be written until the index is built"});
  const std::string& definition = index.on_partitioned ? index.definition_only : index.definition;
  std::vector<Statement> answer{statement(object, Change::Add,
                                          apart ? concurrently(definition) : definition,
                                          std::move(hazards), true)};
  answer.front().outside_transaction = apart;
  for (Statement& each : statistics(object, Change::Add, {})) answer.push_back(std::move(each));
  return answer;
}

std::vector<Statement> drop_index(const Catalog& /*catalog*/, const Object& object,
                                  const DdlContext& how) {
  const auto& index = details<Index>(object);
  const bool apart = !how.fresh && !how.options.offline && !index.on_partitioned;
  std::vector<Hazard> hazards;
  if (!how.fresh && !apart)
    hazards.push_back({lint::RuleId::DropIndex, "ACCESS EXCLUSIVE on " + object.relation +
                                                    ": behind one long query, all others queue"});
  Statement drop =
      statement(object, Change::Drop,
                std::string("DROP INDEX ") + (apart ? "CONCURRENTLY " : "") + object.identity,
                std::move(hazards));
  drop.outside_transaction = apart;
  return {std::move(drop)};
}

std::optional<std::vector<Statement>> alter_index(const Catalog& /*from*/, const Object& was,
                                                  const Catalog& /*to*/, const Object& is,
                                                  const DdlContext& /*how*/) {
  const auto& a = details<Index>(was);
  const auto& b = details<Index>(is);
  const bool leaves = !a.attached_to.empty() && a.attached_to != b.attached_to;
  if (a.definition != b.definition || (!a.valid && !a.on_partitioned) || leaves)
    return std::nullopt;
  return statistics(is, Change::Alter, a.statistics);
}

Statement attach_index(const Object& index, const std::string& parent) {
  const std::string identity =
      index.key.kind == Kind::Index ? index.identity : qualified(index.key.schema, index.key.name);
  return statement(index, Change::Alter, "ALTER INDEX " + parent + " ATTACH PARTITION " + identity,
                   {}, true);
}

}  // namespace sluice::schema
