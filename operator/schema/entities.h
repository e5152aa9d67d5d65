// A schema as entities and their references, for pictures. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "schema/catalog.h"
#include "schema/diff.h"

namespace sluice::schema {

// What a plan does to it.
enum class Mark { None, Add, Change, Drop };
std::string_view to_string(Mark mark);  // added, changed, dropped; nothing for None

struct Attribute {
  std::string name, type;
  bool primary = false, foreign = false, unique = false;  // part of such a key
  bool required = false;                                  // NOT NULL
  Mark mark = Mark::None;
};

// A table; partitions are part of theirs.
struct Entity {
  std::string schema, name;
  std::vector<Attribute> attributes;
  Mark mark = Mark::None;
};

struct Reference {
  size_t from = 0, to = 0;  // entities
  std::string name;
  std::vector<size_t> attributes;  // of `from`
  bool optional = false;           // one of them may be null
  bool one_to_one = false;         // they are a key of `from`, too
  Mark mark = Mark::None;
};

struct Entities {
  std::vector<Entity> entities;       // by schema and name
  std::vector<Reference> references;  // by entity and name
};

Entities entities_of(const Catalog& now);

// What is in either schema, marked with what a plan from `now` to `wanted` does to it. What is
// renamed is there once, under its new name, as changed. Throws as schema::diff() for a hint.
Entities entities_of(const Catalog& now, const Catalog& wanted,
                     const std::vector<Rename>& renames = {});

}  // namespace sluice::schema
