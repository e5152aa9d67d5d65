#include "rollout/execute.h"

#include "base/digest.h"
#include "base/logging.h"
#include "base/text.h"

namespace sluice::rollout {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr size_t kLongestEventMessage = 1024;  // the API server's limit

json test_version(const std::string& version) {
  return {{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", version}};
}

// The object's writes, each resting on the version that the one before left.
class ObjectWriter {
 public:
  ObjectWriter(kube::Client& client, const api::SchemaMigration& object)
      : client_(client), object_(object), version_(object.resource_version) {}

  void add_finalizer() {
    json finalizers = object_.finalizers;
    finalizers.push_back(api::kFinalizer);
    write({}, {{"op", "add"}, {"path", "/metadata/finalizers"}, {"value", finalizers}});
  }

  void remove_finalizer() {
    json left = json::array();
    for (const std::string& finalizer : object_.finalizers)
      if (finalizer != api::kFinalizer) left.push_back(finalizer);
    write({}, {{"op", "add"}, {"path", "/metadata/finalizers"}, {"value", left}});
  }

  void write_status(const api::Status& status) {
    write("status", {{"op", "add"}, {"path", "/status"}, {"value", api::to_json(status)}});
  }

 private:
  void write(const std::string& subresource, json operation) {
    const auto written =
        client_.patch(kube::kSchemaMigrations, {object_.name_space, object_.name, subresource},
                      json::array({test_version(version_), std::move(operation)}));
    if (!written)
      throw Error(ErrorKind::Gone, "ObjectGone", "SchemaMigration " + object_.name + " is gone");
    version_ = written->at("metadata").at("resourceVersion").get<std::string>();
  }

  kube::Client& client_;
  const api::SchemaMigration& object_;
  std::string version_;
};

const WorkloadSeen* find(const Observed& seen, const api::WorkloadRef& ref) {
  for (const auto* group : {&seen.workloads, &seen.former})
    for (const WorkloadSeen& workload : *group)
      if (workload.ref == ref) return &workload;
  return nullptr;
}

void change_workload(kube::Client& client, const Observed& seen, const WorkloadChange& change) {
  const kube::Address at{seen.object.name_space, change.ref.name};
  const auto live = client.get(kube::kDeployments, at);
  if (!live) return;
  const WorkloadSeen* observed = find(seen, change.ref);
  if (observed == nullptr || read_gated(*live) != observed->gate)
    throw Error(ErrorKind::Conflict, "WorkloadChanged",
                change.ref.kind + " " + change.ref.name + " has changed since it was observed");
  const json patch =
      change.action == WorkloadAction::Release ? release_patch(*live) : restore_patch(*live);
  if (!patch.empty()) client.patch(kube::kDeployments, at, patch);
  base::log(base::Level::Info,
            change.action == WorkloadAction::Release ? "workload released" : "workload restored",
            {{"namespace", at.name_space}, {"workload", change.ref.name}});
}

void start_run(kube::Client& client, const Observed& seen, const StartRun& start,
               const RunnerImage& image) {
  try {
    client.create(kube::kJobs, seen.object.name_space, make_job(seen.object, start, image));
    base::log(base::Level::Info, "run started",
              {{"namespace", seen.object.name_space}, {"run", start.name}});
  } catch (const Error& error) {
    if (error.reason() == "AlreadyExists") return;
    if (error.kind() != ErrorKind::Invalid && error.kind() != ErrorKind::Refused) throw;
    throw Error(error.kind(), kJobRefused, error.message());
  }
}

}  // namespace

void execute(kube::Client& client, const Observed& seen, const Decision& decision,
             const RunnerImage& image) {
  const api::SchemaMigration& object = seen.object;
  ObjectWriter writer(client, object);
  if (decision.add_finalizer) writer.add_finalizer();
  const EventTarget target{std::string(api::kGroup) + "/" + api::kVersion, "SchemaMigration",
                           object.name_space, object.name, object.uid};
  for (const Event& event : decision.events) post_event(client, target, event, base::now());
  if (decision.status != object.status) writer.write_status(decision.status);
  for (const std::string& job : decision.remove_jobs)
    client.remove(kube::kJobs, {object.name_space, job});
  if (decision.start) start_run(client, seen, *decision.start, image);
  if (decision.look_for_drift) start_run(client, seen, *decision.look_for_drift, image);
  for (const WorkloadChange& change : decision.workloads) change_workload(client, seen, change);
  if (decision.remove_finalizer) writer.remove_finalizer();
}

void post_event(kube::Client& client, const EventTarget& target, const Event& event,
                base::Timestamp now) {
  const std::string occasion =
      base::sha256(json::array({target.uid, event.reason, event.occasion}).dump()).substr(0, 16);
  const std::string time = base::to_rfc3339(now);
  const json object = {
      {"apiVersion", "v1"},
      {"kind", "Event"},
      {"metadata",
       {{"name", target.name.substr(0, 200) + "." + occasion}, {"namespace", target.name_space}}},
      {"involvedObject",
       {{"apiVersion", target.api_version},
        {"kind", target.kind},
        {"namespace", target.name_space},
        {"name", target.name},
        {"uid", target.uid}}},
      {"type", event.warning ? "Warning" : "Normal"},
      {"reason", event.reason},
      {"message", base::truncate_utf8(event.message, kLongestEventMessage)},
      {"source", {{"component", "sluice-operator"}}},
      {"reportingComponent", "sluice-operator"},
      {"firstTimestamp", time},
      {"lastTimestamp", time},
      {"count", 1}};
  try {
    client.create(kube::kEvents, target.name_space, object);
  } catch (const Error& error) {
    // An event is told at most once, and for want of one nothing stops.
    if (error.reason() != "AlreadyExists")
      base::log(base::Level::Warn, "event not written",
                {{"reason", event.reason}, {"error", error.what()}});
  }
}

}  // namespace sluice::rollout
