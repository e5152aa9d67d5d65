// What each operation waits for.
#include <algorithm>
#include <string>

#include "schema/ddl_kinds.h"
#include "schema/ddl_relation.h"
#include "schema/diff_operations.h"

namespace sluice::schema {
namespace {

constexpr int kNo = -1;

int found(const std::unordered_map<Ref, int>& in, Ref ref) {
  const auto at = in.find(ref);
  return at == in.end() ? kNo : at->second;
}

// What a default may need, as far as it is not its type's.
bool may_be_of_default(Kind kind) {
  switch (kind) {
    case Kind::Function:
    case Kind::Sequence:
    case Kind::Operator:
    case Kind::Cast:
    case Kind::TextSearchConfiguration:
    case Kind::TextSearchDictionary:
      return true;
    default:
      return false;
  }
}

// Kinds that share one room of names in a schema: of relations, of types, and of both.
bool has_shared_name(const Object& object) {
  switch (object.key.kind) {
    case Kind::Enum:
    case Kind::Composite:
    case Kind::Domain:
    case Kind::Range:
    case Kind::Sequence:
    case Kind::Table:
    case Kind::Index:
    case Kind::View:
    case Kind::MaterializedView:
      return true;
    case Kind::Constraint: {
      const ConstraintType type = details<Constraint>(object).type;
      return type == ConstraintType::PrimaryKey || type == ConstraintType::Unique ||
             type == ConstraintType::Exclusion;
    }
    default:
      return false;
  }
}

std::string shared_name(const Object& object) { return object.key.schema + '\0' + object.key.name; }

// Constraints and constraint triggers of one table share a room, too.
bool is_constraint(const Object& object) {
  return object.key.kind == Kind::Constraint ||
         (object.key.kind == Kind::Trigger && details<Trigger>(object).constraint);
}

std::string name_of_constraint(const Object& object) {
  return object.key.schema + '\0' + object.key.relation + '\0' + object.key.name;
}

Ref parent_index(const Catalog& catalog, const Object& object) {
  for (const Ref need : object.needs) {
    const Object& other = catalog.at(need);
    if (other.owner_relation == object.owner_relation) continue;
    if (other.key.kind == Kind::Index || other.key.kind == Kind::Constraint) return need;
  }
  return kNone;
}

bool is_foreign_key(const Object& object) {
  return object.key.kind == Kind::Constraint &&
         details<Constraint>(object).type == ConstraintType::ForeignKey;
}

bool shapes_partitions(const Object& object) {
  return object.key.kind == Kind::Column || object.key.kind == Kind::Index ||
         (object.key.kind == Kind::Constraint && !is_foreign_key(object));
}

}  // namespace

// Nobody else has to wait for that.
bool Operations::only_default_changes(Ref ref) const {
  const Ref before = work_.from_of[ref];
  if (altered_[ref] == kNo || before == kNone || work_.to.at(ref).key.kind != Kind::Column)
    return false;
  Column was = details<Column>(work_.from.at(before));
  const auto& is = details<Column>(work_.to.at(ref));
  was.default_value = is.default_value;
  return was == is && !work_.convert[ref];
}

void Operations::connect_needs(int operation, Ref ref) {
  const Object& object = work_.to.at(ref);
  const bool deferred = breaks_.deferred_default.contains(ref);
  for (const Ref need : object.needs) {
    if (deferred && may_be_of_default(work_.to.at(need).key.kind)) {
      wait(found(set_default_, ref), making(need));
      wait(found(set_default_, ref), altered_[need]);
      continue;
    }
    const int stub = found(stub_, need);
    const bool reads = object.key.kind == Kind::MaterializedView;
    wait(operation, stub != kNo && !reads ? stub : making(need));
    if (!only_default_changes(need)) wait(operation, altered_[need]);
    if (const auto attached = attach_index_.find(need);
        attached != attach_index_.end() && parent_index(work_.to, object) != need)
      for (const int each : attached->second) wait(operation, each);
  }
}

void Operations::connect_made() {
  // Indexes of partitions first: what needs their parent's waits for them.
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    const bool index = object.key.kind == Kind::Index;
    if (!index && object.key.kind != Kind::Constraint) continue;
    if (!object.owner_relation || work_.to.at(*object.owner_relation).key.kind != Kind::Table ||
        work_.to_fate[ref] == Fate::Left || work_.attaches(*object.owner_relation))
      continue;
    std::string parent;
    Ref of_parent = kNone;
    if (index) {
      parent = details<Index>(object).attached_to;
      if (parent.empty()) continue;
      const bool was_attached =
          !work_.is_made(ref) && work_.from_of[ref] != kNone &&
          details<Index>(work_.from.at(work_.from_of[ref])).attached_to == parent;
      of_parent = parent_index(work_.to, object);
      if (was_attached && (of_parent == kNone || !work_.is_made(of_parent))) continue;
    } else {
      const auto& constraint = details<Constraint>(object);
      const bool key = constraint.type == ConstraintType::PrimaryKey ||
                       constraint.type == ConstraintType::Unique;
      if (!key || !constraint.inherited) continue;
      of_parent = parent_index(work_.to, object);
      if (of_parent == kNone || (!work_.is_made(ref) && !work_.is_made(of_parent))) continue;
      const Key& its = work_.to.at(of_parent).key;
      parent = qualified(its.schema, its.name);
    }
    const int operation = add(Act::AttachIndex, ref, {attach_index(object, parent)});
    if (of_parent != kNone) {
      attach_index_[of_parent].push_back(operation);
      wait(operation, making(of_parent));
    }
    wait(operation, making(ref));
    wait(operation, altered_[ref]);
  }
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    int operation = altered_[ref];
    if (work_.is_made(ref)) {
      operation = making(ref);
      if (object.owner_relation) {
        wait(operation, making(*object.owner_relation));
        if (is_foreign_key(object)) wait(operation, altered_[*object.owner_relation]);
      }
      wait(operation, found(stub_, ref));
      if (breaks_.deferred_default.contains(ref)) wait(found(set_default_, ref), operation);
      // Dropped, or renamed away, before it is made again.
      const Ref before = work_.from_of[ref];
      if (before != kNone && work_.is_dropped(before)) {
        const int away = found(aside_, before);
        wait(operation, away == kNo ? dropping(before) : away);
        wait(found(stub_, ref), dropping(before));
      }
    }
    if (operation == kNo) continue;
    connect_needs(operation, ref);
    const Ref before = work_.from_of[ref];
    if (before == kNone || work_.is_made(ref)) continue;
    // What refuses the change of what it depends on is gone before.
    for (const Ref user : work_.needed_by[before])
      if (work_.is_dropped(user)) wait(operation, dropping(user));
    for (const Ref part : work_.parts[before])
      if (work_.is_dropped(part) && is_foreign_key(work_.from.at(part)))
        wait(operation, dropping(part));
    wait(operation, found(drop_default_, before));
  }
}

