// A small world for tests of the reconcile: what is decided takes place, so that a test says only
// what happens outside.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rollout/decide.h"
#include "rollout/run_state.h"

namespace sluice::rollout {

using api::ConditionStatus;
using std::chrono::seconds;

inline const base::Timestamp kStart = *base::from_rfc3339("2026-11-21T10:00:00Z");

class World {
 public:
  Observed seen;
  base::Timestamp now = kStart;

  World() {
    seen.object.name = "trips";
    seen.object.name_space = "shop";
    seen.object.uid = "u-1";
    seen.object.generation = 1;
    seen.object.spec.digest = "spec";
    seen.object.spec.workloads = {{"Deployment", "api"}};
    seen.object.spec.backup = {api::BackupWhen::Pending, "backups", 1};
    add_revision("r1", {});
    add_workload("r1");
  }

  void add_revision(const std::string& id, std::vector<std::string> parents) {
    seen.source.files[id + "_x.sql"] = "sha-" + id;
    seen.source.parents[id] = std::move(parents);
  }
  void drop_revision(const std::string& id) {
    seen.source.files.erase(id + "_x.sql");
    seen.source.parents.erase(id);
  }

  // A new version of the workload, as the webhook leaves it.
  void add_workload(const std::string& required) {
    WorkloadSeen workload;
    workload.ref = {"Deployment", "api"};
    workload.exists = true;
    workload.gate = {true, true, false, std::nullopt, "hash-" + required, required};
    seen.workloads = {workload};
  }
  Gated& gate() { return (seen.workloads.empty() ? seen.former : seen.workloads).at(0).gate; }

  // One reconcile; its decision takes place.
  Decision step() {
    Decision decision = decide(seen, now);
    if (decision.add_finalizer) seen.object.has_finalizer = true;
    seen.object.status = decision.status;
    for (const std::string& name : decision.remove_jobs)
      std::erase_if(seen.jobs, [&](const JobSeen& job) { return job.name == name; });
    for (const auto& start : {decision.start, decision.look_for_drift}) {
      if (!start) continue;
      JobSeen job;
      job.name = start->name;
      job.run_of = seen.object.uid;
      job.digest = start->digest;
      job.attempt = start->attempt;
      job.drift_check = start->drift_check;
      job.retry_request = seen.object.retry_request;
      job.created = now;
      seen.jobs.push_back(job);
    }
    for (const WorkloadChange& change : decision.workloads) {
      Gated& changed = gate();
      changed.paused = changed.held.value_or(changed.paused);
      changed.held.reset();
      changed.released.reset();
      if (change.action == WorkloadAction::Release) changed.released = changed.template_hash;
    }
    return decision;
  }

  PodSeen& pod() {
    for (PodSeen& pod : seen.pods)
      if (pod.job == seen.jobs.back().name) return pod;
    PodSeen pod;
    pod.name = seen.jobs.back().name + "-x";
    pod.job = seen.jobs.back().name;
    return seen.pods.emplace_back(pod);
  }

  void finish(runner::Report report) {
    report.run = seen.jobs.back().name;
    report.digest = seen.jobs.back().digest;
    PodSeen& ended = pod();
    ended.started = ended.terminated = true;
    ended.termination_message = runner::to_termination_message(report);
    ended.finished = now;
    seen.jobs.back().finished = true;
    seen.jobs.back().failed = !report.succeeded;
  }

  void succeed(const std::string& head) {
    runner::Report report;
    report.succeeded = true;
    report.stage = "Done";
    report.heads = {head};
    report.known = report.target = {head};
    report.applied = 1;
    finish(report);
  }

  void fail(const std::string& stage, const std::string& reason, bool retry,
            const std::string& head = "") {
    runner::Report report;
    report.stage = stage;
    report.reason = reason;
    report.message = "what happened";
    report.retry = retry;
    if (!head.empty()) {
      report.heads = {head};
      report.known = {head};
      report.pending = 1;
    }
    finish(report);
  }

  // To the state in which everything is ready at `head`.
  void settle(const std::string& head) {
    step();
    succeed(head);
    step();
    step();
  }

  const api::Condition& condition(const char* type) const {
    static const api::Condition kNone{"none", ConditionStatus::Unknown, "NoSuchCondition", "", 0,
                                      {}};
    const api::Condition* found = api::find_condition(seen.object.status, type);
    return found == nullptr ? kNone : *found;
  }
  std::string reason() const { return condition("Ready").reason; }
  bool is(const char* type) const { return condition(type).status == ConditionStatus::True; }
};

}  // namespace sluice::rollout
