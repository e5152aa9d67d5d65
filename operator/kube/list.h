// Reads a whole collection, page by page.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <string_view>

#include "kube/client.h"
#include "kube/transport.h"

namespace sluice::kube {

struct ListReceiver {
  std::function<void(const nlohmann::json&)> each;
  // The server no longer knows the state that was being read: all that `each` got does not count,
  // and it is called again from the beginning.
  std::function<void()> restarts;
};

// Returns the resourceVersion of the state that was read. Throws as Client does; Transient
// "Stopped".
std::string list_all(Transport& transport, const Resource& resource, const std::string& name_space,
                     std::string_view label_selector, const ListReceiver& receiver,
                     std::stop_token stop);

}  // namespace sluice::kube
