// Kubernetes objects in a YAML file, as kubectl reads them.
#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::local {

// One document of the file.
struct Manifest {
  nlohmann::json object;
  std::string kind;
  std::string name;

  // "release.yaml:12" of the field at `path` ("spec.gate.workloads[0].kind"), or of the deepest one
  // on the way to it that is there.
  std::string place_of(std::string_view path) const;

  std::string file;
  YAML::Node source;
};

// Empty documents are left out. Throws Error{Failed, "ReadFailed"}, and Error{Invalid,
// "ManifestInvalid"} with file:line: no YAML, no object, a key twice, more than a million values or
// 100 levels (aliases count as often as they are used).
std::vector<Manifest> read_manifests(const std::filesystem::path& file);

}  // namespace sluice::local
