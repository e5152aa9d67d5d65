#include "runner/source.h"

#include "base/error.h"
#include "revisions/load.h"
#include "runner/digest.h"

namespace sluice::runner {
namespace {

void expect_inputs(const RunSpec& spec) {
  const std::string found =
      input_digest(spec.uid, spec.spec_digest, digest_directories(spec.directories));
  if (found != spec.digest)
    throw base::Error(
        base::ErrorKind::Transient, "InputsChanged",
        "the inputs have the digest " + found + ", the run was started for " + spec.digest,
        "the next run takes them as they are now");
}

}  // namespace

revisions::Graph load_source(const RunSpec& spec) {
  expect_inputs(spec);
  revisions::Graph graph(revisions::load_directories(spec.directories));
  expect_inputs(spec);
  return graph;
}

}  // namespace sluice::runner
