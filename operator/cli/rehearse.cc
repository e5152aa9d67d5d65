#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/exit_status.h"
#include "rehearsal/rehearse.h"
#include "runner/interrupt.h"

namespace sluice::cli {
namespace {

using nlohmann::ordered_json;
using rehearsal::Cost;
using rehearsal::Rehearsed;
using rehearsal::Report;
using std::chrono::microseconds;

struct RehearseOptions {
  CommonOptions common;
  std::string target = "head";
  std::string scratch_url;
  std::string archive;
  bool keep = false;
  bool contract = false;
  std::string out_of_order = "refuse";
  uint32_t statement_timeout_ms = 0;
};

double seconds(microseconds time) { return static_cast<double>(time.count()) / 1e6; }

ordered_json to_json(const std::optional<Cost>& cost) {
  if (!cost) return nullptr;
  ordered_json document{{"seconds", seconds(cost->took)}, {"statements", cost->statements},
                        {"locks", ordered_json::array()}, {"locksSampled", cost->sampled},
                        {"rows", ordered_json::array()},  {"rewritten", ordered_json::array()}};
  for (const rehearsal::Lock& lock : cost->locks)
    document["locks"].push_back({{"relation", lock.relation},
                                 {"mode", lock.mode},
                                 {"blocks", rehearsal::blocked_by(lock.mode)}});
  for (const rehearsal::Rows& rows : cost->rows)
    document["rows"].push_back({{"relation", rows.relation},
                                {"inserted", rows.inserted},
                                {"updated", rows.updated},
                                {"deleted", rows.deleted}});
  for (const rehearsal::Rewrite& rewrite : cost->rewritten)
    document["rewritten"].push_back(
        {{"relation", rewrite.relation}, {"bytes", rewrite.bytes}, {"emptied", rewrite.emptied}});
  return document;
}

template <typename T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json to_json(const Report& report) {
  ordered_json document{{"passed", report.passed()},
                        {"scratch",
                         {{"database", report.database},
                          {"kept", report.kept},
                          {"serverVersion", report.server_version},
                          {"leftOver", report.left_over}}},
                        {"copied", report.copied},
                        {"withRows", report.with_rows},
                        {"current", report.current},
                        {"target", report.target},
                        {"warnings", report.warnings},
                        {"seconds", seconds(report.production)},
                        {"revisions", ordered_json::array()},
                        {"repeats", or_null(report.repeats)},
                        {"repeatDelta", report.repeat_delta}};
  for (const Rehearsed& one : report.revisions)
    document["revisions"].push_back({{"revision", one.revision},
                                     {"file", one.file},
                                     {"message", one.message},
                                     {"transaction", one.transactional},
                                     {"repeatable", one.repeatable},
                                     {"reversible", one.reversible},
                                     {"up", to_json(one.up)},
                                     {"down", to_json(one.down)},
                                     {"again", to_json(one.again)},
                                     {"restores", or_null(one.restores)},
                                     {"delta", one.delta}});
  if (report.failure) {
    document["failedPass"] = report.failed_pass;
    document["error"] = {{"kind", base::to_string(report.failure->kind())},
                         {"reason", report.failure->reason()},
                         {"message", report.failure->message()},
                         {"remedy", report.failure->remedy()}};
  }
  return document;
}

std::string in_seconds(microseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f s", seconds(time));
  return text.data();
}

void print(const char* pass, const Cost& cost) {
  std::cout << "  " << pass << in_seconds(cost.took) << "\n";
  for (const rehearsal::Lock& lock : cost.locks)
    if (rehearsal::strength(lock.mode) >= rehearsal::strength("RowExclusiveLock"))
      std::cout << "    locks " << lock.relation << " " << lock.mode << ", blocks "
                << rehearsal::blocked_by(lock.mode) << (cost.sampled ? " (sampled)" : "") << "\n";
  for (const rehearsal::Rows& rows : cost.rows)
    std::cout << "    rows " << rows.relation << " " << rows.inserted << " inserted, "
              << rows.updated << " updated, " << rows.deleted << " deleted\n";
  for (const rehearsal::Rewrite& rewrite : cost.rewritten)
    std::cout << "    " << (rewrite.emptied ? "empties " : "rewrites ") << rewrite.relation
              << (rewrite.bytes == 0 ? "" : " (" + std::to_string(rewrite.bytes) + " bytes)")
              << "\n";
}

void print_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) std::cout << "    " << line << "\n";
}

