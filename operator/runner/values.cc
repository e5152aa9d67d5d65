#include "runner/values.h"

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"

namespace sluice::runner {
namespace {

using base::Error;
using base::ErrorKind;

// A ConfigMap or Secret holds at most 1 MiB.
constexpr size_t kMostBytes = size_t{1} << 20U;

std::string read_value(const ValueFile& file) {
  std::error_code error;
  if (!std::filesystem::exists(file.path, error))
    throw Error(ErrorKind::Transient, "SecretMissing", file.origin + " is missing",
                "create it; the run is tried again");
  std::string value;
  try {
    value = base::read_file(file.path, kMostBytes);
  } catch (const Error& failure) {
    throw Error(ErrorKind::Transient, "SecretMissing",
                file.origin + " cannot be read: " + failure.message(),
                "let the runner's user read it");
  }
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  if (value.empty())
    throw Error(ErrorKind::Transient, "SecretEmpty", file.origin + " is empty",
                "give it its value; the run is tried again");
  if (value.find('\0') != std::string::npos)
    throw Error(ErrorKind::Transient, "SecretInvalid", file.origin + " holds a NUL byte",
                "give it its value as text; the run is tried again");
  return value;
}

void add_password(const postgres::ConnectOptions& options, std::vector<std::string>& secrets) {
  const auto parameters = postgres::merged(options);
  for (const char* keyword : {"password", "sslpassword"})
    if (const auto found = parameters.find(keyword); found != parameters.end())
      secrets.push_back(found->second);
}

}  // namespace

Access read_values(const DatabaseSpec& spec, const std::optional<ValueFile>& scratch_url) {
  Access access;
  if (spec.url) {
    access.options.url = read_value(*spec.url);
    access.secrets.push_back(access.options.url);
  }
  access.options.parameters = spec.parameters;
  for (const auto& [keyword, file] : spec.parameter_files)
    access.options.parameters[keyword] = read_value(file);
  for (const auto& [keyword, file] : spec.path_parameters) {
    read_value(file);
    access.options.parameters[keyword] = file.path;
  }
  add_password(access.options, access.secrets);
  if (scratch_url) {
    access.scratch_url = read_value(*scratch_url);
    access.secrets.push_back(access.scratch_url);
    add_password({access.scratch_url, {}}, access.secrets);
  }
  if (const char* password = std::getenv("PGPASSWORD")) access.secrets.emplace_back(password);
  return access;
}

}  // namespace sluice::runner
