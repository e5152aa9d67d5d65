// From one schema to another: pure. The answer is SQL in an order that works, in forms that hurt a
// running application least, each statement with what it will hurt all the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lint/rules.h"
#include "schema/catalog.h"

namespace sluice::schema {

// By the names of lint.
struct Hazard {
  lint::RuleId rule;
  std::string text;  // one sentence: what happens to whom
  bool operator==(const Hazard&) const = default;
};

enum class Change { Add, Alter, Drop, Rename };

struct Statement {
  std::string sql;  // one statement, without a semicolon
  Key object;       // whom it is about
  Change change = Change::Alter;
  std::vector<Hazard> hazards;
  // CREATE INDEX CONCURRENTLY and the like: cannot run in a transaction.
  bool outside_transaction = false;
  // VALIDATE, ALTER TYPE … ADD VALUE, ATTACH: must not share a transaction with what is before it.
  bool begins_group = false;
  // Never drops, narrows or rewrites, and no statement of the running application fails by it.
  bool additive = false;
};

// Statements that run in one transaction, or one that runs outside of any.
struct Group {
  bool transactional = true;
  std::vector<Statement> statements;
};

// What is different, object by object, for people: `sluice check`, drift, `sync`'s report.
struct Difference {
  Key object;
  std::string identity;              // "table public.orders", "column total of public.orders"
  Change change = Change::Alter;     // seen from `from`
  std::vector<std::string> details;  // "type: integer -> bigint"
};

struct Rename {
  Kind kind = Kind::Table;
  std::string schema, relation;  // unquoted; relation: of a column, constraint or index
  std::string from, to;          // unquoted names
  std::string place;             // file:line of the hint
};

struct DiffOptions {
  bool additive_only = false;  // the rest is left undone, and named
  bool owners = false;
  bool privileges = true;
  // One transaction where at all possible: no CONCURRENTLY, no NOT VALID. For databases that
  // nobody uses yet.
  bool offline = false;
  // What only `from` has of other tools' histories (schema/foreign_history.h) is dropped, as any
  // table is. Else it is left alone, and is no difference; a warning names it.
  bool foreign_histories = false;
  std::vector<Rename> renames;
};

struct LeftUndone {
  Difference difference;
  std::string reason;
};

struct Diff {
  std::vector<Group> groups;
  std::vector<Difference> differences;
  std::vector<LeftUndone> left_undone;  // only with additive_only
  std::vector<std::string> warnings;    // both catalogs', and names that differ in case only
  bool empty() const { return differences.empty(); }
};

// Throws Error{Invalid, "RenameUnknown"} for a hint that names nothing, Error{Refused,
// "NotSupported"} for a change that cannot be made, naming the object.
Diff diff(const Catalog& from, const Catalog& to, const DiffOptions& options = {});

}  // namespace sluice::schema
