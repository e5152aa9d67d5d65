// From operations to groups of statements; cycles are broken here.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"
#include "schema/bodies.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "schema/diff_operations.h"

namespace sluice::schema {
namespace {

using Act = Operation::Act;

bool needs_default(const Catalog& catalog, Ref column) {
  const auto& its = details<Column>(catalog.at(column));
  return !its.default_value.empty() && !catalog.at(column).needs.empty();
}

// PostgreSQL drops none of these by itself.
bool is_inherited(const Object& object) {
  if (const auto* constraint = std::get_if<Constraint>(&object.details))
    return constraint->inherited;
  if (const auto* index = std::get_if<Index>(&object.details)) return !index->attached_to.empty();
  const auto* const trigger = std::get_if<Trigger>(&object.details);
  return trigger != nullptr && trigger->inherited;
}

// Adds what loosens the operations of one cycle; the mildest that there is.
bool loosen(const Work& work, const Operations& operations, const std::vector<uint32_t>& cycle,
            Breaks& breaks) {
  const std::unordered_set<uint32_t> in(cycle.begin(), cycle.end());
  const auto inside = [&](int operation) {
    return operation >= 0 && in.contains(static_cast<uint32_t>(operation));
  };
  bool any = false;
  for (const uint32_t at : cycle) {
    const Operation& operation = operations.all()[at];
    const Ref ref = operation.ref;
    const auto elsewhere = [&](int other) {
      return inside(other) && other != static_cast<int>(at);
    };
    if (operation.act == Act::Remove) {
      for (const Ref part : work.parts[ref]) {
        const Object& object = work.from.at(part);
        if (work.goes_with[part] != ref || !std::ranges::any_of(object.needs, [&](Ref need) {
              return work.is_dropped(need) && elsewhere(operations.dropping(need));
            }))
          continue;
        const auto key = work.inherited_key.find(part);
        if (key != work.inherited_key.end())
          any |= breaks.own_drop.insert(key->second).second;
        else if (is_inherited(object))
          continue;
        else if (object.key.kind != Kind::Column)
          any |= breaks.own_drop.insert(part).second;
        else if (needs_default(work.from, part))
          any |= breaks.early_drop_default.insert(part).second;
      }
    } else if (operation.act == Act::Make) {
      const auto defer = [&](Ref column) {
        if (needs_default(work.to, column) &&
            std::ranges::any_of(work.to.at(column).needs,
                                [&](Ref need) { return elsewhere(operations.making(need)); }))
          any |= breaks.deferred_default.insert(column).second;
      };
      const Kind kind = work.to.at(ref).key.kind;
      if (kind == Kind::Column) defer(ref);
      if (kind == Kind::Table)
        for (const Ref part : work.to_parts[ref])
          if (work.to.at(part).key.kind == Kind::Column) defer(part);
    }
  }
  if (any) return true;
  for (const uint32_t at : cycle) {
    const Operation& operation = operations.all()[at];
    if (operation.act == Act::Make && work.to.at(operation.ref).key.kind == Kind::View &&
        breaks.stubs.insert(operation.ref).second)
      return true;
  }
  return false;
}

[[noreturn]] void refuse(const Work& work, const Operations& operations,
                         const std::vector<uint32_t>& cycle) {
  std::vector<std::string> names;
  for (const uint32_t at : cycle) {
    const Operation& operation = operations.all()[at];
    const bool of_from = operation.act == Act::Remove || operation.act == Act::Aside ||
                         operation.act == Act::DropDefault || operation.act == Act::Detach ||
                         operation.act == Act::Disown;
    std::string name = title((of_from ? work.from : work.to).at(operation.ref));
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  throw base::Error(
      base::ErrorKind::Refused, "NotSupported",
      "these need each other in a circle that Sluice cannot break: " + base::join(names, ", "),
      "change them in two steps");
}

bool makes_function(const Statement& statement) {
  return statement.object.kind == Kind::Function && statement.change != Change::Drop &&
         statement.sql.starts_with("CREATE ");
}

// As pg_dump does: what a body calls may come later.
void leave_bodies_unchecked(Group& group) {
  if (!group.transactional) return;
  const auto first = std::ranges::find_if(group.statements, makes_function);
  if (first == group.statements.end()) return;
  Statement setting;
  setting.sql = kLeaveBodiesUnchecked;
  setting.object = first->object;
  setting.change = first->change;
  setting.begins_group = group.statements.front().begins_group;
  setting.additive = true;
  group.statements.insert(group.statements.begin(), std::move(setting));
}

// What is dropped and made again as it was, in one transaction, breaks nobody.
void forgive(const Work& work, Group& group) {
  std::vector<Key> made;
  for (const Statement& each : group.statements)
    if (each.change == Change::Add) made.push_back(each.object);
  if (made.empty()) return;
  std::ranges::sort(made);
  for (Statement& each : group.statements) {
    if (each.change != Change::Drop || each.hazards.empty() ||
        !std::ranges::binary_search(made, each.object))
      continue;
    const Object* const was = work.from.find(each.object);
    const Object* const is = work.to.find(each.object);
    if (was == nullptr || is == nullptr || was->details != is->details) continue;
    std::erase_if(each.hazards, [](const Hazard& hazard) {
      return lint::rule(hazard.rule).category == lint::Category::Breaks;
    });
  }
}

// Where a table is dropped, or leaves or joins its parent: the group, and the statement in it.
struct Moves {
  struct Place {
    size_t group = 0;
    Statement* statement = nullptr;
  };
  std::map<Key, Place> drops, detaches, attaches;

  explicit Moves(std::vector<Group>& groups) {
    for (size_t at = 0; at < groups.size(); ++at)
      for (Statement& each : groups[at].statements) {
        if (each.object.kind != Kind::Table) continue;
        const auto says = [&](std::string_view words) {
          return each.sql.find(words) != std::string::npos;
        };
        if (each.change == Change::Drop) drops[each.object] = {at, &each};
        if (each.change != Change::Alter) continue;
        if (says(" DETACH PARTITION ")) detaches[each.object] = {at, &each};
        if (says(" ATTACH PARTITION ")) attaches[each.object] = {at, &each};
      }
  }
};

// A partition that leaves its parent and joins it, or what is made in its place, in a later
// transaction. A parent is to its partitions what a view is to tables: without them it is empty.
void tell_of_unseen_rows(const Work& work, std::vector<Group>& groups) {
  Moves moves(groups);
  std::set<Ref> told;
  for (const auto& [key, leaves] : moves.detaches) {
    const auto joins = moves.attaches.find(key);
    if (joins == moves.attaches.end() || joins->second.group <= leaves.group) continue;
    const Table& was = details<Table>(*work.from.find(key));
    const auto child = static_cast<Ref>(work.to.find(key) - work.to.objects.data());
    for (const Ref parent : Work::parents(work.to, child)) {
      const Object& object = work.to.at(parent);
      if (object.identity != was.partition_of) continue;
      const auto drop = moves.drops.find(object.key);
      if (drop == moves.drops.end())
        leaves.statement->hazards.push_back(
            {lint::RuleId::DropView, "rows of " + work.to.at(child).identity +
                                         " are not to be seen in " + object.identity +
                                         " until it is attached again"});
      else if (told.insert(parent).second)
        drop->second.statement->hazards.push_back(
            {lint::RuleId::DropView, "rows of " + object.identity +
                                         " are not to be seen there until its partitions are "
                                         "attached again"});
    }
  }
}

std::vector<Group> group(const Operations& operations, const std::vector<OrderGraph::Node>& order) {
  std::vector<Group> groups;
  bool open = false;
  for (const OrderGraph::Node node : order) {
    const Segment& segment = operations.segments()[node];
    if (segment.begin == segment.end) continue;
    const std::vector<Statement>& statements = operations.all()[segment.operation].statements;
    const Lane lane = operations.graph().lane(node);
    const bool shares = lane != Lane::Outside && lane != Lane::Alone;
    if (!shares || !open) groups.push_back({lane != Lane::Outside, {}});
    open = shares;
    for (size_t at = segment.begin; at < segment.end; ++at)
      groups.back().statements.push_back(statements[at]);
  }
  return groups;
}

}  // namespace

std::vector<Group> arrange(const Work& work) {
  Breaks breaks;
  for (;;) {
    const Operations operations(work, breaks);
    const std::vector<OrderGraph::Node> order = operations.graph().sort();
    if (order.size() == operations.segments().size()) {
      std::vector<Group> groups = group(operations, order);
      for (Group& each : groups) {
        forgive(work, each);
        leave_bodies_unchecked(each);
      }
      tell_of_unseen_rows(work, groups);
      return groups;
    }
    bool loosened = false;
    std::vector<uint32_t> last;
    for (const std::vector<OrderGraph::Node>& component : operations.graph().cycles()) {
      std::vector<uint32_t> cycle;
      for (const OrderGraph::Node node : component)
        cycle.push_back(operations.segments()[node].operation);
      std::ranges::sort(cycle);
      cycle.erase(std::ranges::unique(cycle).begin(), cycle.end());
      loosened |= loosen(work, operations, cycle, breaks);
      last = std::move(cycle);
    }
    if (!loosened) refuse(work, operations, last);
  }
}

}  // namespace sluice::schema
