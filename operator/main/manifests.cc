#include "main/manifests.h"

#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/json_read.h"

namespace sluice::local {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr size_t kMostBytes = size_t{16} << 20U;
constexpr size_t kMostValues = 1'000'000;
constexpr int kDeepest = 100;

// Where it stands; yaml-cpp counts from 0, and says -1 of what is not in the text.
std::string place(const std::string& file, const YAML::Mark& mark) {
  return mark.line < 0 ? file : file + ":" + std::to_string(mark.line + 1);
}

// YAML 1.1's plain scalars, as kubectl takes them: `yes` is a truth value, `12` a number.
json plain(const std::string& text) {
  for (const char* null : {"", "~", "null", "Null", "NULL"})
    if (text == null) return nullptr;
  for (const char* yes : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
    if (text == yes) return true;
  for (const char* no : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
    if (text == no) return false;
  const char* const end = text.data() + text.size();
  const char* const begin = text.data() + (text.front() == '+' ? 1 : 0);
  int64_t whole = 0;
  if (const auto [at, error] = std::from_chars(begin, end, whole);
      error == std::errc() && at == end)
    return whole;
  double number = 0;
  const bool digits = text.find_first_of("0123456789") != std::string::npos;
  if (const auto [at, error] = std::from_chars(begin, end, number);
      digits && error == std::errc() && at == end)
    return number;
  return text;
}

class Converter {
 public:
  explicit Converter(const std::string& file) : file_(file) {}

  json convert(const YAML::Node& node, int depth) {
    if (++values_ > kMostValues) refuse(node.Mark(), "it has too many values");
    if (depth > kDeepest) refuse(node.Mark(), "it is nested too deeply");
    switch (node.Type()) {
      case YAML::NodeType::Map:
        return convert_map(node, depth);
      case YAML::NodeType::Sequence: {
        json list = json::array();
        for (const YAML::Node& item : node) list.push_back(convert(item, depth + 1));
        return list;
      }
      case YAML::NodeType::Scalar:
        return node.Tag() == "?" ? plain(node.Scalar()) : json(node.Scalar());
      case YAML::NodeType::Null:
      case YAML::NodeType::Undefined:
        return nullptr;
    }
    return nullptr;
  }

 private:
  json convert_map(const YAML::Node& node, int depth) {
    json object = json::object();
    for (const auto& entry : node) {
      const YAML::Node& key = entry.first;
      if (!key.IsScalar()) refuse(key.Mark(), "a key must be a text");
      if (object.contains(key.Scalar()))
        refuse(key.Mark(), "`" + key.Scalar() + "` is there twice");
      object[key.Scalar()] = convert(entry.second, depth + 1);
    }
    return object;
  }

  [[noreturn]] void refuse(const YAML::Mark& mark, const std::string& what) const {
    throw Error(ErrorKind::Invalid, "ManifestInvalid", place(file_, mark) + ": " + what);
  }

  const std::string& file_;
  size_t values_ = 0;
};

// The parts of `spec.gate.workloads[0].kind`, up to what is no path any more.
struct Part {
  std::string key;
  std::optional<size_t> index;
};

std::vector<Part> parts_of(std::string_view path) {
  std::vector<Part> parts;
  size_t i = 0;
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '/';
  };
  while (i < path.size()) {
    if (path[i] == '[') {
      size_t index = 0;
      const auto [at, error] =
          std::from_chars(path.data() + i + 1, path.data() + path.size(), index);
      if (error != std::errc()) break;
      parts.push_back({"", index});
      i = static_cast<size_t>(at - path.data()) + 1;
    } else if (is_word(path[i])) {
      const size_t begin = i;
      while (i < path.size() && is_word(path[i])) ++i;
      parts.push_back({std::string(path.substr(begin, i - begin)), std::nullopt});
    } else if (path[i] == '.') {
      ++i;
    } else {
      break;
    }
  }
  return parts;
}

}  // namespace

std::string Manifest::place_of(std::string_view path) const {
  YAML::Node node = source;
  YAML::Mark mark = source.Mark();
  for (const Part& part : parts_of(path)) {
    if (part.index) {
      if (!node.IsSequence() || *part.index >= node.size()) break;
      node.reset(node[*part.index]);
      mark = node.Mark();
      continue;
    }
    bool found = false;
    if (!node.IsMap()) break;
    for (const auto& entry : YAML::Node(node)) {
      if (!entry.first.IsScalar() || entry.first.Scalar() != part.key) continue;
      mark = entry.first.Mark();
      node.reset(entry.second);
      found = true;
      break;
    }
    if (!found) break;
  }
  return place(file, mark);
}

std::vector<Manifest> read_manifests(const std::filesystem::path& file) {
  const std::string name = file.string();
  std::vector<Manifest> manifests;
  try {
    for (const YAML::Node& document : YAML::LoadAll(base::read_file(file, kMostBytes))) {
      if (!document.IsDefined() || document.IsNull()) continue;
      if (!document.IsMap())
        throw Error(ErrorKind::Invalid, "ManifestInvalid",
                    place(name, document.Mark()) + ": this is no Kubernetes object");
      Manifest manifest;
      manifest.object = Converter(name).convert(document, 0);
      manifest.kind = base::text(manifest.object, "kind");
      manifest.name = base::text(base::member(manifest.object, "metadata"), "name");
      manifest.file = name;
      manifest.source = document;
      manifests.push_back(std::move(manifest));
    }
  } catch (const YAML::Exception& error) {
    throw Error(ErrorKind::Invalid, "ManifestInvalid", place(name, error.mark) + ": " + error.msg);
  }
  return manifests;
}

}  // namespace sluice::local
