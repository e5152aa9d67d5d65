#include "ledger/own_revisions.h"

namespace sluice::ledger {

const revisions::Graph& own_revisions() {
  static const revisions::Graph graph = [] {
    std::vector<revisions::Revision> revisions;
    for (const EmbeddedFile& file : embedded_files())
      revisions.push_back(revisions::parse_revision(file.name, file.bytes));
    return revisions::Graph(std::move(revisions));
  }();
  return graph;
}

}  // namespace sluice::ledger
