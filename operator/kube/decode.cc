#include "kube/decode.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

// Where an object stands in what is parsed, by the depth of its own members.
constexpr int kEventObjectDepth = 2;  // {"object": {…
constexpr int kListItemDepth = 3;     // {"items": [{…

// Tells the parser to leave out metadata.managedFields of objects at one depth.
class ManagedFields {
 public:
  explicit ManagedFields(int depth) : depth_(depth) {}
  bool begins_with(int depth, const json& key) {
    const std::string& name = key.get_ref<const std::string&>();
    if (depth == depth_) in_metadata_ = name == "metadata";
    return in_metadata_ && depth == depth_ + 1 && name == "managedFields";
  }

 private:
  const int depth_;
  bool in_metadata_ = false;
};

Error bad_answer(std::string_view what, std::string_view text) {
  return {
      ErrorKind::Failed, "BadAnswer",
      "the API server sent " + std::string(what) + ", " + std::to_string(text.size()) + " bytes"};
}

}  // namespace

void LineDecoder::feed(std::string_view bytes,
                       const std::function<void(std::string_view)>& on_line) {
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (piece.size() > longest_ - rest_.size())
      throw Error(ErrorKind::Failed, "LineTooLong",
                  "the API server sent a line of more than " + std::to_string(longest_) + " bytes");
    if (end == std::string_view::npos) {
      rest_ += piece;
      return;
    }
    bytes.remove_prefix(end + 1);
    if (rest_.empty()) {
      if (!piece.empty()) on_line(piece);
    } else {
      rest_ += piece;
      const std::string line = std::exchange(rest_, {});
      on_line(line);
    }
  }
}

std::string metadata_text(const json& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return {};
  const auto value = metadata->find(std::string(name));
  return value != metadata->end() && value->is_string() ? value->get<std::string>() : "";
}

WatchEvent decode_event(std::string_view line) {
  ManagedFields unwanted(kEventObjectDepth);
  json event = json::parse(
      line,
      [&unwanted](int depth, json::parse_event_t what, json& value) {
        return what != json::parse_event_t::key || !unwanted.begins_with(depth, value);
      },
      false);
  const auto type = event.is_object() ? event.find("type") : event.end();
  if (!event.is_object() || type == event.end() || !type->is_string() || !event.contains("object"))
    throw bad_answer("what is no watch event", line);
  return {type->get<std::string>(), std::move(event["object"])};
}

ListPage decode_page(std::string_view text, const std::function<void(const json&)>& each) {
  ManagedFields unwanted(kListItemDepth);
  bool in_items = false;
  bool has_items = false;
  const json page = json::parse(
      text,
      [&](int depth, json::parse_event_t what, json& value) {
        if (what == json::parse_event_t::key) {
          if (depth == 1) in_items = value == "items";
          has_items = has_items || in_items;
          return !unwanted.begins_with(depth, value);
        }
        if (!in_items || depth != 2 || what != json::parse_event_t::object_end) return true;
        each(value);
        return false;
      },
      false);
  if (!page.is_object() || !has_items) throw bad_answer("what is no list", text);
  return {metadata_text(page, "resourceVersion"), metadata_text(page, "continue")};
}

}  // namespace sluice::kube
