// The tables in which other migration tools keep what they have applied. Pure.
#pragma once

#include <string>
#include <vector>

#include "schema/catalog.h"

namespace sluice::schema {

// Alembic's, Flyway's, goose's, dbmate's, golang-migrate's, Rails' and Django's, in any schema: by
// the name that the tool gives its table, and a column that only this table has. In their order.
std::vector<Ref> foreign_histories(const Catalog& catalog);

// "table public.alembic_version is another tool's history: not compared"
std::string not_compared(const Object& history);

// The catalog without them and what belongs to them; a warning names each. One that something else
// needs (a view, a foreign key) stays, and so does one that `wanted` has, too (nullptr: has none).
Catalog without_foreign_histories(Catalog catalog, const Catalog* wanted = nullptr);

}  // namespace sluice::schema
