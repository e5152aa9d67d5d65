// What alterations become, and in what order they are possible, once it is known what else moves.
#include <algorithm>
#include <set>
#include <string_view>

#include "base/error.h"
#include "schema/ddl.h"
#include "schema/ddl_name.h"
#include "schema/diff_work.h"

namespace sluice::schema {
namespace {

class Refinement {
 public:
  explicit Refinement(Work& work) : work_(work) {}

  void operator()() {
    free_sequence_names();
    alter_again();
    keep_not_null();
    build_beside();
  }

 private:
  const Object& was(Ref ref) const { return work_.from.at(ref); }

  // serial becomes identity, or the other way: the new sequence goes on from where the old one
  // stands, which therefore makes room for its name but stays until then.
  void free_sequence_names() {
    for (Ref ref = 0; ref < work_.from.objects.size(); ++ref)
      if (was(ref).key.kind == Kind::Sequence && work_.is_dropped(ref))
        work_.dropped_sequences.emplace(was(ref).identity, ref);
    std::set<std::string_view> made;
    for (Ref ref = 0; ref < work_.to.objects.size(); ++ref)
      if (work_.to.at(ref).key.kind == Kind::Sequence && work_.is_made(ref))
        made.insert(work_.to.at(ref).identity);
    if (work_.dropped_sequences.empty() && made.empty()) return;
    for (const auto& [now, statements] : work_.alterations) {
      const Object& object = work_.to.at(now);
      if (object.key.kind != Kind::Column) continue;
      const Ref before = work_.from_of[now];
      const auto& wanted = details<Column>(object).identity;
      const auto& old = details<Column>(was(before)).identity;
      if (wanted && !old) {
        const Ref sequence = work_.owned.of(was(before));
        if (sequence != kNone && work_.is_dropped(sequence)) {
          work_.followed[sequence] = now;
          work_.redefault[now] = true;
          if (was(sequence).identity == wanted->sequence_name) work_.aside[sequence] = true;
        }
      }
      if (wanted && work_.dropped_sequences.contains(wanted->sequence_name))
        work_.redefault[now] = true;
      if (!old || wanted) continue;
      const Ref sequence = work_.to_owned.of(object);
      if (sequence != kNone && work_.is_made(sequence)) {
        work_.follows[sequence] = before;
        work_.redefault[now] = true;
      }
      if (made.contains(old->sequence_name)) {
        work_.redefault[now] = true;
        work_.freed_sequences.emplace(old->sequence_name, before);
      }
    }
  }

  // DROP NOT NULL of a partitioned table takes those of its partitions, too: one that a partition
  // keeps is set again.
  void keep_not_null() {
    for (Ref now = 0; now < work_.to.objects.size(); ++now) {
      const Object& object = work_.to.at(now);
      const Ref before = work_.from_of[now];
      if (object.key.kind != Kind::Column || before == kNone || work_.to_fate[now] != Fate::Keep)
        continue;
      const Ref parent = work_.typed_by(now);
      if (parent == now || !details<Column>(object).not_null ||
          !details<Column>(was(before)).not_null)
        continue;
      if (details<Table>(work_.to.at(*object.owner_relation)).partition_of.empty() ||
          !work_.alterations.contains(parent) || work_.from_of[parent] == kNone ||
          !details<Column>(was(work_.from_of[parent])).not_null ||
          details<Column>(work_.to.at(parent)).not_null)
        continue;
      Object nullable = object;
      std::get<Column>(nullable.details).not_null = false;
      auto statements =
          alter(work_.from, nullable, work_.to, object, {work_.options, false, {}, &work_.owned});
      if (!statements) continue;
      std::vector<Statement>& all = work_.alterations[now];
      for (Statement& each : *statements) all.push_back(std::move(each));
    }
  }

  // Of a partition that stands alone while its parent is made again: it changes by itself.
  bool is_of_reattached(Ref now) const {
    const Object& object = work_.to.at(now);
    return object.key.kind == Kind::Column && work_.reattach[*object.owner_relation];
  }

  // Defaults that go before, and come after; what a parent says no longer.
  void alter_again() {
    for (Ref now = 0; now < work_.redefault.size(); ++now) {
      if (work_.to_fate[now] != Fate::Keep || work_.from_of[now] == kNone) continue;
      const bool alone = is_of_reattached(now);
      if (!work_.redefault[now] && !alone) continue;
      if (work_.convert[now] && !alone) continue;  // sets it anew with its type
      Object before = work_.from.at(work_.from_of[now]);
      auto& column = std::get<Column>(before.details);
      const auto& wanted = details<Column>(work_.to.at(now));
      if (alone) column.inherited = false;
      if (work_.convert[now])
        column.default_value = wanted.default_value;
      else if (work_.redefault[now])
        column.default_value.clear();
      if (work_.redefault[now] && !wanted.identity) column.identity.reset();
      auto statements = alter(work_.from, before, work_.to, work_.to.at(now),
                              {work_.options, false, {}, &work_.owned});
      if (!statements && alone)
        throw base::Error(base::ErrorKind::Refused, "NotSupported",
                          title(before) + " would change its type from " + column.type + " to " +
                              wanted.type + ", and is in the key of partitions",
                          "make a new table, and move the rows");
      if (!statements) continue;
      std::vector<Statement>& all = work_.alterations[now];
      for (Statement& each : comment(&before, work_.to.at(now))) statements->push_back(each);
      if (work_.options.privileges)
        for (Statement& each : grants(&before, work_.to.at(now), &work_.from))
          statements->push_back(each);
      all = std::move(*statements);
      if (all.empty()) work_.alterations.erase(now);
    }
  }

  // Whose change or end a statement about the index, or key, would have to be before or after.
  bool is_settled(Ref need) const {
    const Ref now = work_.to_of[need];
    if (!work_.stays(need) || work_.convert[now]) return false;
    const auto& alteration = work_.alterations.find(now);
    return alteration == work_.alterations.end() || was(need).key.kind != Kind::Column ||
           !work_.changes_type(need);
  }

  // An index, or a key, that is made again: the old one serves until the new one is built.
  void build_beside() {
    if (work_.options.offline) return;
    for (Ref ref = 0; ref < work_.from.objects.size(); ++ref) {
      const Object& object = was(ref);
      if (!work_.is_remade(ref) || !object.owner_relation || !work_.stays(*object.owner_relation))
        continue;
      const Object& now = work_.to.at(work_.to_of[ref]);
      if (now.key.kind != object.key.kind) continue;
      if (stands_alone(object) && stands_alone(now) && !on_partitioned(object) &&
          std::ranges::all_of(object.needs, [&](Ref need) { return is_settled(need); }))
        work_.aside[ref] = true;
    }
  }

  static bool stands_alone(const Object& object) {
    if (const auto* index = std::get_if<Index>(&object.details))
      return index->attached_to.empty() && !index->on_partitioned;
    const auto* const constraint = std::get_if<Constraint>(&object.details);
    return constraint != nullptr && !constraint->inherited &&
           (constraint->type == ConstraintType::PrimaryKey ||
            constraint->type == ConstraintType::Unique);
  }

  bool on_partitioned(const Object& object) const {
    const Object& relation = was(*object.owner_relation);
    return relation.key.kind == Kind::Table && !details<Table>(relation).partition_by.empty();
  }

  Work& work_;
};

}  // namespace

void refine(Work& work) {
  Refinement all(work);
  all();
}

}  // namespace sluice::schema
