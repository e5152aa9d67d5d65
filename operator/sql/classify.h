// What a parsed statement may do, read from PostgreSQL's own parse tree.
#pragma once

#include <string_view>

#include "sql/split.h"

namespace sluice::sql {

struct Verdict {
  Kind kind = Kind::Plain;
  std::string_view name;
  bool setting = false;
  bool waits_harmlessly = false;
  bool server_wide = false;
};

// `node`: a Node of libpg_query's ParseResult, as protobuf.
// Source of what cannot run in a transaction: the callers of PreventInTransactionBlock in
// PostgreSQL
// 15. What depends on data that only the server has (an ALTER SUBSCRIPTION with slots) is left to
// it.
Verdict classify(std::string_view node);

}  // namespace sluice::sql
