// What a statement that cannot run in a transaction is about: enough to look in the catalog for
// what it left when it was interrupted.
#pragma once

#include <string>

namespace sluice::sql {

struct Subject {
  enum class Form {
    CreateIndex,
    DropIndex,
    Reindex,
    DetachPartition,
    CreateDatabase,
    DropDatabase,
    CreateTablespace,
    DropTablespace,
    CreateSubscription,
    Repeatable,  // VACUUM, ALTER SYSTEM …: done twice is as done once
    DiscardAll,
  };
  Form form = Form::Repeatable;
  // Of the index, partition, database …, unquoted. An index that is to be created has
  // no schema of its own.
  std::string schema;
  std::string name;  // empty: the statement leaves it to PostgreSQL
  // The table that is indexed, or the parent of the partition, as SQL.
  std::string table;
};

// `statement`: one of Kind::OutsideTransaction.
Subject subject_of(const std::string& statement);

}  // namespace sluice::sql
