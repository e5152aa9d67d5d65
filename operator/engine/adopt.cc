#include "engine/adopt.h"

#include <map>

#include "base/error.h"
#include "base/text.h"
#include "postgres/errors.h"
#include "revisions/formats.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;
using postgres::Row;
using postgres::Rows;
using revisions::Graph;
using revisions::Node;

std::string tool_name(Tool tool) {
  switch (tool) {
    case Tool::Alembic:
      return "Alembic";
    case Tool::Flyway:
      return "Flyway";
    case Tool::Dbmate:
      return "dbmate";
    case Tool::Goose:
      return "goose";
    case Tool::GolangMigrate:
      return "golang-migrate";
  }
  return {};
}

class Reader {
 public:
  Reader(postgres::Session& session, const Graph& graph, Tool tool, const std::string& table)
      : session_(session), graph_(graph), tool_(tool) {
    const std::string name = table.empty() ? default_history_table(tool) : table;
    Rows found;
    try {
      found = session.query("SELECT to_regclass($1)::text", {name});
    } catch (const postgres::StatementError&) {
      // Not even a name.
    }
    if (found.empty() || !found[0][0])
      throw Error(ErrorKind::Invalid, "HistoryMissing",
                  session.where() + ": there is no table " + name,
                  "name the table of " + tool_name(tool) + " with --version-table");
    history_.table = *found[0][0];
    for (Node node = 0; node < graph.revisions().size(); ++node)
      by_version_.emplace(revisions::canonical_version(graph.at(node).id), node);
  }

  History read() {
    switch (tool_) {
      case Tool::Alembic:
        read_alembic();
        break;
      case Tool::Flyway:
        read_flyway();
        break;
      case Tool::Dbmate:
        for (const Row& row : rows("SELECT version::text FROM ", "", {"version"}))
          add(row[0].value_or(""));
        break;
      case Tool::Goose:
        read_goose();
        break;
      case Tool::GolangMigrate:
        read_golang_migrate();
        break;
    }
    if (!unknown_.empty())
      throw Error(ErrorKind::Refused, "DatabaseDiverged",
                  history_.table + " has " + base::join(unknown_, ", ") + ", which no file has",
                  "name the directory with which the database was migrated, by --dir");
    return std::move(history_);
  }

 private:
  Rows rows(const std::string& before, const std::string& after,
            const std::vector<std::string>& columns) {
    for (const std::string& column : columns)
      if (session_
              .query("SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2 AND "
                     "NOT attisdropped",
                     {history_.table, column})
              .empty())
        throw Error(ErrorKind::Invalid, "HistoryUnexpected",
                    session_.where() + ": table " + history_.table + " has no column " + column +
                        ", so it is not that of " + tool_name(tool_),
                    "name another with --version-table, or another tool");
    return session_.query(before + history_.table + after);
  }

  void add(const std::string& version) {
    const auto found = by_version_.find(revisions::canonical_version(version));
    if (found == by_version_.end()) {
      unknown_.push_back(version);
    } else {
      history_.ids.insert(graph_.at(found->second).id);
    }
  }
  void remove(const std::string& version) {
    const auto found = by_version_.find(revisions::canonical_version(version));
    if (found != by_version_.end()) history_.ids.erase(graph_.at(found->second).id);
    std::erase(unknown_, version);
  }
  void add_ancestors(const std::vector<Node>& nodes) {
    const std::vector<bool> needed = graph_.ancestors(nodes);
    for (Node node = 0; node < needed.size(); ++node)
      if (needed[node]) history_.ids.insert(graph_.at(node).id);
  }

  void read_alembic() {
    std::vector<Node> heads;
    for (const Row& row : rows("SELECT version_num FROM ", "", {"version_num"})) {
      const std::string id = row[0].value_or("");
      if (const auto node = graph_.find(id)) {
        heads.push_back(*node);
      } else {
        unknown_.push_back(id);
      }
    }
    add_ancestors(heads);
  }

