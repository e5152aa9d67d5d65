#include "schema/foreign_history.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "schema/ddl_name.h"
#include "schema/owned_sequences.h"

namespace sluice::schema {
namespace {

struct History {
  std::string_view table, column;
};
constexpr std::array<History, 5> kHistories{{{"alembic_version", "version_num"},
                                             {"flyway_schema_history", "installed_rank"},
                                             {"goose_db_version", "version_id"},
                                             {"schema_migrations", "version"},
                                             {"django_migrations", "app"}}};

bool is_history(const Catalog& catalog, const Object& object) {
  if (object.key.kind != Kind::Table) return false;
  const auto* const known = std::ranges::find(kHistories, object.key.name, &History::table);
  return known != kHistories.end() &&
         catalog.find({Kind::Column, object.key.schema, object.key.name, std::string(known->column),
                       ""}) != nullptr;
}

// By the ref: whether it is the table, or belongs to it.
std::vector<bool> belongings_of(const Catalog& catalog, Ref table) {
  std::vector<bool> belongs(catalog.objects.size());
  const OwnedSequences owned(catalog);
  belongs[table] = true;
  for (Ref ref = 0; ref < catalog.objects.size(); ++ref) {
    const Object& object = catalog.at(ref);
    if (object.owner_relation != table) continue;
    belongs[ref] = true;
    if (object.key.kind != Kind::Column) continue;
    const Ref sequence = owned.of(object);
    if (sequence != kNoRef) belongs[sequence] = true;
  }
  return belongs;
}

bool is_needed(const Catalog& catalog, const std::vector<bool>& belongs) {
  for (Ref ref = 0; ref < catalog.objects.size(); ++ref)
    if (!belongs[ref] &&
        std::ranges::any_of(catalog.at(ref).needs, [&](Ref need) { return belongs[need]; }))
      return true;
  return false;
}

void remove(Catalog& catalog, const std::vector<bool>& gone) {
  std::vector<Ref> now(gone.size(), kNoRef);
  std::vector<Object> kept;
  for (Ref ref = 0; ref < gone.size(); ++ref) {
    if (gone[ref]) continue;
    now[ref] = static_cast<Ref>(kept.size());
    kept.push_back(std::move(catalog.objects[ref]));
  }
  for (Object& object : kept) {
    if (object.owner_relation) object.owner_relation = now[*object.owner_relation];
    for (Ref& need : object.needs) need = now[need];
  }
  catalog.objects = std::move(kept);
}

}  // namespace

std::vector<Ref> foreign_histories(const Catalog& catalog) {
  std::vector<Ref> all;
  for (Ref ref = 0; ref < catalog.objects.size(); ++ref)
    if (is_history(catalog, catalog.at(ref))) all.push_back(ref);
  return all;
}

std::string not_compared(const Object& history) {
  return title(history) + " is another tool's history: not compared";
}

Catalog without_foreign_histories(Catalog catalog, const Catalog* wanted) {
  const std::vector<Ref> histories = foreign_histories(catalog);
  std::vector<bool> gone(catalog.objects.size());
  bool any = false;
  for (const Ref history : histories) {
    const Object& table = catalog.at(history);
    if (wanted != nullptr && wanted->find(table.key) != nullptr) continue;
    const std::vector<bool> belongs = belongings_of(catalog, history);
    if (is_needed(catalog, belongs)) continue;
    for (size_t ref = 0; ref < gone.size(); ++ref) gone[ref] = gone[ref] || belongs[ref];
    catalog.warnings.push_back(not_compared(table));
    any = true;
  }
  if (any) remove(catalog, gone);
  return catalog;
}

}  // namespace sluice::schema
