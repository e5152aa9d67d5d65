// A plan as a script for psql, for those who may not let Sluice itself at the database.
#pragma once

#include <string>
#include <vector>

#include "engine/plan.h"

namespace sluice::engine {

// What a run would send, the ledger's rows included: each transactional revision in a transaction
// of its own, the others statement by statement. The script takes the run lock, makes the ledger
// where it is missing, and stops before the first statement when the database does not stand at
// `plan.current`, when a run was interrupted, or at the first error; `sluice upgrade` can go on
// from there. Pure.
std::string to_script(const Plan& plan);

// How such scripts begin: they stop at the first error, take the run lock and make the ledger where
// it is missing.
std::string script_prelude(const std::string& title);

// In place of a semicolon after ledger::applied_sql(): psql prints nothing of a SELECT of one row,
// and keeps nothing of it.
inline constexpr const char* kPrintsNothing = " \\gset sluice_ \\unset sluice_record_applied\n";

}  // namespace sluice::engine