  void read_flyway() {
    for (const Row& row :
         rows("SELECT version, description, type, success FROM ", " ORDER BY installed_rank",
              {"version", "description", "type", "success", "installed_rank"})) {
      const std::string description = row[1].value_or(""), type = row[2].value_or("");
      if (row[3] != "t")
        throw Error(ErrorKind::Refused, "HistoryUnfinished",
                    history_.table + ": version " + row[0].value_or("-") + " (" + description +
                        ") has failed",
                    "put the database right and run `flyway repair`, then stamp");
      if (type == "SCHEMA") continue;
      if (!row[0]) {
        if (type != "DELETE")
          history_.remarks.push_back("repeatable `" + description +
                                     "` is set aside: it runs again with the next upgrade");
      } else if (type == "DELETE" || type.starts_with("UNDO")) {
        remove(*row[0]);
      } else if (type.ends_with("BASELINE")) {
        add_baseline(*row[0]);
      } else {
        add(*row[0]);
      }
    }
  }

  // What a baseline covers has not run, but Flyway counts it as applied.
  void add_baseline(const std::string& version) {
    for (const revisions::Revision& revision : graph_.revisions())
      if (!revisions::is_version_before(version, revision.id)) history_.ids.insert(revision.id);
    history_.remarks.push_back("baseline " + version + ": versions up to it count as applied");
  }

  void read_goose() {
    for (const Row& row : rows("SELECT DISTINCT ON (version_id) version_id, is_applied FROM ",
                               " WHERE version_id > 0 ORDER BY version_id, id DESC",
                               {"id", "version_id", "is_applied"}))
      if (row[1] == "t") add(row[0].value_or(""));
  }

  void read_golang_migrate() {
    for (const Row& row : rows("SELECT version, dirty FROM ", "", {"version", "dirty"})) {
      const std::string version = row[0].value_or("");
      if (row[1] == "t")
        throw Error(ErrorKind::Refused, "HistoryUnfinished",
                    history_.table + ": version " + version + " is dirty: it has failed half-way",
                    "put the database right and run `migrate force`, then stamp");
      if (version.starts_with('-')) continue;  // nothing is applied
      const auto found = by_version_.find(revisions::canonical_version(version));
      if (found == by_version_.end()) {
        unknown_.push_back(version);
      } else {
        add_ancestors({found->second});
      }
    }
  }

  postgres::Session& session_;
  const Graph& graph_;
  const Tool tool_;
  std::map<std::string, Node> by_version_;
  std::vector<std::string> unknown_;
  History history_;
};

}  // namespace

std::string default_history_table(Tool tool) {
  switch (tool) {
    case Tool::Alembic:
      return "alembic_version";
    case Tool::Flyway:
      return "flyway_schema_history";
    case Tool::Goose:
      return "goose_db_version";
    case Tool::Dbmate:
    case Tool::GolangMigrate:
      break;
  }
  return "schema_migrations";
}

void expect_adopted(postgres::Session& session, const Graph& graph, const ledger::State& state) {
  if (state.exists) return;
  // dbmate's table has columns of golang-migrate's.
  for (const auto& [tool, option] :
       {std::pair(Tool::Alembic, "--from-alembic"), std::pair(Tool::Flyway, "--from-flyway"),
        std::pair(Tool::Goose, "--from-goose"),
        std::pair(Tool::GolangMigrate, "--from-golang-migrate"),
        std::pair(Tool::Dbmate, "--from-dbmate")}) {
    History history;
    try {
      history = read_history(session, graph, tool, "");
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::Transient || error.reason() == "HistoryUnfinished") throw;
      continue;  // no such table, or not of this tool and these files
    }
    if (!history.ids.empty())
      throw Error(
          ErrorKind::Refused, "HistoryElsewhere",
          session.where() + ": " + tool_name(tool) + "'s table " + history.table + " says of " +
              std::to_string(history.ids.size()) +
              " of these revisions that it is applied, and Sluice's ledger does not exist yet",
          std::string("take them over with `sluice stamp ") + option +
              "`; to run them all the same, `sluice stamp base` first");
  }
}

History read_history(postgres::Session& session, const Graph& graph, Tool tool,
                     const std::string& table) {
  return Reader(session, graph, tool, table).read();
}

}  // namespace sluice::engine
