#include "schema/diff_rename.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>

#include "base/error.h"
#include "schema/ddl.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "sql/scan.h"

namespace sluice::schema {
namespace {

using Edit = std::function<void(std::string&)>;

// Every text of an object in which names of others may be.
struct Texts {
  const Edit& edit;

  void operator()(Domain& its) const {
    edit(its.type);
    edit(its.default_value);
    for (DomainConstraint& each : its.constraints) edit(each.definition);
  }
  void operator()(Composite& its) const {
    for (CompositeField& each : its.fields) edit(each.type);
  }
  void operator()(Range& its) const { edit(its.definition); }
  void operator()(Function& its) const {
    edit(its.arguments);
    edit(its.result);
    edit(its.definition);
  }
  void operator()(Defined& its) const {
    for (std::string& each : its.statements) edit(each);
  }
  void operator()(Table& its) const {
    edit(its.partition_by);
    edit(its.partition_of);
    edit(its.bound);
    edit(its.bound_check);
    edit(its.of_type);
    for (std::string& each : its.inherits) edit(each);
  }
  void operator()(Column& its) const {
    edit(its.type);
    edit(its.default_value);
    edit(its.generated);
  }
  void operator()(Constraint& its) const {
    edit(its.definition);
    edit(its.references);
  }
  void operator()(Index& its) const {
    edit(its.definition);
    edit(its.definition_only);
    edit(its.attached_to);
  }
  void operator()(Statistics& its) const { edit(its.definition); }
  void operator()(View& its) const {
    edit(its.definition);
    for (ViewColumn& each : its.columns) {
      edit(each.type);
      edit(each.default_value);
    }
  }
  void operator()(MaterializedView& its) const {
    edit(its.definition);
    for (ViewColumn& each : its.columns) edit(each.type);
  }
  void operator()(Rule& its) const { edit(its.definition); }
  void operator()(Trigger& its) const { edit(its.definition); }
  void operator()(Policy& its) const {
    edit(its.using_expression);
    edit(its.check_expression);
  }
  void operator()(EventTrigger& its) const { edit(its.function); }
  void operator()(Publication& its) const {
    for (PublicationTable& each : its.tables) {
      edit(each.table);
      edit(each.columns);
      edit(each.filter);
    }
  }
  template <class T>
  void operator()(T& /*its*/) const {}
};

struct Cut {
  size_t start = 0, end = 0;
};

void replace(std::string& text, const std::vector<Cut>& cuts, const std::string& with) {
  for (size_t at = cuts.size(); at-- > 0;)
    text.replace(cuts[at].start, cuts[at].end - cuts[at].start, with);
}

// One thing under its old and its new name.
struct Naming {
  std::string schema, was, is;  // as written in SQL; schema: empty for a column
  bool once = false;            // only the first: an index's own name in its definition

  // schema.was, was. (an alias that nobody wrote) and 'schema.was'; of a column, the bare name.
  void operator()(std::string& text) const {
    if (text.find(was) == std::string::npos) return;
    const std::vector<sql::Token> tokens = sql::scan(text).tokens;
    const auto word = [&](size_t at) {
      return at < tokens.size() ? std::string_view(text).substr(tokens[at].start,
                                                                tokens[at].end - tokens[at].start)
                                : std::string_view();
    };
    std::vector<Cut> names;
    std::vector<Cut> literals;
    for (size_t at = 0; at < tokens.size(); ++at) {
      if (word(at) == was) {
        const bool qualified_name = at > 1 && word(at - 1) == "." && word(at - 2) == schema;
        const bool alias = word(at + 1) == "." && (at == 0 || word(at - 1) != ".");
        if (schema.empty() || qualified_name || alias)
          names.push_back({tokens[at].start, tokens[at].end});
      } else if (!schema.empty() && word(at) == "'" + schema + "." + was + "'") {
        literals.push_back({tokens[at].end - 1 - was.size(), tokens[at].end - 1});
      }
    }
    for (const Cut& each : literals) names.push_back(each);
    std::ranges::sort(names, {}, &Cut::start);
    if (once && names.size() > 1) names.resize(1);
    replace(text, names, is);
  }
};

Ref ref_of(const Catalog& catalog, const Object& object) {
  return static_cast<Ref>(&object - catalog.objects.data());
}

class Following {
 public:
  Following(const Catalog& from, const Catalog& to) : to_(to) { answer_.catalog = from; }

