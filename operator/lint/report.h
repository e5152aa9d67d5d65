// Findings for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "lint/finding.h"

namespace sluice::lint {

// A paragraph for each finding, then a line with the counts.
std::string as_text(const std::vector<Finding>& findings);

// {"findings": […], "summary": {"error": N, "warning": N, "note": N}}
nlohmann::ordered_json as_json(const std::vector<Finding>& findings);

// SARIF 2.1.0 with one run: all rules with their help, each finding with its place. Files are URIs
// relative to the working directory unless absolute.
nlohmann::ordered_json as_sarif(const std::vector<Finding>& findings, std::string_view version);

// Workflow commands of GitHub Actions, one a line: `::error file=…,line=…,col=…,title=…::…`.
std::string as_github(const std::vector<Finding>& findings);

}  // namespace sluice::lint
