// The rules of lint: names that configuration, comments, reports and the hazards of a schema diff
// share. A name is never changed or given another meaning.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace sluice::lint {

enum class Level { Off, Note, Warning, Error };

enum class Category {
  Rewrites,   // the whole table is written anew while nobody may read it
  Locks,      // the application's statements wait for longer than an instant
  Breaks,     // what the running version of the application uses is gone
  LosesData,  // rows or values are gone, and the down section cannot bring them back
  Brittle,    // works today, fails or hurts later
  Revision,   // about the file itself
};

// In the order of the table in rules.cc.
enum class RuleId {
  AddColumnVolatileDefault,
  AddColumnStored,
  ChangeColumnType,
  SetLogged,
  SetTablespace,
  SetAccessMethod,
  Cluster,
  VacuumFull,
  SetNotNull,
  AddPrimaryKey,
  AddUniqueConstraint,
  AddForeignKey,
  AddCheckConstraint,
  AddExclusionConstraint,
  CreateIndex,
  DropIndex,
  Reindex,
  AttachPartition,
  DetachPartition,
  LockTable,
  RefreshMaterializedView,
  CreateTrigger,
  ValidateInSameTransaction,
  RenameColumn,
  RenameTable,
  DropView,
  DropSequence,
  RenameSchema,
  DropType,
  RenameType,
  RenameEnumValue,
  DropFunction,
  RenameFunction,
  MoveToSchema,
  AddRequiredColumn,
  DropColumn,
  DropTable,
  DropSchema,
  DropDatabase,
  DropOwned,
  DropCascade,
  Truncate,
  DeleteWithoutWhere,
  UpdateWithoutWhere,
  NarrowColumnType,
  ConcurrentlyIfNotExists,
  SeveralLockedTables,
  DataAfterLock,
  EnumValueInSameTransaction,
  StatementsWithoutTransaction,
  LongIdentifier,
  SerialColumn,
  Int4Key,
  JsonColumn,
  CharColumn,
  TimestampWithoutTimeZone,
  MissingDown,
  NeedsNoTransaction,
  TransactionControl,
  UnreadableSql,
  NotJudged,
  IgnoreWithoutReason,
  IgnoreUnused,
};

struct Rule {
  RuleId id;
  std::string_view name;  // kebab-case
  Level level;            // unless configured otherwise
  Category category;
  bool breaks;              // besides its category: the running application uses what is gone
  std::string_view title;   // what it finds
  std::string_view why;     // what it does to a running system
  std::string_view remedy;  // what to write instead, in words
};

std::span<const Rule> rules();
const Rule& rule(RuleId id);
const Rule* find_rule(std::string_view name);  // nullptr: unknown

std::string_view to_string(Level level);        // off, note, warning, error
std::string_view to_string(Category category);  // rewrites, locks, breaks, loses-data …
std::optional<Level> parse_level(std::string_view word);

}  // namespace sluice::lint
