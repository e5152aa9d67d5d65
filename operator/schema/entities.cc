#include "schema/entities.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "schema/ddl.h"
#include "schema/ddl_kinds.h"
#include "schema/diff_rename.h"
#include "schema/diff_work.h"

namespace sluice::schema {
namespace {

using Name = std::pair<std::string, std::string>;

bool is_entity(const Object& object) {
  return object.key.kind == Kind::Table && details<Table>(object).partition_of.empty();
}

// In both schemas, or in the one that has it.
struct Sides {
  const Object* was = nullptr;
  const Object* is = nullptr;
  const Object& newest() const { return is != nullptr ? *is : *was; }
};

class Collection {
 public:
  // `renamed`: by the keys that they have now.
  Collection(const Catalog& now, const Catalog& wanted, std::set<Key> renamed)
      : now_(now), wanted_(wanted), renamed_(std::move(renamed)) {}

  Entities collect() {
    for (const auto& [name, sides] : both(Kind::Table, nullptr)) {
      if (!is_entity(sides.newest())) continue;
      numbers_[sides.newest().identity] = answer_.entities.size();
      tables_.push_back(sides);
      Entity entity;
      entity.schema = sides.newest().key.schema;
      entity.name = sides.newest().key.name;
      entity.mark = mark_of(sides);
      answer_.entities.push_back(std::move(entity));
    }
    for (size_t number = 0; number < tables_.size(); ++number) {
      add_attributes(number);
      add_constraints(number);
      mark_by_parts(number);
    }
    return std::move(answer_);
  }

 private:
  using ByName = std::map<std::tuple<std::string, std::string, std::string>, Sides>;

  // `of`: the relation that they belong to; nullptr: all.
  ByName both(Kind kind, const Object* of) const {
    ByName answer;
    const auto gather = [&](const Catalog& catalog, const Object* Sides::*side) {
      const auto add = [&](const Object& object) {
        answer[{object.key.schema, object.key.relation, object.key.name}].*side = &object;
      };
      if (of != nullptr) {
        for (const Object& object : belongings(catalog, kind, *of)) add(object);
      } else {
        for (const Object& object : catalog.objects)
          if (object.key.kind == kind) add(object);
      }
    };
    gather(now_, &Sides::was);
    gather(wanted_, &Sides::is);
    return answer;
  }

  void add_attributes(size_t number) {
    const ByName columns = both(Kind::Column, &tables_[number].newest());
    std::vector<Sides> sorted;
    for (const auto& [name, sides] : columns) sorted.push_back(sides);
    // As the table has them; those that go stand where they stood.
    std::ranges::stable_sort(sorted, {}, [](const Sides& sides) {
      return std::pair(details<Column>(sides.newest()).position, sides.is != nullptr);
    });
    for (const Sides& sides : sorted) {
      const auto& column = details<Column>(sides.newest());
      Attribute attribute;
      attribute.name = sides.newest().key.name;
      attribute.type = column.type;
      attribute.required = column.not_null;
      attribute.mark = mark_of(sides);
      answer_.entities[number].attributes.push_back(std::move(attribute));
    }
  }

  std::vector<size_t> numbers_of(const Entity& entity, const std::vector<std::string>& names) {
    std::vector<size_t> answer;
    for (const std::string& name : names) {
      const auto found = std::ranges::find(entity.attributes, name, &Attribute::name);
      if (found != entity.attributes.end())
        answer.push_back(static_cast<size_t>(found - entity.attributes.begin()));
    }
    return answer;
  }

  void add_constraints(size_t number) {
    Entity& entity = answer_.entities[number];
    std::set<std::vector<size_t>> keys;
    std::vector<Reference> references;
    for (const auto& [name, sides] : both(Kind::Constraint, &tables_[number].newest())) {
      const auto& constraint = details<Constraint>(sides.newest());
      std::vector<size_t> columns = numbers_of(entity, constraint.columns);
      const bool stays = sides.is != nullptr;
      if (constraint.type == ConstraintType::ForeignKey) {
        const auto target = numbers_.find(constraint.references);
        if (target == numbers_.end()) continue;
        Reference reference;
        reference.from = number;
        reference.to = target->second;
        reference.name = sides.newest().key.name;
        reference.mark = mark_of(sides);
        for (const size_t column : columns) {
          entity.attributes[column].foreign = true;
          reference.optional = reference.optional || !entity.attributes[column].required;
        }
        reference.attributes = std::move(columns);
        references.push_back(std::move(reference));
        continue;
      }
      const bool primary = constraint.type == ConstraintType::PrimaryKey;
      if (!stays || (!primary && constraint.type != ConstraintType::Unique)) continue;
      for (const size_t column : columns)
        (primary ? entity.attributes[column].primary : entity.attributes[column].unique) = true;
      std::ranges::sort(columns);
      keys.insert(std::move(columns));
    }
    for (Reference& reference : references) {
      std::vector<size_t> columns = reference.attributes;
      std::ranges::sort(columns);
      reference.one_to_one = keys.contains(columns);
      answer_.references.push_back(std::move(reference));
    }
  }

  Mark mark_of(const Sides& sides) const {
    if (sides.was == nullptr) return Mark::Add;
    if (sides.is == nullptr) return Mark::Drop;
    if (renamed_.contains(sides.is->key)) return Mark::Change;
    return differences(*sides.was, *sides.is, {}).empty() ? Mark::None : Mark::Change;
  }

  // A table whose parts change is one that changes.
  void mark_by_parts(size_t number) {
    Entity& entity = answer_.entities[number];
    if (entity.mark != Mark::None) return;
    for (const Kind kind :
         {Kind::Column, Kind::Constraint, Kind::Index, Kind::Trigger, Kind::Rule, Kind::Policy})
      for (const auto& [name, sides] : both(kind, &tables_[number].newest()))
        if (mark_of(sides) != Mark::None) entity.mark = Mark::Change;
  }

  const Catalog& now_;
  const Catalog& wanted_;
  const std::set<Key> renamed_;
  Entities answer_;
  std::vector<Sides> tables_;
  std::map<std::string, size_t> numbers_;  // by identity
};

}  // namespace

std::string_view to_string(Mark mark) {
  switch (mark) {
    case Mark::None:
      return "";
    case Mark::Add:
      return "added";
    case Mark::Change:
      return "changed";
    case Mark::Drop:
      return "dropped";
  }
  return {};
}

Entities entities_of(const Catalog& now) { return Collection(now, now, {}).collect(); }

Entities entities_of(const Catalog& now, const Catalog& wanted,
                     const std::vector<Rename>& renames) {
  const Renamed after = follow(now, wanted, renames);
  std::set<Key> renamed;
  for (const Difference& each : after.differences) renamed.insert(each.object);
  const std::optional<Catalog> told = with_privileges_of_owners(after.catalog, wanted);
  return Collection(after.catalog, told ? *told : wanted, std::move(renamed)).collect();
}

}  // namespace sluice::schema
