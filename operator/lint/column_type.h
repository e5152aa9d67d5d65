// A column's type, as far as lint has to know it.
#pragma once

#include <string>
#include <vector>

#include "lint/tree.h"

namespace sluice::lint {

struct ColumnType {
  std::string name;       // PostgreSQL's own for its types (int4, varchar, bpchar, timestamptz …)
  std::vector<int> mods;  // (n), (p, s)
  bool array = false;

  bool operator==(const ColumnType&) const = default;
};

ColumnType type_of(const PgQuery__TypeName* type);
// As it would be written.
std::string written(const ColumnType& type);

// smallserial, serial, bigserial and their other names; the integer type behind; else the same.
bool is_serial(const ColumnType& type);
ColumnType without_serial(const ColumnType& type);

// Whether PostgreSQL changes the one into the other without writing the table: the values stay as
// they are and no longer one is refused. Source: the casts without function in pg_cast, and the
// support functions of varchar, numeric, varbit, time and timestamp.
bool changes_freely(const ColumnType& from, const ColumnType& to);

// Whether values of the old type exist that the new one refuses, rounds or cuts.
bool narrows(const ColumnType& from, const ColumnType& to);

// Whether ALTER COLUMN … TYPE without USING rounds or cuts such values without a word. Source: the
// casts for assignment in pg_cast. That to varchar(n), char(n), bit(n) or varbit(n) refuses what
// is too long (but for blanks at the end), an explicit one cuts it.
bool cuts(const ColumnType& from, const ColumnType& to);

}  // namespace sluice::lint
