#include "schema/order.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <queue>
#include <utility>

namespace sluice::schema {
namespace {

using Node = OrderGraph::Node;
using Place = std::pair<uint32_t, Node>;  // rank, node
using Queue = std::priority_queue<Place, std::vector<Place>, std::greater<>>;

constexpr size_t kLanes = 5;

// Tarjan's, without recursion.
class Components {
 public:
  explicit Components(const std::vector<std::vector<Node>>& successors)
      : successors_(successors),
        index_(successors.size(), 0),
        low_(successors.size(), 0),
        on_stack_(successors.size(), false) {}

  std::vector<std::vector<Node>> find() {
    for (Node node = 0; node < successors_.size(); ++node)
      if (index_[node] == 0) visit(node);
    return std::move(found_);
  }

 private:
  struct Frame {
    Node node = 0;
    size_t next = 0;
  };

  void enter(Node node) {
    index_[node] = low_[node] = ++count_;
    stack_.push_back(node);
    on_stack_[node] = true;
    frames_.push_back({node, 0});
  }

  void visit(Node root) {
    enter(root);
    while (!frames_.empty()) {
      const Node node = frames_.back().node;
      if (frames_.back().next < successors_[node].size()) {
        const Node next = successors_[node][frames_.back().next++];
        if (index_[next] == 0)
          enter(next);
        else if (on_stack_[next])
          low_[node] = std::min(low_[node], index_[next]);
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) {
        Node& above = low_[frames_.back().node];
        above = std::min(above, low_[node]);
      }
      if (low_[node] == index_[node]) take(node);
    }
  }

  void take(Node root) {
    std::vector<Node> component;
    for (;;) {
      const Node node = stack_.back();
      stack_.pop_back();
      on_stack_[node] = false;
      component.push_back(node);
      if (node == root) break;
    }
    if (component.size() > 1) found_.push_back(std::move(component));
  }

  const std::vector<std::vector<Node>>& successors_;
  std::vector<uint32_t> index_, low_;
  std::vector<bool> on_stack_;
  std::vector<Node> stack_;
  std::vector<Frame> frames_;
  uint32_t count_ = 0;
  std::vector<std::vector<Node>> found_;
};

}  // namespace

Node OrderGraph::add(Lane lane, uint32_t rank) {
  lanes_.push_back(lane);
  ranks_.push_back(rank);
  successors_.emplace_back();
  return static_cast<Node>(lanes_.size() - 1);
}

void OrderGraph::wait(Node later, Node earlier) {
  if (later != earlier) successors_[earlier].push_back(later);
}

std::vector<Node> OrderGraph::sort() const {
  std::vector<uint32_t> waits_for(size(), 0);
  for (const std::vector<Node>& after : successors_)
    for (const Node node : after) ++waits_for[node];
  std::array<Queue, kLanes> ready;
  const auto free = [&](Node node) {
    ready.at(static_cast<size_t>(lanes_[node])).emplace(ranks_[node], node);
  };
  for (Node node = 0; node < size(); ++node)
    if (waits_for[node] == 0) free(node);
  std::vector<Node> order;
  order.reserve(size());
  size_t lane = 0;
  for (;;) {
    if (ready.at(lane).empty()) {
      const auto* const next =
          std::ranges::find_if(ready, [](const Queue& queue) { return !queue.empty(); });
      if (next == ready.end()) return order;
      lane = static_cast<size_t>(next - ready.begin());
    }
    const Node node = ready.at(lane).top().second;
    ready.at(lane).pop();
    order.push_back(node);
    for (const Node after : successors_[node])
      if (--waits_for[after] == 0) free(after);
  }
}

std::vector<std::vector<Node>> OrderGraph::cycles() const { return Components(successors_).find(); }

}  // namespace sluice::schema
