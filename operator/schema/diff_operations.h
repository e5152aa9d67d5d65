// The operations of a plan and what each waits for. Internal to this room.
#pragma once

#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

#include "schema/diff_work.h"
#include "schema/order.h"

namespace sluice::schema {

// Where cycles are broken.
struct Breaks {
  std::set<Ref> deferred_default;    // columns of `to`: SET DEFAULT comes later
  std::set<Ref> early_drop_default;  // columns of `from`: DROP DEFAULT comes before
  std::set<Ref> stubs;               // views of `to`
  std::set<Ref> own_drop;            // constraints of `from` that do not go with their table
};

struct Operation {
  enum class Act : uint8_t {
    Make,
    Modify,
    Remove,
    Aside,  // a type is renamed
    DropDefault,
    SetDefault,
    Stub,
    Attach,  // a partition
    Detach,
    AttachIndex,
    Finish,  // replica identity, CLUSTER ON
    Own,     // a sequence
    Disown,
  };
  Act act = Act::Make;
  Ref ref = kNone;  // of `from` for Remove, Aside, DropDefault, Detach and Disown; else of `to`
  std::vector<Statement> statements;
  OrderGraph::Node first = 0;
  OrderGraph::Node last = 0;
};

// Whether the index is the relation's replica identity, or the one that CLUSTER uses.
bool finishes(const Object& relation, const std::string& index);

// Statements that stay together: a node of the graph.
struct Segment {
  uint32_t operation = 0;
  size_t begin = 0, end = 0;  // of the operation's statements
};

class Operations {
 public:
  Operations(const Work& work, const Breaks& breaks);

  const OrderGraph& graph() const { return graph_; }
  const std::vector<Segment>& segments() const { return segments_; }
  const std::vector<Operation>& all() const { return all_; }

  // The operations that make, alter, or drop it, itself or with something else; -1: none.
  int making(Ref to_ref) const;
  int dropping(Ref from_ref) const;

 private:
  using Act = Operation::Act;

  // -1: none.
  static int found(const std::unordered_map<Ref, int>& in, Ref ref);
  int add(Act act, Ref ref, std::vector<Statement> statements);
  void wait(int later, int earlier);
  void wait_at_end(int later, int earlier);         // with its last statements only
  void wait_for_beginning(int later, int earlier);  // for its first statements only

  void add_created();
  void add_altered();
  void add_dropped();
  void add_partitions();
  void add_sequences();
  void add_finishes();
  std::vector<Statement> created(Ref ref) const;
  // What it has besides: owner, comment, privileges.
  void adorn(Ref to_ref, std::vector<Statement>& statements) const;
  std::string former_owner(Ref to_ref) const;
  std::vector<Statement> validated_children(Ref parent) const;

  bool only_default_changes(Ref ref) const;
  void connect_needs(int operation, Ref ref);
  bool comes_after_partitions(Ref to_ref) const;
  void wait_for_checks_of_children(int operation, Ref ref);
  void wait_for_partitions(int operation, Ref to_table);
  void connect_made();
  void connect_retyped();
  void connect_gone();
  void let_go_after(Ref from_ref, int successor);
  void connect_names();
  void connect_primary_keys();
  void connect_partitions();
  void connect_inherited();
  void connect_attached_indexes();
  void connect_finishes();
  void connect_sequences();
  void wait_for_parts(int operation, const std::vector<Ref>& parts_of_to, bool of_parent);

  void cut_into_segments();

  const Work& work_;
  const Breaks& breaks_;
  std::vector<Ref> deferred_;
  std::vector<Operation> all_;
  OrderGraph graph_;
  std::vector<Segment> segments_;
  std::vector<std::pair<int, int>> waits_, end_waits_, begin_waits_;  // later, earlier

  std::vector<int> made_, altered_, dropped_;
  std::unordered_map<Ref, int> aside_, drop_default_, set_default_, stub_, attach_, detach_,
      finish_, own_, disown_;
  std::unordered_map<Ref, std::vector<int>> attach_index_;  // by the parent's
};

}  // namespace sluice::schema
