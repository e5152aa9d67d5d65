// One value of a JSON document, read strictly: what does not fit is refused with the field's name.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::base {

// Refers to a document and to literals that outlive it. All methods throw Error{Invalid, reason},
// with a message like `database.url.path in the run's spec must be a string`.
class JsonField {
 public:
  JsonField(const nlohmann::json& value, std::string path, std::string_view reason,
            std::string_view document)
      : value_(&value), path_(std::move(path)), reason_(reason), document_(document) {}

  // Refuses what is not an object, or has a member of another name.
  void allow(std::initializer_list<std::string_view> names) const;
  JsonField at(std::string_view name) const;
  // Absent, or null: nothing.
  std::optional<JsonField> find(std::string_view name) const;
  std::map<std::string, JsonField> members() const;
  std::vector<JsonField> elements() const;

  std::string text() const;
  std::string filled_text() const;
  bool boolean() const;
  int64_t number(int64_t least, int64_t most) const;
  double real() const;
  std::vector<std::string> texts() const;

  [[noreturn]] void refuse(std::string_view what) const;

 private:
  JsonField child(const nlohmann::json& value, const std::string& step) const;
  void expect_object() const;

  const nlohmann::json* value_;
  std::string path_;
  std::string_view reason_;
  std::string_view document_;
};

}  // namespace sluice::base
