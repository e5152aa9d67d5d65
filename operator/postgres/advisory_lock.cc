#include "postgres/advisory_lock.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace sluice::postgres {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// "sluice" in ASCII. Advisory locks are per database, so one key serves.
constexpr const char* kKey = "126943972910949";

std::string name_holder(Session& session) {
  const Rows rows = session.query(
      "SELECT format('pid %s (%s, from %s, since %s)', l.pid, "
      "coalesce(nullif(a.application_name, ''), 'unnamed'), "
      "coalesce(host(a.client_addr), 'a local socket'), "
      "coalesce(to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), "
      "'unknown')) "
      "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid) "
      "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
      "AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
      "current_database()) "
      "AND (l.classid::bigint << 32) + l.objid::bigint = $1::bigint",
      {kKey});
  if (rows.empty()) return "a session that is gone by now";
  return rows[0][0].value_or("an unknown session");
}

// Sleeps; false when `stop` was requested.
bool pause(milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock guard(mutex);
  wake.wait_for(guard, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

AdvisoryLock::AdvisoryLock(Session& session, milliseconds budget, std::stop_token stop)
    : session_(session) {
  regain(budget, stop);
}

const char* AdvisoryLock::key() { return kKey; }

void AdvisoryLock::regain(milliseconds budget, const std::stop_token& stop) {
  const auto until = steady_clock::now() + budget;
  std::minstd_rand random(std::random_device{}());
  milliseconds wait{50};
  while (session_.query("SELECT pg_catalog.pg_try_advisory_lock($1)", {kKey}).at(0).at(0) != "t") {
    const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
    if (left <= milliseconds(0))
      throw Error(ErrorKind::Transient, "LockHeld",
                  session_.where() + ": another run is at work: " + name_holder(session_),
                  "wait for it to end");
    const milliseconds jittered =
        wait / 2 + milliseconds(std::uniform_int_distribution<long>(0, wait.count())(random));
    if (!pause(std::min(jittered, left), stop))
      throw Error(ErrorKind::Transient, "Cancelled", "stopped while it waited for another run");
    wait = std::min(wait * 2, milliseconds(1000));
  }
}

AdvisoryLock::~AdvisoryLock() {
  try {
    session_.query("SELECT pg_catalog.pg_advisory_unlock($1)", {kKey});
  } catch (const std::exception&) {
    // The session is gone, and with it the lock.
  }
}

}  // namespace sluice::postgres
