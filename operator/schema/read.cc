#include "schema/read.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "postgres/errors.h"
#include "schema/read_gathering.h"
#include "schema/settled.h"

namespace sluice::schema {
namespace {

// Ends the transaction in any case: nothing was written.
class Snapshot {
 public:
  explicit Snapshot(postgres::Session& session) : session_(session) {
    session_.execute(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = pg_catalog; "
        // What the printing of expressions depends on.
        "SET LOCAL quote_all_identifiers = off; SET LOCAL standard_conforming_strings = on; "
        "SET LOCAL DateStyle = ISO; SET LOCAL IntervalStyle = postgres; SET LOCAL TimeZone = "
        "'UTC'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex");
  }
  ~Snapshot() { session_.rollback(); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  postgres::Session& session_;
};

// PostgreSQL's functions see what is there now, not the snapshot: what another session dropped
// meanwhile has no definition, or is an error.
bool is_gone(const Object& object) {
  return std::visit(
      [](const auto& details) {
        if constexpr (requires { details.definition.empty(); })
          return details.definition.empty();
        else
          return false;
      },
      object.details);
}

bool says_gone(const postgres::StatementError& error) {
  const std::string& state = error.answer().sqlstate;
  return state == "XX000" || state == "42P01" || state == "42704" || state == "42883";
}

void sort_by_key(Catalog& catalog) {
  std::vector<Object>& objects = catalog.objects;
  std::vector<Ref> order(objects.size());
  std::iota(order.begin(), order.end(), Ref{0});
  std::ranges::sort(order, {}, [&](Ref ref) -> const Key& { return objects[ref].key; });
  std::vector<Ref> place(objects.size());
  for (Ref to = 0; to < order.size(); ++to) place[order[to]] = to;
  for (Object& object : objects) {
    if (object.owner_relation) object.owner_relation = place[*object.owner_relation];
    for (Ref& need : object.needs) need = place[need];
    std::ranges::sort(object.needs);
    const auto same = std::ranges::unique(object.needs);
    object.needs.erase(same.begin(), same.end());
    object.needs.shrink_to_fit();
  }
  // In place, circle by circle: the objects are large.
  for (Ref at = 0; at < objects.size(); ++at)
    while (place[at] != at) {
      std::swap(objects[at], objects[place[at]]);
      std::swap(place[at], place[place[at]]);
    }
}

Catalog read_snapshot(postgres::Session& session) {
  const Snapshot snapshot(session);
  Gathering gathering(session);
  gathering.read_names();
  read_extensions(gathering);
  read_types(gathering);
  read_relations(gathering);
  read_columns(gathering);
  read_sequences(gathering);
  read_constraints(gathering);
  read_indexes(gathering);
  read_functions(gathering);
  read_operators(gathering);
  read_collations(gathering);
  read_text_search(gathering);
  read_triggers(gathering);
  read_rules(gathering);
  read_policies(gathering);
  read_event_triggers(gathering);
  read_publications(gathering);
  read_statistics(gathering);
  read_default_privileges(gathering);
  read_comments(gathering);
  read_grants(gathering);
  read_needs(gathering);
  read_unread(gathering);
  for (Object& object : gathering.catalog.objects) settle(object);
  sort_by_key(gathering.catalog);
  return std::move(gathering.catalog);
}

}  // namespace

Catalog read(postgres::Session& session) {
  constexpr int kAttempts = 3;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    try {
      Catalog catalog = read_snapshot(session);
      if (std::ranges::none_of(catalog.objects, is_gone)) return catalog;
    } catch (const postgres::StatementError& error) {
      if (attempt == kAttempts || !says_gone(error)) throw;
    }
  }
  throw base::Error(base::ErrorKind::Conflict, "SchemaChanged",
                    session.where() + ": the schema changed each time while it was read",
                    "try again when nothing else changes it");
}

}  // namespace sluice::schema
