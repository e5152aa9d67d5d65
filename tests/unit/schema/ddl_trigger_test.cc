#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const DiffOptions kOptions;
const DdlContext kLive{kOptions};

Object trigger_of(const std::string& when, Enabled enabled = Enabled::Origin,
                  bool constraint = false, bool inherited = false) {
  Trigger trigger;
  trigger.definition = std::string("CREATE ") + (constraint ? "CONSTRAINT " : "") +
                       "TRIGGER thing " + when + " ON public.orders EXECUTE FUNCTION public.f()";
  trigger.enabled = enabled;
  trigger.constraint = constraint;
  trigger.inherited = inherited;
  return part_of(Kind::Trigger, trigger);
}

TEST(TriggerDdl, IsCreatedInItsState) {
  EXPECT_THAT(
      sql_of(create_trigger({}, trigger_of("AFTER INSERT", Enabled::Always), kLive)),
      ElementsAre("CREATE TRIGGER thing AFTER INSERT ON public.orders EXECUTE FUNCTION public.f()",
                  "ALTER TABLE ONLY public.orders ENABLE ALWAYS TRIGGER thing"));
  EXPECT_EQ(create_trigger({}, trigger_of("AFTER INSERT"), kLive).at(0).hazards.at(0).rule,
            lint::RuleId::CreateTrigger);
}

TEST(TriggerDdl, AnInheritedOneComesAndGoesWithItsParents) {
  EXPECT_THAT(create_trigger({}, trigger_of("AFTER INSERT", Enabled::Origin, false, true), kLive),
              IsEmpty());
  EXPECT_THAT(drop_trigger({}, trigger_of("AFTER INSERT", Enabled::Origin, false, true), kLive),
              IsEmpty());
  EXPECT_THAT(sql_of(drop_trigger({}, trigger_of("AFTER INSERT"), kLive)),
              ElementsAre("DROP TRIGGER thing ON public.orders"));
}

TEST(TriggerDdl, Changes) {
  expect_alter(
      alter_trigger,
      {
          {"replaced", trigger_of("AFTER INSERT"), trigger_of("AFTER UPDATE"),
           Sql{"CREATE OR REPLACE TRIGGER thing AFTER UPDATE ON public.orders EXECUTE FUNCTION "
               "public.f()"}},
          {"replacing enables it", trigger_of("AFTER INSERT", Enabled::Disabled),
           trigger_of("AFTER UPDATE"),
           Sql{"CREATE OR REPLACE TRIGGER thing AFTER UPDATE ON public.orders EXECUTE FUNCTION "
               "public.f()"}},
          {"replaced and still disabled", trigger_of("AFTER INSERT", Enabled::Disabled),
           trigger_of("AFTER UPDATE", Enabled::Disabled),
           Sql{"CREATE OR REPLACE TRIGGER thing AFTER UPDATE ON public.orders EXECUTE FUNCTION "
               "public.f()",
               "ALTER TABLE ONLY public.orders DISABLE TRIGGER thing"}},
          {"state", trigger_of("AFTER INSERT"), trigger_of("AFTER INSERT", Enabled::Replica),
           Sql{"ALTER TABLE ONLY public.orders ENABLE REPLICA TRIGGER thing"}},
          {"constraint trigger", trigger_of("AFTER INSERT", Enabled::Origin, true),
           trigger_of("AFTER UPDATE", Enabled::Origin, true), std::nullopt},
      });
}

TEST(TriggerDdl, BeforePostgres14ItIsMadeAgain) {
  Catalog old_server;
  old_server.server_version = 130012;
  EXPECT_FALSE(
      alter_trigger(old_server, trigger_of("AFTER INSERT"), {}, trigger_of("AFTER UPDATE"), kLive));
}

Object rule_of(const std::string& definition, Enabled enabled = Enabled::Origin) {
  return part_of(Kind::Rule, Rule{definition, enabled});
}

TEST(RuleDdl, Changes) {
  expect_alter(alter_rule,
               {
                   {"replaced", rule_of("CREATE RULE thing AS x"),
                    rule_of("CREATE RULE thing AS y"), Sql{"CREATE OR REPLACE RULE thing AS y"}},
                   {"state", rule_of("CREATE RULE thing AS x"),
                    rule_of("CREATE RULE thing AS x", Enabled::Disabled),
                    Sql{"ALTER TABLE ONLY public.orders DISABLE RULE thing"}},
               });
}

Object event_trigger(std::vector<std::string> tags, Enabled enabled = Enabled::Origin) {
  Object object = object_of(Kind::EventTrigger,
                            EventTrigger{"ddl_command_end", "public.f", std::move(tags), enabled});
  object.key.schema = "";
  object.identity = "thing";
  return object;
}

TEST(EventTriggerDdl, CreatedAndChanged) {
  EXPECT_THAT(
      sql_of(create_event_trigger({}, event_trigger({"CREATE TABLE", "DROP TABLE"}), kLive)),
      ElementsAre("CREATE EVENT TRIGGER thing ON ddl_command_end WHEN TAG IN ('CREATE "
                  "TABLE', 'DROP TABLE') EXECUTE FUNCTION public.f()"));
  expect_alter(alter_event_trigger,
               {
                   {"state", event_trigger({}), event_trigger({}, Enabled::Disabled),
                    Sql{"ALTER EVENT TRIGGER thing DISABLE"}},
                   {"tags", event_trigger({}), event_trigger({"DROP TABLE"}), std::nullopt},
               });
}

Object policy_of(const std::string& using_expression, const std::string& check,
                 std::vector<std::string> roles = {"PUBLIC"}, bool permissive = true,
                 const std::string& command = "ALL") {
  return part_of(Kind::Policy,
                 Policy{command, permissive, std::move(roles), using_expression, check});
}

TEST(PolicyDdl, IsCreatedWithAllOfIt) {
  EXPECT_THAT(
      sql_of(create_policy({}, policy_of("a", "b", {"Clerk", "reader"}, false, "UPDATE"), kLive)),
      ElementsAre("CREATE POLICY thing ON public.orders AS RESTRICTIVE FOR UPDATE TO \"Clerk\", "
                  "reader USING (a) WITH CHECK (b)"));
}

TEST(PolicyDdl, Changes) {
  expect_alter(
      alter_policy,
      {
          {"all of it", policy_of("a", ""), policy_of("b", "c", {"reader"}),
           Sql{"ALTER POLICY thing ON public.orders TO reader USING (b) WITH CHECK (c)"}},
          {"to all", policy_of("a", "", {"reader"}), policy_of("a", ""),
           Sql{"ALTER POLICY thing ON public.orders TO PUBLIC"}},
          {"using vanishes", policy_of("a", "b"), policy_of("", "b"), std::nullopt},
          {"check vanishes", policy_of("a", "b"), policy_of("a", ""), std::nullopt},
          {"restrictive", policy_of("a", ""), policy_of("a", "", {"PUBLIC"}, false), std::nullopt},
          {"command", policy_of("a", ""), policy_of("a", "", {"PUBLIC"}, true, "SELECT"),
           std::nullopt},
      });
}

TEST(PolicyDdl, ARestrictiveOneTakesRowsAway) {
  EXPECT_TRUE(create_policy({}, policy_of("a", ""), kLive).at(0).additive);
  EXPECT_FALSE(create_policy({}, policy_of("a", "", {"PUBLIC"}, false), kLive).at(0).additive);
}

}  // namespace
}  // namespace sluice::schema
