// The reader's vocabulary for rows: fields are taken one after another, in the order of the SELECT.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/session.h"
#include "schema/catalog.h"

namespace sluice::schema {

using Oid = uint32_t;

class Fields {
 public:
  Fields(const postgres::Answer& answer, size_t row) : answer_(answer), row_(row) {}

  // NULL is empty, 0, false.
  std::string_view view();
  std::string text() { return std::string(view()); }
  char letter();
  bool flag() { return letter() == 't'; }
  Oid oid() { return static_cast<Oid>(number()); }
  int64_t number(int64_t when_null = 0);
  std::vector<std::string> list();  // a text[]; elements that are NULL are empty
  std::vector<int> numbers();       // an int[] or int2vector
  Options options(std::string_view prefix = {}) {
    Options options;
    add_options(options, prefix);
    return options;
  }
  void add_options(Options& options, std::string_view prefix);  // a text[] of name=value

 private:
  const postgres::Answer& answer_;
  size_t row_;
  size_t column_ = 0;
};

// The elements of an array of one dimension in PostgreSQL's text form.
std::vector<std::string> read_array(std::string_view text);

template <class F>
void each_row(postgres::Session& session, std::string_view sql, F&& use) {
  const postgres::Answer answer = session.ask(sql);
  for (size_t row = 0; row < answer.rows(); ++row) {
    Fields fields(answer, row);
    use(fields);
  }
}

}  // namespace sluice::schema
