// PostgreSQL prints some expressions in one way while they are as somebody wrote them, and in
// another once they were made from what it printed. A schema and its copy would always differ.
#pragma once

#include <string>

#include "schema/catalog.h"

namespace sluice::schema {

// The form that stays: a cast of an array that is written out becomes a cast of each element.
// `(ARRAY['a'::character varying])::text[]`, which `IN ('a')` of a varchar column is at first, is
// `ARRAY[('a'::character varying)::text]`; in a view, where parentheses are few,
// `ARRAY['a'::character varying]::text[]` is `ARRAY['a'::character varying::text]`.
std::string settled(std::string sql);

// Every expression of the object; the columns of extended statistics in the order of their names.
void settle(Object& object);

}  // namespace sluice::schema
