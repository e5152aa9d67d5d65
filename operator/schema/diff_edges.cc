// What each operation waits for.
#include <algorithm>
#include <string>

#include "schema/ddl_kinds.h"
#include "schema/ddl_relation.h"
#include "schema/diff_operations.h"

namespace sluice::schema {
namespace {

constexpr int kNo = -1;

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
    if (object.key.kind == Kind::Index && comes_after_partitions(need)) continue;
    if (deferred && may_be_of_default(work_.to.at(need).key.kind)) {
      wait(found(set_default_, ref), making(need));
      wait(found(set_default_, ref), altered_[need]);
      continue;
    }
    const int stub = found(stub_, need);
    const bool reads = object.key.kind == Kind::MaterializedView;
    wait(operation, stub != kNo && !reads ? stub : making(need));
    if (!only_default_changes(need)) wait(operation, altered_[need]);
    if (work_.to.at(need).key.kind == Kind::Column)
      if (const Ref by = work_.typed_by(need); by != need && !only_default_changes(by))
        wait(operation, altered_[by]);
    if (const auto attached = attach_index_.find(need);
        attached != attach_index_.end() && parent_index(work_.to, object) != need)
      for (const int each : attached->second) wait(operation, each);
  }
}

// ATTACH PARTITION would make the index for a partition that is to have none.
bool Operations::comes_after_partitions(Ref to_ref) const {
  if (to_ref == kNone || !work_.is_made(to_ref)) return false;
  const auto* const index = std::get_if<Index>(&work_.to.at(to_ref).details);
  return index != nullptr && index->on_partitioned && !index->valid;
}

// A check that is NOT VALID takes those of the children that are there as they are; one of a child
// that comes later would have to be NOT VALID, too.
void Operations::wait_for_checks_of_children(int operation, Ref ref) {
  const auto* const check = std::get_if<Constraint>(&work_.to.at(ref).details);
  if (check == nullptr || check->validated || check->type != ConstraintType::Check) return;
  std::vector<Ref> tables{*work_.to.at(ref).owner_relation};
  while (!tables.empty()) {
    const Ref table = tables.back();
    tables.pop_back();
    for (const Ref child : work_.to_needed_by[table]) {
      const Key& key = work_.to.at(child).key;
      if (key.kind != Kind::Table) continue;
      const Object* const same =
          work_.to.find({Kind::Constraint, key.schema, key.name, work_.to.at(ref).key.name, ""});
      if (same == nullptr) continue;
      tables.push_back(child);
      const auto its = static_cast<Ref>(same - work_.to.objects.data());
      if (details<Constraint>(*same).local && work_.is_made(its)) wait(operation, making(its));
    }
  }
}

void Operations::connect_made() {
  // Indexes of partitions first: what needs their parent's waits for them.
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    const bool index = object.key.kind == Kind::Index;
    if (!index && object.key.kind != Kind::Constraint) continue;
    if (!object.owner_relation || work_.to.at(*object.owner_relation).key.kind != Kind::Table ||
        work_.to_fate[ref] == Fate::Left)
      continue;
    const bool attaches = work_.attaches(*object.owner_relation);
    if (attaches && (!index || !comes_after_partitions(parent_index(work_.to, object)))) continue;
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
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref)
    if (comes_after_partitions(ref))
      for (const Ref child : work_.to_needed_by[*work_.to.at(ref).owner_relation])
        wait(making(ref), found(attach_, child));
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    int operation = altered_[ref];
    if (work_.is_made(ref)) {
      operation = making(ref);
      if (object.owner_relation) {
        wait(operation, making(*object.owner_relation));
        if (is_foreign_key(object)) {
          wait(operation, altered_[*object.owner_relation]);
          // What it refers to is logged, or unlogged, as it is itself.
          for (const Ref need : object.needs)
            if (const auto other = work_.to.at(need).owner_relation) {
              wait(operation, altered_[*other]);
              wait_for_partitions(operation, *other);
            }
        }
      }
      wait_for_checks_of_children(operation, ref);
      wait(operation, found(stub_, ref));
      if (breaks_.deferred_default.contains(ref)) wait(found(set_default_, ref), operation);
      // Its partition had one of its own under that name.
      if (object.key.kind == Kind::Trigger && details<Trigger>(object).inherited)
        if (const Ref own = work_.from_of[ref]; own != kNone && work_.is_dropped(own))
          for (const Ref need : object.needs)
            if (work_.to.at(need).key.kind == Kind::Trigger && work_.is_made(need))
              wait(making(need), dropping(own));
      // Dropped, or renamed away, before it is made again.
      const Ref before = work_.from_of[ref];
      if (before != kNone && work_.is_dropped(before)) {
        const int away = found(aside_, before);
        wait(operation, away == kNo ? dropping(before) : away);
        wait(found(stub_, ref), dropping(before));
        if (away != kNo) let_go_after(before, operation);
      }
    }
    if (operation == kNo) continue;
    connect_needs(operation, ref);
    const Ref before = work_.from_of[ref];
    if (before == kNone || work_.is_made(ref)) continue;
    // What refuses the change of what it depends on is gone before.
    if (!only_default_changes(ref))
      for (const Ref user : work_.needed_by[before])
        if (work_.is_dropped(user)) wait(operation, dropping(user));
    for (const Ref part : work_.parts[before]) {
      if (work_.is_dropped(part) && is_foreign_key(work_.from.at(part)))
        wait(operation, dropping(part));
      // What refers to a table does not let it become unlogged.
      for (const Ref user : work_.needed_by[part])
        if (work_.is_dropped(user) && is_foreign_key(work_.from.at(user)))
          wait(operation, dropping(user));
    }
    wait(operation, found(drop_default_, before));
  }
}

// A column whose type changes, by a statement of its own or by its parent's.
void Operations::connect_retyped() {
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Ref before = work_.from_of[ref];
    if (work_.to.at(ref).key.kind != Kind::Column || before == kNone || work_.is_made(ref))
      continue;
    const Ref by = work_.typed_by(ref);
    const int operation = altered_[by];
    if (operation == kNo || only_default_changes(by)) continue;
    wait(altered_[ref], operation);
    for (const Ref user : work_.needed_by[before]) {
      if (work_.is_dropped(user)) {
        wait(operation, dropping(user));
        continue;
      }
      // Generated from it before, and no longer.
      const Ref now = work_.to_of[user];
      if (now == kNone || altered_[now] == kNo || work_.to.at(now).key.kind != Kind::Column)
        continue;
      const std::vector<Ref>& needs = work_.to.at(now).needs;
      if (std::ranges::find(needs, ref) == needs.end()) wait(operation, altered_[now]);
    }
  }
}

// What was renamed aside serves until its successor is there. A primary key makes room in the
// transaction that adds the new one, whose index has been built by then.
void Operations::let_go_after(Ref from_ref, int successor) {
  const Object& object = work_.from.at(from_ref);
  if (object.key.kind == Kind::Index) wait(dropping(from_ref), successor);
  if (object.key.kind != Kind::Constraint) return;
  if (details<Constraint>(object).type == ConstraintType::PrimaryKey)
    wait_for_beginning(dropping(from_ref), successor);
  else
    wait(dropping(from_ref), successor);
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
    if (is_constraint(object))
      going[name_of_constraint(object)].push_back(away == kNo ? dropping(ref) : away);
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
            sequence != work_.dropped_sequences.end()) {
          const int away = found(aside_, sequence->second);
          wait(operation, away == kNo ? dropping(sequence->second) : away);
        }
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

}  // namespace sluice::schema
