// Catalogs of a few words, for the rules of a diff.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "schema/catalog.h"
#include "schema/diff.h"

namespace sluice::schema {

// All in schema public. What an object needs is said by the names that the calls answer with, and
// may be said before it is there.
class CatalogText {
 public:
  using Names = std::initializer_list<const char*>;

  // columns: "id integer", "n bigint NOT NULL", "n integer = 7"
  CatalogText& table(const std::string& name, Names columns) {
    add(Kind::Table, "", name, Table{});
    uint32_t position = 0;
    for (const std::string column : columns) this->column(name, column, {}, ++position);
    return *this;
  }

  CatalogText& partition(const std::string& name, const std::string& of, Names columns) {
    table(name, columns);
    auto& its = std::get<Table>(pending_.at(name).details);
    its.partition_of = "public." + of;
    its.bound = "DEFAULT";
    std::get<Table>(pending_.at(of).details).partition_by = "RANGE (id)";
    needs_[name] = {of};
    return *this;
  }

  CatalogText& partitioned(const std::string& name, const std::string& by) {
    std::get<Table>(pending_.at(name).details).partition_by = by;
    return *this;
  }

  CatalogText& bound(const std::string& partition, const std::string& bound,
                     const std::string& check) {
    auto& its = std::get<Table>(pending_.at(partition).details);
    its.bound = bound;
    its.bound_check = check;
    return *this;
  }

  CatalogText& column(const std::string& table, const std::string& text, Names needs = {},
                      uint32_t position = 99) {
    constexpr std::string_view kNotNull = " NOT NULL";
    Column column;
    column.position = position;
    std::string rest = text.substr(text.find(' ') + 1);
    if (const size_t equals = rest.find(" = "); equals != std::string::npos) {
      column.default_value = rest.substr(equals + 3);
      rest.resize(equals);
    }
    column.not_null = rest.ends_with(kNotNull);
    if (column.not_null) rest.resize(rest.size() - kNotNull.size());
    column.type = rest;
    add(Kind::Column, table, text.substr(0, text.find(' ')), std::move(column), needs);
    return *this;
  }

  CatalogText& constraint(const std::string& table, const std::string& name, ConstraintType type,
                          const std::string& definition, Names needs = {}) {
    Constraint constraint;
    constraint.type = type;
    constraint.definition = definition;
    add(Kind::Constraint, table, name, std::move(constraint), needs);
    return *this;
  }

  CatalogText& inherited_constraint(const std::string& table, const std::string& name,
                                    ConstraintType type, const std::string& definition,
                                    Names needs) {
    constraint(table, name, type, definition, needs);
    auto& its = std::get<Constraint>(pending_.at(name).details);
    its.inherited = true;
    its.local = false;
    return *this;
  }

  CatalogText& index(const std::string& table, const std::string& name,
                     const std::string& columns) {
    Index index;
    index.definition = index.definition_only =
        "CREATE INDEX " + name + " ON public." + table + " USING btree (" + columns + ")";
    add(Kind::Index, table, name, std::move(index));
    return *this;
  }

  CatalogText& view(const std::string& name, const std::string& query, Names needs,
                    std::vector<ViewColumn> columns = {}) {
    add(Kind::View, "", name, View{query, std::move(columns), {}}, needs);
    return *this;
  }

  CatalogText& function(const std::string& name, Names needs = {}) {
    Function function;
    function.result = "integer";
    function.language = "sql";
    function.definition = "CREATE OR REPLACE FUNCTION public." + name +
                          "() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$";
    add(Kind::Function, "", name, std::move(function), needs);
    return *this;
  }

  CatalogText& sequence(const std::string& name) {
    add(Kind::Sequence, "", name,
        Sequence{"bigint", "1", "1", "9223372036854775807", "1", "1", false, false, "", "", ""});
    return *this;
  }

  CatalogText& enumeration(const std::string& name, std::vector<std::string> labels) {
    add(Kind::Enum, "", name, Enum{std::move(labels)});
    return *this;
  }

  CatalogText& foreign_key(const std::string& table, const std::string& name,
                           const std::string& column, const std::string& other) {
    return constraint(table, name, ConstraintType::ForeignKey,
                      "FOREIGN KEY (" + column + ") REFERENCES public." + other + "(id)",
                      {(other + ".id").c_str(), (other + "_pkey").c_str()});
  }

  CatalogText& comment(const std::string& name, const std::string& text) {
    pending_.at(name).comment = text;
    return *this;
  }

  operator Catalog() const {
    std::vector<std::pair<std::string, Object>> all(pending_.begin(), pending_.end());
    std::ranges::sort(all, {}, [](const auto& each) { return each.second.key; });
    std::map<std::string, Ref> refs;
    for (Ref ref = 0; ref < all.size(); ++ref) refs[all[ref].first] = ref;
    Catalog catalog;
    catalog.server_version = 150000;
    for (auto& [name, object] : all) {
      if (!object.key.relation.empty()) object.owner_relation = refs.at(object.key.relation);
      for (const std::string& need : needs_.at(name)) object.needs.push_back(refs.at(need));
      std::ranges::sort(object.needs);
      catalog.objects.push_back(std::move(object));
    }
    return catalog;
  }

 private:
  // By its name; of a column, table.name.
  template <class D>
  void add(Kind kind, const std::string& relation, const std::string& name, D its,
           Names needs = {}) {
    Object object;
    object.key = {kind, "public", relation, name, ""};
    const bool part = !relation.empty() && kind != Kind::Index;
    object.identity = part ? name : "public." + name;
    if (kind == Kind::Function) object.identity += "()";
    if (!relation.empty()) object.relation = "public." + relation;
    object.details = std::move(its);
    const std::string own = kind == Kind::Column ? relation + "." + name : name;
    needs_[own] = std::vector<std::string>(needs.begin(), needs.end());
    pending_[own] = std::move(object);
  }

  std::map<std::string, Object> pending_;
  std::map<std::string, std::vector<std::string>> needs_;
};

// One line for each statement; "--" between groups, "-- outside" before one without a transaction.
inline std::vector<std::string> lines_of(const Diff& diff) {
  std::vector<std::string> lines;
  for (const Group& group : diff.groups) {
    if (!group.transactional)
      lines.emplace_back("-- outside");
    else if (!lines.empty())
      lines.emplace_back("--");
    for (const Statement& each : group.statements) lines.push_back(each.sql);
  }
  return lines;
}

}  // namespace sluice::schema
