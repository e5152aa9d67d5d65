// From the state of a run and its gates to the conditions, the phase and the last error of a
// status. Pure.
#pragma once

#include <string>

#include "api/schema_migration.h"

namespace sluice::rollout {

// Why the object is not ready yet, or that it is.
enum class Standing { Ready, Reconciling, Stalled, Suspended };

struct Verdict {
  Standing standing = Standing::Reconciling;
  std::string phase;
  std::string reason;
  std::string message;
};

// Sets every condition of `status` from its run, its gates and the verdict; `earlier` are the
// conditions as observed, which give an unchanged condition its lastTransitionTime.
void set_conditions(api::Status& status, const std::vector<api::Condition>& earlier,
                    const api::Spec& spec, const Verdict& verdict, int64_t generation,
                    base::Timestamp now);

}  // namespace sluice::rollout
