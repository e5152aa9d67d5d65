// What the database should be: the wanted schema, or what the revisions make that it has applied.
// Loaded into a scratch database when it is first asked for. Used by one thread.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "desired/load.h"
#include "desired/sync.h"
#include "ledger/state.h"
#include "postgres/session.h"
#include "runner/spec.h"
#include "runner/values.h"

namespace sluice::runner {

class Expected {
 public:
  // `schema`: the wanted schema's files; absent where the run is one of revisions. All that is
  // given outlives it.
  Expected(const RunSpec& spec, const Access& access, std::optional<desired::Source> schema,
           std::stop_token stop);

  bool is_schema() const { return schema_.has_value(); }

  // Of a wanted schema. Throws what desired::Loader does.
  const desired::Loaded& wanted();
  desired::SyncRequest request();

  // What the database is otherwise than expected, one line an object: "column note of public.trips:
  // is there, and should not be". With an additive policy what is there besides does not count.
  // `state` with the revisions' texts.
  std::vector<std::string> drift(postgres::Session& session, const ledger::State& state);

  // What of spec.verify does not hold, one line each: "table app.orders is not there", "check open
  // orders: expected 0, found 12".
  std::vector<std::string> unmet(postgres::Session& session) const;

  const std::vector<std::string>& warnings() const { return loader_->warnings(); }

 private:
  const RunSpec& spec_;
  std::optional<desired::Source> schema_;
  const std::stop_token stop_;
  std::optional<desired::Loader> loader_;
  std::optional<desired::Loaded> loaded_;
};

// One line for a difference.
std::string to_line(const schema::Difference& difference);

}  // namespace sluice::runner
