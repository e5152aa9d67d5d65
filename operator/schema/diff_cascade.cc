// What else has to move: PostgreSQL drops nothing, and changes no column's type, that something
// else depends on.
#include <algorithm>
#include <string>

#include "schema/column_type.h"
#include "schema/ddl_kinds.h"
#include "schema/diff_work.h"
#include "sql/scan.h"

namespace sluice::schema {
namespace {

bool is_type(Kind kind) {
  return kind == Kind::Enum || kind == Kind::Composite || kind == Kind::Domain ||
         kind == Kind::Range;
}

// Of the type itself, or of the multirange that a range brings.
bool is_value_of(const std::string& type, const Object& of) {
  if (is_of_type(type, of.identity)) return true;
  if (of.key.kind != Kind::Range) return false;
  const std::string multirange = multirange_of(details<Range>(of));
  return !multirange.empty() && is_of_type(type, multirange);
}

class Cascade {
 public:
  explicit Cascade(Work& work) : work_(work) {}

  void operator()() {
    for (Ref ref = 0; ref < work_.from.objects.size(); ++ref) {
      if (work_.is_dropped(ref)) pending_.push_back(ref);
      if (work_.changes_type(ref)) retyped_.push_back(ref);
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
  }

 private:
  const Object& was(Ref ref) const { return work_.from.at(ref); }

  void remake(Ref ref) {
    if (!work_.stays(ref)) return;
    work_.from_fate[ref] = Fate::Gone;
    work_.to_fate[work_.to_of[ref]] = Fate::Made;
    work_.alterations.erase(work_.to_of[ref]);
    pending_.push_back(ref);
  }

  // `gone` is dropped, perhaps to be made again.
  void spread(Ref gone) {
    for (const Ref part : work_.parts[gone]) remake(part);
    for (const Ref user : work_.needed_by[gone]) {
      if (!work_.stays(user) || lets_go(user, gone)) continue;
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
          for (const Ref part : work_.parts[user])
            if (work_.changes_type(part)) retyped_.push_back(part);
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
    const bool collates =
        was(gone).key.kind == Kind::Collation && column.collation == was(gone).identity;
    const bool of_type = is_type(was(gone).key.kind) && is_value_of(column.type, was(gone));
    if (!column.generated.empty() && !of_type && !collates) {
      remake(user);
    } else if (of_type || collates) {
      work_.aside[gone] = true;
      if (!work_.changes_type(user) && !work_.convert[now]) {
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
    if (!work_.stays(ref)) return;
    if (is_in_partition_key(ref)) {
      // The rows are its partitions', which stay, and change on their own in between.
      remake(*was(ref).owner_relation);
      return;
    }
    for (const Ref user : work_.needed_by[ref]) {
      if (!work_.stays(user)) continue;
      const Object& object = was(user);
      // What changes so that it no longer reads the column would change too late.
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
          if (!details<Column>(object).generated.empty() && !lets_go(user, ref)) remake(user);
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

  // PostgreSQL changes no type of a column that a partition key has, not even of no rows.
  bool is_in_partition_key(Ref ref) const {
    const Object& table = was(*was(ref).owner_relation);
    const std::string& key = details<Table>(table).partition_by;
    if (key.empty() || (!work_.convert[work_.to_of[ref]] && !work_.changes_type(ref))) return false;
    return std::ranges::any_of(sql::scan(key).tokens, [&](const sql::Token& token) {
      return key.substr(token.start, token.end - token.start) == was(ref).identity;
    });
  }

  bool changes_persistence(Ref ref) const {
    const Ref now = work_.to_of[ref];
    return was(ref).key.kind == Kind::Table && work_.stays(ref) &&
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

  Work& work_;
  std::vector<Ref> pending_, retyped_;
};

}  // namespace

void cascade(Work& work) {
  Cascade all(work);
  all();
}

}  // namespace sluice::schema
