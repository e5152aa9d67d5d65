#include "ledger/state.h"

namespace sluice::ledger {

std::set<std::string> State::ids() const {
  std::set<std::string> ids;
  for (const AppliedRevision& revision : applied) ids.insert(revision.id);
  return ids;
}

std::vector<std::string> State::heads() const {
  std::set<std::string> revised;
  for (const AppliedRevision& revision : applied)
    revised.insert(revision.revises.begin(), revision.revises.end());
  std::vector<std::string> heads;
  for (const AppliedRevision& revision : applied)
    if (!revised.contains(revision.id)) heads.push_back(revision.id);
  return heads;
}

}  // namespace sluice::ledger
