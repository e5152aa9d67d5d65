// An order of operations in which each comes after what it has to wait for. Pure; knows nothing of
// schemas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::schema {

// What an operation needs of a transaction.
enum class Lane : uint8_t {
  Shared,   // may share one with whatever else
  Outside,  // none at all
  Alone,    // one of its own
  Late,     // may share one, and what waits for it may; better once all above is done
  Last,     // may share one; better at the end
};

class OrderGraph {
 public:
  using Node = uint32_t;

  // Of those that are free to go, the lower rank goes first; then the one that was added first.
  Node add(Lane lane, uint32_t rank);
  void set_lane(Node node, Lane lane) { lanes_[node] = lane; }
  Lane lane(Node node) const { return lanes_[node]; }
  // `later` waits for `earlier`. An edge from a node to itself is none.
  void wait(Node later, Node earlier);
  bool has_successor(Node node) const { return !successors_[node].empty(); }
  size_t size() const { return lanes_.size(); }

  // Stays in one lane for as long as there is something to do in it, so that transactions become
  // large and few. What is in a cycle, or waits for one, is missing at the end.
  std::vector<Node> sort() const;
  // The strongly connected components of more than one node.
  std::vector<std::vector<Node>> cycles() const;

 private:
  std::vector<Lane> lanes_;
  std::vector<uint32_t> ranks_;
  std::vector<std::vector<Node>> successors_;
};

}  // namespace sluice::schema
