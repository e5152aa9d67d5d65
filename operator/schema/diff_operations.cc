#include "schema/diff_operations.h"

#include <algorithm>
#include <optional>
#include <string>

#include "schema/ddl.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_relation.h"
#include "schema/diff_convert.h"

namespace sluice::schema {
namespace {

constexpr int kNo = -1;

void append(std::vector<Statement>& to, std::vector<Statement> from) {
  for (Statement& each : from) to.push_back(std::move(each));
}

uint32_t rank_of(Operation::Act act, Kind kind) {
  constexpr uint32_t kStep = 8;
  constexpr uint32_t kLate = 1'000;
  const auto place = static_cast<uint32_t>(kind) * kStep;
  switch (act) {
    case Operation::Act::Stub:
      return place;
    case Operation::Act::Make:
      return place + 1;
    case Operation::Act::Modify:
      return place + 2;
    case Operation::Act::SetDefault:
      return place + 3;
    case Operation::Act::Own:
      return static_cast<uint32_t>(Kind::Table) * kStep + 3;
    case Operation::Act::AttachIndex:
    case Operation::Act::Finish:
    case Operation::Act::Attach:
      return static_cast<uint32_t>(Kind::Index) * kStep + 4;
    case Operation::Act::Remove:
    case Operation::Act::Aside:
    case Operation::Act::DropDefault:
    case Operation::Act::Detach:
    case Operation::Act::Disown:
      break;
  }
  return kLate - place;
}

bool may_finish(Kind kind) { return kind == Kind::Table || kind == Kind::MaterializedView; }

bool is_primary_key(const Object& object) {
  return object.key.kind == Kind::Constraint &&
         details<Constraint>(object).type == ConstraintType::PrimaryKey;
}

bool is_outside(const Statement& statement) { return statement.outside_transaction; }

}  // namespace

bool finishes(const Object& relation, const std::string& index) {
  if (const auto* view = std::get_if<MaterializedView>(&relation.details))
    return view->cluster_on == index;
  const auto& table = details<Table>(relation);
  return table.replica_index == index || table.cluster_on == index;
}

Operations::Operations(const Work& work, const Breaks& breaks)
    : work_(work),
      breaks_(breaks),
      deferred_(breaks.deferred_default.begin(), breaks.deferred_default.end()),
      made_(work.to.objects.size(), kNo),
      altered_(work.to.objects.size(), kNo),
      dropped_(work.from.objects.size(), kNo) {
  add_created();
  add_altered();
  add_dropped();
  add_partitions();
  add_sequences();
  add_finishes();
  connect_made();
  connect_retyped();
  connect_gone();
  connect_names();
  connect_primary_keys();
  connect_partitions();
  connect_inherited();
  connect_attached_indexes();
  connect_finishes();
  connect_sequences();
  cut_into_segments();
}

int Operations::add(Act act, Ref ref, std::vector<Statement> statements) {
  all_.push_back({act, ref, std::move(statements), 0, 0});
  return static_cast<int>(all_.size()) - 1;
}

int Operations::found(const std::unordered_map<Ref, int>& in, Ref ref) {
  const auto at = in.find(ref);
  return at == in.end() ? kNo : at->second;
}

void Operations::wait(int later, int earlier) {
  if (later != kNo && earlier != kNo && later != earlier) waits_.emplace_back(later, earlier);
}

void Operations::wait_at_end(int later, int earlier) {
  if (later != kNo && earlier != kNo && later != earlier) end_waits_.emplace_back(later, earlier);
}

void Operations::wait_for_beginning(int later, int earlier) {
  if (later != kNo && earlier != kNo && later != earlier) begin_waits_.emplace_back(later, earlier);
}

int Operations::making(Ref ref) const {
  while (work_.comes_with[ref] != ref) ref = work_.comes_with[ref];
  return made_[ref];
}

int Operations::dropping(Ref ref) const {
  const auto has_own = [&](Ref each) {
    return work_.goes_with[each] == each || breaks_.own_drop.contains(each);
  };
  while (!has_own(ref)) {
    const auto key = work_.inherited_key.find(ref);
    const bool by_key = key != work_.inherited_key.end() && has_own(key->second);
    ref = by_key ? key->second : work_.goes_with[ref];
  }
  return dropped_[ref];
}

// Who owned what is dropped and made again: else it would become the property, and a function run
// with the rights, of the role that runs this. A column's sequence belongs to its table's owner.
// Empty: whoever makes it owns it.
std::string Operations::former_owner(Ref to_ref) const {
  if (work_.options.owners || work_.from.role.empty()) return "";
  const Ref before = work_.from_of[to_ref];
  const Object* was = before == kNone ? nullptr : &work_.from.at(before);
  if (const auto* sequence = std::get_if<Sequence>(&work_.to.at(to_ref).details))
    if (!sequence->owner_table.empty())
      was = work_.from.find({Kind::Table, sequence->owner_schema, "", sequence->owner_table, ""});
  return was == nullptr || was->owner == work_.from.role ? "" : was->owner;
}

void Operations::adorn(Ref to_ref, std::vector<Statement>& statements) const {
  const Object& wanted = work_.to.at(to_ref);
  std::optional<Object> kept;
  if (const std::string former = former_owner(to_ref); !former.empty()) {
    kept = wanted;
    kept->owner = former;
    // It is the column's later: OWNED BY asks for the same owner.
    if (auto* sequence = std::get_if<Sequence>(&kept->details)) sequence->owner_table.clear();
  }
  const Object& object = kept ? *kept : wanted;
  if (work_.options.owners) append(statements, owner(nullptr, object));
  if (kept)
    for (Statement& each : owner(nullptr, object)) {
      each.additive = true;  // it was made just now
      statements.push_back(std::move(each));
    }
  append(statements, comment(nullptr, object));
  if (work_.options.privileges || object.key.kind == Kind::DefaultPrivileges)
    append(statements, grants(nullptr, object, &work_.from));
}

std::vector<Statement> Operations::created(Ref ref) const {
  const Object& object = work_.to.at(ref);
  const bool of_relation = object.owner_relation.has_value();
  const bool fresh = of_relation ? work_.on_fresh(ref)
                                 : work_.from_of[ref] == kNone || object.key.kind == Kind::Table;
  std::vector<Statement> statements = create(work_.to, object, {work_.options, fresh, deferred_});
  adorn(ref, statements);
  if (object.key.kind == Kind::Constraint && !details<Constraint>(object).validated)
    append(statements, validated_children(ref));
  if (object.key.kind == Kind::Table)
    for (const Ref part : work_.to_parts[ref])
      if (work_.to.at(part).key.kind == Kind::Column) adorn(part, statements);
  return statements;
}

// A check that is NOT VALID is so in each child, too, where it may be wanted to be valid.
std::vector<Statement> Operations::validated_children(Ref parent) const {
  std::vector<Statement> statements;
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    if (work_.comes_with[ref] != parent || ref == parent) continue;
    if (details<Constraint>(object).validated)
      statements.push_back(validate_constraint(object));
    else
      append(statements, validated_children(ref));
  }
  return statements;
}

