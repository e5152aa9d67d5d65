// What comes and goes with something else, and so needs no statement.
#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "schema/ddl_kinds.h"
#include "schema/diff_work.h"

namespace sluice::schema {
namespace {

Ref ref_of(const Catalog& catalog, const Object* object) {
  return object == nullptr ? kNone : static_cast<Ref>(object - catalog.objects.data());
}

// The column or constraint of the same name of a parent of the table.
Ref of_parent(const Catalog& catalog, const Object& object) {
  for (const Ref parent : Work::parents(catalog, *object.owner_relation)) {
    const Key& key = catalog.at(parent).key;
    const Ref found =
        ref_of(catalog, catalog.find({object.key.kind, key.schema, key.name, object.key.name, ""}));
    if (found != kNone) return found;
  }
  return kNone;
}

bool has_index(ConstraintType type) {
  return type == ConstraintType::PrimaryKey || type == ConstraintType::Unique ||
         type == ConstraintType::Exclusion;
}

// The parent's key, index or trigger that it is a part of, by its needs.
Ref of_needs(const Catalog& catalog, const Object& object) {
  for (const Ref need : object.needs) {
    const Object& other = catalog.at(need);
    if (other.key.kind != object.key.kind || other.owner_relation == object.owner_relation)
      continue;
    if (object.key.kind == Kind::Constraint) {
      const auto& a = details<Constraint>(object);
      const auto& b = details<Constraint>(other);
      // A foreign key needs the key that it refers to, too.
      if (a.type != b.type) continue;
    }
    return need;
  }
  return kNone;
}

void settle_made(Work& work, Ref ref) {
  const Object& object = work.to.at(ref);
  if (!object.owner_relation) return;
  const Ref relation = *object.owner_relation;
  Ref& with = work.comes_with[ref];
  if (object.key.kind == Kind::Column) {
    const auto& column = details<Column>(object);
    if (work.is_made(relation)) {
      with = relation;
    } else if (column.inherited && !column.local && work.keeps_parent(relation)) {
      const Ref parent = of_parent(work.to, object);
      if (parent != kNone && work.is_made(parent)) with = parent;
    }
  } else if (object.key.kind == Kind::Constraint) {
    const auto& constraint = details<Constraint>(object);
    if (!constraint.inherited || constraint.local || has_index(constraint.type)) return;
    const bool partition = !details<Table>(work.to.at(relation)).partition_of.empty();
    if (constraint.type == ConstraintType::ForeignKey) {
      const Ref parent = of_needs(work.to, object);
      with = parent == kNone ? relation : parent;
    } else if (work.keeps_parent(relation) || (work.is_made(relation) && !partition)) {
      const Ref parent = of_parent(work.to, object);
      if (parent != kNone) with = parent;
    }
  }
}

bool is_inherited_alone(const Object& object) {
  if (const auto* column = std::get_if<Column>(&object.details))
    return column->inherited && !column->local;
  const auto* const check = std::get_if<Constraint>(&object.details);
  return check != nullptr && check->type == ConstraintType::Check && check->inherited &&
         !check->local;
}

// Columns and checks that children have inherited, and that are dropped: from their table alone
// where a child is to keep its own, or drops it by itself. PostgreSQL takes along all that came
// with it, through all levels.
class Inheritance {
 public:
  explicit Inheritance(Work& work) : work_(work) {
    for (Ref ref = 0; ref < work.from.objects.size(); ++ref) {
      if (!work.from.at(ref).owner_relation || !is_inherited_alone(work.from.at(ref))) continue;
      for (const Ref parent : Work::bequeathed_by(work.from, ref)) heirs_[parent].push_back(ref);
    }
  }

  void operator()() {
    for (const auto& [ref, heirs] : heirs_)
      if (work_.is_dropped(ref) && leaves_any(ref)) work_.drops_only.insert(ref);
  }

 private:
  bool leaves_any(Ref ref) const {
    const auto heirs = heirs_.find(ref);
    return heirs != heirs_.end() &&
           std::ranges::any_of(heirs->second, [&](Ref heir) { return leaves(heir); });
  }

  // Whether it must not go with the parent's.
  bool leaves(Ref heir) const {
    if (!work_.is_dropped(heir)) return !comes_again(heir) && !has_another(heir);
    const Ref table = *work_.from.at(heir).owner_relation;
    if (!work_.is_dropped(table) && !keeps_parents(table)) return true;
    return leaves_any(heir);
  }

