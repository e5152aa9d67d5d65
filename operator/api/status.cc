#include "api/status.h"
#include "base/json_read.h"

#include <array>
#include <limits>
#include <utility>

namespace sluice::api {
namespace {

using base::member;
using base::text;
using base::Timestamp;
using nlohmann::json;

constexpr std::array kConditionStatuses{std::pair("True", ConditionStatus::True),
                                        std::pair("False", ConditionStatus::False),
                                        std::pair("Unknown", ConditionStatus::Unknown)};
constexpr std::array kRunStates{
    std::pair("Pending", RunState::Pending), std::pair("Running", RunState::Running),
    std::pair("Succeeded", RunState::Succeeded), std::pair("Failed", RunState::Failed)};
constexpr std::array kGateStates{
    std::pair("Held", GateState::Held), std::pair("Released", GateState::Released),
    std::pair("Missing", GateState::Missing), std::pair("Refused", GateState::Refused)};

constexpr std::array kDriftStates{
    std::pair("Pending", DriftState::Pending), std::pair("Clean", DriftState::Clean),
    std::pair("Drifted", DriftState::Drifted), std::pair("Failed", DriftState::Failed)};

template <typename Names, typename Value>
std::string_view name_of(const Names& names, Value value) {
  for (const auto& [name, one] : names)
    if (one == value) return name;
  return "";
}

template <typename Names, typename Value>
Value value_of(const Names& names, const std::string& text, Value otherwise) {
  for (const auto& [name, one] : names)
    if (text == name) return one;
  return otherwise;
}

template <typename Number>
std::optional<Number> number(const json& object, const char* name) {
  const json& value = member(object, name);
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned()) {
    const uint64_t given = value.get<uint64_t>();
    if (!std::in_range<Number>(given)) return std::nullopt;
    return static_cast<Number>(given);
  }
  const int64_t given = value.get<int64_t>();
  if (!std::in_range<Number>(given)) return std::nullopt;
  return static_cast<Number>(given);
}

std::optional<Timestamp> time(const json& object, const char* name) {
  return base::from_rfc3339(text(object, name));
}

WorkloadRef workload(const json& object) { return {text(object, "kind"), text(object, "name")}; }

Condition condition_from_json(const json& object) {
  Condition condition;
  condition.type = text(object, "type");
  condition.status = value_of(kConditionStatuses, text(object, "status"), ConditionStatus::Unknown);
  condition.reason = text(object, "reason");
  condition.message = text(object, "message");
  condition.observed_generation = number<int64_t>(object, "observedGeneration").value_or(0);
  condition.last_transition = time(object, "lastTransitionTime").value_or(Timestamp{});
  return condition;
}

RunStatus run_from_json(const json& object) {
  RunStatus run;
  run.name = text(object, "name");
  run.digest = text(object, "digest");
  run.attempt = number<uint32_t>(object, "attempt").value_or(0);
  run.state = value_of(kRunStates, text(object, "state"), RunState::Pending);
  run.stage = text(object, "stage");
  run.reason = text(object, "reason");
  run.message = text(object, "message");
  run.retry = member(object, "retry") == true;
  run.lost = number<uint32_t>(object, "lost").value_or(0);
  run.retry_request = text(object, "retryRequest");
  run.started = time(object, "startedAt");
  run.finished = time(object, "finishedAt");
  return run;
}

GateStatus gate_from_json(const json& object) {
  GateStatus gate;
  gate.workload = workload(object);
  gate.state = value_of(kGateStates, text(object, "state"), GateState::Held);
  gate.reason = text(object, "reason");
  gate.message = text(object, "message");
  gate.requires_revision = text(object, "requires");
  gate.since = time(object, "since");
  return gate;
}

std::vector<std::string> texts(const json& object, const char* name) {
  std::vector<std::string> list;
  if (const json& given = member(object, name); given.is_array())
    for (const json& one : given)
      if (one.is_string()) list.push_back(one.get<std::string>());
  return list;
}

RevisionStatus revision_from_json(const json& object) {
  RevisionStatus revision;
  revision.current = text(object, "current");
  revision.target = text(object, "target");
  revision.pending = number<uint32_t>(object, "pending");
  revision.known = texts(object, "known");
  return revision;
}

DriftStatus drift_from_json(const json& object) {
  DriftStatus drift;
  drift.job = text(object, "job");
  drift.number = number<uint32_t>(object, "number").value_or(0);
  drift.state = value_of(kDriftStates, text(object, "state"), DriftState::Failed);
  drift.message = text(object, "message");
  drift.objects = texts(object, "objects");
  drift.started = time(object, "startedAt");
  drift.finished = time(object, "finishedAt");
  return drift;
}

// Writes an object without the fields that are empty. An API server older than 1.24 that was built
// with Go 1.18 or newer refuses an empty string in a custom resource: it takes it for null.
class Writer {
 public:
  Writer& put(const char* name, const std::string& value) {
    if (!value.empty()) object_[name] = value;
    return *this;
  }
  Writer& put(const char* name, const std::optional<Timestamp>& value) {
    if (value) object_[name] = base::to_rfc3339(*value);
    return *this;
  }
  Writer& put_json(const char* name, json value) {
    if (!value.empty()) object_[name] = std::move(value);
    return *this;
  }
  json take() { return std::move(object_); }

