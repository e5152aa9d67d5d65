#include "cli/markup.h"

namespace sluice::cli {

// XML 1.0 has no place for control characters, and none for U+FFFE and U+FFFF.
std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (const std::string_view rest = text.substr(i);
        rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      escaped += "\xEF\xBF\xBD";
      i += 2;
      continue;
    }
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
