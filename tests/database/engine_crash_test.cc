// Kills the process, and the backend, at every boundary of a long and mixed directory, up and down.
// However often that happens, what a plain re-run leaves is what an undisturbed run leaves.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <iostream>
#include <set>
#include <thread>

#include "base/error.h"
#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

constexpr int kRevisions = 64;

std::string name_of(int number) {
  const std::string digits = std::to_string(number);
  return "k" + std::string(3 - digits.size(), '0') + digits;
}

// The sections and the header of a revision; effects counts what took effect.
struct Sections {
  std::string header, up, down;
};

Sections sections(int number) {
  const std::string n = std::to_string(number);
  // The table that the newest revision of the first kind made.
  const std::string t = "t" + std::to_string(number - (number - 1) % 8);
  const std::string did = "INSERT INTO effects VALUES ('up', '" + n + "');\n";
  const std::string undid = "INSERT INTO effects VALUES ('down', '" + n + "');\n";
  const std::string none = "-- transaction: none\n";
  switch ((number - 1) % 8) {
    case 0:
      return {"",
              "CREATE TABLE " + t +
                  " (a int PRIMARY KEY, b int NOT NULL DEFAULT 0);\nINSERT INTO " + t +
                  " SELECT g FROM generate_series(1, 6) g;\nSELECT pg_sleep(0.01);\n" + did,
              undid + "SELECT pg_sleep(0.01);\nDROP TABLE " + t + ";\n"};
    case 1:
      return {"", "ALTER TABLE " + t + " ADD COLUMN c int;\n" + did,
              undid + "ALTER TABLE " + t + " DROP COLUMN c;\n"};
    case 2:
      return {none, did + "CREATE INDEX CONCURRENTLY i" + n + " ON " + t + " (slow(a));\n",
              "DROP INDEX CONCURRENTLY i" + n + ";\n" + undid};
    case 3:
      return {
          none,
          "SET search_path = pg_catalog, public;\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "
          "j" +
              n + " ON " + t + " (b, slow(a));\nDROP INDEX CONCURRENTLY IF EXISTS i" +
              std::to_string(number - 1) + ";\n" + did,
          undid + "CREATE INDEX CONCURRENTLY i" + std::to_string(number - 1) + " ON " + t +
              " (slow(a));\nDROP INDEX CONCURRENTLY j" + n + ";\n"};
    case 4:
      return {none, "ALTER TYPE mood ADD VALUE 'v" + n + "';\n" + did, undid};
    case 5:
      return {none,
              "-- batch: " + t + " a 2 pause=0\nUPDATE " + t +
                  " SET b = b + 1, c = slow(a) WHERE a BETWEEN $1 AND $2;\n" + did,
              "-- batch: " + t + " a 2 pause=0\nUPDATE " + t +
                  " SET b = b + 10 WHERE a BETWEEN $1 AND $2;\n" + undid};
    case 6:
      return {none, "VACUUM " + t + ";\nREINDEX TABLE CONCURRENTLY " + t + ";\n" + did,
              undid + "REINDEX INDEX CONCURRENTLY j" + std::to_string(number - 3) + ";\n"};
    default:
      return {"", "COPY " + t + " (a, b) FROM stdin;\n7\t7\n8\t8\n\\.\n" + did,
              undid + "DELETE FROM " + t + " WHERE a > 6;\n"};
  }
}

// Dies, or has its backend die, at a point that is not in `seen`.
class Doom : public Observer {
 public:
  enum class Victim { Process, Backend };
  Doom(Victim victim, bool inside, std::set<std::string> seen,
       std::function<void(const std::string&)> note, postgres::ConnectOptions options)
      : victim_(victim),
        inside_(inside),
        seen_(std::move(seen)),
        note_(std::move(note)),
        killer_(options) {}

  void statement_started(const Step& step, size_t number, size_t) override {
    at("statement", step, number);
  }
  void statement_finished(const Step& step, size_t number, size_t) override {
    if (!inside_) at("statement done", step, number);
  }
  void batch_finished(const Step& step, size_t, const BatchProgress& progress) override {
    if (!inside_) at("batch", step, progress.met);
  }
  void revision_finished(const Step& step, std::chrono::milliseconds) override {
    if (!inside_) at("revision done", step, 0);
  }

