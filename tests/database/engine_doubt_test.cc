// What stands between Sluice and PostgreSQL: a wire that loses the answer of COMMIT, and a pooler.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "tests/database/cutting_proxy.h"
#include "tests/database/engine_bench.h"
#include "tests/database/runner_server.h"

namespace sluice::engine {
namespace {

using testing::HasSubstr;

struct Loss {
  CuttingProxy::Loses loses;
  int commit;  // which of them
};

class CommitInDoubt : public EngineBench, public testing::WithParamInterface<Loss> {
 protected:
  // Answers whether the wire was cut at all.
  bool survives(bool transactional) {
    revision(1, "CREATE TABLE t (a int PRIMARY KEY, b int NOT NULL DEFAULT 0);");
    if (transactional) {
      revision(2, "INSERT INTO t VALUES (1);");
    } else {
      by_statement(2,
                   "INSERT INTO t VALUES (1);\nCREATE INDEX CONCURRENTLY i ON t (a);\n"
                   "-- batch: t a 10 pause=0\nUPDATE t SET b = b + 10 WHERE a BETWEEN $1 AND $2;");
    }
    revision(3, "INSERT INTO t VALUES (3);");
    CuttingProxy proxy(runner::Server::instance().socket(), std::string("COMMIT\0", 7),
                       GetParam().commit, GetParam().loses);
    const std::string direct = url_;
    url_ = "postgresql://postgres@127.0.0.1:" + std::to_string(proxy.port()) + "/" + database_;
    const Applied applied = upgrade();
    url_ = direct;
    EXPECT_EQ(applied.steps, 3U);
    EXPECT_EQ(value("SELECT string_agg(a || ' ' || b, ',' ORDER BY a) FROM t"),
              transactional ? "1 0,3 0" : "1 10,3 0");
    EXPECT_EQ(value("SELECT string_agg(revision, ',' ORDER BY position) FROM sluice.history WHERE "
                    "origin = 'user'"),
              "r001,r002,r003");
    EXPECT_EQ(value("SELECT count(*) FROM sluice.statements"), "0");
    return proxy.has_cut();
  }
};

TEST_P(CommitInDoubt, OfATransactionalRevisionIsLookedUp) { EXPECT_TRUE(survives(true)); }
TEST_P(CommitInDoubt, OfAStatementIsLookedUp) { EXPECT_TRUE(survives(false)); }

// The first two COMMITs make the ledger and the run.
INSTANTIATE_TEST_SUITE_P(
    EachWay, CommitInDoubt,
    testing::Values(Loss{CuttingProxy::Loses::Answer, 3}, Loss{CuttingProxy::Loses::Request, 3},
                    Loss{CuttingProxy::Loses::Answer, 4}, Loss{CuttingProxy::Loses::Request, 4},
                    Loss{CuttingProxy::Loses::Answer, 5}, Loss{CuttingProxy::Loses::Request, 5}));
class Pooler : public EngineBench {};

TEST_F(Pooler, IsRefusedWithTheReason) {
  std::filesystem::permissions(root_, std::filesystem::perms::all);
  const runner::Server& server = runner::Server::instance();
  const std::string socket = server.socket();
  const std::filesystem::path ini = root_ / "pgbouncer.ini";
  std::ofstream(ini) << "[databases]\n* = host="
                     << std::filesystem::path(socket).parent_path().string()
                     << " port=" << server.port()
                     << " user=postgres\n[pgbouncer]\npool_mode = transaction\n"
                     << "auth_type = any\nlisten_addr =\nunix_socket_dir = " << root_.string()
                     << "\nlisten_port = 6432\nignore_startup_parameters = extra_float_digits\n"
                     << "\n";
  // It refuses to stay root.
  std::vector<std::string> command{"/usr/sbin/pgbouncer", ini.string()};
  if (::geteuid() == 0) command.insert(command.begin() + 1, {"-u", "postgres"});
  runner::RunProcess bouncer(command, {}, root_ / "bouncer.log", {});
  revision(1, "CREATE TABLE t ();");
  const std::string direct = url_;
  url_ = "postgresql://postgres@/" + database_ + "?host=" + root_.string() + "&port=6432";
  ASSERT_TRUE(runner::RunProcess::wait_until([&] {
    return std::filesystem::exists(root_ / ".s.PGSQL.6432");
  })) << bouncer.output();
  const base::CommandResult result = sluice({"upgrade"});
  url_ = direct;
  EXPECT_EQ(result.status, 3) << result.errors << bouncer.output();
  EXPECT_THAT(result.errors, HasSubstr("PoolerInFront"));
  EXPECT_EQ(value("SELECT to_regclass('t')"), "NULL");
  bouncer.signal(SIGINT);
  bouncer.wait();
}

}  // namespace
}  // namespace sluice::engine
