#include "archive/dump.h"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <initializer_list>

#include "base/text.h"

namespace sluice::archive {
namespace {

using base::Error;
using base::ErrorKind;

constexpr size_t kMostErrors = 2000;

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [text](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

}  // namespace

std::string tool_version() {
  constexpr const char* kRemedy = "use an image that holds PostgreSQL's client programs";
  base::CommandResult result;
  try {
    result = base::run({{"pg_dump", "--version"}, {}});
  } catch (const Error& error) {
    if (error.reason() != "CommandMissing") throw;
    throw Error(ErrorKind::Invalid, "BackupToolMissing", "there is no pg_dump in PATH", kRemedy);
  }
  if (result.status != 0)
    throw Error(ErrorKind::Invalid, "BackupToolMissing",
                "pg_dump --version failed: " + std::string(base::trim(result.errors)), kRemedy);
  return std::string(base::trim(result.output));
}

std::optional<int> major_version(std::string_view tool_version) {
  constexpr std::string_view kProduct = "(PostgreSQL) ";
  const size_t at = tool_version.find(kProduct);
  if (at == std::string_view::npos) return std::nullopt;
  std::optional<int> major;
  for (const char character : tool_version.substr(at + kProduct.size(), 4)) {
    if (std::isdigit(static_cast<unsigned char>(character)) == 0) break;
    major = major.value_or(0) * 10 + (character - '0');
  }
  return major;
}

void check_tool(std::string_view tool_version, int server_version) {
  const std::optional<int> tool = major_version(tool_version);
  const int server = server_version / 10000;
  if (!tool)
    throw Error(ErrorKind::Invalid, "BackupToolMissing",
                "pg_dump's version cannot be read from \"" + std::string(tool_version) + "\"");
  if (*tool < server)
    throw Error(ErrorKind::Invalid, "BackupToolTooOld",
                "pg_dump has version " + std::to_string(*tool) + ", the server has " +
                    std::to_string(server),
                "use an image with PostgreSQL's client programs of version " +
                    std::to_string(server) + " or newer");
}

base::Command dump_command(const DumpRequest& request) {
  base::Command command;
  command.argv = {"pg_dump", "--format=directory", "--no-password",
                  "--jobs=" + std::to_string(request.parallelism),
                  "--lock-wait-timeout=" + std::to_string(request.lock_wait.count()),
                  // Everything is synced once, with the manifest.
                  "--no-sync", "--file=" + request.directory.string()};
  command.environment = request.connection;
  // Its messages are read below.
  command.environment["LC_ALL"] = "C";
  return command;
}

Error dump_failure(int status, std::string_view errors, bool volume_is_full,
                   const std::string& volume) {
  const std::string said = base::truncate_utf8(base::trim(errors), kMostErrors);
  const std::string end = status > 128 ? "was ended by signal " + std::to_string(status - 128)
                                       : "failed with status " + std::to_string(status);
  if (volume_is_full || status == 128 + SIGXFSZ ||
      contains_any(errors, {"No space left on device", "Disk quota exceeded", "File too large"}))
    return {ErrorKind::Transient, "BackupVolumeFull", volume + " has no room for the archive",
            "enlarge it, or remove old archives from it"};
  if (contains_any(errors, {"canceling statement due to", "could not obtain lock"}))
    return {ErrorKind::Transient, "BackupFailed",
            "pg_dump waited too long for a table that somebody has locked: " + said};
  const bool passing = contains_any(errors, {"connection to server", "server closed the connection",
                                             "terminating connection", "the database system is"});
  return {passing ? ErrorKind::Transient : ErrorKind::Failed, "BackupFailed",
          "pg_dump " + end + (said.empty() ? "" : ": " + said)};
}

}  // namespace sluice::archive
