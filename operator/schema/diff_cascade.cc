// What else has to move: PostgreSQL drops nothing, and changes no column's type, that something
// else depends on.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "schema/column_type.h"
#include "schema/ddl.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "schema/diff_work.h"
#include "sql/scan.h"

namespace sluice::schema {
namespace {

bool is_type(Kind kind) {
  return kind == Kind::Enum || kind == Kind::Composite || kind == Kind::Domain ||
         kind == Kind::Range;
}

class Cascade {
 public:
  explicit Cascade(Work& work) : work_(work) {}

  void operator()() {
    for (Ref ref = 0; ref < work_.from.objects.size(); ++ref) {
      if (work_.is_dropped(ref)) pending_.push_back(ref);
      if (changes_type(ref)) retyped_.push_back(ref);
    }
    free_persistence();
    while (!pending_.empty() || !retyped_.empty()) {
      if (!pending_.empty()) {
        const Ref ref = pending_.back();
        pending_.pop_back();
        spread(ref);
      } else {
        const Ref ref = retyped_.back();
        retyped_.pop_back();
        free_column(ref);
      }
    }
    free_sequence_names();
    alter_again();
  }

 private:
  const Object& was(Ref ref) const { return work_.from.at(ref); }

  bool stays(Ref ref) const {
    return work_.from_fate[ref] == Fate::Keep && work_.to_of[ref] != kNone;
  }

  bool changes_type(Ref ref) const {
    const Ref now = work_.to_of[ref];
    if (was(ref).key.kind != Kind::Column || now == kNone || !stays(ref)) return false;
    if (!work_.alterations.contains(now)) return false;
    const auto& a = details<Column>(was(ref));
    const auto& b = details<Column>(work_.to.at(now));
    return a.type != b.type || a.collation != b.collation;
  }

  void remake(Ref ref) {
    if (!stays(ref)) return;
    work_.from_fate[ref] = Fate::Gone;
    work_.to_fate[work_.to_of[ref]] = Fate::Made;
    work_.alterations.erase(work_.to_of[ref]);
    pending_.push_back(ref);
  }

  // `gone` is dropped, perhaps to be made again.
  void spread(Ref gone) {
    for (const Ref part : work_.parts[gone]) remake(part);
    for (const Ref user : work_.needed_by[gone]) {
      if (!stays(user) || lets_go(user, gone)) continue;
      react(user, gone);
    }
  }

  // Its own alteration ends the dependency, which comes first then.
  bool lets_go(Ref user, Ref gone) const {
    const Ref now = work_.to_of[user];
    if (!work_.alterations.contains(now)) return false;
    const Ref counterpart = work_.to_of[gone];
    if (counterpart == kNone) return true;
    const std::vector<Ref>& needs = work_.to.at(now).needs;
    return std::ranges::find(needs, counterpart) == needs.end();
  }

  void react(Ref user, Ref gone) {
    const Object& object = was(user);
    switch (object.key.kind) {
      case Kind::Column:
        react_column(user, gone);
        return;
      case Kind::Table:
        if (was(gone).key.kind == Kind::Table &&
            details<Table>(object).partition_of == was(gone).identity) {
          work_.reattach[work_.to_of[user]] = true;
          return;
        }
        remake(user);
        return;
      case Kind::Schema:
      case Kind::Extension:
      case Kind::Sequence:
      case Kind::DefaultPrivileges:
        return;
      default:
        remake(user);
    }
  }

  void react_column(Ref user, Ref gone) {
    const auto& column = details<Column>(was(user));
    const Ref now = work_.to_of[user];
    const bool of_type = is_type(was(gone).key.kind) && is_of_type(column.type, was(gone).identity);
    if (!column.generated.empty() && !of_type) {
      remake(user);
    } else if (of_type) {
      work_.aside[gone] = true;
      if (!changes_type(user) && !work_.convert[now]) {
        work_.convert[now] = true;
        retyped_.push_back(user);
      }
    } else if (is_type(was(gone).key.kind) && work_.convert[now]) {
      return;  // its default is set anew with its type
    } else if (was(gone).key.kind == Kind::Table || was(gone).key.kind == Kind::View ||
               column.default_value.empty()) {
      remake(user);
    } else {
      work_.redefault[now] = true;
    }
  }

