#include "schema/parameters.h"

#include <pg_query.h>

#include <nlohmann/json.hpp>

namespace sluice::schema {
namespace {

using nlohmann::json;

Parameter::Mode mode_of(const std::string& word) {
  if (word == "FUNC_PARAM_OUT") return Parameter::Mode::Out;
  if (word == "FUNC_PARAM_INOUT") return Parameter::Mode::InOut;
  if (word == "FUNC_PARAM_VARIADIC") return Parameter::Mode::Variadic;
  if (word == "FUNC_PARAM_TABLE") return Parameter::Mode::Table;
  return Parameter::Mode::In;
}

// Where a node stands in the text does not make it another one.
void erase_locations(json& node) {
  if (node.is_object()) node.erase("location");
  for (json& child : node)
    if (child.is_structured()) erase_locations(child);
}

}  // namespace

std::optional<std::vector<Parameter>> parameters_of(const std::string& arguments) {
  const std::string statement = "CREATE FUNCTION f(" + arguments + ") LANGUAGE sql AS ''";
  const PgQueryParseResult result = pg_query_parse(statement.c_str());
  const bool readable = result.error == nullptr;
  json tree;
  if (readable) tree = json::parse(result.parse_tree);
  pg_query_free_parse_result(result);
  if (!readable) return std::nullopt;
  std::vector<Parameter> parameters;
  const json& function = tree.at("stmts").at(0).at("stmt").at("CreateFunctionStmt");
  for (const json& item : function.value("parameters", json::array())) {
    const json& node = item.at("FunctionParameter");
    json type = node.at("argType");
    erase_locations(type);
    parameters.push_back({mode_of(node.value("mode", "")), node.value("name", ""), type.dump(),
                          node.contains("defexpr")});
  }
  return parameters;
}

}  // namespace sluice::schema