void Operations::connect_gone() {
  for (Ref ref = 0; ref < work_.from.objects.size(); ++ref) {
    if (!work_.is_dropped(ref)) continue;
    const int operation = dropping(ref);
    if (operation == kNo) continue;
    wait(operation, found(aside_, ref));
    for (const Ref user : work_.needed_by[ref]) {
      const int early = found(drop_default_, user);
      if (early != kNo && may_be_of_default(work_.from.at(ref).key.kind)) {
        wait(operation, early);
        continue;
      }
      if (work_.is_dropped(user)) {
        wait(operation, dropping(user));
        continue;
      }
      const Ref now = work_.to_of[user];
      if (early != kNo) wait(operation, early);
      if (early == kNo && now != kNone) wait(operation, altered_[now]);
      wait(operation, found(detach_, user));
    }
    // A relation waits for what belongs to it only where that has a drop of its own.
    for (const Ref part : work_.parts[ref])
      if (breaks_.own_drop.contains(part)) wait(operation, dropped_[part]);
    if (const int early = found(drop_default_, ref); early != kNo) wait(operation, early);
  }
}

void Operations::connect_names() {
  std::unordered_map<std::string, std::vector<int>> going;
  for (Ref ref = 0; ref < work_.from.objects.size(); ++ref) {
    if (!work_.is_dropped(ref)) continue;
    const Object& object = work_.from.at(ref);
    const int away = found(aside_, ref);
    if (has_shared_name(object))
      going[shared_name(object)].push_back(away == kNo ? dropping(ref) : away);
    if (is_constraint(object)) going[name_of_constraint(object)].push_back(dropping(ref));
  }
  if (going.empty() && work_.freed_sequences.empty()) return;
  const auto wait_for = [&](int operation, const std::string& name) {
    const auto same = going.find(name);
    if (same == going.end()) return;
    for (const int earlier : same->second) wait(operation, earlier);
  };
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    if (object.key.kind == Kind::Column) {
      const auto& identity = details<Column>(object).identity;
      const int operation = work_.is_made(ref) ? making(ref) : altered_[ref];
      if (identity && operation != kNo && !identity->sequence_name.empty())
        if (const auto sequence = work_.dropped_sequences.find(identity->sequence_name);
            sequence != work_.dropped_sequences.end())
          wait(operation, dropping(sequence->second));
      continue;
    }
    if (!work_.is_made(ref)) continue;
    if (object.key.kind == Kind::Sequence)
      if (const auto freed = work_.freed_sequences.find(object.identity);
          freed != work_.freed_sequences.end())
        wait(making(ref), found(drop_default_, freed->second));
    if (has_shared_name(object)) {
      wait_for(making(ref), shared_name(object));
      wait_for(found(stub_, ref), shared_name(object));
    }
    if (is_constraint(object)) wait_for(making(ref), name_of_constraint(object));
  }
}

// One goes before the other comes; the other's index may be built before.
void Operations::connect_primary_keys() {
  const auto is_primary = [](const Object& object) {
    return object.key.kind == Kind::Constraint &&
           details<Constraint>(object).type == ConstraintType::PrimaryKey;
  };
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    if (!work_.is_made(ref) || !is_primary(object) || !object.owner_relation) continue;
    const Ref before = work_.from_of[*object.owner_relation];
    if (before == kNone) continue;
    for (const Ref part : work_.parts[before])
      if (work_.is_dropped(part) && is_primary(work_.from.at(part)))
        wait_at_end(making(ref), dropping(part));
  }
}

