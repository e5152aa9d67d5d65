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

desired::Source load_schema(const RunSpec& spec) {
  expect_inputs(spec);
  desired::Source all;
  for (const std::string& directory : spec.directories) {
    desired::Source one = desired::source_of(directory);
    if (one.kind == desired::Source::Kind::Revisions)
      throw base::Error(base::ErrorKind::Invalid, "SchemaInvalid",
                        "the files are revisions, not a schema",
                        "name them in spec.revisions, or give the schema's own SQL");
    for (desired::File& file : one.files) {
      if (file.name.starts_with(directory + "/")) file.name.erase(0, directory.size() + 1);
      all.files.push_back(std::move(file));
    }
  }
  all.given = "the wanted schema";
  all.digest = spec.digest;
  expect_inputs(spec);
  return all;
}

}  // namespace sluice::runner
