// A function's parameters, read by PostgreSQL's own parser. Internal to this room.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sluice::schema {

struct Parameter {
  enum class Mode { In, Out, InOut, Variadic, Table };
  Mode mode = Mode::In;
  std::string name;  // empty: none
  std::string type;  // to be compared only
  bool has_default = false;
};

// Of what pg_get_function_arguments() printed; nullopt: the parser cannot read it.
std::optional<std::vector<Parameter>> parameters_of(const std::string& arguments);

}  // namespace sluice::schema
