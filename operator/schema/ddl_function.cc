// Functions, procedures, aggregates.
#include <algorithm>

#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "schema/parameters.h"

namespace sluice::schema {
namespace {

constexpr std::string_view kCreateAggregate = "CREATE AGGREGATE ";

std::string or_replace(const Function& function) {
  if (!function.definition.starts_with(kCreateAggregate)) return function.definition;
  return "CREATE OR REPLACE AGGREGATE " + function.definition.substr(kCreateAggregate.size());
}

// What CREATE OR REPLACE refuses, of the parameters.
bool replaceable(const Parameter& was, const Parameter& is) {
  if (was.mode != is.mode || (was.has_default && !is.has_default)) return false;
  if (was.mode == Parameter::Mode::In) return was.name.empty() || was.name == is.name;
  return was.name == is.name && was.type == is.type;
}

bool replaceable(const Function& was, const Function& is) {
  if (was.function_kind != is.function_kind || was.result != is.result) return false;
  if (was.arguments == is.arguments) return true;
  // An aggregate's are part of what it is: of rows, of an ordered set.
  if (was.function_kind == FunctionKind::Aggregate) return false;
  const auto old = parameters_of(was.arguments);
  const auto wanted = parameters_of(is.arguments);
  return old && wanted &&
         std::ranges::equal(*old, *wanted, [](const Parameter& a, const Parameter& b) {
           return replaceable(a, b);
         });
}

}  // namespace

std::vector<Statement> create_function(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Add, details<Function>(object).definition, {}, true)};
}

std::vector<Statement> drop_function(const Catalog&, const Object& object, const DdlContext& how) {
  std::vector<Hazard> hazards;
  if (!how.fresh)
    hazards.push_back(
        {lint::RuleId::DropFunction, "statements that call " + title(object) + " fail"});
  return {statement(object, Change::Drop, phrase("DROP", object), std::move(hazards))};
}

std::optional<std::vector<Statement>> alter_function(const Catalog&, const Object& was,
                                                     const Catalog&, const Object& is,
                                                     const DdlContext&) {
  const auto& old = details<Function>(was);
  const auto& wanted = details<Function>(is);
  if (old.definition == wanted.definition && old == wanted) return std::vector<Statement>{};
  if (!replaceable(old, wanted)) return std::nullopt;
  return std::vector<Statement>{statement(is, Change::Alter, or_replace(wanted))};
}

}  // namespace sluice::schema
