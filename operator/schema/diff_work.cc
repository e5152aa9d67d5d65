#include "schema/diff_work.h"

#include <algorithm>

namespace sluice::schema {
namespace {

void turn_round(const Catalog& catalog, std::vector<std::vector<Ref>>& needed_by,
                std::vector<std::vector<Ref>>& parts) {
  needed_by.resize(catalog.objects.size());
  parts.resize(catalog.objects.size());
  for (Ref ref = 0; ref < catalog.objects.size(); ++ref) {
    const Object& object = catalog.at(ref);
    for (const Ref need : object.needs)
      if (need != ref) needed_by[need].push_back(ref);
    if (object.owner_relation) parts[*object.owner_relation].push_back(ref);
  }
}

const Table& table_of(const Catalog& catalog, Ref ref) { return details<Table>(catalog.at(ref)); }

}  // namespace

Work::Work(const Catalog& from_catalog, const Catalog& to_catalog, const DiffOptions& diff_options)
    : from(from_catalog),
      to(to_catalog),
      options(diff_options),
      to_of(from.objects.size(), kNone),
      from_of(to.objects.size(), kNone),
      comes_with(to.objects.size()),
      goes_with(from.objects.size()),
      from_fate(from.objects.size(), Fate::Keep),
      to_fate(to.objects.size(), Fate::Keep),
      redefault(to.objects.size(), false),
      convert(to.objects.size(), false),
      aside(from.objects.size(), false),
      reattach(to.objects.size(), false),
      owned(from),
      to_owned(to) {
  turn_round(from, needed_by, parts);
  turn_round(to, to_needed_by, to_parts);
}

bool Work::on_fresh(Ref to_ref) const {
  const Object& object = to.at(to_ref);
  return object.owner_relation && is_made(*object.owner_relation);
}

std::vector<Ref> Work::parents(const Catalog& catalog, Ref table) {
  std::vector<Ref> answer;
  const Object& object = catalog.at(table);
  if (object.key.kind != Kind::Table) return answer;
  const auto& its = details<Table>(object);
  for (const Ref need : object.needs) {
    const Object& parent = catalog.at(need);
    if (parent.key.kind == Kind::Table &&
        (parent.identity == its.partition_of ||
         std::ranges::find(its.inherits, parent.identity) != its.inherits.end()))
      answer.push_back(need);
  }
  return answer;
}

std::vector<Ref> Work::bequeathed_by(const Catalog& catalog, Ref part) {
  std::vector<Ref> answer;
  const Object& object = catalog.at(part);
  const Object& table = catalog.at(*object.owner_relation);
  if (table.key.kind != Kind::Table || !details<Table>(table).partition_of.empty()) return answer;
  for (const Ref parent : parents(catalog, *object.owner_relation)) {
    const Key& key = catalog.at(parent).key;
    const Object* const found =
        catalog.find({object.key.kind, key.schema, key.name, object.key.name, ""});
    if (found != nullptr) answer.push_back(static_cast<Ref>(found - catalog.objects.data()));
  }
  return answer;
}

Ref Work::typed_by(Ref to_column) const {
  const Object& object = to.at(to_column);
  const Ref before = from_of[to_column];
  if (before == kNone || !details<Column>(object).inherited ||
      !details<Column>(from.at(before)).inherited || !keeps_parent(*object.owner_relation))
    return to_column;
  for (const Ref parent : parents(to, *object.owner_relation)) {
    const Key& key = to.at(parent).key;
    const Object* const found = to.find({Kind::Column, key.schema, key.name, object.key.name, ""});
    if (found != nullptr) return typed_by(static_cast<Ref>(found - to.objects.data()));
  }
  return to_column;
}

bool Work::changes_type(Ref from_ref) const {
  const Object& object = from.at(from_ref);
  if (object.key.kind != Kind::Column || !stays(from_ref)) return false;
  const Object& now = to.at(to_of[from_ref]);
  if (!alterations.contains(typed_by(to_of[from_ref])) && !reattach[*now.owner_relation])
    return false;
  const auto& a = details<Column>(object);
  const auto& b = details<Column>(now);
  return a.type != b.type || a.collation != b.collation;
}

bool Work::attaches(Ref to_table) const {
  const Table& is = table_of(to, to_table);
  if (is.partition_of.empty()) return false;
  if (is_made(to_table) || reattach[to_table]) return true;
  if (from_of[to_table] == kNone || to_fate[to_table] == Fate::Left) return false;
  const Table& was = table_of(from, from_of[to_table]);
  return was.partition_of != is.partition_of || was.bound != is.bound;
}

bool Work::detaches(Ref from_table) const {
  const Table& was = table_of(from, from_table);
  const Ref now = to_of[from_table];
  if (was.partition_of.empty() || now == kNone || from_fate[from_table] != Fate::Keep) return false;
  if (to_fate[now] == Fate::Left) return false;
  const Table& is = table_of(to, now);
  return reattach[now] || was.partition_of != is.partition_of || was.bound != is.bound;
}

bool Work::keeps_parent(Ref to_table) const {
  const Ref before = from_of[to_table];
  if (before == kNone || is_made(to_table)) return false;
  const Table& was = table_of(from, before);
  const Table& is = table_of(to, to_table);
  if (!is.partition_of.empty()) return !attaches(to_table);
  return !is.inherits.empty() && was.inherits == is.inherits;
}

}  // namespace sluice::schema
