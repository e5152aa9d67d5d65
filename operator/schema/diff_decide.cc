// What is different, and what to do about each difference by itself.
#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "schema/ddl.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "schema/diff_work.h"
#include "schema/foreign_history.h"

namespace sluice::schema {
namespace {

void append(std::vector<Statement>& to, std::vector<Statement> from) {
  for (Statement& each : from) to.push_back(std::move(each));
}

void note(Work& work, const Object& object, Change change, std::vector<std::string> lines = {}) {
  work.differences.push_back({object.key, title(object), change, std::move(lines)});
}

// Made by what is made for its parent, or for its table.
bool is_only_inherited(const Object& object) {
  switch (object.key.kind) {
    case Kind::Column:
      return details<Column>(object).inherited && !details<Column>(object).local;
    case Kind::Constraint:
      return details<Constraint>(object).inherited && !details<Constraint>(object).local;
    case Kind::Index:
      return !details<Index>(object).attached_to.empty();
    case Kind::Trigger:
      return details<Trigger>(object).inherited;
    default:
      return false;
  }
}

// As `is` has it where no statement could make a difference: a valid index invalid; what is
// inherited and was declared besides.
Details beyond_reach(const Object& was, const Object& is) {
  Details details_was = was.details;
  if (auto* index = std::get_if<Index>(&details_was)) {
    if (!details<Index>(is).valid) index->valid = false;
  } else if (auto* column = std::get_if<Column>(&details_was)) {
    const auto& wanted = details<Column>(is);
    if (column->inherited && column->local && wanted.inherited) column->local = wanted.local;
  } else if (auto* constraint = std::get_if<Constraint>(&details_was)) {
    const auto& wanted = details<Constraint>(is);
    if (constraint->inherited && constraint->local && wanted.inherited)
      constraint->local = wanted.local;
  }
  return details_was;
}

bool same(const Object& was, const Object& is, const DiffOptions& options) {
  return was.comment == is.comment && (!options.privileges || was.grants == is.grants) &&
         (!options.owners || was.owner == is.owner) &&
         (was.details == is.details || beyond_reach(was, is) == is.details);
}

void compare(Work& work, Ref was_ref, Ref is_ref) {
  const Object& was = work.from.at(was_ref);
  const Object& is = work.to.at(is_ref);
  if (same(was, is, work.options)) return;
  Object before = was;
  before.details = beyond_reach(was, is);
  std::vector<std::string> lines = differences(before, is, work.options);
  if (lines.empty()) return;
  note(work, is, Change::Alter, std::move(lines));
  // Which another name may mean: an inherited foreign key's.
  std::optional<Object> renamed;
  if (was.key != is.key) {
    renamed = is;
    renamed->key = was.key;
    renamed->identity = was.identity;
  }
  const Object& now = renamed ? *renamed : is;
  std::optional<std::vector<Statement>> statements =
      alter(work.from, was, work.to, now, {work.options, false, {}, &work.owned});
  if (!statements) {
    work.from_fate[was_ref] = Fate::Gone;
    work.to_fate[is_ref] = Fate::Made;
    return;
  }
  append(*statements, comment(&was, now));
  if (work.options.privileges || is.key.kind == Kind::DefaultPrivileges)
    append(*statements, grants(&was, is, &work.from));
  if (work.options.owners) append(*statements, owner(&was, is));
  if (!statements->empty()) work.alterations.emplace(is_ref, std::move(*statements));
}

// Foreign keys of partitions that come from their parents': whatever they are called, for ADD
// CONSTRAINT gives them the parent's name, ATTACH PARTITION leaves them their own, and pg_dump does
// not say.
class InheritedKeys {
 public:
  explicit InheritedKeys(Work& work) : work_(work) {}

  void operator()() {
    for (Ref ref = 0; ref < work_.from.objects.size(); ++ref) counterpart(ref);
  }

