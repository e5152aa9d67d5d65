#include "api/spec_proof.h"

#include <algorithm>

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr std::chrono::minutes kShortestDriftInterval{1};
constexpr std::chrono::hours kLongestDriftInterval{24 * 365};

std::vector<std::string> read_names(Fields& fields, const char* name, std::ptrdiff_t least_dots,
                                    const char* shape) {
  std::vector<std::string> names;
  if (!fields.has(name)) return names;
  for (const json& item : fields.items(name)) {
    const std::string path = fields.path_of(name) + "[" + std::to_string(names.size()) + "]";
    if (!item.is_string() || item.get_ref<const std::string&>().empty())
      throw invalid(path, "must be a name");
    names.push_back(item.get<std::string>());
    const auto dots = std::ranges::count(names.back(), '.');
    if (dots < least_dots || dots > least_dots + 1)
      throw invalid(path, "\"" + names.back() + "\" must be written as " + shape);
  }
  return names;
}

Check read_check(Fields fields) {
  Check check{fields.required_text("name"), fields.required_text("sql"),
              fields.scalar("expect", "true")};
  fields.read_all();
  return check;
}

}  // namespace

Verify read_verify(Fields fields) {
  Verify verify;
  if (fields.has("requires")) {
    Fields required = fields.block("requires");
    verify.tables = read_names(required, "tables", 0, "table or schema.table");
    verify.columns = read_names(required, "columns", 1, "table.column or schema.table.column");
    required.read_all();
  }
  if (fields.has("checks")) {
    const json& list = fields.items("checks");
    for (size_t i = 0; i < list.size(); ++i) {
      const std::string path = fields.path_of("checks") + "[" + std::to_string(i) + "]";
      Check check = read_check(Fields(list[i], path));
      if (std::ranges::find(verify.checks, check.name, &Check::name) != verify.checks.end())
        throw invalid(path + ".name", check.name + " is named twice");
      verify.checks.push_back(std::move(check));
    }
  }
  verify.no_drift = fields.truth("noDrift", false);
  fields.read_all();
  return verify;
}

std::chrono::seconds read_drift_check(Fields fields) {
  if (!fields.has("every")) throw invalid(fields.path_of("every"), "must be given", "write 1h");
  const auto every = fields.duration("every", kShortestDriftInterval, kLongestDriftInterval,
                                     kShortestDriftInterval);
  fields.read_all();
  return std::chrono::ceil<std::chrono::seconds>(every);
}

}  // namespace sluice::api