void Operations::add_created() {
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    if (!work_.is_made(ref) || work_.comes_with[ref] != ref) continue;
    if (breaks_.stubs.contains(ref))
      stub_[ref] = add(Act::Stub, ref,
                       {create_view_stub(work_.to, work_.to.at(ref), {work_.options, true, {}})});
    made_[ref] = add(Act::Make, ref, created(ref));
  }
  for (const Ref ref : deferred_)
    set_default_[ref] = add(Act::SetDefault, ref, {set_default(work_.to.at(ref))});
}

void Operations::add_altered() {
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    if (work_.to_fate[ref] != Fate::Keep || work_.from_of[ref] == kNone) continue;
    std::vector<Statement> statements;
    const Object& object = work_.to.at(ref);
    if (work_.convert[ref]) {
      const auto& column = details<Column>(object);
      if (!column.inherited || !work_.keeps_parent(*object.owner_relation)) {
        Object was = work_.from.at(work_.from_of[ref]);
        // Else its collation is another one under the same name.
        const bool retyped = std::ranges::any_of(was.needs, [&](Ref need) {
          return work_.aside[need] && work_.from.at(need).key.kind != Kind::Collation;
        });
        if (work_.redefault[ref]) std::get<Column>(was.details).default_value.clear();
        Conversion conversion;
        if (retyped) conversion = convert_through_text(work_, was, object);
        statements.push_back(
            convert_column(was, object, conversion.expression, std::move(conversion.hazards)));
      }
    }
    const auto alteration = work_.alterations.find(ref);
    if (alteration != work_.alterations.end()) append(statements, alteration->second);
    if (!statements.empty()) altered_[ref] = add(Act::Modify, ref, std::move(statements));
    if (!work_.redefault[ref]) continue;
    const Ref before = work_.from_of[ref];
    const Object& was = work_.from.at(before);
    std::vector<Statement> early;
    if (!details<Column>(was).default_value.empty()) early.push_back(drop_default(was));
    if (details<Column>(was).identity && !details<Column>(object).identity) {
      const bool followed = std::ranges::any_of(
          work_.follows, [&](const auto& each) { return each.second == before; });
      if (followed) append(early, hold_position(was));
      early.push_back(drop_identity(was));
    }
    if (!early.empty()) drop_default_[before] = add(Act::DropDefault, before, std::move(early));
  }
}

