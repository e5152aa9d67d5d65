// Plain SQL files whose names begin with a number: the whole file is the way up, there is none
// down.
#include "revisions/foreign.h"

namespace sluice::revisions {

std::vector<Revision> read_numbered(const std::vector<ForeignFile>& files) {
  std::vector<Revision> revisions;
  revisions.reserve(files.size());
  for (const ForeignFile& file : files) {
    Revision revision;
    revision.id = leading_number(file.base);
    revision.file = file.name;
    revision.message = message_after_number(file.base);
    revision.up.sql = file.text;
    revisions.push_back(std::move(revision));
  }
  return revisions;
}

}  // namespace sluice::revisions
