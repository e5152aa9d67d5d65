// What happens by itself: triggers, rules, event triggers.
#include "base/text.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "sql/quote.h"

namespace sluice::schema {
namespace {

using lint::RuleId;
using sql::literal;

std::string_view firing(Enabled enabled) {
  switch (enabled) {
    case Enabled::Origin:
      return "ENABLE";
    case Enabled::Disabled:
      return "DISABLE";
    case Enabled::Replica:
      return "ENABLE REPLICA";
    case Enabled::Always:
      return "ENABLE ALWAYS";
  }
  return {};
}

// ALTER TABLE ONLY: a partition's own state is its own object's affair.
Statement set_firing(const Object& object, Enabled enabled, Change change) {
  return statement(object, change,
                   "ALTER TABLE ONLY " + object.relation + " " + std::string(firing(enabled)) +
                       " " + std::string(kind_word(object)) + " " + object.identity);
}

Statement set_event_firing(const Object& object, Enabled enabled, Change change) {
  return statement(object, change, phrase("ALTER", object) + " " + std::string(firing(enabled)));
}

// "CREATE TRIGGER …" and "CREATE RULE …" of PostgreSQL's own printing.
std::string or_replace(const std::string& definition) {
  return "CREATE OR REPLACE " + definition.substr(std::string_view("CREATE ").size());
}

std::vector<Hazard> fires(const Object& trigger, const DdlContext& how) {
  if (how.fresh) return {};
  return {{RuleId::CreateTrigger, "writers of " + trigger.relation +
                                      " wait for an instant, and from then on run trigger " +
                                      trigger.identity}};
}

}  // namespace

std::vector<Statement> create_trigger(const Catalog&, const Object& object, const DdlContext& how) {
  const auto& trigger = details<Trigger>(object);
  std::vector<Statement> statements;
  if (!trigger.inherited)
    statements.push_back(
        statement(object, Change::Add, trigger.definition, fires(object, how), true));
  if (trigger.enabled != Enabled::Origin) {
    statements.push_back(set_firing(object, trigger.enabled, Change::Add));
    statements.back().additive = true;
  }
  return statements;
}

std::vector<Statement> drop_trigger(const Catalog&, const Object& object, const DdlContext&) {
  if (details<Trigger>(object).inherited) return {};
  return {statement(object, Change::Drop, phrase("DROP", object))};
}

std::optional<std::vector<Statement>> alter_trigger(const Catalog& from, const Object& was,
                                                    const Catalog&, const Object& is,
                                                    const DdlContext& how) {
  const auto& old = details<Trigger>(was);
  const auto& wanted = details<Trigger>(is);
  if (old.inherited != wanted.inherited) return std::nullopt;
  std::vector<Statement> statements;
  Enabled now = old.enabled;
  if (old.definition != wanted.definition) {
    const bool server_can = from.server_version == 0 || from.server_version >= 140000;
    if (!wanted.inherited) {
      if (!server_can || old.constraint || wanted.constraint) return std::nullopt;
      statements.push_back(
          statement(is, Change::Alter, or_replace(wanted.definition), fires(is, how)));
    }
    now = Enabled::Origin;  // what is made anew, with its parent's perhaps, is enabled
  }
  if (now != wanted.enabled) statements.push_back(set_firing(is, wanted.enabled, Change::Alter));
  return statements;
}

std::vector<Statement> create_rule(const Catalog&, const Object& object, const DdlContext&) {
  const auto& rule = details<Rule>(object);
  std::vector<Statement> statements{statement(object, Change::Add, rule.definition, {}, true)};
  if (rule.enabled != Enabled::Origin) {
    statements.push_back(set_firing(object, rule.enabled, Change::Add));
    statements.back().additive = true;
  }
  return statements;
}

std::vector<Statement> drop_rule(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Drop, phrase("DROP", object))};
}

std::optional<std::vector<Statement>> alter_rule(const Catalog&, const Object& was, const Catalog&,
                                                 const Object& is, const DdlContext&) {
  const auto& old = details<Rule>(was);
  const auto& wanted = details<Rule>(is);
  std::vector<Statement> statements;
  if (old.definition != wanted.definition)
    statements.push_back(statement(is, Change::Alter, or_replace(wanted.definition)));
  if (old.enabled != wanted.enabled)
    statements.push_back(set_firing(is, wanted.enabled, Change::Alter));
  return statements;
}

std::vector<Statement> create_event_trigger(const Catalog&, const Object& object,
                                            const DdlContext&) {
  const auto& trigger = details<EventTrigger>(object);
  std::string sql = phrase("CREATE", object) + " ON " + trigger.event;
  if (!trigger.tags.empty()) {
    std::vector<std::string> tags;
    for (const std::string& tag : trigger.tags) tags.push_back(literal(tag));
    sql += " WHEN TAG IN (" + base::join(tags, ", ") + ")";
  }
  sql += " EXECUTE FUNCTION " + trigger.function + "()";
  std::vector<Statement> statements{statement(object, Change::Add, sql, {}, true)};
  if (trigger.enabled != Enabled::Origin) {
    statements.push_back(set_event_firing(object, trigger.enabled, Change::Add));
    statements.back().additive = true;
  }
  return statements;
}

std::vector<Statement> drop_event_trigger(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Drop, phrase("DROP", object))};
}

std::optional<std::vector<Statement>> alter_event_trigger(const Catalog&, const Object& was,
                                                          const Catalog&, const Object& is,
                                                          const DdlContext&) {
  const auto& old = details<EventTrigger>(was);
  const auto& wanted = details<EventTrigger>(is);
  if (old.event != wanted.event || old.function != wanted.function || old.tags != wanted.tags)
    return std::nullopt;
  std::vector<Statement> statements;
  if (old.enabled != wanted.enabled)
    statements.push_back(set_event_firing(is, wanted.enabled, Change::Alter));
  return statements;
}

}  // namespace sluice::schema
