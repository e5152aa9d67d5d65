#include "kube/path.h"

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

std::string path(const Resource& resource, const Address& at) {
  std::string text = resource.group.empty() ? "/api" : "/apis/" + std::string(resource.group);
  text += "/" + std::string(resource.version);
  if (!at.name_space.empty()) text += "/namespaces/" + escape(at.name_space);
  text += "/" + std::string(resource.plural);
  if (!at.name.empty()) text += "/" + escape(at.name);
  if (!at.subresource.empty()) text += "/" + at.subresource;
  return text;
}

}  // namespace sluice::kube
