// The digest of a run's inputs. The operator computes it from what the API server holds, the runner
// from what it was given; a runner that computes another one leaves before it touches the database.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace sluice::runner {

// File name → SHA-256 of its bytes, as they are mounted (a `.gz` file is not inflated).
using FileDigests = std::map<std::string, std::string>;

// SHA-256 over these texts, each written as its length in bytes (decimal), ":" and its bytes, so
// that no two inputs share an encoding: "sluice-inputs-1", uid, spec_digest, then for each file, in
// byte order of the names, its name and its digest.
std::string input_digest(const std::string& uid, const std::string& spec_digest,
                         const FileDigests& files);

// The regular files (links followed) of the directories; names that begin with a dot are the
// kubelet's own and are left out. Throws Error{Invalid, "RevisionDuplicate"} when two directories
// hold one name, Error{Transient, "SourceMissing"} when a directory is not there.
FileDigests digest_directories(const std::vector<std::string>& directories);

}  // namespace sluice::runner
