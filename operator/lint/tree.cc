#include "lint/tree.h"

#include <pg_query.h>

#include <algorithm>
#include <cstdint>

#include "sql/scan.h"

namespace sluice::lint {
namespace {

// Shorter texts cannot hold that many tokens.
bool is_too_deep(const std::string& statement) {
  return statement.size() > kMaxTreeDepth &&
         sql::depth_bound(sql::scan(statement).tokens) > kMaxTreeDepth;
}

bool is_plain(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

void* allocate(void* memory, size_t size) {
  return static_cast<std::pmr::monotonic_buffer_resource*>(memory)->allocate(size);
}

void leave(void* /*memory*/, void* /*block*/) {}

// The members of any message, by protobuf-c's own description of its layout.
bool any_below(const ProtobufCMessage* message,
               const std::function<bool(const PgQuery__Node&)>& judge);

bool any_member(const ProtobufCMessage* message, const ProtobufCFieldDescriptor& field,
                const std::function<bool(const PgQuery__Node&)>& judge) {
  if (field.type != PROTOBUF_C_TYPE_MESSAGE) return false;
  const auto* const base = reinterpret_cast<const char*>(message);
  const auto* const member = base + field.offset;
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    const size_t count = *reinterpret_cast<const size_t*>(base + field.quantifier_offset);
    const auto* const items = *reinterpret_cast<ProtobufCMessage* const* const*>(member);
    return std::any_of(items, items + count,
                       [&](const ProtobufCMessage* item) { return any_below(item, judge); });
  }
  if ((field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
      *reinterpret_cast<const uint32_t*>(base + field.quantifier_offset) != field.id)
    return false;
  return any_below(*reinterpret_cast<ProtobufCMessage* const*>(member), judge);
}

bool any_below(const ProtobufCMessage* message,
               const std::function<bool(const PgQuery__Node&)>& judge) {
  if (message == nullptr) return false;
  if (message->descriptor == &pg_query__node__descriptor &&
      judge(*reinterpret_cast<const PgQuery__Node*>(message)))
    return true;
  const std::span fields(message->descriptor->fields, message->descriptor->n_fields);
  return std::ranges::any_of(fields, [&](const ProtobufCFieldDescriptor& field) {
    return any_member(message, field, judge);
  });
}

}  // namespace

Tree::Tree(const sql::Statement& statement) {
  if (statement.text.size() > kMaxTreeBytes || is_too_deep(statement.text)) return;
  const auto unpack = [this](std::string_view packed) {
    ProtobufCAllocator allocator{&allocate, &leave, &memory_};
    const PgQuery__ParseResult* const result = pg_query__parse_result__unpack(
        &allocator, packed.size(), reinterpret_cast<const uint8_t*>(packed.data()));
    if (result != nullptr && result->n_stmts == 1) root_ = result->stmts[0]->stmt;
  };
  if (!statement.tree.empty()) {
    unpack(statement.tree);
    return;
  }
  const PgQueryProtobufParseResult parsed =
      pg_query_parse_protobuf(sql::without_comments(statement.text).c_str());
  if (parsed.error == nullptr) unpack({parsed.parse_tree.data, parsed.parse_tree.len});
  pg_query_free_protobuf_parse_result(parsed);
}

std::string_view text_of(const PgQuery__Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_STRING
             ? text_of(node->string->sval)
             : std::string_view();
}

std::vector<std::string> texts_of(size_t count, PgQuery__Node* const* items) {
  std::vector<std::string> texts;
  for (const PgQuery__Node* item : nodes(count, items)) texts.emplace_back(text_of(item));
  return texts;
}

std::string quoted(std::string_view name) {
  if (is_plain(name)) return std::string(name);
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

std::string quoted(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ".") + quoted(name);
  return text;
}

std::string column_list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + quoted(name);
  return "(" + text + ")";
}

std::string written(const PgQuery__RangeVar* relation) {
  if (relation == nullptr) return {};
  const std::string schema(text_of(relation->schemaname));
  return (schema.empty() ? "" : quoted(schema) + ".") + quoted(text_of(relation->relname));
}

std::string key_of(const PgQuery__RangeVar* relation) {
  if (relation == nullptr) return {};
  return key_of(
      {std::string(text_of(relation->schemaname)), std::string(text_of(relation->relname))});
}

std::string key_of(std::vector<std::string> names) {
  std::erase_if(names, [](const std::string& name) { return name.empty(); });
  if (names.size() == 2 && names.front() == "public") names.erase(names.begin());
  return quoted(names);
}

bool any_of(const PgQuery__Node* node, const std::function<bool(const PgQuery__Node&)>& judge) {
  return node != nullptr && any_below(&node->base, judge);
}

bool has_option(size_t count, PgQuery__Node* const* options, std::string_view name) {
  return std::ranges::any_of(nodes(count, options), [&](const PgQuery__Node* option) {
    return option->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
           text_of(option->def_elem->defname) == name;
  });
}

}  // namespace sluice::lint
