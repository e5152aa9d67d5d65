#include <nlohmann/json.hpp>

#include "schema/ddl_name.h"
#include "schema/print.h"
#include "schema/words.h"

namespace sluice::schema {
namespace {

using Json = nlohmann::ordered_json;

// What is empty, false or the default is left out.
class Members {
 public:
  explicit Members(Json& into) : into_(into) {}
  Members& text(const char* name, std::string_view value) {
    if (!value.empty()) into_[name] = value;
    return *this;
  }
  Members& flag(const char* name, bool value) {
    if (value) into_[name] = true;
    return *this;
  }
  Members& number(const char* name, int value) {
    if (value >= 0) into_[name] = value;
    return *this;
  }
  Members& list(const char* name, const std::vector<std::string>& values) {
    if (!values.empty()) into_[name] = values;
    return *this;
  }
  Members& options(const Options& options) {
    for (const auto& [name, value] : options) into_["options"][name] = value;
    return *this;
  }

 private:
  Json& into_;
};

void add(const Schema&, Json&) {}
void add(const DefaultPrivileges&, Json&) {}

void add(const Extension& extension, Json& into) {
  Members(into).text("version", extension.version).text("inSchema", extension.schema);
}

void add(const Collation& collation, Json& into) {
  Members(into).text("definition", collation.definition);
}

void add(const Enum& type, Json& into) { into["labels"] = type.labels; }

void add(const Composite& type, Json& into) {
  into["attributes"] = Json::array();
  for (const CompositeField& field : type.fields) {
    Json& item = into["attributes"].emplace_back();
    Members(item)
        .text("name", field.name)
        .text("type", field.type)
        .text("collation", field.collation)
        .text("comment", field.comment);
  }
}

void add(const Domain& domain, Json& into) {
  Members(into)
      .text("type", domain.type)
      .text("collation", domain.collation)
      .text("default", domain.default_value)
      .flag("notNull", domain.not_null);
  for (const DomainConstraint& constraint : domain.constraints) {
    Json item;
    Members(item)
        .text("name", constraint.name)
        .text("definition", constraint.definition)
        .flag("notValid", !constraint.validated)
        .text("comment", constraint.comment);
    into["constraints"].push_back(std::move(item));
  }
}

void add(const Range& range, Json& into) { Members(into).text("definition", range.definition); }

void add(const Function& function, Json& into) {
  Members(into)
      .text("functionKind", to_string(function.function_kind))
      .text("parameters", function.arguments)
      .text("result", function.result)
      .text("language", function.language)
      .text("definition", function.definition);
}

void add(const Defined& defined, Json& into) { into["statements"] = defined.statements; }

void add(const Sequence& sequence, Json& into) {
  Members(into)
      .text("type", sequence.type)
      .text("start", sequence.start)
      .text("minimum", sequence.minimum)
      .text("maximum", sequence.maximum)
      .text("increment", sequence.increment)
      .text("cache", sequence.cache)
      .flag("cycle", sequence.cycle)
      .flag("unlogged", sequence.unlogged);
  if (!sequence.owner_table.empty())
    into["ownedBy"] = {{"schema", sequence.owner_schema},
                       {"table", sequence.owner_table},
                       {"column", sequence.owner_column}};
}

void add(const Table& table, Json& into) {
  Members members(into);
  members.flag("unlogged", table.persistence == Persistence::Unlogged)
      .text("partitionBy", table.partition_by)
      .text("partitionOf", table.partition_of)
      .text("bound", table.bound)
      .list("inherits", table.inherits)
      .text("ofType", table.of_type)
      .options(table.options)
      .text("accessMethod", table.access_method)
      .text("tablespace", table.tablespace);
  if (table.replica_identity != ReplicaIdentity::Default)
    members.text("replicaIdentity", to_string(table.replica_identity));
  members.text("replicaIndex", table.replica_index)
      .text("clusterOn", table.cluster_on)
      .flag("rowSecurity", table.row_security)
      .flag("forceRowSecurity", table.force_row_security);
}

void add(const Column& column, Json& into) {
  into["position"] = column.position;
  Members members(into);
  members.text("type", column.type)
      .text("default", column.default_value)
      .text("generated", column.generated)
      .flag("notNull", column.not_null);
  if (column.identity) {
    Json identity{{"always", column.identity->always}};
    Members(identity).text("sequence", column.identity->sequence_name);
    add(column.identity->sequence, identity);
    into["identity"] = std::move(identity);
  }
  members.text("collation", column.collation)
      .text("storage", column.storage)
      .text("compression", column.compression)
      .number("statistics", column.statistics)
      .options(column.options)
      .flag("inherited", column.inherited);
}

void add(const Constraint& constraint, Json& into) {
  Members(into)
      .text("constraintKind", to_string(constraint.type))
      .text("definition", constraint.definition)
      .flag("notValid", !constraint.validated)
      .list("columns", constraint.columns)
      .text("references", constraint.references)
      .flag("inherited", constraint.inherited)
      .options(constraint.options)
      .text("tablespace", constraint.tablespace)
      .text("indexComment", constraint.index_comment);
}

void add(const Index& index, Json& into) {
  Members(into)
      .text("definition", index.definition)
      .flag("unique", index.unique)
      .flag("invalid", !index.valid)
      .text("attachedTo", index.attached_to);
  for (const auto& [position, target] : index.statistics)
    into["statistics"].push_back({{"position", position}, {"target", target}});
}

void add(const Statistics& statistics, Json& into) {
  Members(into).text("definition", statistics.definition).number("target", statistics.target);
}

void add_columns(const std::vector<ViewColumn>& columns, Json& into) {
  into["columns"] = Json::array();
  for (const ViewColumn& column : columns) {
    Json item;
    Members(item)
        .text("name", column.name)
        .text("type", column.type)
        .text("collation", column.collation)
        .text("default", column.default_value)
        .text("comment", column.comment)
        .text("storage", column.storage)
        .text("compression", column.compression)
        .number("statistics", column.statistics)
        .options(column.options);
    into["columns"].push_back(std::move(item));
  }
}

void add(const View& view, Json& into) {
  add_columns(view.columns, into);
  Members(into).text("query", view.definition).options(view.options);
}

void add(const MaterializedView& view, Json& into) {
  add_columns(view.columns, into);
  Members(into)
      .text("query", view.definition)
      .options(view.options)
      .text("accessMethod", view.access_method)
      .text("tablespace", view.tablespace)
      .text("clusterOn", view.cluster_on);
}

void add_state(Enabled enabled, Json& into) {
  if (enabled != Enabled::Origin) into["enabled"] = to_string(enabled);
}

void add(const Rule& rule, Json& into) {
  Members(into).text("definition", rule.definition);
  add_state(rule.enabled, into);
}

void add(const Trigger& trigger, Json& into) {
  Members(into)
      .text("definition", trigger.definition)
      .flag("constraint", trigger.constraint)
      .flag("inherited", trigger.inherited);
  add_state(trigger.enabled, into);
}

void add(const Policy& policy, Json& into) {
  Members(into)
      .text("command", policy.command)
      .flag("restrictive", !policy.permissive)
      .list("roles", policy.roles)
      .text("using", policy.using_expression)
      .text("withCheck", policy.check_expression);
}

void add(const EventTrigger& trigger, Json& into) {
  Members(into)
      .text("event", trigger.event)
      .text("function", trigger.function)
      .list("tags", trigger.tags);
  add_state(trigger.enabled, into);
}

void add(const Publication& publication, Json& into) {
  Members members(into);
  members.flag("allTables", publication.all_tables);
  for (const PublicationTable& table : publication.tables) {
    Json item;
    Members(item)
        .text("table", table.table)
        .text("columns", table.columns)
        .text("filter", table.filter);
    into["tables"].push_back(std::move(item));
  }
  members.list("schemas", publication.schemas).options(publication.options);
}

void add_grants(const std::vector<Grant>& grants, Json& into) {
  for (const Grant& grant : grants) {
    Json item{{"to", grant.grantee == kOwner ? "owner" : role_name(grant.grantee)},
              {"privilege", grant.privilege}};
    Members(item).flag("grantable", grant.grantable);
    into["grants"].push_back(std::move(item));
  }
}

Json to_json(const Catalog& catalog, const Object& object, const DiffOptions& options) {
  Json json{{"kind", to_string(object.key.kind)}};
  Members members(json);
  members.text("schema", object.key.schema)
      .text("relation", object.key.relation)
      .text("name", object.key.name)
      .text("arguments", object.key.arguments)
      .text("identity", full_name(object));
  std::visit([&](const auto& details) { add(details, json); }, object.details);
  members.text("comment", object.comment);
  if (options.owners) members.text("owner", object.owner);
  if (options.privileges) {
    if (!object.default_grants) add_grants(object.grants, json);
    const std::vector<ViewColumn>& columns = view_columns(object);
    for (size_t at = 0; at < columns.size(); ++at)
      add_grants(columns[at].grants, json["columns"][at]);
  }
  std::vector<std::string> needs;
  for (const Ref need : object.needs) needs.push_back(title(catalog.at(need)));
  members.list("needs", needs);
  return json;
}

}  // namespace

std::string print_json(const Catalog& catalog, const DiffOptions& options) {
  Json objects = Json::array();
  for (const Object& object : catalog.objects) objects.push_back(to_json(catalog, object, options));
  return Json{{"objects", std::move(objects)}}.dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace sluice::schema