void Operations::add_dropped() {
  for (Ref ref = 0; ref < work_.from.objects.size(); ++ref) {
    if (!work_.is_dropped(ref)) continue;
    if (work_.goes_with[ref] != ref && !breaks_.own_drop.contains(ref)) continue;
    Object object = work_.from.at(ref);
    if (work_.aside[ref]) {
      Rename hint;
      hint.kind = object.key.kind;
      hint.schema = object.key.schema;
      hint.from = object.key.name;
      hint.to = aside_name(object.key.name);
      std::vector<Statement> away;
      if (object.key.kind == Kind::Range) away = move_constructors_aside(object);
      away.push_back(rename(work_.from, object, hint));
      for (Statement& each : away)
        each.hazards.clear();  // the name is there again when the transaction ends
      aside_[ref] = add(Act::Aside, ref, std::move(away));
      const bool of_table = object.key.kind == Kind::Constraint;
      object.identity = of_table ? quoted(hint.to) : qualified(object.key.schema, hint.to);
    }
    std::vector<Statement> statements = drop(
        work_.from, object, {work_.options, false, {}, nullptr, work_.drops_only.contains(ref)});
    // The rows are its partitions', which say so themselves where they go.
    const bool empty = object.key.kind == Kind::Table &&
                       !details<Table>(object).partition_by.empty() && work_.is_remade(ref);
    if (empty)
      for (Statement& each : statements)
        std::erase_if(each.hazards,
                      [](const Hazard& hazard) { return hazard.rule == lint::RuleId::DropTable; });
    if (work_.aside[ref])
      for (Statement& each : statements) each.hazards.clear();
    dropped_[ref] = add(Act::Remove, ref, std::move(statements));
  }
  for (const Ref ref : breaks_.early_drop_default)
    if (!drop_default_.contains(ref))
      drop_default_[ref] = add(Act::DropDefault, ref, {drop_default(work_.from.at(ref))});
}

void Operations::add_partitions() {
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    if (object.key.kind == Kind::Table) {
      if (work_.attaches(ref))
        attach_[ref] = add(Act::Attach, ref,
                           attach_partition(work_.from, work_.to, object,
                                            {work_.options, work_.is_made(ref), {}}));
      const Ref before = work_.from_of[ref];
      if (before != kNone && work_.detaches(before))
        detach_[before] =
            add(Act::Detach, before,
                detach_partition(work_.from, work_.from.at(before), {work_.options, false, {}}));
    }
  }
}

