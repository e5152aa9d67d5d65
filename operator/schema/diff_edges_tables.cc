// What partitions, inheritance, replica identities and sequences wait for.
#include <algorithm>

#include "schema/diff_operations.h"

namespace sluice::schema {
namespace {

constexpr int kNo = -1;

bool is_foreign_key(const Object& object) {
  return object.key.kind == Kind::Constraint &&
         details<Constraint>(object).type == ConstraintType::ForeignKey;
}

bool shapes_partitions(const Object& object) {
  return object.key.kind == Kind::Column || object.key.kind == Kind::Index ||
         (object.key.kind == Kind::Constraint && !is_foreign_key(object));
}

}  // namespace

void Operations::wait_for_parts(int operation, const std::vector<Ref>& parts_of_to,
                                bool of_parent) {
  for (const Ref part : parts_of_to) {
    const Object& object = work_.to.at(part);
    if (!shapes_partitions(object) || (of_parent && comes_after_partitions(part))) continue;
    if (work_.is_made(part)) wait(operation, making(part));
    wait(operation, altered_[part]);
  }
}

void Operations::connect_partitions() {
  for (const auto& [child, operation] : attach_) {
    wait(operation, making(child));
    wait(operation, altered_[child]);
    wait_for_parts(operation, work_.to_parts[child], false);
    // A new partition of its own would have to come with the check of its bounds.
    if (all_[static_cast<size_t>(operation)].statements.size() > 1)
      for (const Ref below : work_.to_needed_by[child]) wait(operation, found(attach_, below));
    for (const Ref parent : Work::parents(work_.to, child)) {
      wait(operation, making(parent));
      wait(operation, altered_[parent]);
      wait_for_parts(operation, work_.to_parts[parent], true);
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

// The rows that a foreign key refers to are there once all partitions are attached.
void Operations::wait_for_partitions(int operation, Ref to_table) {
  for (const Ref child : work_.to_needed_by[to_table]) {
    if (work_.to.at(child).key.kind != Kind::Table) continue;
    const std::vector<Ref> parents = Work::parents(work_.to, child);
    if (std::ranges::find(parents, to_table) == parents.end()) continue;
    wait(operation, found(attach_, child));
    wait_for_partitions(operation, child);
  }
}

// What is inherited can neither be dropped nor changed before the parent's is gone.
void Operations::connect_inherited() {
  for (Ref ref = 0; ref < work_.from.objects.size(); ++ref) {
    const Object& object = work_.from.at(ref);
    if (object.key.kind != Kind::Column && object.key.kind != Kind::Constraint) continue;
    if (!object.owner_relation || work_.is_dropped(*object.owner_relation)) continue;
    const Ref now = work_.to_of[ref];
    for (const Ref parent : Work::bequeathed_by(work_.from, ref)) {
      if (!work_.is_dropped(parent) || work_.is_dropped(*work_.from.at(parent).owner_relation))
        continue;
      if (work_.is_dropped(ref))
        wait(dropping(ref), dropping(parent));
      else if (now != kNone)
        wait(altered_[now], dropping(parent));
    }
  }
  // It is of the parent's type before it becomes the same column.
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Ref before = work_.from_of[ref];
    if (work_.to.at(ref).key.kind != Kind::Column || altered_[ref] == kNo ||
        details<Column>(work_.from.at(before)).inherited)
      continue;
    for (const Ref parent : Work::bequeathed_by(work_.to, ref))
      if (work_.is_made(parent)) wait(making(parent), altered_[ref]);
  }
}

void Operations::connect_attached_indexes() {
  // A new index of a partitioned table is ON ONLY it: the partitions that stay have theirs built
  // after it, and attached.
  for (const auto& [parent, operations] : attach_index_)
    for (const int operation : operations) {
      const Ref index = all_[static_cast<size_t>(operation)].ref;
      wait(operation, making(parent));
      if (work_.is_made(index) && work_.is_made(parent) && !comes_after_partitions(parent))
        wait(making(index), making(parent));
    }
}

void Operations::connect_finishes() {
  for (const auto& [table, operation] : finish_) {
    wait(operation, making(table));
    wait(operation, altered_[table]);
    for (const Ref part : work_.to_parts[table]) {
      if (!finishes(work_.to.at(table), work_.to.at(part).key.name)) continue;
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
    if (const auto follows = work_.follows.find(sequence); follows != work_.follows.end())
      wait(operation, found(drop_default_, follows->second));
  }
  for (const auto& [sequence, column] : work_.followed) wait(dropping(sequence), altered_[column]);
  for (const auto& [sequence, operation] : disown_) {
    const Ref column = column_of(work_.from, details<Sequence>(work_.from.at(sequence)));
    if (column != kNone && work_.is_dropped(column)) wait(dropping(column), operation);
  }
}

}  // namespace sluice::schema
