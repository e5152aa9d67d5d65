#include "rollout/observed.h"

#include <charconv>
#include <set>

#include "base/base64.h"
#include "base/digest.h"
#include "base/json_read.h"

namespace sluice::rollout {
namespace {

using base::member;
using base::text;
using nlohmann::json;

std::optional<base::Timestamp> time(const json& object, const char* name) {
  return base::from_rfc3339(text(object, name));
}

std::string owner_of(const json& metadata) {
  for (const json& owner : member(metadata, "ownerReferences"))
    if (member(owner, "controller") == true) return text(owner, "name");
  return {};
}

void read_revisions(SourceFiles& source, const std::vector<revisions::SourceFile>& files) {
  // What cannot be read, the runner finds in the same bytes and says what is wrong with it, with
  // file and line. Here the rest counts.
  try {
    source.revisions = revisions::read_files(files, std::nullopt, &source.format);
  } catch (const base::Error&) {
    for (const revisions::SourceFile& file : files) {
      try {
        source.revisions.push_back(revisions::parse_revision(file.name, file.bytes));
      } catch (const base::Error&) {
      }
    }
  }
  for (revisions::Revision& revision : source.revisions) {
    revision.text = revision.up.sql = "";
    revision.down.reset();
  }
}

// Why a pod that has not started does not, in a word of ours.
void read_waiting(PodSeen& pod, const json& status) {
  for (const json& condition : member(status, "conditions")) {
    if (text(condition, "type") != "PodScheduled" || text(condition, "status") != "False") continue;
    const std::string message = text(condition, "message");
    const bool volume = message.find("persistentvolumeclaim") != std::string::npos ||
                        message.find("PersistentVolumeClaim") != std::string::npos;
    pod.waiting_reason = volume ? "VolumeMissing" : "Unschedulable";
    pod.waiting_message =
        volume ? "the volume for backups is not there: " + message +
                     "; create the PersistentVolumeClaim, or correct spec.backup.volume"
               : "the runner's pod cannot be scheduled: " + message;
  }
  for (const json& container : member(status, "containerStatuses")) {
    const json& waiting = member(member(container, "state"), "waiting");
    const std::string reason = text(waiting, "reason");
    if (reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing") continue;
    const bool image = reason.find("Image") != std::string::npos;
    pod.waiting_reason = image ? "ImagePullFailed" : "PodNotStarting";
    pod.waiting_message =
        "the runner's pod does not start: " + reason + ": " + text(waiting, "message");
  }
}

void read_container(PodSeen& pod, const json& container) {
  if (text(container, "name") != kRunnerContainer) return;
  const json& state = member(container, "state");
  if (state.contains("running")) pod.started = true;
  const json& ended = member(state, "terminated");
  if (!ended.is_object()) return;
  pod.started = pod.terminated = true;
  pod.termination_message = text(ended, "message");
  pod.finished = time(ended, "finishedAt");
  const json& code = member(ended, "exitCode");
  pod.end_reason = text(ended, "reason") + " (exit status " + code.dump() + ")";
}

}  // namespace

std::optional<SourceFiles> source_files_from_config_map(const json& object) {
  SourceFiles source;
  std::vector<revisions::SourceFile> files;
  const auto add = [&](const std::string& name, std::string bytes) {
    if (name.starts_with('.')) return;
    source.files[name] = base::sha256(bytes);
    if (revisions::is_source_file(name)) files.push_back({name, std::move(bytes)});
  };
  for (const auto& [name, value] : member(object, "data").items())
    if (value.is_string()) add(name, value.get_ref<const std::string&>());
  for (const auto& [name, value] : member(object, "binaryData").items())
    if (value.is_string())
      if (auto bytes = base::from_base64(value.get_ref<const std::string&>()))
        add(name, std::move(*bytes));
  read_revisions(source, files);
  return source;
}

revisions::Parents parents_of(const std::vector<std::shared_ptr<const SourceFiles>>& parts) {
  std::vector<revisions::Revision> all;
  std::set<revisions::Format> formats;
  for (const auto& part : parts) {
    if (!part->revisions.empty()) formats.insert(part->format);
    all.insert(all.end(), part->revisions.begin(), part->revisions.end());
  }
  std::erase_if(all, [](const revisions::Revision& revision) { return revision.repeatable; });
  try {
    if (formats.size() == 1) revisions::chain(all, *formats.begin());
  } catch (const base::Error&) {
    // One version in two ConfigMaps: the runner refuses it.
  }
  return revisions::parents_of(all);
}

std::optional<JobSeen> job_from_json(const json& object) {
  const json& metadata = member(object, "metadata");
  const json& annotations = member(metadata, "annotations");
  JobSeen job;
  job.name = text(metadata, "name");
  job.name_space = text(metadata, "namespace");
  job.owner = owner_of(metadata);
  job.run_of = text(member(metadata, "labels"), kRunOfLabel);
  if (job.run_of.empty()) return std::nullopt;
  job.digest = text(annotations, kDigestAnnotation);
  const std::string attempt = text(annotations, kAttemptAnnotation);
  std::from_chars(attempt.data(), attempt.data() + attempt.size(), job.attempt);
  job.drift_check = text(annotations, kDriftCheckAnnotation) == "true";
  job.retry_request = text(annotations, kRetryRequestAnnotation);
  job.deleting = metadata.contains("deletionTimestamp");
  job.created = time(metadata, "creationTimestamp").value_or(base::Timestamp{});
  for (const json& condition : member(member(object, "status"), "conditions")) {
    const std::string type = text(condition, "type");
    if (text(condition, "status") != "True" || (type != "Complete" && type != "Failed")) continue;
    job.finished = true;
    job.failed = type == "Failed";
    if (job.failed) job.failure = text(condition, "reason") + ": " + text(condition, "message");
  }
  return job;
}

std::optional<PodSeen> pod_from_json(const json& object) {
  const json& metadata = member(object, "metadata");
  const json& labels = member(metadata, "labels");
  if (text(labels, kRunOfLabel).empty()) return std::nullopt;
  PodSeen pod;
  pod.name = text(metadata, "name");
  pod.name_space = text(metadata, "namespace");
  pod.owner = text(member(metadata, "annotations"), "sluice.dev/schemamigration");
  pod.job = text(labels, "job-name");
  pod.deleting = metadata.contains("deletionTimestamp");
  const json& status = member(object, "status");
  pod.phase = text(status, "phase");
  for (const json& container : member(status, "containerStatuses")) read_container(pod, container);
  if (pod.phase == "Failed" && !pod.terminated) {
    pod.terminated = true;
    pod.end_reason = text(status, "reason") + ": " + text(status, "message");
  }
  if (!pod.started) read_waiting(pod, status);
  return pod;
}

}  // namespace sluice::rollout
