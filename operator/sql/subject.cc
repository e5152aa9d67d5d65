#include "sql/subject.h"

#include <pg_query.h>

#include <algorithm>
#include <vector>

#include "sql/quote.h"
#include "sql/scan.h"
#include "sql/wire.h"

namespace sluice::sql {
namespace {

// Field numbers of pg_query.proto.
enum NodeKind : uint32_t {
  kAlterTable = 61,
  kAlterTableCmd = 62,
  kDrop = 73,
  kIndex = 77,
  kCreateDatabase = 90,
  kDropDatabase = 91,
  kDiscard = 99,
  kReindex = 107,
  kCreateTablespace = 123,
  kDropTablespace = 124,
  kCreateSubscription = 164,
  kPartitionCmd = 224,
  kString = 233,
  kList = 235,
};

std::string text(std::string_view message, uint32_t number) {
  return std::string(field(message, number).bytes);
}

// A RangeVar, as SQL.
std::string relation(std::string_view range) { return qualified(text(range, 2), text(range, 3)); }

Subject named(Subject::Form form, std::string name) {
  Subject subject;
  subject.form = form;
  subject.name = std::move(name);
  return subject;
}

// DropStmt.objects: of each a list of strings.
Subject drop_index(std::string_view message) {
  std::vector<std::string> parts;
  Message items(field(field(message, 1).bytes, kList).bytes);
  while (const std::optional<Field> item = items.next())
    parts.push_back(text(field(item->bytes, kString).bytes, 1));
  Subject subject = named(Subject::Form::DropIndex, parts.empty() ? "" : parts.back());
  if (parts.size() > 1) subject.schema = parts[parts.size() - 2];
  return subject;
}

Subject alter_table(std::string_view message) {
  Subject subject;
  Message commands(message);
  while (const std::optional<Field> item = commands.next()) {
    if (item->number != 2) continue;
    const std::string_view definition = field(field(item->bytes, kAlterTableCmd).bytes, 5).bytes;
    const std::string_view partition = field(definition, kPartitionCmd).bytes;
    if (field(partition, 3).varint == 0) continue;
    const std::string_view range = field(partition, 1).bytes;
    subject = named(Subject::Form::DetachPartition, text(range, 3));
    subject.schema = text(range, 2);
    subject.table = relation(field(message, 1).bytes);
  }
  return subject;
}

Subject read(uint32_t kind, std::string_view message) {
  using Form = Subject::Form;
  switch (kind) {
    case kIndex: {
      Subject subject = named(Form::CreateIndex, text(message, 1));
      subject.table = relation(field(message, 2).bytes);
      return subject;
    }
    case kDrop:
      return drop_index(message);
    case kReindex:
      return named(Form::Reindex, "");
    case kAlterTable:
      return alter_table(message);
    case kCreateDatabase:
      return named(Form::CreateDatabase, text(message, 1));
    case kDropDatabase:
      return named(Form::DropDatabase, text(message, 1));
    case kCreateTablespace:
      return named(Form::CreateTablespace, text(message, 1));
    case kDropTablespace:
      return named(Form::DropTablespace, text(message, 1));
    case kCreateSubscription:
      return named(Form::CreateSubscription, text(message, 1));
    case kDiscard:
      return named(Form::DiscardAll, "");
    default:
      return {};
  }
}

}  // namespace

Subject subject_of(const std::string& statement) {
  const PgQueryProtobufParseResult result =
      pg_query_parse_protobuf(without_comments(statement).c_str());
  Subject subject;
  if (result.error == nullptr) {
    const std::string_view tree(result.parse_tree.data, result.parse_tree.len);
    if (const auto node = Message(field(field(tree, 2).bytes, 1).bytes).next())
      subject = read(node->number, node->bytes);
  }
  pg_query_free_protobuf_parse_result(result);
  return subject;
}

}  // namespace sluice::sql