void print(const Rehearsed& one) {
  std::cout << one.revision << "  " << one.file << "  " << one.message << "\n";
  if (!one.up) {
    std::cout << "  not reached\n";
    return;
  }
  print("up     ", *one.up);
  if (one.down) print("down   ", *one.down);
  if (one.again) std::cout << "  again  " << in_seconds(one.again->took) << "\n";
  if (one.restores) {
    std::cout << (*one.restores ? "  down restores the schema\n"
                                : "  down does not restore the schema:\n");
    print_lines(one.delta);
  } else if (one.repeatable) {
    std::cout << "  repeatable: it has no way down\n";
  } else if (!one.reversible) {
    std::cout << "  irreversible; rehearsed up only\n";
  } else {
    std::cout << "  the way down was not reached\n";
  }
}

void print(const Report& report) {
  for (const Rehearsed& one : report.revisions) print(one);
  if (report.revisions.empty()) {
    std::cout << "nothing to rehearse\n";
    return;
  }
  if (report.repeats == false) {
    std::cout << "up again does not lead to the same schema:\n";
    print_lines(report.repeat_delta);
  }
  if (report.failure && report.failed_pass == "up") return;
  std::cout << "production needs about " << in_seconds(report.production) << " for "
            << base::counted(report.revisions.size(), "revision")
            << (report.with_rows
                    ? ", as measured here with the rows of " + report.copied
                    : ": measured on the schema alone, so what reads or rewrites rows will take "
                      "longer")
            << "\n";
}

void print_remarks(const Report& report) {
  for (const std::string& warning : report.warnings) std::cerr << "warning: " << warning << "\n";
  for (const std::string& name : report.left_over)
    std::cerr << "warning: database " << name
              << " is left over from a command that was killed, or was kept; when you do not need "
                 "it: DROP DATABASE "
              << name << "\n";
  if (report.kept) std::cerr << "kept: database " << report.database << "\n";
}

// The end of what revisions did wrong; what else went wrong was thrown.
int conclude(const RehearseOptions& options, const Report& report) {
  print_remarks(report);
  if (options.common.json()) {
    cli::print(to_json(report));
  } else {
    print(report);
    if (report.failure) {
      std::cout << std::flush;
      std::cerr << "in the pass `" << report.failed_pass << "`:\n";
      print_error(*report.failure, false);
    }
  }
  return report.passed() ? kDone : kRefused;
}

int rehearse(const RehearseOptions& options) {
  const runner::Interrupt interrupt;
  const revisions::Graph graph(load(options.common));
  rehearsal::Request request;
  request.scratch.url = options.scratch_url;
  if (options.archive.empty())
    request.live = connect_options(options.common);
  else
    request.archive = options.archive;
  request.target = target_of(options.target);
  request.policy = {options.out_of_order == "allow",
                    options.contract ? engine::Contract::Run : engine::Contract::HoldBack};
  request.apply.statement_timeout = std::chrono::milliseconds(options.statement_timeout_ms);
  request.keep = options.keep;
  const auto say = [](const std::string& what) { std::cerr << what << "\n"; };
  return conclude(options, rehearsal::rehearse(request, graph, say, interrupt.token()));
}

}  // namespace

void add_rehearse_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<RehearseOptions>();
  CLI::App& command = *app.add_subcommand(
      "rehearse", "Run what is pending up, down and up again on a copy of the database");
  add_common_options(command, options->common);
  command
      .add_option("--scratch-url", options->scratch_url,
                  "libpq URL of a server on which a database may be created; it is dropped in the "
                  "end. Else SLUICE_SCRATCH_URL")
      ->envname("SLUICE_SCRATCH_URL")
      ->required();
  command
      .add_option("--from", options->archive,
                  "an archive's directory: the copy has its rows. Else the schema alone of the "
                  "database, which is only read")
      ->excludes("--database-url");
  command.add_flag("--keep", options->keep, "leave the scratch database for you to look at");
  command.add_flag("--contract", options->contract,
                   "rehearse the revisions of the phase contract, too");
  command
      .add_option("--out-of-order", options->out_of_order,
                  "refuse or allow pending revisions that come before an applied one")
      ->capture_default_str()
      ->check(CLI::IsMember({"refuse", "allow"}));
  command
      .add_option("--statement-timeout", options->statement_timeout_ms,
                  "milliseconds that a statement may take; 0: no limit")
      ->capture_default_str();
  command.add_option("TARGET", options->target, "as of upgrade")->capture_default_str();
  command.callback([options, &status] { status = rehearse(*options); });
  command.footer(
      "Examples:\n"
      "  sluice rehearse --scratch-url postgresql://me@localhost/postgres\n"
      "  sluice rehearse --from /backups/20261121T070600Z-shop-1\n"
      "  sluice rehearse +1 --keep --output json");
}

}  // namespace sluice::cli
