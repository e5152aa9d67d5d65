// Which sequence a column owns. Internal to this room.
#pragma once

#include <map>
#include <string_view>
#include <tuple>

#include "schema/catalog.h"

namespace sluice::schema {

inline constexpr Ref kNoRef = UINT32_MAX;

// Of a catalog that outlives it and does not change.
class OwnedSequences {
 public:
  explicit OwnedSequences(const Catalog& catalog) {
    for (Ref ref = 0; ref < catalog.objects.size(); ++ref)
      if (const auto* its = std::get_if<Sequence>(&catalog.at(ref).details))
        if (!its->owner_table.empty())
          by_column_.try_emplace({its->owner_schema, its->owner_table, its->owner_column}, ref);
  }

  // kNoRef: none. Of several, the first by name.
  Ref of(const Object& column) const {
    const auto found = by_column_.find({column.key.schema, column.key.relation, column.key.name});
    return found == by_column_.end() ? kNoRef : found->second;
  }

 private:
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, Ref> by_column_;
};

}  // namespace sluice::schema
