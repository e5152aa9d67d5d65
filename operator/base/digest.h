// SHA-256, by OpenSSL. Digests are written as 64 lower-case hexadecimal digits.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::base {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(std::string_view bytes);
  // Ends the computation; call it once.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256(std::string_view bytes);

// Reads the file in pieces. Throws Error{Failed, "ReadFailed"} when it cannot be read.
std::string sha256_file(const std::filesystem::path& path);

}  // namespace sluice::base
