// A revision without a transaction, statement by statement.
#pragma once

#include <vector>

#include "engine/execution.h"

namespace sluice::engine {

// `records`: what the ledger holds of this revision and direction from a run that was interrupted.
// Goes on at the first statement that is not done, and records the revision at the end.
void run_by_statement(Execution& execution, const Step& step,
                      const std::vector<ledger::StatementRecord>& records);

// Of all that decides what a statement does: its tokens, the data of a COPY, the table and the key
// of a batch, and the settings before it.
std::string checksum_of(const Step& step, size_t index);

// One statement over ranges of a key, each in a transaction of its own; goes on after the range
// that `record` holds. At its end the record says that the statement is done.
void run_batches(Execution& execution, const Step& step, size_t index,
                 ledger::StatementRecord record);

}  // namespace sluice::engine