void Operations::wait_for_parts(int operation, const std::vector<Ref>& parts_of_to,
                                bool foreign_keys) {
  for (const Ref part : parts_of_to) {
    const Object& object = work_.to.at(part);
    if (!shapes_partitions(object) && !(foreign_keys && is_foreign_key(object))) continue;
    if (work_.is_made(part)) wait(operation, making(part));
    wait(operation, altered_[part]);
  }
}

void Operations::connect_partitions() {
  for (const auto& [child, operation] : attach_) {
    wait(operation, making(child));
    wait(operation, altered_[child]);
    wait_for_parts(operation, work_.to_parts[child], false);
    for (const Ref parent : Work::parents(work_.to, child)) {
      wait(operation, making(parent));
      wait(operation, altered_[parent]);
      wait_for_parts(operation, work_.to_parts[parent], false);
      const Ref before = work_.from_of[parent];
      if (before == kNone) continue;
      // Whose values may be its own now.
      for (const Ref sibling : work_.needed_by[before]) {
        wait(operation, found(detach_, sibling));
        if (work_.is_dropped(sibling) && work_.from.at(sibling).key.kind == Kind::Table)
          wait(operation, dropping(sibling));
      }
      for (const Ref part : work_.parts[before])
        if (work_.is_dropped(part) && shapes_partitions(work_.from.at(part)))
          wait(operation, dropping(part));
    }
    if (work_.from_of[child] != kNone) wait(operation, found(detach_, work_.from_of[child]));
  }
  for (const auto& [child, operation] : detach_) {
    const auto before_all = [&](Ref table) {
      for (const Ref part : work_.parts[table]) {
        if (work_.is_dropped(part) && dropping(part) != kNo) wait(dropping(part), operation);
        const Ref now = work_.to_of[part];
        if (now != kNone) wait(altered_[now], operation);
      }
      const Ref now = work_.to_of[table];
      if (now == kNone) return;
      for (const Ref part : work_.to_parts[now])
        if (work_.is_made(part)) wait(making(part), operation);
    };
    before_all(child);
    for (const Ref parent : Work::parents(work_.from, child)) before_all(parent);
  }
  // INHERIT wants the columns and checks to be there; NO INHERIT lets them go.
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    if (work_.to.at(ref).key.kind != Kind::Table || altered_[ref] == kNo) continue;
    const auto& is = details<Table>(work_.to.at(ref));
    const auto& was = details<Table>(work_.from.at(work_.from_of[ref]));
    if (is.inherits == was.inherits) continue;
    const bool more = std::ranges::any_of(is.inherits, [&](const std::string& parent) {
      return std::ranges::find(was.inherits, parent) == was.inherits.end();
    });
    if (more) {
      wait_for_parts(altered_[ref], work_.to_parts[ref], false);
    } else {
      for (const Ref part : work_.parts[work_.from_of[ref]])
        if (work_.is_dropped(part)) wait(dropping(part), altered_[ref]);
    }
  }
}

void Operations::connect_attached_indexes() {
  // A new index of a partitioned table is ON ONLY it: the partitions that stay have theirs built
  // after it, and attached.
  for (const auto& [parent, operations] : attach_index_)
    for (const int operation : operations) {
      const Ref index = all_[static_cast<size_t>(operation)].ref;
      wait(operation, making(parent));
      if (work_.is_made(index) && work_.is_made(parent)) wait(making(index), making(parent));
    }
}

void Operations::connect_finishes() {
  for (const auto& [table, operation] : finish_) {
    wait(operation, making(table));
    wait(operation, altered_[table]);
    const auto& is = details<Table>(work_.to.at(table));
    for (const Ref part : work_.to_parts[table]) {
      const std::string& name = work_.to.at(part).key.name;
      if (name != is.replica_index && name != is.cluster_on) continue;
      if (work_.is_made(part)) wait(operation, making(part));
      wait(operation, altered_[part]);
    }
  }
}

void Operations::connect_sequences() {
  const auto column_of = [](const Catalog& catalog, const Sequence& sequence) {
    const Object* const column = catalog.find(
        {Kind::Column, sequence.owner_schema, sequence.owner_table, sequence.owner_column, ""});
    return column == nullptr ? kNone : static_cast<Ref>(column - catalog.objects.data());
  };
  for (const auto& [sequence, operation] : own_) {
    wait(operation, making(sequence));
    wait(operation, altered_[sequence]);
    const Ref column = column_of(work_.to, details<Sequence>(work_.to.at(sequence)));
    if (column != kNone) wait(operation, making(column));
    if (work_.from_of[sequence] != kNone) wait(operation, found(disown_, work_.from_of[sequence]));
  }
  for (const auto& [sequence, operation] : disown_) {
    const Ref column = column_of(work_.from, details<Sequence>(work_.from.at(sequence)));
    if (column != kNone && work_.is_dropped(column)) wait(dropping(column), operation);
  }
}

}  // namespace sluice::schema
