// From one column to another, in place.
#include "base/text.h"
#include "schema/column_type.h"
#include "schema/ddl_column.h"
#include "schema/ddl_relation.h"
#include "schema/owned_sequences.h"

namespace sluice::schema {
namespace {

class Alteration {
 public:
  Alteration(const Catalog& from, const Object& was, const Catalog& to, const Object& is,
             const DdlContext& how)
      : from_(from), was_(was), to_(to), is_(is), how_(how) {}

  std::optional<std::vector<Statement>> operator()() {
    if (!generated()) return std::nullopt;
    identity_gone();
    if (type_changes() && !type()) return std::nullopt;
    if (!type_changes()) default_value();
    not_null();
    identity();
    settings();
    return std::move(answer_);
  }

 private:
  bool type_changes() const { return a_.type != b_.type || a_.collation != b_.collation; }

  // The parent's statement does it for this one, too; or the type's, for a table that is OF it.
  bool comes_with_parent() const {
    if (a_.inherited && b_.inherited) return true;
    const Object* const its = relation_of(to_, is_);
    return its != nullptr && its->key.kind == Kind::Table && !details<Table>(*its).of_type.empty();
  }

  Statement& add(std::string sql, std::vector<Hazard> hazards = {}) {
    answer_.push_back(statement(is_, Change::Alter, std::move(sql), std::move(hazards)));
    return answer_.back();
  }

  bool generated() {
    if (a_.generated == b_.generated) return true;
    if (a_.generated.empty()) return false;
    if (b_.generated.empty()) {
      if (!comes_with_parent()) add(table_of(is_) + alter_of(is_) + "DROP EXPRESSION");
      return true;
    }
    constexpr int kSetExpression = 170000;
    if (from_.server_version < kSetExpression) return false;
    if (!comes_with_parent())
      add(table_of(is_) + alter_of(is_) + "SET EXPRESSION AS (" + b_.generated + ")",
          hazard(lint::RuleId::AddColumnStored,
                 place_of(is_) + " is computed for each row: the table is written anew"));
    return true;
  }

  std::vector<Hazard> hazard(lint::RuleId rule, std::string text) const {
    if (how_.fresh) return {};
    return {{rule, std::move(text)}};
  }

  bool type() {
    const TypeChange change = type_change(from_, a_.type, to_, b_.type);
    if (!change.possible) return false;
    if (comes_with_parent()) {
      default_value();
      return true;
    }
    std::vector<Hazard> hazards;
    if (change.free && a_.collation != b_.collation)
      hazards =
          hazard(lint::RuleId::Reindex, "indexes on " + place_of(is_) +
                                            " are built anew while nobody may use " + is_.relation);
    if (!change.free)
      hazards = hazard(
          lint::RuleId::ChangeColumnType,
          place_of(is_) + " is written anew, with its indexes, while nobody may read " +
              is_.relation +
              (change.refuses ? "; a value that does not fit " + b_.type + " makes it fail" : "") +
              (change.trims ? ", but blanks at its end are cut" : ""));
    if (change.cuts)
      for (Hazard& each :
           hazard(lint::RuleId::NarrowColumnType,
                  "values of " + place_of(is_) + " are rounded or cut to " + b_.type))
        hazards.push_back(std::move(each));
    const bool resets = !change.free && !a_.default_value.empty();
    std::string sql = table_of(is_);
    if (resets) sql += alter_of(is_) + "DROP DEFAULT, ";
    sql += alter_of(is_) + "TYPE " + b_.type;
    if (!b_.collation.empty()) sql += " COLLATE " + b_.collation;
    if (!change.conversion.empty() && b_.generated.empty())
      sql += " USING " + is_.identity + change.conversion;
    const bool defaults =
        !b_.default_value.empty() && (resets || a_.default_value != b_.default_value);
    if (defaults) sql += ", " + alter_of(is_) + "SET DEFAULT " + b_.default_value;
    add(std::move(sql), std::move(hazards));
    if (!resets && b_.default_value.empty() && !a_.default_value.empty())
      add(only_table_of(is_) + alter_of(is_) + "DROP DEFAULT");
    return true;
  }

  void default_value() {
    if (a_.default_value == b_.default_value) return;
    if (b_.default_value.empty())
      add(only_table_of(is_) + alter_of(is_) + "DROP DEFAULT");
    else
      add(only_table_of(is_) + alter_of(is_) + "SET DEFAULT " + b_.default_value);
  }

  // Through a check that is validated while others write, so that SET NOT NULL need not look.
  void not_null() {
    if (a_.not_null == b_.not_null) return;
    if (!b_.not_null) {
      // Of a partitioned table it goes from all partitions; else from this one alone.
      if (is_partitioned(relation_of(to_, is_)))
        add(table_of(is_) + alter_of(is_) + "DROP NOT NULL");
      else if (!comes_with_parent() || !partitioned_parent() || !parent_loses_not_null())
        add(only_table_of(is_) + alter_of(is_) + "DROP NOT NULL");
      return;
    }
    if (comes_with_parent() && parent_becomes_not_null()) return;
    const std::string set = table_of(is_) + alter_of(is_) + "SET NOT NULL";
    if (how_.fresh) {
      add(set);
      return;
    }
    if (how_.options.offline) {
      add(set, {{lint::RuleId::SetNotNull,
                 "all rows of " + is_.relation + " are read while nobody may use it"}});
      return;
    }
    const std::string name =
        quoted(name_of_passing_check(from_, to_, is_.key.schema, is_.key.relation,
                                     is_.key.relation + "_" + is_.key.name, "_not_null_check"));
    add(table_of(is_) + "ADD CONSTRAINT " + name + " CHECK (" + is_.identity +
        " IS NOT NULL) NOT VALID");
    add(table_of(is_) + "VALIDATE CONSTRAINT " + name).begins_group = true;
    add(set).begins_group = true;
    add(table_of(is_) + "DROP CONSTRAINT " + name);
  }

