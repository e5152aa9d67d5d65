// Reads a JSON object field by field, and refuses the fields that nobody read: an operator that is
// older than the CRD beside it, or a feature that is still to come, is told to the user and never
// passed over.
//
// Not thread safe. The object must outlive it. Every function but the constructor throws
// base::Error{Invalid} whose message begins with the path of the field: reason `Unsupported` or
// `Invalid`. null counts as absent.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"

namespace sluice::api {

class Fields {
 public:
  // `object` may be anything; read_all() and every getter refuse what is not an object.
  Fields(const nlohmann::json& object, std::string path);

  bool has(const char* name) const;
  std::string path_of(const char* name) const { return path_ + "." + name; }

  // A block, an array's items, or a string that must be there and not be empty.
  Fields block(const char* name);
  const nlohmann::json& items(const char* name);
  std::string required_text(const char* name);
  // A string, a number or a boolean, as YAML would write it.
  std::string scalar(const char* name, const std::string& absent);

  // nullopt, `absent` or null when the field is absent.
  std::optional<std::string> text(const char* name);
  int64_t number(const char* name, int64_t least, int64_t most, int64_t absent);
  bool truth(const char* name, bool absent);
  std::chrono::milliseconds duration(const char* name, std::chrono::milliseconds least,
                                     std::chrono::milliseconds most,
                                     std::chrono::milliseconds absent);
  // One of the values that are acted on; the first of them when the field is absent.
  std::string choice(const char* name, std::initializer_list<const char*> acted_on,
                     std::initializer_list<const char*> known_only = {});
  std::map<std::string, std::string> texts(const char* name);
  // Handed on as it is: an object or an array.
  nlohmann::json object_as_is(const char* name);
  nlohmann::json array_as_is(const char* name);

  // Call last. Refuses, as Unsupported, every field that was not asked for; `remedy` says what to
  // use instead.
  void read_all(const std::string& remedy = {}) const;

 private:
  const nlohmann::json& member(const char* name);

  const nlohmann::json& object_;
  std::string path_;
  std::set<std::string, std::less<>> read_;
};

base::Error invalid(const std::string& path, const std::string& what, std::string remedy = {});
base::Error unsupported(const std::string& path, const std::string& value, std::string remedy);

}  // namespace sluice::api
