// A batched statement in a script for psql.
#pragma once

#include <string>

#include "engine/plan.h"
#include "ledger/sql.h"

namespace sluice::engine {

// Two DO blocks: the first raises where a run would refuse the key, the second commits each range
// with how far it came, as a run does.
std::string batches_script(const Step& step, const sql::Statement& statement,
                           const ledger::RunSql& run, const ledger::StatementRecord& record);

}  // namespace sluice::engine
