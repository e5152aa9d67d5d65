// Triggers, rules, policies and event triggers.
#include <algorithm>
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

Enabled to_enabled(char letter) {
  switch (letter) {
    case 'D':
      return Enabled::Disabled;
    case 'R':
      return Enabled::Replica;
    case 'A':
      return Enabled::Always;
    default:
      return Enabled::Origin;
  }
}

const char* to_command(char letter) {
  switch (letter) {
    case 'r':
      return "SELECT";
    case 'a':
      return "INSERT";
    case 'w':
      return "UPDATE";
    case 'd':
      return "DELETE";
    default:
      return "ALL";
  }
}

// What triggers, rules and policies have in common: they are of a relation, and have no schema.
template <class F>
void each_part(Gathering& gathering, Oid catalog, Kind kind, const std::string& sql, F&& read) {
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid relation = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    if (Object* object = gathering.add_part({catalog, oid, 0}, kind, relation, name, quoted))
      object->details = read(row);
  });
}

}  // namespace

void read_triggers(Gathering& gathering) {
  // Those of foreign keys and deferrable constraints are internal; so are, before 15, the clones on
  // partitions of those that are not.
  const std::string sql =
      "SELECT t.oid, t.tgrelid, t.tgname, quote_ident(t.tgname), pg_get_triggerdef(t.oid), "
      "t.tgenabled, t.tgconstraint <> 0, t.tgparentid <> 0 FROM pg_trigger t JOIN pg_class c ON "
      "c.oid = t.tgrelid WHERE (NOT t.tgisinternal OR (t.tgparentid <> 0 AND NOT EXISTS (SELECT "
      "FROM pg_constraint n WHERE n.oid = t.tgconstraint AND n.contype <> 't'))) AND " +
      gathering.in_schemas("c.relnamespace") + " ORDER BY t.oid";
  each_part(gathering, kTriggerClass, Kind::Trigger, sql, [](Fields& row) {
    Trigger trigger;
    trigger.definition = row.text();
    trigger.enabled = to_enabled(row.letter());
    trigger.constraint = row.flag();
    trigger.inherited = row.flag();
    return trigger;
  });
}

void read_rules(Gathering& gathering) {
  const std::string sql =
      "SELECT r.oid, r.ev_class, r.rulename, quote_ident(r.rulename), pg_get_ruledef(r.oid), "
      "r.ev_enabled FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE r.rulename <> "
      "'_RETURN' AND " +
      gathering.in_schemas("c.relnamespace") + " ORDER BY r.oid";
  each_part(gathering, kRewriteClass, Kind::Rule, sql, [](Fields& row) {
    std::string_view definition = row.view();
    if (definition.ends_with(';')) definition.remove_suffix(1);
    Rule rule;
    rule.definition = definition;
    rule.enabled = to_enabled(row.letter());
    return rule;
  });
}

void read_policies(Gathering& gathering) {
  const std::string sql =
      "SELECT p.oid, p.polrelid, p.polname, quote_ident(p.polname), p.polcmd, p.polpermissive, "
      "ARRAY(SELECT CASE r.role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r.role) END FROM "
      "unnest(p.polroles) r(role)), pg_get_expr(p.polqual, p.polrelid), "
      "pg_get_expr(p.polwithcheck, p.polrelid) FROM pg_policy p JOIN pg_class c ON c.oid = "
      "p.polrelid WHERE " +
      gathering.in_schemas("c.relnamespace") + " ORDER BY p.oid";
  each_part(gathering, kPolicyClass, Kind::Policy, sql, [](Fields& row) {
    Policy policy;
    policy.command = to_command(row.letter());
    policy.permissive = row.flag();
    policy.roles = row.list();
    std::ranges::sort(policy.roles);
    policy.using_expression = row.text();
    policy.check_expression = row.text();
    return policy;
  });
}

void read_event_triggers(Gathering& gathering) {
  const std::string sql =
      "SELECT t.oid, t.evtname, quote_ident(t.evtname), t.evtowner, t.evtevent, "
      "t.evtfoid::regproc, t.evttags, t.evtenabled FROM pg_event_trigger t WHERE " +
      Gathering::not_in_extension("pg_event_trigger", "t.oid") + " ORDER BY t.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    Object& object =
        gathering.add({kEventTriggerClass, oid, 0}, Kind::EventTrigger, 0, name, quoted);
    object.owner = gathering.role(row.oid());
    EventTrigger trigger;
    trigger.event = row.text();
    trigger.function = row.text();
    trigger.tags = row.list();
    std::ranges::sort(trigger.tags);
    trigger.enabled = to_enabled(row.letter());
    object.details = std::move(trigger);
  });
}

}  // namespace sluice::schema
