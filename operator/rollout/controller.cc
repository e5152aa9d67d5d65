#include "rollout/controller.h"

#include <malloc.h>

#include <utility>

#include "base/logging.h"
#include "rollout/execute.h"

namespace sluice::rollout {

using base::Error;
using base::ErrorKind;

Controller::Controller(kube::Client& client, Options options)
    : client_(client),
      options_(std::move(options)),
      store_(
          client, options_.namespaces,
          {[this](const kube::ObjectKey& key) { objects_.add(key); },
           // A set of objects is applied one by one: its SchemaMigration may come a moment later.
           [this](const kube::ObjectKey& key) { deployments_.add_after(key, kSettle); }}) {}

Controller::~Controller() { stop(); }

void Controller::start() {
  store_.start();
  workers_.emplace_back([this] { work(); });
  workers_.emplace_back([this] { work_unclaimed(); });
}

void Controller::stop() {
  store_.stop();
  objects_.stop();
  deployments_.stop();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

void Controller::work() {
  while (const auto key = objects_.take()) {
    try {
      // Before the first lists are complete, what is not seen yet would pass for missing.
      if (store_.synced()) {
        reconcile(*key);
        objects_.forget(*key);
      } else {
        objects_.add_after(*key, std::chrono::milliseconds(20));
      }
    } catch (const Error& error) {
      const bool routine = error.kind() == ErrorKind::Conflict || error.kind() == ErrorKind::Gone;
      base::log(routine ? base::Level::Debug : base::Level::Warn, "reconcile failed",
                {{"namespace", key->name_space},
                 {"name", key->name},
                 {"reason", error.reason()},
                 {"error", error.what()}});
      objects_.retry(*key);
    } catch (const std::exception& error) {
      base::log(base::Level::Error, "reconcile failed unexpectedly",
                {{"namespace", key->name_space}, {"name", key->name}, {"error", error.what()}});
      objects_.retry(*key);
    }
    objects_.done(*key);
  }
}

void Controller::reconcile(const kube::ObjectKey& key) {
  std::optional<Observed> seen = store_.observe(key);
  if (!seen) return;
  Decision decision = decide(*seen, base::now());
  try {
    execute(client_, *seen, decision, options_.image);
  } catch (const Error& error) {
    if (error.reason() != kJobRefused) throw;
    // The run stands in the status by now; what became of it is decided on what is there then.
    seen = store_.observe_fresh(key);
    if (!seen) return;
    seen->job_refused = error;
    decision = decide(*seen, base::now());
    execute(client_, *seen, decision, options_.image);
  }
  if (decision.look_again) objects_.add_after(key, *decision.look_again);
  malloc_trim(0);
}

void Controller::work_unclaimed() {
  while (const auto key = deployments_.take()) {
    try {
      if (store_.synced())
        tell_unclaimed(*key);
      else
        deployments_.add_after(*key, kSettle);
    } catch (const std::exception& error) {
      base::log(base::Level::Warn, "cannot tell of an unclaimed workload",
                {{"name", key->name}, {"error", error.what()}});
    }
    deployments_.done(*key);
  }
}

void Controller::tell_unclaimed(const kube::ObjectKey& key) {
  const auto deployment = store_.deployment(key);
  if (!deployment || !deployment->gate.held || !store_.gated_by(key).empty()) return;
  post_event(client_, {"apps/v1", "Deployment", key.name_space, key.name, deployment->uid},
             {true, "NotGated",
              "held by its label sluice.dev/gated, and no SchemaMigration names it in "
              "spec.gate.workloads; name it in one, or remove the label",
              deployment->gate.template_hash},
             base::now());
}

}  // namespace sluice::rollout
