#include "base/file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/error.h"

namespace sluice::base {

std::string read_file(const std::filesystem::path& path, size_t max_bytes) {
  const auto refuse = [&path](const std::string& why) {
    return Error(ErrorKind::Failed, "ReadFailed", "cannot read " + path.string() + ": " + why);
  };
  const auto close = [](std::FILE* file) { std::fclose(file); };
  // Not a stream: reading a directory through its iterators throws instead of failing.
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rbe"), close);
  if (file == nullptr) throw refuse(std::strerror(errno));
  std::string bytes;
  std::array<char, 65536> piece{};
  size_t count = 0;
  while ((count = std::fread(piece.data(), 1, piece.size(), file.get())) > 0) {
    bytes.append(piece.data(), count);
    if (bytes.size() > max_bytes)
      throw refuse("it has more than " + std::to_string(max_bytes) + " bytes");
  }
  if (std::ferror(file.get()) != 0) throw refuse(std::strerror(errno));
  return bytes;
}

}  // namespace sluice::base
