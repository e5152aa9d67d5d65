// Where the API server is and how to speak to it.
#pragma once

#include <optional>
#include <string>

namespace sluice::kube {

// PEM texts, or files that are read again when they change. A file wins over a text.
struct Config {
  std::string server;  // https://host:port
  std::string ca;      // PEM
  std::string ca_file;
  std::string client_certificate;  // PEM chain
  std::string client_certificate_file;
  std::string client_key;
  std::string client_key_file;
  std::string token;
  std::string token_file;
  std::string name_space = "default";
};

// From the given kubeconfig's current context; without one, from a pod's service account, else from
// $KUBECONFIG. Throws base::Error{Invalid, "KubeConfigInvalid"} with the file and the field.
Config load_config(const std::optional<std::string>& kubeconfig);

}  // namespace sluice::kube
