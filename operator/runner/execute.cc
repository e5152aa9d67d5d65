#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/logging.h"
#include "runner/interrupt.h"
#include "runner/stages.h"
#include "runner/verdict.h"

namespace sluice::runner {
namespace {

constexpr const char* kTerminationLog = "/dev/termination-log";

// Core dumps would hold passwords, those of pg_dump, too. One byte rather than none: for 0 the
// kernel still hands the core to a program that core_pattern names.
void forbid_core_dumps() {
  const rlimit limit{1, 1};
  ::setrlimit(RLIMIT_CORE, &limit);
}

std::string read_spec(const std::string& path) {
  try {
    return base::read_file(path);
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::Transient, "RunSpecMissing", error.message());
  }
}

// What the operator recognises a run by, also when the rest of its spec cannot be understood.
Report without_spec(const std::string& text, const base::Error& error) {
  Report report;
  const auto document = nlohmann::json::parse(text, nullptr, false);
  const auto member = [&document](const char* name) -> std::string {
    if (!document.is_object() || !document.contains(name) || !document[name].is_string()) return "";
    return document[name].get<std::string>();
  };
  report.run = member("run");
  report.digest = member("digest");
  report.stage = "Source";
  report.reason = error.reason();
  report.message = error.what();
  report.retry = may_retry(report.stage, error);
  return report;
}

Outcome perform_file(const std::string& path, const std::stop_token& stop) {
  std::string text;
  try {
    text = read_spec(path);
    const RunSpec spec = run_spec_from_json(text);
    Progress progress(std::cout, spec.run);
    return perform(spec, progress, stop);
  } catch (const base::Error& error) {
    const Report report = without_spec(text, error);
    return {report, failure_status(report.retry, error.kind())};
  } catch (const std::exception& error) {
    return {without_spec(text, {base::ErrorKind::Failed, "InternalError", error.what()}), 1};
  }
}

void write_termination_message(const Report& report, const std::string& given) {
  const std::string path = given.empty() ? kTerminationLog : given;
  std::error_code ignored;
  if (given.empty() && !std::filesystem::exists(path, ignored)) return;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << to_termination_message(report) << std::flush;
  if (!file)
    base::log(base::Level::Warn, "the termination message cannot be written", {{"path", path}});
}

}  // namespace

int execute(const std::string& spec_file, const std::string& termination_log) {
  forbid_core_dumps();
  std::signal(SIGPIPE, SIG_IGN);
  const Interrupt interrupt;
  const Outcome outcome = perform_file(spec_file, interrupt.token());
  std::cout << R"({"report":)" << to_json(outcome.report) << "}" << std::endl;
  write_termination_message(outcome.report, termination_log);
  return outcome.status;
}

}  // namespace sluice::runner