  // The same column of the table that it is inherited from.
  const Object* parent_column(const Catalog& catalog, const Object& column) const {
    const Object* const its = relation_of(catalog, column);
    if (its == nullptr) return nullptr;
    for (const Ref ref : its->needs) {
      const Key& parent = catalog.at(ref).key;
      if (parent.kind != Kind::Table) continue;
      const Object* const found =
          catalog.find({Kind::Column, parent.schema, parent.name, column.key.name, ""});
      if (found != nullptr) return found;
    }
    return nullptr;
  }

  static bool is_partitioned(const Object* relation) {
    return relation != nullptr && relation->key.kind == Kind::Table &&
           !details<Table>(*relation).partition_by.empty();
  }

  bool partitioned_parent() const {
    const Object* const parent = parent_column(to_, is_);
    return parent != nullptr && is_partitioned(relation_of(to_, *parent));
  }

  bool parent_loses_not_null() const {
    const Object* const before = parent_column(from_, was_);
    const Object* const after = parent_column(to_, is_);
    return before != nullptr && after != nullptr && details<Column>(*before).not_null &&
           !details<Column>(*after).not_null;
  }

  bool parent_becomes_not_null() const {
    const Object* const before = parent_column(from_, was_);
    const Object* const after = parent_column(to_, is_);
    return before != nullptr && after != nullptr && !details<Column>(*before).not_null &&
           details<Column>(*after).not_null;
  }

  void identity_gone() {
    if (a_.identity && !b_.identity) add(table_of(is_) + alter_of(is_) + "DROP IDENTITY");
  }

  void identity() {
    if (!b_.identity || a_.identity == b_.identity) return;
    if (!a_.identity) {
      add(table_of(is_) + alter_of(is_) + "ADD " + identity_clause(is_, *b_.identity));
      if (!b_.identity->sequence_name.empty())
        for (Statement& each : continue_sequence(is_, b_.identity->sequence_name,
                                                 b_.identity->sequence, own_sequence()))
          answer_.push_back(std::move(each));
      for (Statement& each : identity_persistence(to_, is_)) answer_.push_back(std::move(each));
      return;
    }
    const Identity& x = *a_.identity;
    const Identity& y = *b_.identity;
    std::vector<std::string> parts;
    if (x.always != y.always)
      parts.emplace_back(y.always ? "SET GENERATED ALWAYS" : "SET GENERATED BY DEFAULT");
    for (const std::string& part : sequence_changes(x.sequence, y.sequence))
      parts.push_back("SET " + part);
    if (!parts.empty()) add(table_of(is_) + alter_of(is_) + base::join(parts, " "));
    if (x.sequence.unlogged != y.sequence.unlogged && !follows_table())
      add("ALTER SEQUENCE " + x.sequence_name + " SET " +
          (y.sequence.unlogged ? "UNLOGGED" : "LOGGED"));
    if (x.sequence_name != y.sequence_name)
      add("ALTER SEQUENCE " + x.sequence_name + " RENAME TO " + last_name(y.sequence_name));
  }

  // The table becomes logged, or unlogged, and its sequences with it.
  bool follows_table() const {
    const Object* const before = relation_of(from_, was_);
    const Object* const now = relation_of(to_, is_);
    return before != nullptr && now != nullptr &&
           details<Table>(*before).persistence != details<Table>(*now).persistence;
  }

  // The sequence that the column owned, under the name that it has when the identity is there;
  // empty: none.
  std::string own_sequence() const {
    const Ref ref = how_.owned == nullptr ? OwnedSequences(from_).of(was_) : how_.owned->of(was_);
    if (ref == kNoRef) return "";
    const Object& sequence = from_.at(ref);
    return sequence.identity == b_.identity->sequence_name
               ? qualified(sequence.key.schema, aside_name(sequence.key.name))
               : sequence.identity;
  }

  // Of "schema.name", quoted as it is.
  static std::string last_name(const std::string& name) {
    bool inside = false;
    for (size_t i = 0; i < name.size(); ++i) {
      if (name[i] == '"') inside = !inside;
      if (name[i] == '.' && !inside) return name.substr(i + 1);
    }
    return name;
  }

  void settings() {
    // A change of the type sets both anew.
    const std::string storage = type_changes() ? "" : a_.storage;
    const std::string compression = type_changes() ? "" : a_.compression;
    if (storage != b_.storage)
      add(only_table_of(is_) + alter_of(is_) + "SET STORAGE " +
          (b_.storage.empty() ? natural_storage(to_, b_.type) : b_.storage));
    if (compression != b_.compression)
      add(only_table_of(is_) + alter_of(is_) + "SET COMPRESSION " +
          (b_.compression.empty() ? "DEFAULT" : b_.compression));
    if (a_.statistics != b_.statistics)
      add(only_table_of(is_) + alter_of(is_) + "SET STATISTICS " + std::to_string(b_.statistics));
    for (const std::string& each : option_changes(a_.options, b_.options))
      add(only_table_of(is_) + alter_of(is_) + each);
  }

  const Catalog& from_;
  const Object& was_;
  const Catalog& to_;
  const Object& is_;
  const DdlContext& how_;
  const Column& a_ = details<Column>(was_);
  const Column& b_ = details<Column>(is_);
  std::vector<Statement> answer_;
};

}  // namespace

std::optional<std::vector<Statement>> alter_column(const Catalog& from, const Object& was,
                                                   const Catalog& to, const Object& is,
                                                   const DdlContext& how) {
  return Alteration(from, was, to, is, how)();
}

}  // namespace sluice::schema
