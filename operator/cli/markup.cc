#include "cli/markup.h"

namespace sluice::cli {

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        // XML 1.0 has no place for control characters.
        escaped += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
  }
  return escaped;
}

std::string escape_mermaid(std::string_view text) {
  constexpr std::string_view kSpecial = "\"#;&<>`\\{}[]()|%@";
  std::string escaped;
  for (const char c : text)
    if (kSpecial.find(c) != std::string_view::npos) {
      escaped += "#" + std::to_string(static_cast<int>(c)) + ";";
    } else {
      escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  return escaped;
}

}  // namespace sluice::cli