 private:
  void at(const std::string& what, const Step& step, size_t number) {
    const std::string point = what + " " + step.revision->id + " " + std::to_string(number);
    if (spent_ || !seen_.insert(point).second) return;
    // A process dies once; what it notes meanwhile might be torn.
    spent_ = victim_ == Victim::Process;
    note_(point);
    if (!inside_) return strike();
    thread_ = {};  // one at a time
    thread_ = std::jthread([this] {
      std::this_thread::sleep_for(std::chrono::milliseconds(8));
      strike();
    });
  }

  void strike() {
    if (victim_ == Victim::Process) ::kill(::getpid(), SIGKILL);
    // The backend that holds the advisory lock, and until it is gone.
    const postgres::Rows holder = killer_.query(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT "
        "oid FROM pg_database WHERE datname = current_database())");
    if (holder.empty()) return;
    killer_.query("SELECT pg_terminate_backend($1::int)", {holder[0][0]});
    while (
        !killer_.query("SELECT FROM pg_stat_activity WHERE pid = $1::int", {holder[0][0]}).empty())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  const Victim victim_;
  const bool inside_;
  std::set<std::string> seen_;
  bool spent_ = false;
  const std::function<void(const std::string&)> note_;
  postgres::Session killer_;
  std::jthread thread_;
};

class Crash : public EngineBench {
 protected:
  void SetUp() override {
    EngineBench::SetUp();
    prepare();
    for (int i = 1; i <= kRevisions; ++i) {
      const Sections text = sections(i);
      std::ofstream(root_ / "revisions" / (name_of(i) + ".sql"))
          << "-- revision: " << name_of(i) << "\n-- revises: " << (i == 1 ? "" : name_of(i - 1))
          << "\n"
          << text.header << "-- migrate:up\n"
          << text.up << "-- migrate:down\n"
          << text.down;
    }
  }

  void prepare() const {
    postgres::Session(options()).execute(
        "CREATE TABLE effects (direction text, revision text); CREATE TYPE mood AS ENUM ('fine'); "
        "CREATE FUNCTION slow(a int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM "
        "pg_sleep(0.002); RETURN a; END $$");
  }

  static void move(const postgres::ConnectOptions& options, const revisions::Graph& graph,
                   Direction direction, Observer& observer) {
    postgres::Session session(options);
    postgres::AdvisoryLock lock(session, std::chrono::seconds(30));
    const bool up = direction == Direction::Up;
    const ledger::State state = ledger::read(session, !up);
    const Plan plan = up ? plan_upgrade(graph, state, "head", session.server_version())
                         : plan_downgrade(state, "base", session.server_version());
    apply(lock, plan, {}, observer);
  }

  // Runs again and again until nothing new kills it. Answers with the number of deaths.
  size_t survive(Doom::Victim victim, bool inside, Direction direction) {
    std::set<std::string> seen;
    const revisions::Graph files = graph();
    for (int run = 0; run < 2000; ++run)
      if (victim == Doom::Victim::Process ? in_a_process(inside, direction, files, seen)
                                          : with_a_backend(inside, direction, files, seen))
        return seen.size();
    ADD_FAILURE() << "it never came to its end";
    return seen.size();
  }

