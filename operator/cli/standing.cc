#include "cli/standing.h"

#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "postgres/session.h"
#include "revisions/target.h"

namespace sluice::cli {

Standing standing_at(const revisions::Graph& graph, std::string_view at) {
  Standing standing;
  const std::vector<std::string> words = base::split_list(at, ',');
  if (words.empty())
    throw base::Error(base::ErrorKind::Invalid, "TargetUnknown", "--at names no revision",
                      "write the heads of the database, or `base`");
  std::vector<revisions::Node> nodes;
  for (const std::string& word : words) {
    const std::vector<revisions::Node> meant = revisions::nodes_of(graph, word);
    if (meant.empty() && words.size() > 1)
      throw base::Error(base::ErrorKind::Invalid, "TargetUnknown",
                        "--at names `" + word + "` beside revisions",
                        "nothing is applied at base; leave it out");
    nodes.insert(nodes.end(), meant.begin(), meant.end());
  }
  std::vector<std::string> order;
  for (const revisions::Node node : nodes) order.push_back(graph.at(node).id);
  const std::vector<bool> applied = graph.ancestors(nodes);
  for (revisions::Node node = 0; node < applied.size(); ++node)
    if (applied[node]) standing.applied.insert(graph.at(node).id);
  for (const revisions::Node node : revisions::current_heads(graph, standing.applied, order))
    standing.heads.push_back(graph.at(node).id);
  return standing;
}

Standing standing_of_database(const CommonOptions& options) {
  postgres::Session session(connect_options(options));
  const ledger::State state = ledger::read(session, false);
  return {state.ids(), state.heads()};
}

bool names_database(const CommonOptions& options) {
  const postgres::ConnectOptions connect = connect_options(options);
  return !connect.url.empty() || !connect.parameters.empty();
}

}  // namespace sluice::cli
