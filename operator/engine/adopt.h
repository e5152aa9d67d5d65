// What another tool's history table says of a database.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ledger/state.h"
#include "postgres/session.h"
#include "revisions/graph.h"

namespace sluice::engine {

enum class Tool { Alembic, Flyway, Dbmate, Goose, GolangMigrate };

// alembic_version, flyway_schema_history, schema_migrations, goose_db_version, schema_migrations.
std::string default_history_table(Tool tool);

struct History {
  std::string table;          // as PostgreSQL writes its name
  std::set<std::string> ids;  // of the revisions that are applied
  std::vector<std::string> remarks;
};

// `table`: perhaps with a schema; quoted where SQL would ask for it; empty: the tool's default.
// Versions are compared as numbers, but for Alembic's. Checksums are not compared. Writes nothing.
// Throws Error{Invalid}: "HistoryMissing" when there is no such table, "HistoryUnexpected" when it
// is not that tool's; Error{Refused}: "HistoryUnfinished" for a failed or dirty migration,
// "DatabaseDiverged" naming the versions that no revision has.
History read_history(postgres::Session& session, const revisions::Graph& graph, Tool tool,
                     const std::string& table);

// For a database that has no ledger yet: throws Error{Refused, "HistoryElsewhere"} where the
// default history table of one of the tools names revisions of this graph and nothing else: they
// would all run again. "HistoryUnfinished" as read_history(). A table that the role may not read is
// another's.
void expect_adopted(postgres::Session& session, const revisions::Graph& graph,
                    const ledger::State& state);

}  // namespace sluice::engine
