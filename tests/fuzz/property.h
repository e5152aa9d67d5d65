// What the fuzz targets share: a property that does not hold ends the process, as a crash does.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/error.h"

namespace sluice::fuzz {

inline void expect(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

inline std::string_view text_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Runs `work`; an input may be refused, but only with an error that says what and where, and as the
// input's fault. Answers whether it was not.
template <typename Work>
bool accepts(const Work& work) {
  try {
    work();
    return true;
  } catch (const base::Error& error) {
    expect(error.kind() == base::ErrorKind::Invalid, "untrusted input is refused as Invalid");
    expect(!error.reason().empty() && !error.message().empty(), "an error has reason and message");
    return false;
  }
}

}  // namespace sluice::fuzz
