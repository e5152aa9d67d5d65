// The catalog reader: a database's whole schema in one snapshot.
#pragma once

#include "postgres/session.h"
#include "schema/catalog.h"

namespace sluice::schema {

// A constant number of statements (at most 30), however many objects there are, in one transaction,
// REPEATABLE READ and READ ONLY, with search_path = pg_catalog. Left out: PostgreSQL's own schemas,
// temporary objects, what belongs to an extension, and the ledger's schema `sluice`. What is there
// and is not compared is named in Catalog::warnings.
// The session must not be in a transaction. Read again, at most twice, when another session dropped
// something meanwhile; then throws Error{Conflict, "SchemaChanged"}. Else throws as
// Session::query().
Catalog read(postgres::Session& session);

}  // namespace sluice::schema
