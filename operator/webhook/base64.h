// Base64 with padding, as Secrets, caBundle and admission patches carry it (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::webhook {

std::string encode_base64(std::string_view bytes);
// nullopt: not base64. White space is not base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace sluice::webhook
