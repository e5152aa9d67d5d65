#include "kube/config.h"

#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/base64.h"
#include "base/error.h"
#include "base/text.h"

namespace sluice::kube {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& file, const std::string& what,
                         const std::string& remedy = {}) {
  throw base::Error(base::ErrorKind::Invalid, "KubeConfigInvalid", file.string() + ": " + what,
                    remedy);
}

std::string read_file(const fs::path& file, const std::string& wanted_by) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in || text.empty()) refuse(file, "cannot be read, or is empty (" + wanted_by + ")");
  return text;
}

// A mapping in the kubeconfig, and the path that leads to it. No message shows a value.
class Section {
 public:
  Section(fs::path file, YAML::Node node, std::string path)
      : file_(std::move(file)), node_(std::move(node)), path_(std::move(path)) {
    if (!node_ || !node_.IsMap())
      refuse(file_, (path_.empty() ? "it" : path_) + " must be a mapping");
  }

  bool has(const char* name) const { return node_[name] && !node_[name].IsNull(); }

  std::string text(const char* name) const {
    if (!has(name)) return {};
    if (!node_[name].IsScalar()) refuse(file_, field(name) + " must be a text");
    return node_[name].Scalar();
  }

  std::string filled_text(const char* name) const {
    std::string value = text(name);
    if (value.empty()) refuse(file_, field(name) + " is missing");
    return value;
  }

  // `<name>-data`, which holds base64 and wins as with kubectl, or `<name>`, which names a file.
  Material material(const char* name) const {
    const std::string data_name = std::string(name) + "-data";
    if (const std::string data = text(data_name.c_str()); !data.empty()) {
      const auto decoded = base::from_base64(data);
      if (!decoded) refuse(file_, field(data_name) + " is not base64");
      return {{}, *decoded};
    }
    return file_named_by(name);
  }

  Material file_named_by(const char* name) const {
    const std::string named = text(name);
    if (named.empty()) return {};
    fs::path file = file_.parent_path() / named;
    read_file(file, field(name) + " of " + file_.string());
    return {std::move(file), {}};
  }

  void refuse_field(const char* name, const std::string& remedy) const {
    if (has(name) && text_or_any(name) != "false")
      refuse(file_, field(name) + " is not supported", remedy);
  }

  // The entry of `list` that has this name, below its key `kind`.
  Section entry(const char* list, const char* kind, const std::string& name) const {
    const YAML::Node entries = node_[list];
    if (!entries || !entries.IsSequence()) refuse(file_, field(list) + " must be a list");
    for (size_t i = 0; i < entries.size(); ++i) {
      const std::string path = field(list) + "[" + std::to_string(i) + "]";
      const Section candidate(file_, entries[i], path);
      if (candidate.text("name") == name) return {file_, entries[i][kind], path + "." + kind};
    }
    refuse(file_, field(list) + " has no entry \"" + name + "\"");
  }

  std::string field(const std::string& name) const {
    return path_.empty() ? name : path_ + "." + name;
  }

 private:
  std::string text_or_any(const char* name) const {
    return node_[name].IsScalar() ? node_[name].Scalar() : "";
  }

  fs::path file_;
  YAML::Node node_;
  std::string path_;
};

void read_server(const fs::path& file, const Section& cluster, Config& config) {
  cluster.refuse_field("insecure-skip-tls-verify",
                       "name the cluster's certificate-authority instead");
  cluster.refuse_field("proxy-url", "reach the server directly");
  config.server = cluster.filled_text("server");
  while (config.server.ends_with('/')) config.server.pop_back();
  if (!config.server.starts_with("https://") && !config.server.starts_with("http://"))
    refuse(file, cluster.field("server") + " must begin with https://");
  config.tls_server_name = cluster.text("tls-server-name");
  config.ca = cluster.material("certificate-authority");
}

void read_user(const fs::path& file, const Section& user, Config& config) {
  constexpr const char* kRemedy = "use a token, a tokenFile or a client certificate";
  for (const char* plugin : {"exec", "auth-provider", "username", "password", "as"})
    user.refuse_field(plugin, kRemedy);
  config.client_certificate = user.material("client-certificate");
  config.client_key = user.material("client-key");
  if (config.client_certificate.given() != config.client_key.given())
    refuse(file, user.field("client-certificate") + " and client-key belong together");
  config.token = user.file_named_by("tokenFile");
  if (!config.token.given()) config.token.text = user.text("token");
}

}  // namespace

Config config_from_kubeconfig(const fs::path& file) {
  try {
    const Section root(file, YAML::Load(read_file(file, "the kubeconfig")), "");
    const Section context = root.entry("contexts", "context", root.filled_text("current-context"));
    Config config;
    read_server(file, root.entry("clusters", "cluster", context.filled_text("cluster")), config);
    read_user(file, root.entry("users", "user", context.filled_text("user")), config);
    config.name_space = context.has("namespace") ? context.text("namespace") : "default";
    if (config.server.starts_with("http://") && (config.token.given() || config.client_key.given()))
      refuse(file, "the server is not https, and would be sent credentials");
    return config;
  } catch (const YAML::Exception& error) {
    refuse(file, "line " + std::to_string(error.mark.line + 1) + ": " + error.msg);
  }
}

Config config_from_pod(const fs::path& account, const std::string& host, const std::string& port) {
  Config config;
  // The HTTP library cannot reach an address of IPv6; the name is in the server's certificate too.
  const std::string name = host.find(':') == std::string::npos ? host : "kubernetes.default.svc";
  config.server = "https://" + name + ":" + port;
  config.ca.file = account / "ca.crt";
  config.token.file = account / "token";
  read_file(config.ca.file, "the pod's account");
  read_file(config.token.file, "the pod's account");
  config.name_space = base::trim(read_file(account / "namespace", "the pod's account"));
  return config;
}

Config load_config(const std::optional<std::string>& kubeconfig) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (kubeconfig) return config_from_kubeconfig(*kubeconfig);
  if (const std::string host = variable("KUBERNETES_SERVICE_HOST"); !host.empty())
    return config_from_pod("/var/run/secrets/kubernetes.io/serviceaccount", host,
                           variable("KUBERNETES_SERVICE_PORT"));
  if (const std::string file = variable("KUBECONFIG"); !file.empty()) {
    if (file.find(':') != std::string::npos)
      refuse("KUBECONFIG", "several files are not supported", "name one");
    return config_from_kubeconfig(file);
  }
  return config_from_kubeconfig(fs::path(variable("HOME")) / ".kube" / "config");
}

}  // namespace sluice::kube
