// The one place where names and texts become SQL.
#pragma once

#include <string>
#include <string_view>

namespace sluice::sql {

// "name", with what it holds of quotes doubled.
std::string quote_identifier(std::string_view name);

// "schema"."name", or the name alone where there is no schema.
std::string qualified(std::string_view schema, std::string_view name);

// '…' or E'…', which means the same under every setting. `text` holds no NUL.
std::string literal(std::string_view text);

}  // namespace sluice::sql