  // Whether it came to its end.
  bool in_a_process(bool inside, Direction direction, const revisions::Graph& files,
                    std::set<std::string>& seen) {
    const std::filesystem::path points = root_ / "points";
    std::cout.flush();
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        Doom doom(
            Doom::Victim::Process, inside, seen,
            [&](const std::string& point) { std::ofstream(points) << point << std::flush; },
            options());
        move(options(), files, direction, doom);
        ::_exit(0);
      } catch (const base::Error& error) {
        std::cerr << error.what() << std::endl;
        ::_exit(1);
      }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
      std::string point;
      std::getline(std::ifstream(points), point);
      EXPECT_TRUE(seen.insert(point).second) << point;
      return false;
    }
    EXPECT_EQ(WEXITSTATUS(status), 0) << "after " << seen.size() << " deaths";
    return true;
  }

  bool with_a_backend(bool inside, Direction direction, const revisions::Graph& files,
                      std::set<std::string>& seen) {
    const size_t before = seen.size();
    try {
      Doom doom(
          Doom::Victim::Backend, inside, seen,
          [&](const std::string& point) { seen.insert(point); }, options());
      move(options(), files, direction, doom);
    } catch (const base::Error& error) {
      EXPECT_THAT(error.reason(), testing::AnyOf("ConnectionLost", "CommitInDoubt"))
          << error.what();
    }
    return seen.size() == before;
  }

  // The application's schema and rows.
  std::string contents() const {
    const base::CommandResult dump =
        base::run({{"pg_dump", "--exclude-schema=sluice", "--no-owner", "--inserts", url_}, {}});
    EXPECT_EQ(dump.status, 0) << dump.errors;
    std::string text;
    std::istringstream lines(dump.output);
    for (std::string line; std::getline(lines, line);)
      if (!line.starts_with("\\")) text += line + "\n";
    return text;
  }

  // The same directory, by itself.
  std::string undisturbed(Direction direction) {
    const std::string url = url_;
    const std::string database = database_;
    const std::filesystem::path root = root_;
    EngineBench::SetUp();
    prepare();
    std::filesystem::remove_all(root_);
    root_ = root;
    Observer observer;
    move(options(), graph(), Direction::Up, observer);
    if (direction == Direction::Down) move(options(), graph(), direction, observer);
    const std::string text = contents();
    url_ = url;
    database_ = database;
    return text;
  }

  void expect_whole(Direction direction, size_t deaths, size_t at_least) {
    EXPECT_GE(deaths, at_least);
    std::cout << deaths << " deaths\n";
    EXPECT_EQ(contents(), undisturbed(direction));
    const std::string way = direction == Direction::Up ? "up" : "down";
    EXPECT_EQ(value("SELECT count(*) || ' ' || count(DISTINCT revision) FROM effects WHERE "
                    "direction = '" +
                    way + "'"),
              "64 64");
    EXPECT_EQ(value("SELECT count(*) || ' ' || count(DISTINCT revision) FROM sluice.history WHERE "
                    "origin = 'user' AND direction = '" +
                    way + "'"),
              "64 64");
    EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
    EXPECT_EQ(value("SELECT count(*) FROM sluice.statements"), "0");
  }

  void expect_survival(Doom::Victim victim, bool inside, Direction direction, size_t at_least) {
    if (direction == Direction::Down) {
      Observer observer;
      move(options(), graph(), Direction::Up, observer);
    }
    expect_whole(direction, survive(victim, inside, direction), at_least);
  }
};

TEST_F(Crash, ProcessAtEveryBoundaryUp) {
  expect_survival(Doom::Victim::Process, false, Direction::Up, 300);
}
TEST_F(Crash, ProcessAtEveryBoundaryDown) {
  expect_survival(Doom::Victim::Process, false, Direction::Down, 250);
}
TEST_F(Crash, ProcessInsideStatementsUp) {
  expect_survival(Doom::Victim::Process, true, Direction::Up, 30);
}
TEST_F(Crash, ProcessInsideStatementsDown) {
  expect_survival(Doom::Victim::Process, true, Direction::Down, 30);
}
TEST_F(Crash, BackendAtEveryBoundaryUp) {
  expect_survival(Doom::Victim::Backend, false, Direction::Up, 300);
}
TEST_F(Crash, BackendAtEveryBoundaryDown) {
  expect_survival(Doom::Victim::Backend, false, Direction::Down, 250);
}
TEST_F(Crash, BackendInsideStatementsUp) {
  expect_survival(Doom::Victim::Backend, true, Direction::Up, 30);
}
TEST_F(Crash, BackendInsideStatementsDown) {
  expect_survival(Doom::Victim::Backend, true, Direction::Down, 30);
}

}  // namespace
}  // namespace sluice::engine