  void follow(const Rename& hint) {
    const Key old_key = key_of(hint, hint.from);
    const Key new_key = key_of(hint, hint.to);
    const Object* const object = catalog().find(old_key);
    if (object == nullptr) {
      if (catalog().find(new_key) != nullptr) return;
      throw unknown(hint, name_of(hint) + ", which is to be renamed, is missing");
    }
    if (catalog().find(new_key) != nullptr)
      throw unknown(hint, name_of(hint) + " cannot be renamed: " + hint.to + " is there, too");
    const bool relation = object->key.kind == Kind::Table;
    rename_one(*object, hint);
    if (!relation) return;
    tables_.emplace_back(old_key, new_key);
    rename_parts(new_key);
  }

  Renamed take() && { return std::move(answer_); }

 private:
  Catalog& catalog() { return answer_.catalog; }

  static bool is_part(Kind kind) {
    return kind == Kind::Column || kind == Kind::Constraint || kind == Kind::Rule ||
           kind == Kind::Trigger || kind == Kind::Policy || kind == Kind::Index;
  }

  // An index may be named without its table; a table by the name that it has had.
  Key key_of(const Rename& hint, const std::string& name) {
    Key key{hint.kind, hint.schema, hint.relation, name, ""};
    for (const auto& [before, after] : tables_)
      if (is_part(key.kind) && key.schema == before.schema && key.relation == before.name)
        key.relation = after.name;
    if (catalog().find(key) != nullptr) return key;
    const bool by_name_alone = key.kind == Kind::Function || key.kind == Kind::Index;
    if (!by_name_alone) return key;
    for (const Object& object : catalog().objects)
      if (object.key.kind == key.kind && object.key.schema == key.schema && object.key.name == name)
        return object.key;
    return key;
  }

  static std::string name_of(const Rename& hint) {
    std::string name = std::string(to_string(hint.kind)) + " ";
    if (!hint.relation.empty())
      return name + hint.from + " of " + qualified(hint.schema, hint.relation);
    return name + qualified(hint.schema, hint.from);
  }

  static base::Error unknown(const Rename& hint, const std::string& message) {
    return {base::ErrorKind::Invalid, "RenameUnknown", hint.place + ": " + message,
            "remove the hint, or correct it"};
  }

  void rename_one(const Object& object, const Rename& hint) {
    answer_.statements.push_back(rename(catalog(), object, hint));
    const Ref self = ref_of(catalog(), object);
    const Key before = object.key;
    apply(self, hint.to);
    Key after = before;
    after.name = hint.to;
    sort();
    const Object* const now = catalog().find(after);
    answer_.statements.back().object = after;
    if (now != nullptr)
      answer_.differences.push_back(
          {after, title(*now), Change::Rename, {"name: " + before.name + " -> " + hint.to}});
  }

  void apply(Ref self, const std::string& name) {
    Object& object = catalog().objects[self];
    const Key before = object.key;
    const bool column = before.kind == Kind::Column;
    const Naming naming{
        is_part(before.kind) && before.kind != Kind::Index ? std::string() : quoted(before.schema),
        quoted(before.name), quoted(name)};
    const Edit edit = naming;
    for (Ref ref = 0; ref < catalog().objects.size(); ++ref) {
      Object& other = catalog().objects[ref];
      if (ref != self && !concerns(other, self)) continue;
      std::visit(Texts{edit}, other.details);
      if (auto* constraint = std::get_if<Constraint>(&other.details); constraint && column)
        for (std::string& each : constraint->columns)
          if (each == before.name && other.owner_relation == object.owner_relation) each = name;
      if (auto* sequence = std::get_if<Sequence>(&other.details)) own(*sequence, before, name);
      if (other.owner_relation == self) {
        other.key.relation = name;
        other.relation = qualified(before.schema, name);
      }
    }
    for (Object& other : catalog().objects) {
      if (auto* sequence = std::get_if<Sequence>(&other.details)) own(*sequence, before, name);
      if (before.kind == Kind::Index && other.key.kind == Kind::Table &&
          other.key.schema == before.schema && other.key.name == before.relation)
        rename_index_of(std::get<Table>(other.details), before.name, name);
    }
    if (before.kind == Kind::Constraint && object.owner_relation)
      rename_index_of(std::get<Table>(catalog().objects[*object.owner_relation].details),
                      before.name, name);
    if (auto* index = std::get_if<Index>(&object.details)) {
      const Naming own_name{"", quoted(before.name), quoted(name), true};
      own_name(index->definition);
      own_name(index->definition_only);
    }
    object.key.name = name;
    object.identity = is_part(before.kind) && before.kind != Kind::Index
                          ? quoted(name)
                          : qualified(before.schema, name) + arguments(object.identity, before);
  }

