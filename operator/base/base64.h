// Base64 as RFC 4648 section 4 has it, by OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::base {

std::string to_base64(std::string_view bytes);
// nullopt: not base64. Line breaks are not accepted.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace sluice::base
