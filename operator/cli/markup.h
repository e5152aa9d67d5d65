// Texts inside of SVG and Mermaid.
#pragma once

#include <string>
#include <string_view>

namespace sluice::cli {

std::string escape_xml(std::string_view text);

// Mermaid takes any character by its number between # and ;.
std::string escape_mermaid(std::string_view text);

}  // namespace sluice::cli
