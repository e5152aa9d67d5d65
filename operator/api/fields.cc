#include "api/fields.h"

#include <utility>

#include "api/duration.h"
#include "base/text.h"

namespace sluice::api {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

const json kAbsent;

// A value as a message quotes it.
std::string shown(const std::string& value) { return base::truncate_utf8(value, 60); }

std::string listed(std::initializer_list<const char*> values) {
  std::string text;
  for (const char* value : values) text += (text.empty() ? "" : " or ") + std::string(value);
  return text;
}

}  // namespace

Error invalid(const std::string& path, const std::string& what, std::string remedy) {
  return Error(ErrorKind::Invalid, "Invalid", path + ": " + what, std::move(remedy));
}

Error unsupported(const std::string& path, const std::string& value, std::string remedy) {
  return Error(
      ErrorKind::Invalid, "Unsupported",
      path + ": " + (value.empty() ? "" : shown(value) + " is ") + "not acted on by this version",
      std::move(remedy));
}

Fields::Fields(const json& object, std::string path) : object_(object), path_(std::move(path)) {}

bool Fields::has(const char* name) const {
  if (!object_.is_object()) return false;
  const auto found = object_.find(name);
  return found != object_.end() && !found->is_null();
}

const json& Fields::member(const char* name) {
  if (!object_.is_object()) throw invalid(path_, "must be an object");
  read_.insert(name);
  const auto found = object_.find(name);
  return found == object_.end() ? kAbsent : *found;
}

Fields Fields::block(const char* name) {
  const json& value = member(name);
  if (!value.is_object()) throw invalid(path_of(name), "must be given, as an object");
  return {value, path_of(name)};
}

const json& Fields::items(const char* name) {
  const json& value = member(name);
  if (!value.is_array()) throw invalid(path_of(name), "must be given, as a list");
  return value;
}

std::optional<std::string> Fields::text(const char* name) {
  const json& value = member(name);
  if (value.is_null()) return std::nullopt;
  if (!value.is_string()) throw invalid(path_of(name), "must be a string");
  std::string text = value.get<std::string>();
  // libpq and file names end at the first NUL, so the rest would be lost without a word.
  if (text.find('\0') != std::string::npos) throw invalid(path_of(name), "must not hold a NUL");
  return text;
}

std::string Fields::scalar(const char* name, const std::string& absent) {
  const json& value = member(name);
  if (value.is_null()) return absent;
  if (value.is_number() || value.is_boolean()) return value.dump();
  return text(name).value_or(absent);
}

std::string Fields::required_text(const char* name) {
  std::optional<std::string> value = text(name);
  if (!value || value->empty()) throw invalid(path_of(name), "must be given");
  return *std::move(value);
}

int64_t Fields::number(const char* name, int64_t least, int64_t most, int64_t absent) {
  const json& value = member(name);
  if (value.is_null()) return absent;
  const bool huge =
      value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(most);
  if (!value.is_number_integer() || huge || value.get<int64_t>() < least ||
      value.get<int64_t>() > most)
    throw invalid(path_of(name), "must be a whole number from " + std::to_string(least) + " to " +
                                     std::to_string(most));
  return value.get<int64_t>();
}

bool Fields::truth(const char* name, bool absent) {
  const json& value = member(name);
  if (value.is_null()) return absent;
  if (!value.is_boolean()) throw invalid(path_of(name), "must be true or false");
  return value.get<bool>();
}

std::chrono::milliseconds Fields::duration(const char* name, std::chrono::milliseconds least,
                                           std::chrono::milliseconds most,
                                           std::chrono::milliseconds absent) {
  const std::optional<std::string> value = text(name);
  if (!value) return absent;
  const std::optional<std::chrono::milliseconds> length = parse_duration(*value);
  if (!length)
    throw invalid(path_of(name), shown(*value) + " is not a duration", "write 500ms, 90s, 1h30m");
  if (*length < least || *length > most)
    throw invalid(path_of(name), shown(*value) + " is out of bounds",
                  "use " + std::to_string(least.count()) + "ms to " +
                      std::to_string(most.count() / 1000) + "s");
  return *length;
}

std::string Fields::choice(const char* name, std::initializer_list<const char*> acted_on,
                           std::initializer_list<const char*> known_only) {
  const std::optional<std::string> value = text(name);
  if (!value) return *acted_on.begin();
  for (const char* one : acted_on)
    if (*value == one) return *value;
  const std::string remedy = "use " + listed(acted_on);
  for (const char* one : known_only)
    if (*value == one) throw unsupported(path_of(name), *value, remedy);
  throw invalid(path_of(name), shown(*value) + " is not one of its values", remedy);
}

std::map<std::string, std::string> Fields::texts(const char* name) {
  std::map<std::string, std::string> all;
  const json& value = member(name);
  if (value.is_null()) return all;
  if (!value.is_object()) throw invalid(path_of(name), "must be an object");
  for (const auto& [key, one] : value.items()) {
    if (!one.is_string()) throw invalid(path_of(name) + "." + shown(key), "must be a string");
    all[key] = one.get<std::string>();
  }
  return all;
}

json Fields::object_as_is(const char* name) {
  const json& value = member(name);
  if (!value.is_null() && !value.is_object()) throw invalid(path_of(name), "must be an object");
  return value;
}

json Fields::array_as_is(const char* name) {
  const json& value = member(name);
  if (!value.is_null() && !value.is_array()) throw invalid(path_of(name), "must be a list");
  return value;
}

void Fields::read_all(const std::string& remedy) const {
  if (!object_.is_object()) throw invalid(path_, "must be an object");
  for (const auto& [key, value] : object_.items())
    if (!value.is_null() && !read_.contains(key))
      throw unsupported(path_ + "." + shown(key), "", remedy.empty() ? "leave it out" : remedy);
}

}  // namespace sluice::api
