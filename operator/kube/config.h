// Where the API server is and how to prove who we are: from a pod's own account or a kubeconfig.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace sluice::kube {

// A text that is given outright, or kept in a file that may be replaced while we run.
struct Material {
  std::filesystem::path file = {};  // wins over `text`
  std::string text = {};
  bool given() const { return !file.empty() || !text.empty(); }
};

struct Config {
  std::string server;           // https://host:port, perhaps with a path; no slash at the end
  std::string tls_server_name;  // expected in the server's certificate; empty: the host of `server`
  Material ca;                  // PEM; not given: the system's authorities
  Material client_certificate;  // PEM
  Material client_key;          // PEM
  Material token;
  std::string name_space;  // empty: unknown
};

// All throw base::Error{Invalid, "KubeConfigInvalid"}, naming the file and the field.

// The file, if one is given; else the pod's account, if we run in a pod; else what KUBECONFIG
// names; else ~/.kube/config.
Config load_config(const std::optional<std::string>& kubeconfig);

// Its current context. Plugins, passwords and skipping the server's verification are refused.
Config config_from_kubeconfig(const std::filesystem::path& file);

// `account` is the directory that the kubelet mounts.
Config config_from_pod(const std::filesystem::path& account, const std::string& host,
                       const std::string& port);

}  // namespace sluice::kube
