#include "kube/path.h"

#include "base/error.h"

namespace sluice::kube {

std::string escape(std::string_view text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      escaped += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      escaped += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
  }
  return escaped;
}

namespace {

std::string step(std::string_view name, const Resource& resource) {
  if (name.empty() || name == "." || name == "..")
    throw base::Error(
        base::ErrorKind::Invalid, "BadName",
        "\"" + std::string(name) + "\" is no name in the path of " + std::string(resource.plural));
  return "/" + escape(name);
}

}  // namespace

std::string collection_path(const Resource& resource, const std::string& name_space) {
  std::string text = resource.group.empty() ? "/api" : "/apis/" + std::string(resource.group);
  text += "/" + std::string(resource.version);
  if (!name_space.empty()) text += "/namespaces" + step(name_space, resource);
  return text + "/" + std::string(resource.plural);
}

std::string object_path(const Resource& resource, const Address& at) {
  std::string text = collection_path(resource, at.name_space) + step(at.name, resource);
  if (!at.subresource.empty()) text += step(at.subresource, resource);
  return text;
}

}  // namespace sluice::kube
