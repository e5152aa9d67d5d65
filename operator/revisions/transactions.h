// Who begins and ends the transaction of a foreign revision.
#pragma once

#include <vector>

#include "revisions/formats.h"

namespace sluice::revisions {

// golang-migrate, Flyway and plain files say nothing of transactions: the first and the last send a
// file as it is, so that it may begin and end one itself, and what PostgreSQL refuses inside of one
// works there; Flyway looks at the statements. So here, by PostgreSQL's parser:
//   * one BEGIN before, one COMMIT after everything else go: the revision has its transaction
//   anyway
//   * a statement that cannot run in a transaction makes the revision one without
// Other formats say it themselves; nothing is done to them. Does not throw: what the parser cannot
// take is for the plan to say.
// Not for use while another thread logs (sql/split.h).
void settle_transactions(std::vector<Revision>& revisions);

}  // namespace sluice::revisions
