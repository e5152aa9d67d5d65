#include "base/json_field.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace sluice::base {

void JsonField::refuse(std::string_view what) const {
  const std::string subject =
      path_.empty() ? std::string(document_) : path_ + " in " + std::string(document_);
  throw Error(ErrorKind::Invalid, std::string(reason_), subject + " " + std::string(what));
}

JsonField JsonField::child(const nlohmann::json& value, const std::string& step) const {
  return {value, path_.empty() ? step : path_ + "." + step, reason_, document_};
}

void JsonField::expect_object() const {
  if (!value_->is_object()) refuse("must be an object");
}

void JsonField::allow(std::initializer_list<std::string_view> names) const {
  expect_object();
  for (const auto& [name, value] : value_->items())
    if (std::find(names.begin(), names.end(), name) == names.end())
      child(value, name).refuse("is not a field that this version knows");
}

JsonField JsonField::at(std::string_view name) const {
  expect_object();
  const auto found = value_->find(std::string(name));
  if (found == value_->end()) child(*value_, std::string(name)).refuse("is missing");
  return child(*found, std::string(name));
}

std::optional<JsonField> JsonField::find(std::string_view name) const {
  expect_object();
  const auto found = value_->find(std::string(name));
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return child(*found, std::string(name));
}

std::map<std::string, JsonField> JsonField::members() const {
  expect_object();
  std::map<std::string, JsonField> result;
  for (const auto& [name, value] : value_->items()) result.emplace(name, child(value, name));
  return result;
}

std::vector<JsonField> JsonField::elements() const {
  if (!value_->is_array()) refuse("must be a list");
  std::vector<JsonField> result;
  for (size_t i = 0; i < value_->size(); ++i) {
    result.push_back(child((*value_)[i], ""));
    result.back().path_ = path_ + "[" + std::to_string(i) + "]";
  }
  return result;
}

std::string JsonField::text() const {
  if (!value_->is_string()) refuse("must be a string");
  return value_->get<std::string>();
}

std::string JsonField::filled_text() const {
  std::string result = text();
  if (result.empty()) refuse("must not be empty");
  return result;
}

bool JsonField::boolean() const {
  if (!value_->is_boolean()) refuse("must be true or false");
  return value_->get<bool>();
}

int64_t JsonField::number(int64_t least, int64_t most) const {
  const std::string range =
      "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  if (!value_->is_number_integer()) refuse(range);
  if (value_->is_number_unsigned() &&
      value_->get<uint64_t>() > static_cast<uint64_t>(std::max<int64_t>(most, 0)))
    refuse(range);
  const int64_t result = value_->get<int64_t>();
  if (result < least || result > most) refuse(range);
  return result;
}

double JsonField::real() const {
  if (!value_->is_number()) refuse("must be a number");
  return value_->get<double>();
}

std::vector<std::string> JsonField::texts() const {
  std::vector<std::string> result;
  for (const JsonField& element : elements()) result.push_back(element.text());
  return result;
}

}  // namespace sluice::base
