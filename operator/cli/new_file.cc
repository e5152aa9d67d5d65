#include "cli/new_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <random>
#include <system_error>

#include "base/error.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

std::string reason(int code) { return std::generic_category().message(code); }

[[noreturn]] void fail(const fs::path& path, int code) {
  throw Error(ErrorKind::Failed, "WriteFailed", path.string() + ": " + reason(code),
              "check the directory and its permissions");
}

// A new file with a name of its own in the directory; gone at the end.
class Draft {
 public:
  explicit Draft(const fs::path& directory) : name_((directory / ".sluice-XXXXXX").string()) {
    file_ = ::mkstemp(name_.data());
    if (file_ < 0) fail(directory, errno);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    ::close(file_);
    ::unlink(name_.c_str());
  }

  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(file_, text.data(), text.size());
      if (written < 0 && errno != EINTR) fail(name_, errno);
      if (written > 0) text.remove_prefix(static_cast<size_t>(written));
    }
    constexpr mode_t kReadable = 0644;
    if (::fchmod(file_, kReadable) != 0 || ::fsync(file_) != 0) fail(name_, errno);
  }

  // A link refuses where a rename would replace.
  void publish(const fs::path& path) const {
    if (::link(name_.c_str(), path.c_str()) == 0) return;
    if (errno == EEXIST)
      throw Error(ErrorKind::Refused, "FileExists", path.string() + " exists already",
                  "choose another message or --rev-id");
    fail(path, errno);
  }

 private:
  std::string name_;
  int file_ = -1;
};

}  // namespace

std::string make_revision_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr size_t kLength = 12;
  std::random_device random;
  std::uniform_int_distribution<size_t> digit(0, kDigits.size() - 1);
  std::string id;
  while (id.size() < kLength) id += kDigits[digit(random)];
  return id;
}

std::string slug_of(std::string_view message) {
  constexpr size_t kLongest = 40;
  std::string slug;
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) != 0) {
      slug += static_cast<char>(std::tolower(byte));
    } else if (!slug.empty() && slug.back() != '_') {
      slug += '_';
    }
  }
  if (slug.size() > kLongest) {
    const size_t word = slug.rfind('_', kLongest);
    slug.resize(word == std::string::npos ? kLongest : word);
  }
  if (slug.ends_with('_')) slug.pop_back();
  return slug;
}

void write_new_file(const fs::path& path, std::string_view text) {
  const fs::path directory = path.parent_path();
  const Draft draft(directory.empty() ? fs::path(".") : directory);
  draft.write(text);
  draft.publish(path);
}

}  // namespace sluice::cli
