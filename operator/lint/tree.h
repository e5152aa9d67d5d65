// One statement as PostgreSQL's own parse tree, in libpg_query's generated structures.
#pragma once

#include <pg_query/pg_query.pb-c.h>

#include <functional>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/split.h"

namespace sluice::lint {

// Larger statements are not judged: what is that large is data.
inline constexpr size_t kMaxTreeBytes = size_t{256} << 10U;
// Nor are deeper ones (an upper bound of the depth, in tokens): unpacking takes about 2 KiB of
// stack for each.
inline constexpr size_t kMaxTreeDepth = 1'000;

class Tree {
 public:
  // `statement` must be one that sql::split() gave, best with its tree kept.
  explicit Tree(const sql::Statement& statement);

  // nullptr: not parsed, too large or too deep.
  const PgQuery__Node* root() const { return root_; }

 private:
  // All of the tree; freed as one.
  std::pmr::monotonic_buffer_resource memory_;
  const PgQuery__Node* root_ = nullptr;
};

// A repeated field as a span.
inline std::span<PgQuery__Node* const> nodes(size_t count, PgQuery__Node* const* items) {
  return {items, count};
}

inline std::string_view text_of(const char* text) { return text == nullptr ? "" : text; }
// Of a String node, else empty.
std::string_view text_of(const PgQuery__Node* node);
std::vector<std::string> texts_of(size_t count, PgQuery__Node* const* items);

// A name as it would be written, quoted where it has to be.
std::string quoted(std::string_view name);
std::string quoted(const std::vector<std::string>& names);  // joined by dots
std::string column_list(const std::vector<std::string>& names);

// A relation as it would be written. Its key: the same, without a schema `public`.
std::string written(const PgQuery__RangeVar* relation);
std::string key_of(const PgQuery__RangeVar* relation);
std::string key_of(std::vector<std::string> names);

// Whether `judge` says so of any node below (and of) this one.
bool any_of(const PgQuery__Node* node, const std::function<bool(const PgQuery__Node&)>& judge);

bool has_option(size_t count, PgQuery__Node* const* options, std::string_view name);

}  // namespace sluice::lint
