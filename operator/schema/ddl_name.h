// How DDL speaks of an object. Internal to this room.
#pragma once

#include <string>
#include <string_view>

#include "schema/catalog.h"

namespace sluice::schema {

// TABLE, PROCEDURE, TEXT SEARCH DICTIONARY: between DROP or COMMENT ON and the name.
std::string_view kind_word(const Object& object);

// What follows it: public.orders, "total" ON public.orders, public.orders."total" for a column.
std::string full_name(const Object& object);

// Both, with `verb` in front: DROP TRIGGER "audit" ON public.orders.
std::string phrase(std::string_view verb, const Object& object);

// For people: "table public.orders", "column total of public.orders".
std::string title(const Object& object);

// A role as GRANT, ALTER … OWNER and policies have it.
std::string role_name(std::string_view role);

}  // namespace sluice::schema
