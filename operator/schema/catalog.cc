#include "schema/catalog.h"

#include <algorithm>
#include <tuple>

namespace sluice::schema {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::Schema:
      return "schema";
    case Kind::Extension:
      return "extension";
    case Kind::Collation:
      return "collation";
    case Kind::Enum:
    case Kind::Composite:
    case Kind::Range:
      return "type";
    case Kind::Domain:
      return "domain";
    case Kind::Function:
      return "function";
    case Kind::Operator:
      return "operator";
    case Kind::OperatorFamily:
      return "operator family";
    case Kind::OperatorClass:
      return "operator class";
    case Kind::Cast:
      return "cast";
    case Kind::TextSearchParser:
      return "text search parser";
    case Kind::TextSearchTemplate:
      return "text search template";
    case Kind::TextSearchDictionary:
      return "text search dictionary";
    case Kind::TextSearchConfiguration:
      return "text search configuration";
    case Kind::Sequence:
      return "sequence";
    case Kind::Table:
      return "table";
    case Kind::Column:
      return "column";
    case Kind::Constraint:
      return "constraint";
    case Kind::Index:
      return "index";
    case Kind::Statistics:
      return "statistics";
    case Kind::View:
      return "view";
    case Kind::MaterializedView:
      return "materialized view";
    case Kind::Rule:
      return "rule";
    case Kind::Trigger:
      return "trigger";
    case Kind::Policy:
      return "policy";
    case Kind::EventTrigger:
      return "event trigger";
    case Kind::Publication:
      return "publication";
    case Kind::DefaultPrivileges:
      return "default privileges";
  }
  return "";
}

bool operator==(const Column& a, const Column& b) {
  const auto compared = [](const Column& c) {
    return std::tie(c.type, c.default_value, c.generated, c.not_null, c.identity, c.collation,
                    c.storage, c.compression, c.statistics, c.options, c.inherited, c.local);
  };
  return compared(a) == compared(b);
}

bool operator==(const Table& a, const Table& b) {
  const auto compared = [](const Table& t) {
    return std::tie(t.persistence, t.partition_by, t.partition_of, t.bound, t.inherits, t.of_type,
                    t.options, t.access_method, t.tablespace, t.replica_identity, t.replica_index,
                    t.cluster_on, t.row_security, t.force_row_security);
  };
  return compared(a) == compared(b);
}

bool operator==(const MaterializedView& a, const MaterializedView& b) {
  const auto compared = [](const MaterializedView& v) {
    return std::tie(v.definition, v.columns, v.options, v.access_method, v.tablespace,
                    v.cluster_on);
  };
  return compared(a) == compared(b);
}

const std::vector<ViewColumn>& view_columns(const Object& object) {
  static const std::vector<ViewColumn> kNone;
  if (const auto* view = std::get_if<View>(&object.details)) return view->columns;
  if (const auto* view = std::get_if<MaterializedView>(&object.details)) return view->columns;
  return kNone;
}

const Object* Catalog::find(const Key& key) const {
  const auto at = std::ranges::lower_bound(objects, key, {}, &Object::key);
  return at != objects.end() && at->key == key ? &*at : nullptr;
}

}  // namespace sluice::schema
