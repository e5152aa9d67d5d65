// From the models of ORMs to a wanted schema, by their own DDL.
#include <gmock/gmock.h>

#include "tests/database/desired_bench.h"

namespace sluice::engine {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Debian's, which has Debian's modules; another may stand before it in PATH.
constexpr const char* kPython = "/usr/bin/python3";

class Models : public DesiredBench {
 protected:
  // What the program prints, given to `sluice diff` on standard input.
  base::CommandResult diff(const std::string& program) const {
    const runner::Server& server = runner::Server::instance();
    const std::string socket = server.socket();
    base::Command command;
    command.argv = {"/bin/bash", "-c",
                    "set -o pipefail; cd tests/database/models && " + program + " | " +
                        SLUICE_PROGRAM + " diff --from '" + url_ + "' --to -"};
    command.environment = {{"PYTHONDONTWRITEBYTECODE", "1"},
                           {"DATABASE_HOST", socket.substr(0, socket.rfind('/'))},
                           {"DATABASE_PORT", std::to_string(server.port())},
                           {"DATABASE_NAME", database_}};
    return base::run(command);
  }
  void expect_to_lead_there(const std::string& program) {
    const base::CommandResult result = diff(program);
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(psql(result.output), "") << result.output;
    EXPECT_EQ(diff(program).output, "-- no difference\n");
  }
};

TEST_F(Models, OfSqlAlchemyAreAWantedSchema) {
  expect_to_lead_there(std::string(kPython) + " sqlalchemy_models.py");
  EXPECT_EQ(value("SELECT string_agg(enumlabel, ' ' ORDER BY enumsortorder) FROM pg_enum"),
            "calm wild");
  EXPECT_EQ(value("SELECT pg_get_indexdef('ix_users_lower_mail'::regclass)"),
            "CREATE INDEX ix_users_lower_mail ON public.users USING btree (lower((mail)::text))");
  EXPECT_EQ(value("SELECT col_description('orders'::regclass, 4)"), "100 % in dozens");
  EXPECT_EQ(value("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = "
                  "'ck_orders_dozens'"),
            "CHECK (((dozens % 12) = 0))");
}

TEST_F(Models, OfDjangoAreAWantedSchema) {
  expect_to_lead_there("cd django_project && " + std::string(kPython) +
                       " manage.py sqlmigrate shop 0001");
  EXPECT_EQ(value("SELECT condeferred FROM pg_constraint WHERE contype = 'f'"), "t");
}

}  // namespace
}  // namespace sluice::engine
