// A whole schema as text. Pure: the same schema gives the same bytes.
#pragma once

#include <string>

#include "schema/catalog.h"
#include "schema/diff.h"

namespace sluice::schema {

// What a new database has: the schema public, as that version of PostgreSQL makes it.
Catalog empty_catalog(int server_version);

// For psql, into an empty database: what diff() says of the way there. Throws as diff().
std::string print_sql(const Catalog& catalog, const DiffOptions& options = {});

// One object an element, by kind and name; its shape is in docs/export.md.
std::string print_json(const Catalog& catalog, const DiffOptions& options = {});

}  // namespace sluice::schema
