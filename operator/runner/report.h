// What one run answers: JSON in the container's termination message, and in full on standard
// output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::runner {

// The kubelet shares 12 KiB among a pod's containers, injected ones too; this is ours.
inline constexpr size_t kMaxTerminationMessage = 1024;

struct BackupReport {
  std::string archive;  // its directory's name in the volume
  uint64_t bytes = 0;
  double seconds = 0;
};

struct Report {
  std::string run;
  std::string digest;
  bool succeeded = false;
  // How far it came: Source, Connect, Plan, Backup, Apply, Verify, Done.
  std::string stage;
  // On failure: a condition's reason, and what, where, what to do. `retry`: the same inputs may
  // succeed later, so it is a waiting cause.
  std::string reason;
  std::string message;
  bool retry = false;

  // Read from the database when the run ended; absent when it was never reached.
  std::optional<std::vector<std::string>> heads;  // what the database stands at
  // The newest applied revisions among those that the source at hand knows. Equal to `heads` unless
  // the database is ahead of the source.
  std::vector<std::string> known;
  std::vector<std::string> target;  // the revisions that the target means
  uint32_t pending = 0;             // revisions still to apply
  uint32_t applied = 0;             // revisions that this run applied
  std::string plan_digest;
  std::optional<BackupReport> backup;
  // What differs from what it should be, one object each; in a termination message the first few.
  std::vector<std::string> drift;
  // Only in a termination message: what is empty or absent of target, heads, known and backup may
  // have been left out for want of room. The whole report is the last line of the log.
  bool shortened = false;
};

std::string to_json(const Report& report);
// to_json in at most kMaxTerminationMessage bytes: `message` is cut at its end, then target, heads,
// known and backup are left out, each as a whole and in this order. Names of more than 96 bytes are
// cut if nothing else helped.
std::string to_termination_message(const Report& report);
// Throws Error{Invalid, "ReportInvalid"}. Unknown fields are left to a newer reader.
Report report_from_json(std::string_view text);

}  // namespace sluice::runner