 private:
  Ref counterpart(Ref ref) {
    Ref& now = work_.to_of[ref];
    const Object& object = work_.from.at(ref);
    if (now != kNone || object.key.kind != Kind::Constraint || !object.owner_relation) return now;
    const Ref table = work_.to_of[*object.owner_relation];
    const Ref parent = inherited_key(work_.from, object);
    if (table == kNone || parent == kNone) return kNone;
    const Ref wanted = counterpart(parent);
    if (wanted == kNone) return kNone;
    for (const Ref part : work_.to_parts[table])
      if (work_.from_of[part] == kNone && inherited_key(work_.to, work_.to.at(part)) == wanted) {
        now = part;
        work_.from_of[part] = ref;
        break;
      }
    return now;
  }

  Work& work_;
};

// A column of a table that is, and stays, OF a type: it comes and goes with the type's field.
bool is_of_typed(const Catalog& catalog, const std::vector<Ref>& counterpart,
                 const Object& object) {
  if (object.key.kind != Kind::Column || !object.owner_relation) return false;
  const Object& table = catalog.at(*object.owner_relation);
  return table.key.kind == Kind::Table && !details<Table>(table).of_type.empty() &&
         counterpart[*object.owner_relation] != kNone;
}

void note_coming_and_going(Work& work) {
  for (Ref ref = 0; ref < work.to.objects.size(); ++ref) {
    const Object& object = work.to.at(ref);
    if (work.from_of[ref] != kNone) continue;
    if (is_of_typed(work.to, work.from_of, object)) continue;
    work.to_fate[ref] = Fate::Made;
    const bool of_new = object.owner_relation && work.from_of[*object.owner_relation] == kNone;
    if ((of_new && object.key.kind == Kind::Column) || is_only_inherited(object)) continue;
    note(work, object, Change::Add);
  }
  for (Ref ref = 0; ref < work.from.objects.size(); ++ref) {
    const Object& object = work.from.at(ref);
    if (work.to_of[ref] != kNone) continue;
    if (is_of_typed(work.from, work.to_of, object)) continue;
    work.from_fate[ref] = Fate::Gone;
    const bool of_gone = object.owner_relation && work.to_of[*object.owner_relation] == kNone;
    if (of_gone || is_only_inherited(object)) continue;
    note(work, object, Change::Drop);
  }
}

std::string lower(std::string_view text) {
  std::string answer(text);
  for (char& c : answer)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return answer;
}

std::string caseless(const Key& key) {
  return std::string(to_string(key.kind)) + "/" + lower(key.schema) + "/" + lower(key.relation) +
         "/" + lower(key.name) + "/" + lower(key.arguments);
}

// What needs it, and what belongs to it, is left with it.
void leave_made(Work& work, Ref ref);
void leave_dropped(Work& work, Ref ref);

void leave_made(Work& work, Ref ref) {
  if (work.to_fate[ref] == Fate::Left) return;
  const bool made = work.is_made(ref);
  work.to_fate[ref] = Fate::Left;
  work.alterations.erase(ref);
  if (work.from_of[ref] != kNone) leave_dropped(work, work.from_of[ref]);
  if (!made) return;
  for (const Ref user : work.to_needed_by[ref])
    if (work.is_made(user) || work.alterations.contains(user)) leave_made(work, user);
  for (const Ref part : work.to_parts[ref]) leave_made(work, part);
}

void leave_dropped(Work& work, Ref ref) {
  if (!work.is_dropped(ref)) return;
  work.from_fate[ref] = Fate::Left;
  const Object& object = work.from.at(ref);
  for (const Ref need : object.needs) leave_dropped(work, need);
  if (object.owner_relation) leave_dropped(work, *object.owner_relation);
  for (const Ref part : work.parts[ref]) leave_dropped(work, part);
  if (work.to_of[ref] != kNone) leave_made(work, work.to_of[ref]);
}

// A name that differs from one that is there in case only is nearly always a mistake of whoever
// wrote it: both are left as they are.
void leave_twins(Work& work) {
  const auto may_be_twin = [](const Object& object) {
    return object.key.kind == Kind::Column || object.key.kind == Kind::Table ||
           object.key.kind == Kind::View || object.key.kind == Kind::MaterializedView ||
           object.key.kind == Kind::Sequence || object.key.kind == Kind::Schema;
  };
  std::unordered_map<std::string, Ref> going;
  for (Ref ref = 0; ref < work.from.objects.size(); ++ref)
    if (work.to_of[ref] == kNone && may_be_twin(work.from.at(ref)))
      going.emplace(caseless(work.from.at(ref).key), ref);
  if (going.empty()) return;
  std::vector<std::pair<Ref, Ref>> twins;
  for (Ref ref = 0; ref < work.to.objects.size(); ++ref) {
    const Object& wanted = work.to.at(ref);
    if (work.from_of[ref] != kNone || !may_be_twin(wanted)) continue;
    const auto there = going.find(caseless(wanted.key));
    if (there == going.end()) continue;
    const Object& other = work.from.at(there->second);
    // Of a table that itself is a twin, the columns need no word.
    if (wanted.owner_relation && work.from_of[*wanted.owner_relation] == kNone) continue;
    work.warnings.push_back(title(wanted) + " is wanted, and " + title(other) +
                            " is there: they differ in case only; nothing was added");
    twins.emplace_back(there->second, ref);
  }
  for (const auto& [there, wanted] : twins) {
    leave_made(work, wanted);
    leave_dropped(work, there);
  }
}

// With what belongs to it, and what it needs: its schema, which would not go without it.
void leave_histories(Work& work) {
  bool any = false;
  for (const Ref history : foreign_histories(work.from)) {
    if (work.to_of[history] != kNone) continue;
    any = true;
    leave_dropped(work, history);
    for (const Ref part : work.parts[history])
      if (const Ref sequence = work.owned.of(work.from.at(part)); sequence != kNone)
        leave_dropped(work, sequence);
    work.warnings.push_back(not_compared(work.from.at(history)));
  }
  if (!any) return;
  std::erase_if(work.differences, [&](const Difference& difference) {
    if (difference.change != Change::Drop) return false;
    const Object* const object = work.from.find(difference.object);
    return work.from_fate[static_cast<size_t>(object - work.from.objects.data())] == Fate::Left;
  });
}

std::string reason_of(const std::vector<Statement>& statements) {
  for (const Statement& each : statements)
    if (!each.additive && !each.hazards.empty()) return each.hazards.front().text;
  return "it changes what is there, and this policy only adds";
}

// Whether what is left undone of `need` is in the way of what is made with it. Of a column that is
// there, that is its type, collation and expression; for a primary key also its NOT NULL, which the
// key would bring.
bool is_in_the_way(const Work& work, const Object& made, Ref need) {
  const Object& wanted = work.to.at(need);
  if (wanted.key.kind == Kind::Table) return false;
  if (wanted.key.kind != Kind::Column || work.from_of[need] == kNone) return true;
  const auto& was = details<Column>(work.from.at(work.from_of[need]));
  const auto& is = details<Column>(wanted);
  const auto* const constraint = std::get_if<Constraint>(&made.details);
  if (constraint != nullptr && constraint->type == ConstraintType::PrimaryKey &&
      was.not_null != is.not_null)
    return true;
  return was.type != is.type || was.collation != is.collation || was.generated != is.generated;
}

}  // namespace

void decide(Work& work) {
  const auto& was = work.from.objects;
  const auto& is = work.to.objects;
  Ref a = 0;
  Ref b = 0;
  while (a < was.size() && b < is.size()) {
    const auto order = was[a].key <=> is[b].key;
    if (order == 0) {
      work.to_of[a] = b;
      work.from_of[b] = a;
      ++a;
      ++b;
    } else if (order < 0) {
      ++a;
    } else {
      ++b;
    }
  }
  InheritedKeys{work}();
  note_coming_and_going(work);
  for (Ref ref = 0; ref < was.size(); ++ref)
    if (work.to_of[ref] != kNone) compare(work, ref, work.to_of[ref]);
  std::ranges::stable_sort(work.differences, {}, [](const Difference& difference) {
    const Key& key = difference.object;
    const std::string& relation =
        key.kind == Kind::Table || key.relation.empty() ? key.name : key.relation;
    return std::tuple(key.schema, relation, key.kind, key.name);
  });
  if (!work.options.foreign_histories) leave_histories(work);
  leave_twins(work);
}

void leave_hinted(Work& work) {
  for (const Rename& hint : work.options.renames) {
    const Object* const there =
        work.from.find({hint.kind, hint.schema, hint.relation, hint.from, ""});
    const Object* const wanted = work.to.find({hint.kind, hint.schema, hint.relation, hint.to, ""});
    if (there == nullptr || wanted == nullptr) continue;
    leave_made(work, static_cast<Ref>(wanted - work.to.objects.data()));
    leave_dropped(work, static_cast<Ref>(there - work.from.objects.data()));
  }
}

// What the policy itself would not say.
std::map<Key, std::string> reasons_of_hints(const Work& work) {
  std::map<Key, std::string> reasons;
  for (const Rename& hint : work.options.renames) {
    const Key wanted{hint.kind, hint.schema, hint.relation, hint.to, ""};
    if (work.to.find(wanted) != nullptr)
      reasons.emplace(wanted,
                      "it would be what is " + hint.from + " now, and this policy renames nothing");
  }
  return reasons;
}

void restrain(Work& work) {
  std::map<Key, std::string> reasons = reasons_of_hints(work);
  for (Ref ref = 0; ref < work.from.objects.size(); ++ref) {
    if (!work.is_dropped(ref)) continue;
    const Object& object = work.from.at(ref);
    const bool remade = work.is_remade(ref);
    work.from_fate[ref] = Fate::Left;
    if (remade) work.to_fate[work.to_of[ref]] = Fate::Left;
    reasons.emplace(object.key, remade
                                    ? "it would have to be dropped and made again, and this policy "
                                      "drops nothing"
                                    : "it would be dropped, and this policy drops nothing");
  }
  for (auto at = work.alterations.begin(); at != work.alterations.end();) {
    auto& statements = at->second;
    const auto more = std::ranges::find(statements, false, &Statement::additive);
    if (more != statements.end()) {
      reasons.emplace(work.to.at(at->first).key, reason_of(statements));
      std::erase_if(statements, [](const Statement& each) { return !each.additive; });
    }
    at = statements.empty() ? work.alterations.erase(at) : std::next(at);
  }
  std::vector<Ref> changed;
  for (Ref ref = 0; ref < work.to.objects.size(); ++ref) {
    const Object& object = work.to.at(ref);
    if (object.key.kind == Kind::Table && work.from_of[ref] != kNone &&
        (work.attaches(ref) || work.detaches(work.from_of[ref]))) {
      reasons.emplace(object.key, "it would join or leave a partitioned table");
      changed.push_back(ref);
    }
    if (!work.is_made(ref)) continue;
    const std::vector<Statement> statements =
        create(work.to, object, {work.options, work.on_fresh(ref), {}});
    if (std::ranges::all_of(statements, &Statement::additive)) continue;
    reasons.emplace(object.key, reason_of(statements));
    leave_made(work, ref);
  }
  for (const Ref ref : changed) work.to_fate[ref] = Fate::Left;
  // What needs something that stays as it was.
  for (Ref ref = 0; ref < work.to.objects.size(); ++ref)
    if (work.is_made(ref) && std::ranges::any_of(work.to.at(ref).needs, [&](Ref need) {
          return work.to_fate[need] == Fate::Left || (reasons.contains(work.to.at(need).key) &&
                                                      is_in_the_way(work, work.to.at(ref), need));
        }))
      leave_made(work, ref);
  for (const Difference& difference : work.differences) {
    const auto reason = reasons.find(difference.object);
    if (reason != reasons.end()) {
      work.left_undone.push_back({difference, reason->second});
      continue;
    }
    const Object* const wanted = work.to.find(difference.object);
    if (wanted != nullptr &&
        work.to_fate[static_cast<size_t>(wanted - work.to.objects.data())] == Fate::Left)
      work.left_undone.push_back({difference, "it needs something that is left undone"});
  }
}

}  // namespace sluice::schema
