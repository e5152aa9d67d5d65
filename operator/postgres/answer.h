// The rows of one query as libpq holds them: read in place, nothing is copied.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace sluice::postgres {

class Answer {
 public:
  explicit Answer(std::shared_ptr<const void> result);  // a PGresult
  size_t rows() const;
  // nullopt is SQL's NULL. Valid as long as the Answer.
  std::optional<std::string_view> at(size_t row, size_t column) const;

 private:
  std::shared_ptr<const void> result_;
};

}  // namespace sluice::postgres