void Operations::add_sequences() {
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    if (object.key.kind != Kind::Sequence || work_.to_fate[ref] == Fate::Left) continue;
    const auto& is = details<Sequence>(object);
    const Ref before = work_.from_of[ref];
    const bool made = work_.is_made(ref);
    bool moves = made;
    if (!made && before != kNone) {
      const auto& was = details<Sequence>(work_.from.at(before));
      const Object* const column =
          work_.from.find({Kind::Column, was.owner_schema, was.owner_table, was.owner_column, ""});
      const bool orphaned = column != nullptr &&
                            work_.is_dropped(static_cast<Ref>(column - work_.from.objects.data()));
      moves = orphaned || was.owner_schema != is.owner_schema ||
              was.owner_table != is.owner_table || was.owner_column != is.owner_column;
      if (orphaned || (moves && is.owner_table.empty()))
        disown_[before] = add(Act::Disown, before, {disown_sequence(work_.from.at(before))});
    }
    if (!moves || is.owner_table.empty()) continue;
    const Object* const column =
        work_.to.find({Kind::Column, is.owner_schema, is.owner_table, is.owner_column, ""});
    if (column != nullptr &&
        work_.to_fate[static_cast<size_t>(column - work_.to.objects.data())] == Fate::Left)
      continue;
    std::vector<Statement> statements{own_sequence(object)};
    // A sequence that is new to a column with values goes on after them.
    if (made && column != nullptr) {
      const auto owner = static_cast<Ref>(column - work_.to.objects.data());
      const bool follows = work_.follows.contains(ref);
      if (!work_.is_made(owner) && work_.from_of[owner] != kNone)
        append(statements, continue_sequence(*column, object.identity, is,
                                             follows ? held_position(*column) : ""));
      if (follows) statements.push_back(let_go_position(*column));
    }
    own_[ref] = add(Act::Own, ref, std::move(statements));
  }
}

void Operations::add_finishes() {
  for (Ref ref = 0; ref < work_.to.objects.size(); ++ref) {
    const Object& object = work_.to.at(ref);
    if (!may_finish(object.key.kind) || work_.to_fate[ref] == Fate::Left) continue;
    const Object* was = work_.is_made(ref) || work_.from_of[ref] == kNone
                            ? nullptr
                            : &work_.from.at(work_.from_of[ref]);
    // An index that is made again has lost both.
    for (const Ref part : work_.to_parts[ref])
      if (work_.is_made(part) && finishes(object, work_.to.at(part).key.name)) was = nullptr;
    std::vector<Statement> statements = finish_table(was, object);
    if (!statements.empty()) finish_[ref] = add(Act::Finish, ref, std::move(statements));
  }
}

void Operations::cut_into_segments() {
  std::vector<bool> precedes(all_.size(), false);
  for (const auto& [later, earlier] : waits_) precedes[static_cast<size_t>(earlier)] = true;
  for (const auto& [later, earlier] : end_waits_) precedes[static_cast<size_t>(earlier)] = true;
  for (uint32_t at = 0; at < all_.size(); ++at) {
    Operation& operation = all_[at];
    const bool of_from = operation.act == Act::Remove || operation.act == Act::Aside ||
                         operation.act == Act::DropDefault || operation.act == Act::Detach ||
                         operation.act == Act::Disown;
    const Object& object = (of_from ? work_.from : work_.to).at(operation.ref);
    // A primary key before other keys, as CREATE TABLE does: ATTACH PARTITION takes the oldest
    // index that fits for the oldest of the parent's.
    const bool first = operation.act == Act::Make && is_primary_key(object);
    const uint32_t rank = rank_of(operation.act, object.key.kind) - (first ? 1 : 0);
    const std::vector<Statement>& statements = operation.statements;
    size_t begin = 0;
    do {
      size_t end = begin;
      Lane lane = Lane::Shared;
      if (of_from) lane = operation.act != Act::Remove || precedes[at] ? Lane::Late : Lane::Last;
      if (begin < statements.size()) {
        if (is_outside(statements[begin]))
          lane = Lane::Outside;
        else if (statements[begin].begins_group)
          lane = Lane::Alone;
        end = begin + 1;
        while (lane != Lane::Outside && end < statements.size() && !is_outside(statements[end]) &&
               !statements[end].begins_group)
          ++end;
      }
      const OrderGraph::Node node = graph_.add(lane, rank);
      segments_.push_back({at, begin, end});
      if (begin == 0)
        operation.first = node;
      else
        graph_.wait(node, operation.last);
      operation.last = node;
      begin = end;
    } while (begin < statements.size());
  }
  for (const auto& [later, earlier] : waits_)
    graph_.wait(all_[static_cast<size_t>(later)].first, all_[static_cast<size_t>(earlier)].last);
  for (const auto& [later, earlier] : end_waits_)
    graph_.wait(all_[static_cast<size_t>(later)].last, all_[static_cast<size_t>(earlier)].last);
  for (const auto& [later, earlier] : begin_waits_) {
    const Operation& before = all_[static_cast<size_t>(earlier)];
    if (before.first != before.last)
      graph_.wait(all_[static_cast<size_t>(later)].first, before.first);
  }
}

}  // namespace sluice::schema
