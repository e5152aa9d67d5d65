// The revisions that a run was started for.
#pragma once

#include "desired/source.h"
#include "revisions/graph.h"
#include "runner/spec.h"

namespace sluice::runner {

// Throws Error{Transient, "InputsChanged"} when the directories are not those that spec.digest was
// computed over, before and after they were read: the kubelet may exchange them at any time. Throws
// what digest_directories, load_directories and Graph throw.
revisions::Graph load_source(const RunSpec& spec);

// The same for the files of a wanted schema, by the order of the directories, then of the names.
// Throws what desired::source_of() throws.
desired::Source load_schema(const RunSpec& spec);

}  // namespace sluice::runner
