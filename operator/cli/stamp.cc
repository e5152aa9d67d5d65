#include <CLI/CLI.hpp>
#include <array>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/patience.h"
#include "engine/adopt.h"
#include "engine/stamp.h"
#include "ledger/ledger.h"
#include "postgres/session.h"
#include "runner/interrupt.h"

namespace sluice::cli {
namespace {

using engine::Tool;

struct From {
  const char* option;
  Tool tool;
  const char* text;
};
constexpr std::array<From, 5> kFrom{{
    {"--from-alembic", Tool::Alembic, "take the heads of Alembic's alembic_version"},
    {"--from-flyway", Tool::Flyway, "take what Flyway's flyway_schema_history says"},
    {"--from-dbmate", Tool::Dbmate, "take the versions of dbmate's schema_migrations"},
    {"--from-goose", Tool::Goose, "take the versions of goose's goose_db_version"},
    {"--from-golang-migrate", Tool::GolangMigrate,
     "take all up to the version of golang-migrate's schema_migrations"},
}};

struct StampOptions {
  CommonOptions common;
  std::vector<std::string> targets;
  std::array<bool, kFrom.size()> from{};
  std::string version_table;
  bool purge = false;
  bool sql = false;
  PatienceOptions patience;

  std::optional<Tool> tool() const {
    for (size_t i = 0; i < from.size(); ++i)
      if (from[i]) return kFrom[i].tool;
    return std::nullopt;
  }
};

[[noreturn]] void misused(const std::string& message, const std::string& remedy) {
  throw base::Error(base::ErrorKind::Invalid, "TargetUnknown", message, remedy);
}

void expect_use(const StampOptions& options) {
  const bool adopts = options.tool().has_value();
  if (options.targets.empty() && !adopts)
    misused("nothing says what to stamp",
            "name a revision, head, heads or base, or --from-alembic …");
  if (!options.targets.empty() && adopts)
    misused("both a target and another tool's table", "leave one of them out");
  if (!options.version_table.empty() && !adopts)
    misused("--version-table without --from-…", "say which tool's table it is");
  if (options.sql && options.common.json())
    throw CLI::ValidationError("--sql", "it prints a script for psql, not JSON");
  if (options.sql && (options.purge || adopts))
    misused("--sql does not look at the database, which --purge and --from-… need",
            "leave --sql out");
}

void report(const StampOptions& options, const engine::Stamp& stamp,
            const engine::History& history) {
  if (options.common.json()) {
    nlohmann::ordered_json document{{"heads", stamp.heads},
                                    {"applied", stamp.rows.size()},
                                    {"added", stamp.added},
                                    {"removed", stamp.removed},
                                    {"remarks", history.remarks}};
    if (!history.table.empty()) document["table"] = history.table;
    return print(document);
  }
  for (const std::string& remark : history.remarks) std::cerr << remark << "\n";
  std::cout << "stands at " << (stamp.heads.empty() ? "base" : base::join(stamp.heads, ", "))
            << ": " << base::counted(stamp.rows.size(), "revision") << ", " << stamp.added.size()
            << " recorded, " << stamp.removed.size() << " forgotten; nothing was run\n";
}

int stamp(const StampOptions& options) {
  expect_use(options);
  const runner::Interrupt interrupt;
  const revisions::Graph graph(load(options.common));
  std::vector<std::string> targets;
  for (const std::string& target : options.targets) targets.push_back(target_of(target));
  if (options.sql) {
    std::cout << engine::stamp_script(engine::plan_stamp(graph, {}, targets, false));
    return 0;
  }
  postgres::Session session(connect_options(options.common));
  postgres::AdvisoryLock lock(session, options.patience.wait(), interrupt.token());
  const ledger::State state = ledger::read(session, false);
  engine::History history;
  engine::Stamp planned;
  if (const std::optional<Tool> tool = options.tool()) {
    history = engine::read_history(session, graph, *tool, options.version_table);
    // What Sluice has applied since then is in no table of the other tool's.
    if (!options.purge) history.ids.merge(state.ids());
    planned =
        engine::plan_stamp_of(graph, state, history.ids, "from " + history.table, options.purge);
    if (planned.added.empty() && planned.removed.empty()) {
      report(options, planned, history);
      return 0;
    }
  } else {
    planned = engine::plan_stamp(graph, state, targets, options.purge);
  }
  engine::apply_stamp(lock, state, planned);
  report(options, planned, history);
  return 0;
}

}  // namespace

void add_stamp_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<StampOptions>();
  CLI::App& command =
      *app.add_subcommand("stamp", "Record where a database stands, without running anything");
  add_common_options(command, options->common);
  command.add_option("TARGET", options->targets, "as of upgrade; several heads; base: nothing");
  command.add_flag("--purge", options->purge,
                   "forget all else that is recorded, also what no file has");
  command.add_flag("--sql", options->sql, "print a script for psql instead");
  std::vector<CLI::Option*> tools;
  for (size_t i = 0; i < kFrom.size(); ++i) {
    CLI::Option* option = command.add_flag(kFrom[i].option, options->from[i], kFrom[i].text);
    for (CLI::Option* other : tools) option->excludes(other);
    tools.push_back(option);
  }
  command.add_option("--version-table", options->version_table,
                     "that table's name, perhaps with a schema");
  add_wait_option(command, options->patience);
  command.footer(
      "Examples:\n"
      "  sluice stamp head                 # an existing database already is what the files make\n"
      "  sluice stamp --from-alembic       # go on where Alembic stopped\n"
      "  sluice stamp base --purge         # forget everything");
  command.callback([options, &status] { status = stamp(*options); });
}

}  // namespace sluice::cli
