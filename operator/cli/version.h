#pragma once

namespace sluice::cli {

inline constexpr const char* kVersion = SLUICE_VERSION;

}  // namespace sluice::cli
