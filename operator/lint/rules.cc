#include "lint/rules.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sluice::lint {
namespace {

using enum Level;
using enum Category;

// Sources of the locks: PostgreSQL 15, "Explicit Locking" and AlterTableGetLockLevel.
constexpr std::array kRules{
    Rule{
        RuleId::AddColumnVolatileDefault, "add-column-volatile-default", Error, Rewrites, false,
        "a new column whose default differs from row to row",
        "PostgreSQL computes the default for each row and writes the whole table anew under ACCESS "
        "EXCLUSIVE: nobody reads or writes it until that is done. A constant default is instant.",
        "Add the column without a default, set the default for new rows, and fill the old rows in "
        "batches."},
    Rule{RuleId::AddColumnStored, "add-column-stored-generated", Error, Rewrites, false,
         "a new column GENERATED ALWAYS AS … STORED",
         "Its value is computed for each row: the whole table is written anew under ACCESS "
         "EXCLUSIVE.",
         "Add a plain column that a trigger fills, backfill it in batches; or compute it in a view "
         "or an expression index."},
    Rule{
        RuleId::ChangeColumnType, "change-column-type", Error, Rewrites, false,
        "a column's type changes in a way that is not known to be free",
        "Most changes of type write the whole table and its indexes anew under ACCESS EXCLUSIVE. "
        "Known to be free: more room in varchar(n), numeric(p, same scale), varbit(n) or a "
        "timestamp's precision, varchar to text, cidr to inet.",
        "Add a column of the new type, keep both in step by a trigger, backfill in batches, switch "
        "the application, drop the old column in a contract revision."},
    Rule{RuleId::SetLogged, "set-logged", Error, Rewrites, false, "SET LOGGED or SET UNLOGGED",
         "The whole table is written anew under ACCESS EXCLUSIVE.",
         "Create a new table of the wanted kind and copy in batches, or do it while the "
         "application is down."},
    Rule{RuleId::SetTablespace, "set-tablespace", Error, Rewrites, false,
         "a table or index moves to another tablespace",
         "Every block is copied under ACCESS EXCLUSIVE.",
         "Move indexes by REINDEX … CONCURRENTLY with TABLESPACE; move tables in a maintenance "
         "window or by an online tool."},
    Rule{RuleId::SetAccessMethod, "set-access-method", Error, Rewrites, false, "SET ACCESS METHOD",
         "The whole table is written anew under ACCESS EXCLUSIVE.",
         "Create a table with the new access method and copy in batches."},
    Rule{RuleId::Cluster, "cluster", Error, Rewrites, false, "CLUSTER",
         "The whole table and its indexes are written anew under ACCESS EXCLUSIVE.",
         "Use an online tool for reordering, or a maintenance window."},
    Rule{RuleId::VacuumFull, "vacuum-full", Error, Rewrites, false, "VACUUM FULL",
         "The whole table and its indexes are written anew under ACCESS EXCLUSIVE.",
         "Plain VACUUM frees space for reuse without blocking anyone."},
    Rule{RuleId::SetNotNull, "set-not-null", Error, Locks, false,
         "SET NOT NULL without a valid check to prove it",
         "The whole table is read under ACCESS EXCLUSIVE to look for nulls. A valid check "
         "constraint (column IS NOT NULL) spares the reading.",
         "Add CHECK (column IS NOT NULL) NOT VALID, validate it in a later revision, then SET NOT "
         "NULL and drop the check."},
    Rule{RuleId::AddPrimaryKey, "add-primary-key", Error, Locks, false,
         "a primary key that builds its index",
         "The index is built under ACCESS EXCLUSIVE: nobody reads or writes the table meanwhile.",
         "Build a unique index CONCURRENTLY, then add the key USING INDEX."},
    Rule{RuleId::AddUniqueConstraint, "add-unique-constraint", Error, Locks, false,
         "a unique constraint that builds its index",
         "The index is built under ACCESS EXCLUSIVE: nobody reads or writes the table meanwhile.",
         "Build a unique index CONCURRENTLY, then add the constraint USING INDEX."},
    Rule{RuleId::AddForeignKey, "add-foreign-key", Error, Locks, false,
         "a foreign key without NOT VALID",
         "All rows are checked while neither of the two tables can be written.",
         "Add it NOT VALID, which is instant, and VALIDATE CONSTRAINT in a later revision, which "
         "blocks nobody."},
    Rule{RuleId::AddCheckConstraint, "add-check-constraint", Error, Locks, false,
         "a check constraint without NOT VALID", "All rows are read under ACCESS EXCLUSIVE.",
         "Add it NOT VALID, which is instant, and VALIDATE CONSTRAINT in a later revision, which "
         "blocks nobody."},
    Rule{RuleId::AddExclusionConstraint, "add-exclusion-constraint", Error, Locks, false,
         "an exclusion constraint on an existing table",
         "Its index is built under ACCESS EXCLUSIVE; there is no way to build it before.",
         "Create the constraint with the table, or move the rows to a new table that has it."},
    Rule{RuleId::CreateIndex, "create-index", Error, Locks, false,
         "CREATE INDEX without CONCURRENTLY",
         "The table cannot be written until the index is built.",
         "CREATE INDEX CONCURRENTLY, in a revision with `-- transaction: none`."},
    Rule{RuleId::DropIndex, "drop-index", Warning, Locks, false, "DROP INDEX without CONCURRENTLY",
         "It takes ACCESS EXCLUSIVE on the table: behind one long query, all others queue.",
         "DROP INDEX CONCURRENTLY, in a revision with `-- transaction: none`."},
    Rule{RuleId::Reindex, "reindex", Error, Locks, false, "REINDEX without CONCURRENTLY",
         "The table cannot be written, and the index not be read, until it is built anew.",
         "REINDEX … CONCURRENTLY, in a revision with `-- transaction: none`."},
    Rule{RuleId::AttachPartition, "attach-partition", Warning, Locks, false,
         "ATTACH PARTITION of a table without a valid check",
         "The whole partition is read under ACCESS EXCLUSIVE to see that its rows fit. A valid "
         "check constraint that says so spares the reading.",
         "Add a check that repeats the partition's bounds NOT VALID, validate it in a later "
         "revision, attach, drop the check."},
    Rule{RuleId::DetachPartition, "detach-partition", Error, Locks, false,
         "DETACH PARTITION without CONCURRENTLY",
         "It takes ACCESS EXCLUSIVE on the partitioned table, so on everything in it.",
         "DETACH PARTITION … CONCURRENTLY, in a revision with `-- transaction: none`."},
    Rule{RuleId::LockTable, "lock-table", Error, Locks, false,
         "LOCK TABLE in a mode that keeps writers or readers out",
         "The application waits until the transaction ends.",
         "Leave it out: statements take the locks that they need, and Sluice runs one migration at "
         "a time."},
    Rule{RuleId::RefreshMaterializedView, "refresh-materialized-view", Warning, Locks, false,
         "REFRESH MATERIALIZED VIEW without CONCURRENTLY",
         "The view cannot be read until its query has run.",
         "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view."},
    Rule{
        RuleId::CreateTrigger, "create-trigger", Note, Locks, false,
        "a trigger on an existing table",
        "Writers wait for an instant; from then on each of their statements runs the trigger, also "
        "those of the version of the application that does not know it.",
        "See that the trigger is cheap and right for the running version too."},
    Rule{RuleId::ValidateInSameTransaction, "validate-in-same-transaction", Error, Locks, false,
         "VALIDATE CONSTRAINT in the transaction that added the constraint NOT VALID",
         "The lock of ADD CONSTRAINT is held until commit, so the rows are checked under it: as if "
         "NOT VALID had not been written.",
         "Put VALIDATE CONSTRAINT into a revision of its own."},
    Rule{RuleId::RenameColumn, "rename-column", Error, Breaks, false,
         "a column, or a type's attribute, is renamed",
         "The running application uses the old name: its statements fail.",
         "Add a column of the new name, keep both in step by a trigger, drop the old one in a "
         "contract revision."},
    Rule{
        RuleId::RenameTable, "rename-table", Error, Breaks, false,
        "a table, view or sequence is renamed",
        "The running application uses the old name: its statements fail.",
        "Leave a view of the old name in the same transaction and drop it in a contract revision."},
    Rule{RuleId::DropView, "drop-view", Error, Breaks, false,
         "a view, materialized view or foreign table is dropped",
         "The running application still reads it.",
         "CREATE OR REPLACE VIEW changes it in place; drop it in a contract revision."},
    Rule{RuleId::DropSequence, "drop-sequence", Error, Breaks, false, "a sequence is dropped",
         "Whatever calls nextval() on it fails, and its position is gone.",
         "Drop it in a contract revision."},
    Rule{RuleId::RenameSchema, "rename-schema", Error, Breaks, false, "a schema is renamed",
         "The running application uses the old name, in statements or in its search_path.",
         "Create the new schema and move the objects behind views of the old names."},
    Rule{RuleId::DropType, "drop-type", Error, Breaks, false, "a type or domain is dropped",
         "The running application may still name it in casts and parameters.",
         "Drop it in a contract revision."},
    Rule{RuleId::RenameType, "rename-type", Error, Breaks, false, "a type or domain is renamed",
         "The running application may still name it in casts and parameters.",
         "Keep the name, or create a second type and change over in steps."},
    Rule{RuleId::RenameEnumValue, "rename-enum-value", Error, Breaks, false,
         "an enum's value is renamed",
         "The running application still sends, and expects, the old word.",
         "Add the new value, move rows and code to it, leave the old one unused."},
    Rule{RuleId::DropFunction, "drop-function", Error, Breaks, false,
         "a function, procedure or aggregate is dropped",
         "The running application, a trigger or a policy may still call it.",
         "CREATE OR REPLACE FUNCTION changes it in place; drop it in a contract revision."},
    Rule{RuleId::RenameFunction, "rename-function", Error, Breaks, false,
         "a function, procedure or aggregate is renamed",
         "The running application still calls the old name.",
         "Create the new function beside it; drop the old one in a contract revision."},
    Rule{RuleId::MoveToSchema, "move-to-schema", Error, Breaks, false,
         "an object moves to another schema", "The running application looks for it where it was.",
         "Leave a view (or a wrapper) in the old schema and drop it in a contract revision."},
    Rule{RuleId::AddRequiredColumn, "add-required-column", Error, Breaks, false,
         "a new column NOT NULL without a default",
         "It fails on a table with rows; on an empty one, the running application's INSERTs fail, "
         "for they do not know the column.",
         "Give it a constant default, or add it nullable and SET NOT NULL after a backfill."},
    Rule{RuleId::DropColumn, "drop-column", Error, LosesData, true, "a column is dropped",
         "The running application still reads and writes it: its statements fail. The values are "
         "gone.",
         "Release a version that does not use it first, and drop it in a revision with `-- phase: "
         "contract`."},
    Rule{RuleId::DropTable, "drop-table", Error, LosesData, true, "a table is dropped",
         "Its rows are gone, and the running application may still use it.",
         "Release a version that does not use it first, and drop it in a revision with `-- phase: "
         "contract`; Sluice's backup is the way back."},
    Rule{RuleId::DropSchema, "drop-schema", Error, LosesData, true, "a schema is dropped",
         "With CASCADE everything in it is gone; the running application may still use it.",
         "Drop what is in it by name, in a contract revision, then the empty schema."},
    Rule{RuleId::DropDatabase, "drop-database", Error, LosesData, true, "a database is dropped",
         "All of it is gone.", "Databases are not a revision's business."},
    Rule{RuleId::DropOwned, "drop-owned", Error, LosesData, true, "DROP OWNED",
         "It drops whatever the role owns, which is not written anywhere in the revision.",
         "Drop objects by name; hand the rest over by REASSIGN OWNED."},
    Rule{RuleId::DropCascade, "drop-cascade", Error, LosesData, true, "CASCADE",
         "What else depends on the object goes too, and differs from one database to another.",
         "Name what is to be dropped, in the order in which it can be."},
    Rule{RuleId::Truncate, "truncate", Error, LosesData, true, "TRUNCATE",
         "All rows are gone; ACCESS EXCLUSIVE is held until commit, and readers in older snapshots "
         "see an empty table.",
         "Delete in batches what is really not needed."},
    Rule{RuleId::DeleteWithoutWhere, "delete-without-where", Error, LosesData, false,
         "DELETE without WHERE", "All rows are gone, and all stay locked until commit.",
         "Say which rows, and delete them in batches (`-- batch:`)."},
    Rule{RuleId::UpdateWithoutWhere, "update-without-where", Error, LosesData, false,
         "UPDATE without WHERE",
         "Every row is written and stays locked until commit; the old values are gone.",
         "Say which rows, and update them in batches (`-- batch:`)."},
    Rule{RuleId::NarrowColumnType, "narrow-column-type", Error, LosesData, false,
         "a column's new type rounds or cuts values of its old one",
         "It does so without a word: fractions, digits, the time of a day; with USING also what is "
         "too long. Values that merely make the revision fail are not lost.",
         "Keep the wide type and bound it by a check constraint, or look first for values that do "
         "not fit."},
    Rule{
        RuleId::ConcurrentlyIfNotExists, "concurrently-if-not-exists", Warning, Brittle, false,
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS",
        "A build that was interrupted leaves an invalid index of that name, and IF NOT EXISTS then "
        "skips it for ever: it costs writes and serves no query.",
        "Leave IF NOT EXISTS out: Sluice drops an invalid index and builds it again."},
    Rule{RuleId::SeveralLockedTables, "several-locked-tables", Warning, Brittle, false,
         "one transaction locks several existing tables against the application",
         "The first lock is held while the others are waited for: more queues, and a deadlock with "
         "any transaction that takes the tables in another order.",
         "One revision for each table."},
    Rule{RuleId::DataAfterLock, "data-after-lock", Warning, Brittle, false,
         "rows are changed in a transaction that already locks a table",
         "The lock of the schema change is held for as long as the rows take.",
         "Put the change of the data into a revision of its own, in batches (`-- batch:`) if it is "
         "large."},
    Rule{RuleId::EnumValueInSameTransaction, "enum-value-in-same-transaction", Error, Brittle,
         false, "an enum's new value is used in the transaction that adds it",
         "PostgreSQL refuses it: unsafe use of new value.", "Use the value in a later revision."},
    Rule{RuleId::StatementsWithoutTransaction, "statements-without-transaction", Note, Brittle,
         false, "statements that could be in a transaction, in a revision that has none",
         "When one fails, those before it stay; readers see the steps between.",
         "Keep what cannot run in a transaction in a revision of its own."},
    Rule{RuleId::LongIdentifier, "long-identifier", Error, Brittle, false,
         "a name of more than 63 bytes",
         "PostgreSQL cuts it without an error: two such names may become one, and the code looks "
         "for a name that does not exist.",
         "Choose a name of at most 63 bytes."},
    Rule{RuleId::SerialColumn, "serial-column", Warning, Brittle, false, "a serial column",
         "Its sequence has rights and an owner of its own, and any INSERT may bypass it.",
         "bigint GENERATED ALWAYS (or BY DEFAULT) AS IDENTITY."},
    Rule{RuleId::Int4Key, "int4-key", Warning, Brittle, false,
         "a primary key of four bytes or less",
         "It ends at 2,147,483,647; the change of type that is due then writes the table anew.",
         "bigint, or uuid."},
    Rule{RuleId::JsonColumn, "json-column", Warning, Brittle, false, "a column of type json",
         "It has no equality and no index, so DISTINCT, GROUP BY and UNION fail, and it is parsed "
         "at each access.",
         "jsonb."},
    Rule{RuleId::CharColumn, "char-column", Warning, Brittle, false, "a column of type char(n)",
         "It is filled with blanks, which comparisons then ignore; it saves nothing.",
         "text, with a check on its length if that matters."},
    Rule{RuleId::TimestampWithoutTimeZone, "timestamp-without-time-zone", Warning, Brittle, false,
         "a column of type timestamp without time zone",
         "It is no point in time: it means another one for each session's time zone.",
         "timestamptz."},
    Rule{RuleId::MissingDown, "missing-down", Warning, Revision, false,
         "a revision without a way back",
         "It cannot be downgraded; when it goes wrong, only the backup is left.",
         "Write the `-- migrate:down` section, or ignore the rule with the reason why there is "
         "none."},
    Rule{RuleId::NeedsNoTransaction, "needs-no-transaction", Error, Revision, false,
         "a statement that PostgreSQL refuses in a transaction, in a revision that has one",
         "The revision fails.",
         "Put it into a revision with `-- transaction: none` in its header."},
    Rule{RuleId::TransactionControl, "transaction-control", Error, Revision, false,
         "BEGIN, COMMIT and the like",
         "Sluice runs each revision in a transaction that also records it, and refuses others.",
         "Remove it."},
    Rule{RuleId::UnreadableSql, "unreadable-sql", Error, Revision, false,
         "SQL that cannot be split into statements",
         "Sluice refuses to run it: psql's own commands, or an expression too deep for the parser.",
         "As the message says."},
    Rule{RuleId::NotJudged, "not-judged", Warning, Revision, false,
         "a statement that lint could not read",
         "It is an error, which a server up to PostgreSQL 15 refuses, or newer than its syntax, or "
         "too large; no rule has looked at it.",
         "Correct it; where only newer servers run it, read it yourself."},
    Rule{RuleId::IgnoreWithoutReason, "ignore-without-reason", Warning, Revision, false,
         "a comment lint:ignore without a reason",
         "It has no effect: whoever reads it later cannot know whether it still holds.",
         "-- lint:ignore RULE: why it is right here"},
    Rule{RuleId::IgnoreUnused, "ignore-unused", Warning, Revision, false,
         "a comment lint:ignore that matches nothing",
         "It hides what may come later at that place, or never did what it should.",
         "Remove it, or correct the rule's name."},
};

constexpr bool in_order() {
  for (size_t i = 0; i < kRules.size(); ++i)
    if (kRules[i].id != static_cast<RuleId>(i)) return false;
  return kRules.size() == static_cast<size_t>(RuleId::IgnoreUnused) + 1;
}
static_assert(in_order());

constexpr std::array<std::string_view, 4> kLevels{"off", "note", "warning", "error"};

}  // namespace

std::span<const Rule> rules() { return kRules; }

const Rule& rule(RuleId id) { return kRules.at(static_cast<size_t>(id)); }

const Rule* find_rule(std::string_view name) {
  const auto* const found = std::ranges::find(kRules, name, &Rule::name);
  return found == kRules.end() ? nullptr : found;
}

std::string_view to_string(Level level) { return kLevels.at(static_cast<size_t>(level)); }

std::string_view to_string(Category category) {
  constexpr std::array<std::string_view, 6> kNames{"rewrites",   "locks",   "breaks",
                                                   "loses-data", "brittle", "revision"};
  return kNames.at(static_cast<size_t>(category));
}

std::optional<Level> parse_level(std::string_view word) {
  const auto* const found = std::ranges::find(kLevels, word);
  if (found == kLevels.end()) return std::nullopt;
  return static_cast<Level>(found - kLevels.begin());
}

}  // namespace sluice::lint
