// What differs, in lines for people.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "schema/ddl.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "schema/difference_lines.h"
#include "schema/words.h"
#include "sql/quote.h"

namespace sluice::schema {
namespace {

void compare(const Schema&, const Schema&, Lines&) {}

void compare(const Extension& was, const Extension& is, Lines& lines) {
  lines.text("version", was.version, is.version);
  lines.text("schema", was.schema, is.schema);
}

void compare(const Collation& was, const Collation& is, Lines& lines) {
  lines.text("definition", was.definition, is.definition);
}

void compare(const Enum& was, const Enum& is, Lines& lines) {
  if (was == is) return;
  const auto missing = [](const std::vector<std::string>& in, const std::string& label) {
    return std::ranges::find(in, label) == in.end();
  };
  bool same_labels = true;
  for (const std::string& label : was.labels)
    if (missing(is.labels, label)) {
      lines.add("value removed: " + sql::literal(label));
      same_labels = false;
    }
  for (const std::string& label : is.labels)
    if (missing(was.labels, label)) {
      lines.add("value added: " + sql::literal(label));
      same_labels = false;
    }
  if (same_labels) lines.list("order of values", was.labels, is.labels);
}

void compare(const Composite& was, const Composite& is, Lines& lines) {
  const auto same = [](const CompositeField& a, const CompositeField& b) {
    return a.type == b.type && a.collation == b.collation;
  };
  lines.parts("attribute", was.fields, is.fields, same, [](const CompositeField& f) {
    return f.type + (f.collation.empty() ? "" : " COLLATE " + f.collation);
  });
  for (const CompositeField& field : is.fields) {
    const auto before = std::ranges::find(was.fields, field.name, &CompositeField::name);
    if (before != was.fields.end())
      lines.text("comment of attribute " + field.name, before->comment, field.comment);
  }
}

void compare(const Domain& was, const Domain& is, Lines& lines) {
  lines.text("type", was.type, is.type);
  lines.text("collation", was.collation, is.collation);
  lines.text("default", was.default_value, is.default_value);
  lines.flag("not null", was.not_null, is.not_null);
  const auto same = [](const DomainConstraint& a, const DomainConstraint& b) {
    return a.definition == b.definition && a.validated == b.validated;
  };
  lines.parts("constraint", was.constraints, is.constraints, same,
              [](const DomainConstraint& constraint) {
                return constraint.definition + (constraint.validated ? "" : " NOT VALID");
              });
  for (const DomainConstraint& constraint : is.constraints) {
    const auto before =
        std::ranges::find(was.constraints, constraint.name, &DomainConstraint::name);
    if (before != was.constraints.end())
      lines.text("comment of constraint " + constraint.name, before->comment, constraint.comment);
  }
}

void compare(const Range& was, const Range& is, Lines& lines) {
  lines.text("definition", was.definition, is.definition);
}

void compare(const Function& was, const Function& is, Lines& lines) {
  lines.text("kind", in_words(was.function_kind), in_words(is.function_kind));
  lines.text("arguments", was.arguments, is.arguments);
  lines.text("result", was.result, is.result);
  lines.text("language", was.language, is.language);
  if (lines.empty() && was.definition != is.definition) lines.add("definition changed");
}

void compare(const Defined& was, const Defined& is, Lines& lines) {
  lines.text("definition", base::join(was.statements, "; "), base::join(is.statements, "; "));
}

void compare(const Sequence& was, const Sequence& is, Lines& lines) {
  lines.text("type", was.type, is.type);
  lines.text("start", was.start, is.start);
  lines.text("minimum", was.minimum, is.minimum);
  lines.text("maximum", was.maximum, is.maximum);
  lines.text("increment", was.increment, is.increment);
  lines.text("cache", was.cache, is.cache);
  lines.flag("cycle", was.cycle, is.cycle);
  lines.flag("unlogged", was.unlogged, is.unlogged);
  const auto column = [](const Sequence& sequence) {
    return sequence.owner_table.empty() ? ""
                                        : qualified(sequence.owner_schema, sequence.owner_table) +
                                              "." + quoted(sequence.owner_column);
  };
  lines.text("owned by", column(was), column(is));
}

void compare(const Table& was, const Table& is, Lines& lines) {
  lines.text("persistence", to_string(was.persistence), to_string(is.persistence));
  lines.text("partitioned by", was.partition_by, is.partition_by);
  lines.text("partition of", was.partition_of, is.partition_of);
  lines.text("bound", was.bound, is.bound);
  lines.list("inherits", was.inherits, is.inherits);
  lines.text("of type", was.of_type, is.of_type);
  lines.options("option", was.options, is.options);
  lines.text("access method", was.access_method, is.access_method);
  lines.text("tablespace", was.tablespace, is.tablespace);
  lines.text("replica identity", to_string(was.replica_identity), to_string(is.replica_identity));
  lines.text("replica identity's index", was.replica_index, is.replica_index);
  lines.text("clustered on", was.cluster_on, is.cluster_on);
  lines.flag("row security", was.row_security, is.row_security);
  lines.flag("row security for the owner", was.force_row_security, is.force_row_security);
}

void compare(const Identity& was, const Identity& is, Lines& lines) {
  const auto mode = [](const Identity& identity) {
    return std::string_view(identity.always ? "always" : "by default");
  };
  lines.text("identity", mode(was), mode(is));
  lines.text("identity's sequence", was.sequence_name, is.sequence_name);
  Lines sequence;
  compare(was.sequence, is.sequence, sequence);
  for (const std::string& line : std::move(sequence).take()) lines.add("identity's " + line);
}

void compare(const Column& was, const Column& is, Lines& lines) {
  lines.text("type", was.type, is.type);
  lines.text("default", was.default_value, is.default_value);
  lines.text("generated", was.generated, is.generated);
  lines.flag("not null", was.not_null, is.not_null);
  if (was.identity && is.identity) {
    compare(*was.identity, *is.identity, lines);
  } else if (was.identity.has_value() != is.identity.has_value()) {
    const auto mode = [](const Column& column) {
      return std::string_view(!column.identity          ? "none"
                              : column.identity->always ? "always"
                                                        : "by default");
    };
    lines.text("identity", mode(was), mode(is));
  }
  lines.text("collation", was.collation, is.collation);
  lines.text("storage", was.storage, is.storage);
  lines.text("compression", was.compression, is.compression);
  lines.number("statistics", was.statistics, is.statistics);
  lines.options("option", was.options, is.options);
  lines.flag("inherited", was.inherited, is.inherited);
  lines.flag("local", was.local, is.local);
}

void compare(const Constraint& was, const Constraint& is, Lines& lines) {
  lines.text("kind", to_string(was.type), to_string(is.type));
  lines.text("definition", was.definition, is.definition);
  lines.flag("validated", was.validated, is.validated);
  lines.options("option", was.options, is.options);
  lines.text("tablespace", was.tablespace, is.tablespace);
  lines.text("comment of its index", was.index_comment, is.index_comment);
  lines.flag("inherited", was.inherited, is.inherited);
  lines.flag("local", was.local, is.local);
  if (lines.empty()) {
    lines.list("columns", was.columns, is.columns);
    lines.text("references", was.references, is.references);
  }
}

void compare(const Index& was, const Index& is, Lines& lines) {
  lines.text("definition", was.definition, is.definition);
  lines.flag("valid", was.valid, is.valid);
  lines.text("attached to", was.attached_to, is.attached_to);
  const std::map<uint32_t, int> before(was.statistics.begin(), was.statistics.end());
  const std::map<uint32_t, int> now(is.statistics.begin(), is.statistics.end());
  const auto target = [](const std::map<uint32_t, int>& of, uint32_t position) {
    const auto found = of.find(position);
    return found == of.end() ? -1 : found->second;
  };
  std::map<uint32_t, int> all = before;
  all.insert(now.begin(), now.end());
  for (const auto& [position, value] : all)
    lines.number("statistics of column " + std::to_string(position), target(before, position),
                 target(now, position));
  if (lines.empty() && was != is) lines.text("definition", was.definition_only, is.definition_only);
}

void compare(const Statistics& was, const Statistics& is, Lines& lines) {
  lines.text("definition", was.definition, is.definition);
  lines.number("target", was.target, is.target);
}

void compare_columns(const std::vector<ViewColumn>& was, const std::vector<ViewColumn>& is,
                     Lines& lines) {
  const auto same = [](const ViewColumn& a, const ViewColumn& b) {
    return a.type == b.type && a.collation == b.collation;
  };
  lines.parts("column", was, is, same, [](const ViewColumn& column) {
    return column.type + (column.collation.empty() ? "" : " COLLATE " + column.collation);
  });
  for (const ViewColumn& column : is) {
    const auto before = std::ranges::find(was, column.name, &ViewColumn::name);
    if (before == was.end()) continue;
    lines.text("default of column " + column.name, before->default_value, column.default_value);
    lines.text("comment of column " + column.name, before->comment, column.comment);
    lines.text("storage of column " + column.name, before->storage, column.storage);
    lines.text("compression of column " + column.name, before->compression, column.compression);
    lines.number("statistics of column " + column.name, before->statistics, column.statistics);
    lines.options("option of column " + column.name, before->options, column.options);
  }
}

void compare(const View& was, const View& is, Lines& lines) {
  compare_columns(was.columns, is.columns, lines);
  if (was.definition != is.definition) lines.add("query changed");
  lines.options("option", was.options, is.options);
}

void compare(const MaterializedView& was, const MaterializedView& is, Lines& lines) {
  compare_columns(was.columns, is.columns, lines);
  if (was.definition != is.definition) lines.add("query changed");
  lines.options("option", was.options, is.options);
  lines.text("access method", was.access_method, is.access_method);
  lines.text("tablespace", was.tablespace, is.tablespace);
  lines.text("clustered on", was.cluster_on, is.cluster_on);
}

void compare(const Rule& was, const Rule& is, Lines& lines) {
  lines.text("definition", was.definition, is.definition);
  lines.text("state", in_words(was.enabled), in_words(is.enabled));
}

void compare(const Trigger& was, const Trigger& is, Lines& lines) {
  lines.text("definition", was.definition, is.definition);
  lines.text("state", in_words(was.enabled), in_words(is.enabled));
  if (lines.empty()) lines.flag("inherited", was.inherited, is.inherited);
}

void compare(const Policy& was, const Policy& is, Lines& lines) {
  lines.text("command", was.command, is.command);
  lines.flag("permissive", was.permissive, is.permissive);
  lines.list("roles", was.roles, is.roles);
  lines.text("using", was.using_expression, is.using_expression);
  lines.text("with check", was.check_expression, is.check_expression);
}

void compare(const EventTrigger& was, const EventTrigger& is, Lines& lines) {
  lines.text("event", was.event, is.event);
  lines.text("function", was.function, is.function);
  lines.list("tags", was.tags, is.tags);
  lines.text("state", in_words(was.enabled), in_words(is.enabled));
}

void compare(const Publication& was, const Publication& is, Lines& lines) {
  lines.flag("all tables", was.all_tables, is.all_tables);
  const auto text_of = [](const PublicationTable& table) {
    return "of table " + table.table + (table.columns.empty() ? "" : " " + table.columns) +
           (table.filter.empty() ? "" : " where " + table.filter);
  };
  for (const PublicationTable& table : was.tables)
    if (std::ranges::find(is.tables, table) == is.tables.end())
      lines.add("no longer " + text_of(table));
  for (const PublicationTable& table : is.tables)
    if (std::ranges::find(was.tables, table) == was.tables.end())
      lines.add("now " + text_of(table));
  lines.list("schemas", was.schemas, is.schemas);
  lines.options("option", was.options, is.options);
}

void compare(const DefaultPrivileges&, const DefaultPrivileges&, Lines&) {}

// "SELECT, UPDATE (grantable)", by grantee.
std::map<std::string, std::string> privileges_of(const std::vector<Grant>& grants) {
  std::map<std::string, std::string> answer;
  for (const Grant& grant : grants) {
    const std::string who = grant.grantee == kOwner ? "the owner" : role_name(grant.grantee);
    std::string& list = answer[who];
    list += (list.empty() ? "" : ", ") + grant.privilege + (grant.grantable ? " (grantable)" : "");
  }
  return answer;
}

void compare_privileges(const std::vector<Grant>& was, const std::vector<Grant>& is,
                        const std::string& where, Lines& lines) {
  const std::map<std::string, std::string> before = privileges_of(was);
  const std::map<std::string, std::string> now = privileges_of(is);
  std::map<std::string, std::string> all = before;
  all.insert(now.begin(), now.end());
  const auto list = [](const std::map<std::string, std::string>& of, const std::string& who) {
    const auto found = of.find(who);
    return found == of.end() ? std::string() : found->second;
  };
  for (const auto& [who, any] : all)
    lines.text("privileges of " + who + where, list(before, who), list(now, who));
}

void compare_privileges(const Object& was, const Object& is, Lines& lines) {
  compare_privileges(was.grants, is.grants, "", lines);
  const std::vector<ViewColumn>& before = view_columns(was);
  for (const ViewColumn& column : view_columns(is)) {
    const auto same = std::ranges::find(before, column.name, &ViewColumn::name);
    if (same != before.end())
      compare_privileges(same->grants, column.grants, " on column " + column.name, lines);
  }
}

}  // namespace

std::vector<std::string> differences(const Object& was, const Object& is,
                                     const DiffOptions& options) {
  Lines lines;
  if (was.details.index() != is.details.index()) {
    lines.text("kind", to_string(was.key.kind), to_string(is.key.kind));
  } else {
    std::visit([&]<class T>(const T& now) { compare(details<T>(was), now, lines); }, is.details);
  }
  lines.text("comment", was.comment, is.comment);
  if (options.privileges || is.key.kind == Kind::DefaultPrivileges)
    compare_privileges(was, is, lines);
  if (options.owners) lines.text("owner", was.owner, is.owner);
  return std::move(lines).take();
}

}  // namespace sluice::schema
