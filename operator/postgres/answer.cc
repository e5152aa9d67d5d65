#include "postgres/answer.h"

#include <libpq-fe.h>

#include <utility>

namespace sluice::postgres {
namespace {

const PGresult* of(const std::shared_ptr<const void>& result) {
  return static_cast<const PGresult*>(result.get());
}

}  // namespace

Answer::Answer(std::shared_ptr<const void> result) : result_(std::move(result)) {}

size_t Answer::rows() const { return static_cast<size_t>(PQntuples(of(result_))); }

std::optional<std::string_view> Answer::at(size_t row, size_t column) const {
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  if (PQgetisnull(of(result_), r, c) != 0) return std::nullopt;
  return std::string_view(PQgetvalue(of(result_), r, c),
                          static_cast<size_t>(PQgetlength(of(result_), r, c)));
}

}  // namespace sluice::postgres
