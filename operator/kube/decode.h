// From the bytes that an API server sends to objects, one at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace sluice::kube {

// Cuts a stream into lines, however it arrives.
class LineDecoder {
 public:
  explicit LineDecoder(size_t longest = size_t{16} << 20U) : longest_(longest) {}

  // Calls `on_line` for each line that is complete, without its end; empty lines are left out.
  // Throws base::Error{Failed, "LineTooLong"}.
  void feed(std::string_view bytes, const std::function<void(std::string_view)>& on_line);

 private:
  const size_t longest_;
  std::string rest_;
};

// metadata.<name>; empty when that is not a text.
std::string metadata_text(const nlohmann::json& object, std::string_view name);

struct WatchEvent {
  std::string type;  // ADDED, MODIFIED, DELETED, BOOKMARK, ERROR
  nlohmann::json object;
};

// Objects come without metadata.managedFields. Throws base::Error{Failed, "BadAnswer"}.
WatchEvent decode_event(std::string_view line);

struct ListPage {
  std::string resource_version;
  std::string next;  // the token of the page that follows; empty: this was the last
};

// Calls `each` with every item while it parses: no more than one is held decoded. Objects come
// without metadata.managedFields. Throws base::Error{Failed, "BadAnswer"}, perhaps after the first
// items.
ListPage decode_page(std::string_view text, const std::function<void(const nlohmann::json&)>& each);

}  // namespace sluice::kube
