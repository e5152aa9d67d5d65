// The SQL of one object at a time. What order they go in, and what else has to move, is
// schema/diff.cc's affair.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "schema/catalog.h"
#include "schema/diff.h"

namespace sluice::schema {

class OwnedSequences;

struct DdlContext {
  const DiffOptions& options;
  // The relation that the object belongs to, or the object itself, is made by this same plan: it
  // has no rows and nobody uses it, so nothing needs to be concurrent, and nothing is a hazard.
  bool fresh = false;
  // Columns (sorted) of the catalog that a table is created from, whose default waits until what it
  // needs is there: a cycle is broken at them.
  std::span<const Ref> deferred_default = {};
  // Of the catalog that alter() comes from; nullptr: it looks for itself.
  const OwnedSequences* owned = nullptr;
  // Of what is dropped: its children keep what they have inherited, as their own.
  bool only = false;
};

// Without comments and grants. Of a table: with its columns, but without constraints, indexes and
// such defaults as `how.deferred_default` names.
std::vector<Statement> create(const Catalog& catalog, const Object& object, const DdlContext& how);
std::vector<Statement> drop(const Catalog& catalog, const Object& object, const DdlContext& how);

// From `was` to `is`, in place, keeping rows and whatever depends on it. nullopt: only dropping and
// creating works; then what depends on it is dropped and made again, too. Comments and grants are
// not its affair. May answer with no statement (the difference is one that cannot be seen).
std::optional<std::vector<Statement>> alter(const Catalog& from, const Object& was,
                                            const Catalog& to, const Object& is,
                                            const DdlContext& how);

// ALTER … RENAME TO.
Statement rename(const Catalog& from, const Object& was, const Rename& hint);

// "type: integer -> bigint", one line for each thing that differs; empty: the same. Comments,
// grants (options.privileges) and owner (options.owners) too.
std::vector<std::string> differences(const Object& was, const Object& is,
                                     const DiffOptions& options);

// Nothing where they are the same. `was` nullptr: a new object, which has the default ones; of
// grants, those that the default privileges in `from` give it, whoever creates it.
// The entries of default privileges themselves are nothing but grants.
std::vector<Statement> comment(const Object* was, const Object& is);
std::vector<Statement> grants(const Object* was, const Object& is, const Catalog* from = nullptr);
std::vector<Statement> owner(const Object* was, const Object& is);

}  // namespace sluice::schema
