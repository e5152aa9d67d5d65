#include "kube/config.h"

#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/base64.h"
#include "base/error.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;

constexpr const char* kAccount = "/var/run/secrets/kubernetes.io/serviceaccount/";

Error invalid(const std::string& file, const std::string& what, const std::string& remedy = "") {
  return Error(ErrorKind::Invalid, "KubeConfigInvalid", file + ": " + what, remedy);
}

std::string text(const YAML::Node& node, const char* field) {
  const YAML::Node value = node[field];
  return value && value.IsScalar() ? value.as<std::string>() : std::string();
}

std::string decoded(const std::string& file, const YAML::Node& node, const char* field) {
  const auto bytes = base::from_base64(text(node, field));
  if (!bytes) throw invalid(file, std::string(field) + " is not base64");
  return *bytes;
}

// Relative paths are relative to the kubeconfig, as kubectl has it.
std::string path_beside(const std::string& file, const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  return (std::filesystem::path(file).parent_path() / path).string();
}

// The entry of that name in one of the lists `clusters`, `users`, `contexts`.
YAML::Node entry(const std::string& file, const YAML::Node& root, const std::string& list,
                 const std::string& field, const std::string& name) {
  for (const YAML::Node& candidate : root[list])
    if (text(candidate, "name") == name && candidate[field]) return candidate[field];
  throw invalid(file, list + " has no entry named \"" + name + "\"");
}

Config from_kubeconfig(const std::string& file) {
  YAML::Node root;
  try {
    root = YAML::LoadFile(file);
  } catch (const YAML::Exception& error) {
    throw invalid(file, error.what());
  }
  if (!root.IsMap()) throw invalid(file, "is not a kubeconfig");
  const std::string current = text(root, "current-context");
  if (current.empty())
    throw invalid(file, "current-context is not set", "kubectl config use-context NAME");
  const YAML::Node context = entry(file, root, "contexts", "context", current);
  const YAML::Node cluster = entry(file, root, "clusters", "cluster", text(context, "cluster"));
  const YAML::Node user = entry(file, root, "users", "user", text(context, "user"));

  Config config;
  config.server = text(cluster, "server");
  if (!config.server.starts_with("https://"))
    throw invalid(file, "clusters: server \"" + config.server + "\" is not an https URL");
  if (text(cluster, "insecure-skip-tls-verify") == "true")
    throw invalid(file, "clusters: insecure-skip-tls-verify is not supported",
                  "give the cluster's certificate-authority instead");
  if (user["exec"] || user["auth-provider"])
    throw invalid(file, "users: exec and auth-provider are not supported",
                  "use a client certificate, token or tokenFile");
  config.ca = decoded(file, cluster, "certificate-authority-data");
  config.ca_file = path_beside(file, text(cluster, "certificate-authority"));
  config.client_certificate = decoded(file, user, "client-certificate-data");
  config.client_certificate_file = path_beside(file, text(user, "client-certificate"));
  config.client_key = decoded(file, user, "client-key-data");
  config.client_key_file = path_beside(file, text(user, "client-key"));
  config.token = text(user, "token");
  config.token_file = path_beside(file, text(user, "tokenFile"));
  if (const std::string name_space = text(context, "namespace"); !name_space.empty())
    config.name_space = name_space;
  return config;
}

Config in_cluster(const char* host, const char* port) {
  Config config;
  const std::string address = host;
  config.server = "https://" +
                  (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" +
                  port;
  config.ca_file = std::string(kAccount) + "ca.crt";
  config.token_file = std::string(kAccount) + "token";
  std::ifstream stream(std::string(kAccount) + "namespace");
  std::getline(stream, config.name_space);
  return config;
}

}  // namespace

Config load_config(const std::optional<std::string>& kubeconfig) {
  if (kubeconfig) return from_kubeconfig(*kubeconfig);
  const char* const host = std::getenv("KUBERNETES_SERVICE_HOST");
  const char* const port = std::getenv("KUBERNETES_SERVICE_PORT");
  if (host != nullptr && port != nullptr) return in_cluster(host, port);
  if (const char* const file = std::getenv("KUBECONFIG"); file != nullptr && *file != '\0')
    return from_kubeconfig(file);
  throw Error(ErrorKind::Invalid, "KubeConfigInvalid", "neither in a pod nor given a kubeconfig",
              "use --kubeconfig FILE or KUBECONFIG");
}

}  // namespace sluice::kube