  // "(integer)" of a function's identity.
  static std::string arguments(const std::string& identity, const Key& key) {
    const std::string start = qualified(key.schema, key.name);
    return identity.starts_with(start) ? identity.substr(start.size()) : "";
  }

  static void own(Sequence& sequence, const Key& before, const std::string& name) {
    if (sequence.owner_schema != before.schema) return;
    if (before.kind == Kind::Table && sequence.owner_table == before.name)
      sequence.owner_table = name;
    if (before.kind == Kind::Column && sequence.owner_table == before.relation &&
        sequence.owner_column == before.name)
      sequence.owner_column = name;
  }

  static void rename_index_of(Table& table, const std::string& was, const std::string& is) {
    if (table.replica_index == was) table.replica_index = is;
    if (table.cluster_on == was) table.cluster_on = is;
  }

  // Its own parts, who needs it or one of its parts; of a column, its table too.
  bool concerns(const Object& other, Ref self) {
    if (other.owner_relation == self) return true;
    const Object& object = catalog().at(self);
    if (object.owner_relation && ref_of(catalog(), other) == *object.owner_relation) return true;
    return std::ranges::any_of(other.needs, [&](Ref need) {
      return need == self || catalog().at(need).owner_relation == self;
    });
  }

  // Keys have changed, so the order has.
  void sort() {
    std::vector<Object>& objects = catalog().objects;
    std::vector<Ref> order(objects.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [&](Ref ref) -> const Key& { return objects[ref].key; });
    std::vector<Ref> place(objects.size());
    for (Ref at = 0; at < order.size(); ++at) place[order[at]] = at;
    std::vector<Object> sorted;
    sorted.reserve(objects.size());
    for (const Ref ref : order) sorted.push_back(std::move(objects[ref]));
    for (Object& object : sorted) {
      for (Ref& need : object.needs) need = place[need];
      std::ranges::sort(object.needs);
      if (object.owner_relation) object.owner_relation = place[*object.owner_relation];
    }
    objects = std::move(sorted);
  }

  bool is_spare(const Object& object) const { return to_.find(object.key) == nullptr; }

  // Keys, indexes and sequences of a renamed table, that are wanted as they are under another name.
  void rename_parts(const Key& table) {
    for (const Kind kind : {Kind::Sequence, Kind::Constraint, Kind::Index})
      while (rename_part(table, kind)) {
      }
  }

  bool rename_part(const Key& table, Kind kind) {
    for (const Object& object : catalog().objects) {
      if (object.key.kind != kind || !is_spare(object) || !belongs(object, table)) continue;
      for (const Object& wanted : to_.objects) {
        if (wanted.key.kind != kind || !belongs(wanted, table) ||
            catalog().find(wanted.key) != nullptr || !same_but_name(object, wanted))
          continue;
        Rename hint;
        hint.kind = kind;
        hint.schema = object.key.schema;
        hint.relation = object.key.relation;
        hint.from = object.key.name;
        hint.to = wanted.key.name;
        rename_one(object, hint);
        return true;
      }
    }
    return false;
  }

  static bool belongs(const Object& object, const Key& table) {
    if (object.key.schema != table.schema) return false;
    if (object.key.kind != Kind::Sequence) return object.key.relation == table.name;
    return details<Sequence>(object).owner_table == table.name &&
           details<Sequence>(object).owner_schema == table.schema;
  }

  static bool same_but_name(const Object& object, const Object& wanted) {
    Details details_was = object.details;
    if (auto* index = std::get_if<Index>(&details_was)) {
      const Naming naming{"", quoted(object.key.name), quoted(wanted.key.name), true};
      naming(index->definition);
      naming(index->definition_only);
    }
    return details_was == wanted.details;
  }

  const Catalog& to_;
  Renamed answer_;
  std::vector<std::pair<Key, Key>> tables_;
};

}  // namespace

Renamed follow(const Catalog& from, const Catalog& to, std::vector<Rename> hints) {
  std::ranges::stable_sort(hints, {}, [](const Rename& hint) { return !hint.relation.empty(); });
  Following following(from, to);
  for (const Rename& hint : hints) following.follow(hint);
  return std::move(following).take();
}

}  // namespace sluice::schema