  // A check that is there again with the parent's.
  bool comes_again(Ref heir) const {
    const Ref now = work_.to_of[heir];
    return work_.from.at(heir).key.kind == Kind::Constraint && now != kNone &&
           is_inherited_alone(work_.to.at(now));
  }

  // A parent of which it goes on to inherit it.
  bool has_another(Ref heir) const {
    return keeps_parents(*work_.from.at(heir).owner_relation) &&
           std::ranges::any_of(Work::bequeathed_by(work_.from, heir),
                               [&](Ref other) { return !work_.is_dropped(other); });
  }

  bool keeps_parents(Ref table) const {
    const Ref now = work_.to_of[table];
    return now != kNone && work_.keeps_parent(now);
  }

  Work& work_;
  std::map<Ref, std::vector<Ref>> heirs_;
};

// Its drop has to be one of its own: what it came with goes from one parent alone.
bool outlives_a_parent(const Work& work, Ref ref) {
  return std::ranges::any_of(Work::bequeathed_by(work.from, ref),
                             [&](Ref parent) { return work.drops_only.contains(parent); });
}

void settle_gone(Work& work, Ref ref) {
  const Object& object = work.from.at(ref);
  Ref& with = work.goes_with[ref];
  if (object.key.kind == Kind::Sequence) {
    const auto& sequence = details<Sequence>(object);
    if (sequence.owner_table.empty() || work.to_of[ref] != kNone) return;
    const Ref owner =
        ref_of(work.from, work.from.find({Kind::Column, sequence.owner_schema, sequence.owner_table,
                                          sequence.owner_column, ""}));
    if (owner != kNone && work.is_dropped(owner)) with = owner;
    return;
  }
  if (!object.owner_relation) return;
  const Ref relation = *object.owner_relation;
  if (work.is_dropped(relation)) {
    with = relation;
    for (Ref key = inherited_key(work.from, object); key != kNone && work.is_dropped(key);
         key = inherited_key(work.from, work.from.at(key)))
      work.inherited_key[ref] = key;
    return;
  }
  const Ref table_now = work.to_of[relation];
  if (table_now == kNone) return;
  if (object.key.kind == Kind::Trigger) {
    const Ref parent = details<Trigger>(object).inherited ? of_needs(work.from, object) : kNone;
    if (parent != kNone && work.is_dropped(parent)) with = parent;
    return;
  }
  if (work.from.at(relation).key.kind != Kind::Table || !work.keeps_parent(table_now)) return;
  Ref parent = kNone;
  if (object.key.kind == Kind::Column) {
    const auto& column = details<Column>(object);
    if (column.inherited && !column.local && !outlives_a_parent(work, ref))
      parent = of_parent(work.from, object);
  } else if (object.key.kind == Kind::Constraint) {
    const auto& constraint = details<Constraint>(object);
    if (constraint.inherited && !constraint.local && !outlives_a_parent(work, ref))
      parent = constraint.type == ConstraintType::Check ? of_parent(work.from, object)
                                                        : of_needs(work.from, object);
  } else if (object.key.kind == Kind::Index && !details<Index>(object).attached_to.empty()) {
    parent = of_needs(work.from, object);
  }
  if (parent != kNone && work.is_dropped(parent)) with = parent;
}

}  // namespace

Ref inherited_key(const Catalog& catalog, const Object& object) {
  if (object.key.kind != Kind::Constraint) return kNone;
  const auto& constraint = details<Constraint>(object);
  const bool only_inherited = constraint.inherited && !constraint.local;
  return only_inherited && constraint.type == ConstraintType::ForeignKey ? of_needs(catalog, object)
                                                                         : kNone;
}

void settle(Work& work) {
  std::iota(work.comes_with.begin(), work.comes_with.end(), 0);
  std::iota(work.goes_with.begin(), work.goes_with.end(), 0);
  for (Ref ref = 0; ref < work.to.objects.size(); ++ref)
    if (work.is_made(ref)) settle_made(work, ref);
  Inheritance{work}();
  for (Ref ref = 0; ref < work.from.objects.size(); ++ref)
    if (work.is_dropped(ref)) settle_gone(work, ref);
}

}  // namespace sluice::schema
