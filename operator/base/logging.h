// Structured logging: one JSON object a line, on standard output for the runner's progress and on
// standard error for the operator's log. Nothing secret is ever passed in.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace sluice::base {

enum class Level { Debug, Info, Warn, Error };

// Every later line goes to standard error and has at least this level. Call once, at the start of
// main.
void start_logging(Level least);

// {"time": …, "level": …, "message": …, <the fields of the object `fields`>}. Thread safe.
void log(Level level, std::string_view message, const nlohmann::json& fields);
void log(Level level, std::string_view message);

}  // namespace sluice::base