  // What ALTER COLUMN … TYPE refuses to touch; indexes and constraints it builds anew by itself.
  void free_column(Ref ref) {
    refuse_in_partition_key(ref);
    for (const Ref user : work_.needed_by[ref]) {
      if (!stays(user) || lets_go(user, ref)) continue;
      const Object& object = was(user);
      switch (object.key.kind) {
        case Kind::View:
        case Kind::MaterializedView:
        case Kind::Rule:
        case Kind::Policy:
        case Kind::Trigger:
        case Kind::Function:
          remake(user);
          break;
        case Kind::Column:
          if (!details<Column>(object).generated.empty()) remake(user);
          break;
        case Kind::Publication:
          if (std::ranges::any_of(
                  details<Publication>(object).tables,
                  [](const PublicationTable& table) { return !table.filter.empty(); }))
            remake(user);
          break;
        case Kind::Constraint:
          if (details<Constraint>(object).type == ConstraintType::ForeignKey && !is_free(ref))
            remake(user);
          break;
        default:
          break;
      }
    }
  }

  // Only its collation, or its default, changes.
  bool is_same_type(Ref ref) const {
    return !work_.convert[work_.to_of[ref]] && !changes_type(ref);
  }

  void refuse_in_partition_key(Ref ref) const {
    const Object& table = work_.from.at(*was(ref).owner_relation);
    const std::string& key = details<Table>(table).partition_by;
    if (key.empty() || is_same_type(ref)) return;
    for (const sql::Token& token : sql::scan(key).tokens)
      if (key.substr(token.start, token.end - token.start) == was(ref).identity)
        throw base::Error(base::ErrorKind::Refused, "NotSupported",
                          title(was(ref)) + " would change its type, and " + table.identity +
                              " is partitioned by it: PostgreSQL refuses that",
                          "make a new table, and move the rows");
  }

  bool changes_persistence(Ref ref) const {
    const Ref now = work_.to_of[ref];
    return was(ref).key.kind == Kind::Table && stays(ref) &&
           details<Table>(was(ref)).persistence != details<Table>(work_.to.at(now)).persistence;
  }

  // A logged table may not refer to an unlogged one, not even between two statements.
  void free_persistence() {
    for (Ref table = 0; table < work_.from.objects.size(); ++table) {
      if (!changes_persistence(table)) continue;
      for (const Ref part : work_.parts[table])
        if (was(part).key.kind == Kind::Constraint &&
            details<Constraint>(was(part)).type == ConstraintType::ForeignKey &&
            std::ranges::any_of(was(part).needs, [&](Ref need) {
              const Object& needed = was(need);
              const Ref other = needed.owner_relation.value_or(need);
              return other != table && changes_persistence(other);
            }))
          remake(part);
    }
  }

  // A foreign key would be checked under the lock of each of its two columns' changes, and refuse
  // what fits neither in between.
  bool is_free(Ref ref) const {
    const Ref now = work_.to_of[ref];
    if (work_.convert[now]) return false;
    return type_change(work_.from, details<Column>(was(ref)).type, work_.to,
                       details<Column>(work_.to.at(now)).type)
        .free;
  }

  // serial becomes identity, or the other way: the old sequence has the name of the new one, so the
  // default, or the identity, goes first.
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
      const auto& wanted = details<Column>(object).identity;
      const auto& old = details<Column>(work_.from.at(work_.from_of[now])).identity;
      if (wanted && work_.dropped_sequences.contains(wanted->sequence_name))
        work_.redefault[now] = true;
      if (old && !wanted && made.contains(old->sequence_name)) {
        work_.redefault[now] = true;
        work_.freed_sequences.emplace(old->sequence_name, work_.from_of[now]);
      }
    }
  }

  // Defaults that go before, and come after.
  void alter_again() {
    for (Ref now = 0; now < work_.redefault.size(); ++now) {
      if (!work_.redefault[now] || work_.to_fate[now] != Fate::Keep) continue;
      if (work_.convert[now]) continue;  // sets it anew with its type
      Object before = work_.from.at(work_.from_of[now]);
      auto& column = std::get<Column>(before.details);
      column.default_value.clear();
      if (!details<Column>(work_.to.at(now)).identity) column.identity.reset();
      auto statements =
          alter(work_.from, before, work_.to, work_.to.at(now), {work_.options, false, {}});
      if (!statements) continue;
      std::vector<Statement>& all = work_.alterations[now];
      for (Statement& each : comment(&before, work_.to.at(now))) statements->push_back(each);
      all = std::move(*statements);
    }
  }

  Work& work_;
  std::vector<Ref> pending_, retyped_;
};

}  // namespace

void cascade(Work& work) {
  Cascade all(work);
  all();
}

}  // namespace sluice::schema
