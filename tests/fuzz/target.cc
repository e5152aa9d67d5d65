// A target for a small graph with branches, merges, labels and dependencies: a byte of flags, two
// that say what is applied, then the target.
#include <set>
#include <string>

#include "revisions/target.h"
#include "tests/fuzz/property.h"
#include "tests/unit/revisions/shapes.h"

namespace {

using sluice::fuzz::expect;
namespace revisions = sluice::revisions;
using revisions::Graph;
using revisions::Node;

// Three lines that fork, merge and need one another.
const Graph& graph() {
  static const Graph graph(revisions::make({
      {"a1aa", ""},
      {"a1ab", "a1aa", "shop"},
      {"b2ba", "a1ab"},
      {"b2bb", "a1ab", "stock"},
      {"c3cc", "b2ba, b2bb"},
      {"d4dd", "c3cc"},
      {"d4de", "c3cc", "billing"},
      {"e5e", "d4de"},
      {"f6ff", "", "audit"},
      {"f6f7", "f6ff", "", "b2ba"},
      {"f6f8", "f6f7", "", "billing"},
      {"head1", "f6f8"},
      {"12345", "", "numbers"},
      {"base_0", "12345", "", "d4dd, audit"},
  }));
  return graph;
}

// With all that they need, as every database has them.
std::set<std::string> applied_of(uint32_t bits) {
  std::vector<Node> nodes;
  for (Node node = 0; node < graph().revisions().size(); ++node)
    if ((bits >> node & 1U) != 0) nodes.push_back(node);
  const std::vector<bool> member = graph().ancestors(nodes);
  std::set<std::string> applied;
  for (Node node = 0; node < member.size(); ++node)
    if (member[node]) applied.insert(graph().at(node).id);
  return applied;
}

void run_up(std::set<std::string> applied, const revisions::Path& path) {
  for (const Node node : path.steps) {
    expect(applied.insert(graph().at(node).id).second, "nothing is applied twice");
    for (const Node parent : graph().parents(node))
      expect(applied.contains(graph().at(parent).id), "what a revision needs is applied before it");
  }
}

void run_down(std::set<std::string> applied, const revisions::Path& path) {
  for (const Node node : path.steps) {
    expect(applied.erase(graph().at(node).id) == 1, "only what is applied is taken back, once");
    for (const Node child : graph().children(node))
      expect(!applied.contains(graph().at(child).id), "what needs a revision is taken back first");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  std::set<std::string> applied = applied_of(data[1] | static_cast<uint32_t>(data[2]) << 8U);
  const std::string_view text = sluice::fuzz::text_of(data + 3, size - 3);
  std::vector<std::string> order;
  if ((data[0] & 1U) != 0) order = {"no file has it", *graph().heads().rbegin()};
  if ((data[0] & 2U) != 0) applied.insert("no file has it");
  sluice::fuzz::accepts([&] { revisions::parse_target(text); });
  sluice::fuzz::accepts([&] { revisions::nodes_of(graph(), text); });
  sluice::fuzz::accepts([&] { run_up(applied, upgrade_path(graph(), applied, text, order)); });
  sluice::fuzz::accepts([&] { run_down(applied, downgrade_path(graph(), applied, text, order)); });
  return 0;
}
