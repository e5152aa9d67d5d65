#include "sql/classify.h"

#include <algorithm>
#include <array>
#include <string>

#include "sql/wire.h"

namespace sluice::sql {
namespace {

// Field numbers of Node's members in pg_query.proto.
enum NodeKind : uint32_t {
  kAlterTable = 61,
  kAlterTableCmd = 62,
  kGrant = 65,
  kGrantRole = 66,
  kCluster = 69,
  kCopy = 70,
  kDrop = 73,
  kComment = 75,
  kIndex = 77,
  kRename = 81,
  kTransaction = 86,
  kCreateDatabase = 90,
  kDropDatabase = 91,
  kVacuum = 92,
  kVariableSet = 97,
  kDiscard = 99,
  kCreateRole = 102,
  kAlterRole = 103,
  kDropRole = 104,
  kReindex = 107,
  kAlterDatabase = 110,
  kAlterDatabaseSet = 112,
  kAlterRoleSet = 113,
  kCreateTablespace = 123,
  kDropTablespace = 124,
  kAlterOwner = 127,
  kReassignOwned = 131,
  kSecurityLabel = 147,
  kAlterSystem = 157,
  kCreateSubscription = 164,
  kAlterSubscription = 165,
  kDropSubscription = 166,
  kDefElem = 195,
  kPartitionCmd = 224,
};

constexpr Verdict outside(std::string_view name) { return {Kind::OutsideTransaction, name}; }
// CONCURRENTLY waits for old transactions and holds nothing that anybody else wants meanwhile.
constexpr Verdict concurrently(std::string_view name) {
  return {Kind::OutsideTransaction, name, false, true};
}

Verdict transaction(std::string_view message) {
  // TransactionStmtKind, from 1.
  constexpr std::array<std::string_view, 11> kNames{"transaction control",
                                                    "BEGIN",
                                                    "START TRANSACTION",
                                                    "COMMIT",
                                                    "ROLLBACK",
                                                    "SAVEPOINT",
                                                    "RELEASE SAVEPOINT",
                                                    "ROLLBACK TO SAVEPOINT",
                                                    "PREPARE TRANSACTION",
                                                    "COMMIT PREPARED",
                                                    "ROLLBACK PREPARED"};
  const uint64_t kind = field(message, 1).varint;
  return {Kind::TransactionControl, kNames.at(kind < kNames.size() ? kind : 0)};
}

bool has_option(std::string_view message, uint32_t list, std::string_view name) {
  Message fields(message);
  while (const std::optional<Field> item = fields.next())
    if (item->number == list && field(field(item->bytes, kDefElem).bytes, 2).bytes == name)
      return true;
  return false;
}

Verdict reindex(std::string_view message) {
  constexpr uint64_t kSchema = 3;  // ReindexObjectType: the whole of a schema, SYSTEM or DATABASE
  if (has_option(message, 4, "concurrently")) return concurrently("REINDEX CONCURRENTLY");
  return field(message, 1).varint >= kSchema ? outside("REINDEX of many tables") : Verdict{};
}

Verdict alter_table(std::string_view message) {
  constexpr uint64_t kValidate = 24;  // AlterTableType, and 25
  bool only_validates = true;
  Message commands(message);
  while (const std::optional<Field> item = commands.next()) {
    if (item->number != 2) continue;
    const std::string_view command = field(item->bytes, kAlterTableCmd).bytes;
    const std::string_view definition = field(command, 5).bytes;
    if (field(field(definition, kPartitionCmd).bytes, 3).varint != 0)
      return concurrently("DETACH PARTITION CONCURRENTLY");
    const uint64_t type = field(command, 1).varint;
    only_validates = only_validates && (type == kValidate || type == kValidate + 1);
  }
  return {Kind::Plain, {}, false, only_validates};
}

// What belongs to no database: roles, databases, tablespaces, the server's settings. Subscriptions
// reach out to another server.
bool is_server_wide(const Field& statement) {
  constexpr std::array<uint32_t, 16> kAlways{
      kGrantRole,    kCreateDatabase,   kDropDatabase,       kCreateRole,
      kAlterRole,    kDropRole,         kAlterDatabase,      kAlterDatabaseSet,
      kAlterRoleSet, kCreateTablespace, kDropTablespace,     kReassignOwned,
      kAlterSystem,  kDropSubscription, kCreateSubscription, kAlterSubscription};
  if (std::ranges::find(kAlways, statement.number) != kAlways.end()) return true;
  const auto about = [&](uint32_t number) {
    // ObjectType: DATABASE, PARAMETER, ROLE, SUBSCRIPTION, TABLESPACE.
    constexpr std::array<uint64_t, 5> kTypes{10, 28, 34, 39, 43};
    return std::ranges::find(kTypes, field(statement.bytes, number).varint) != kTypes.end();
  };
  switch (statement.number) {
    case kComment:
    case kSecurityLabel:
    case kAlterOwner:
    case kRename:
      return about(1);
    case kGrant:
      return about(3);
    default:
      return false;
  }
}

Verdict by_kind(const Field& statement) {
  const std::string_view message = statement.bytes;
  switch (statement.number) {
    case kTransaction:
      return transaction(message);
    case kCopy:  // FROM, neither a program nor a file
      return field(message, 4).varint != 0 && field(message, 5).varint == 0 &&
                     field(message, 6).bytes.empty()
                 ? Verdict{Kind::CopyFromStdin, "COPY FROM STDIN"}
                 : Verdict{};
    case kIndex:
      return field(message, 22).varint != 0 ? concurrently("CREATE INDEX CONCURRENTLY") : Verdict{};
    case kDrop:
      return field(message, 5).varint != 0 ? concurrently("DROP INDEX CONCURRENTLY") : Verdict{};
    case kVacuum:  // ANALYZE is the same node and may
      return field(message, 3).varint != 0 ? outside("VACUUM") : Verdict{};
    case kCluster:
      return field(message, 1).bytes.empty() ? outside("CLUSTER of all tables") : Verdict{};
    case kVariableSet:
      return {Kind::Plain, {}, true};
    case kDiscard:
      return field(message, 1).varint == 1 ? outside("DISCARD ALL") : Verdict{};
    case kReindex:
      return reindex(message);
    case kAlterTable:
      return alter_table(message);
    case kAlterDatabase:
      return has_option(message, 2, "tablespace") ? outside("ALTER DATABASE SET TABLESPACE")
                                                  : Verdict{};
    case kCreateDatabase:
      return outside("CREATE DATABASE");
    case kDropDatabase:
      return outside("DROP DATABASE");
    case kCreateTablespace:
      return outside("CREATE TABLESPACE");
    case kDropTablespace:
      return outside("DROP TABLESPACE");
    case kAlterSystem:
      return outside("ALTER SYSTEM");
    case kCreateSubscription:
      return has_option(message, 4, "create_slot") || has_option(message, 4, "connect")
                 ? Verdict{}
                 : outside("CREATE SUBSCRIPTION");
    case kDropSubscription:
      return {};
    default:
      return {};
  }
}

}  // namespace

Verdict classify(std::string_view node) {
  const std::optional<Field> statement = Message(node).next();
  if (!statement) return {};
  Verdict verdict = by_kind(*statement);
  verdict.server_wide = is_server_wide(*statement);
  return verdict;
}

}  // namespace sluice::sql