 private:
  json object_ = json::object();
};

json to_json(const Condition& condition) {
  return Writer()
      .put("type", condition.type)
      .put("status", std::string(to_string(condition.status)))
      .put("reason", condition.reason)
      .put("message", condition.message)
      .put_json("observedGeneration", condition.observed_generation)
      .put("lastTransitionTime", std::optional(condition.last_transition))
      .take();
}

json to_json(const RevisionStatus& revision) {
  Writer object;
  object.put("current", revision.current).put("target", revision.target);
  if (revision.pending) object.put_json("pending", *revision.pending);
  return object.put_json("known", revision.known).take();
}

json to_json(const RunStatus& run) {
  Writer object;
  object.put("name", run.name)
      .put("digest", run.digest)
      .put_json("attempt", run.attempt)
      .put("state", std::string(to_string(run.state)))
      .put("stage", run.stage)
      .put("reason", run.reason)
      .put("message", run.message)
      .put("retryRequest", run.retry_request)
      .put("startedAt", run.started)
      .put("finishedAt", run.finished);
  if (run.retry) object.put_json("retry", true);
  if (run.lost > 0) object.put_json("lost", run.lost);
  return object.take();
}

json to_json(const BackupStatus& backup) {
  return Writer()
      .put("archive", backup.archive)
      .put_json("bytes", backup.bytes)
      .put("finishedAt", backup.finished)
      .take();
}

json to_json(const DriftStatus& drift) {
  return Writer()
      .put("job", drift.job)
      .put_json("number", drift.number)
      .put("state", std::string(to_string(drift.state)))
      .put("message", drift.message)
      .put_json("objects", drift.objects)
      .put("startedAt", drift.started)
      .put("finishedAt", drift.finished)
      .take();
}

json to_json(const GateStatus& gate) {
  return Writer()
      .put("kind", gate.workload.kind)
      .put("name", gate.workload.name)
      .put("state", std::string(to_string(gate.state)))
      .put("reason", gate.reason)
      .put("message", gate.message)
      .put("requires", gate.requires_revision)
      .put("since", gate.since)
      .take();
}

}  // namespace

std::string_view to_string(ConditionStatus status) { return name_of(kConditionStatuses, status); }
std::string_view to_string(RunState state) { return name_of(kRunStates, state); }
std::string_view to_string(GateState state) { return name_of(kGateStates, state); }
std::string_view to_string(DriftState state) { return name_of(kDriftStates, state); }

const Condition* find_condition(const Status& status, std::string_view type) {
  for (const Condition& condition : status.conditions)
    if (condition.type == type) return &condition;
  return nullptr;
}

Status status_from_json(const json& object) {
  Status status;
  status.observed_generation = number<int64_t>(object, "observedGeneration").value_or(-1);
  status.phase = text(object, "phase");
  if (const json& conditions = member(object, "conditions"); conditions.is_array())
    for (const json& one : conditions)
      if (!text(one, "type").empty()) status.conditions.push_back(condition_from_json(one));
  status.revision = revision_from_json(member(object, "revision"));
  const json& inputs = member(object, "inputs");
  status.inputs = {text(inputs, "digest"), time(inputs, "since")};
  status.plan_digest = text(member(object, "plan"), "digest");
  status.plan_steps = number<uint32_t>(member(object, "plan"), "steps").value_or(0);
  if (const json& run = member(object, "run"); !text(run, "name").empty())
    status.run = run_from_json(run);
  if (const json& backup = member(object, "backup"); !text(backup, "archive").empty())
    status.backup =
        BackupStatus{text(backup, "archive"), number<uint64_t>(backup, "bytes").value_or(0),
                     time(backup, "finishedAt")};
  if (const json& drift = member(object, "drift"); !text(drift, "job").empty())
    status.drift = drift_from_json(drift);
  if (const json& gates = member(object, "gates"); gates.is_array())
    for (const json& one : gates)
      if (!text(one, "name").empty()) status.gates.push_back(gate_from_json(one));
  status.last_error = text(object, "lastError");
  return status;
}

json to_json(const Status& status) {
  Writer object;
  object.put_json("observedGeneration", status.observed_generation)
      .put("phase", status.phase)
      .put("lastError", status.last_error)
      .put_json("revision", to_json(status.revision));
  json inputs =
      Writer().put("digest", status.inputs.digest).put("since", status.inputs.since).take();
  object.put_json("inputs", std::move(inputs));
  Writer plan;
  plan.put("digest", status.plan_digest);
  if (!status.plan_digest.empty() || status.plan_steps > 0)
    plan.put_json("steps", status.plan_steps);
  object.put_json("plan", plan.take());
  if (status.run) object.put_json("run", to_json(*status.run));
  if (status.backup) object.put_json("backup", to_json(*status.backup));
  if (status.drift) object.put_json("drift", to_json(*status.drift));
  json conditions = json::array(), gates = json::array();
  for (const Condition& condition : status.conditions) conditions.push_back(to_json(condition));
  for (const GateStatus& gate : status.gates) gates.push_back(to_json(gate));
  return object.put_json("conditions", std::move(conditions))
      .put_json("gates", std::move(gates))
      .take();
}

}  // namespace sluice::api
