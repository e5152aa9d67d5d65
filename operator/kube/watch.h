// Follows one collection at the API server, whatever fails.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <thread>

#include "kube/client.h"

namespace sluice::kube {

struct Collection {
  Resource resource;
  std::string name_space = {};  // empty: all, or not namespaced
  std::string label_selector = {};
};

// What a watch tells, one call at a time, on the watch's thread. Objects come without
// metadata.managedFields. What a callback throws is logged, and that one call is not repeated.
struct WatchSink {
  std::function<void()> list_begins;  // also when a list starts over: what it listed does not count
  std::function<void(const nlohmann::json&)> listed;
  std::function<void()> list_ends;                     // what was not listed is gone
  std::function<void(const nlohmann::json&)> changed;  // added or modified
  std::function<void(const nlohmann::json&)> deleted;  // with its last state
};

struct WatchOptions {
  std::chrono::milliseconds least_pause{100};
  std::chrono::milliseconds most_pause{30000};
  // How a pause is spent; it ends early on a stop. Tests replace it.
  std::function<void(std::chrono::milliseconds, std::stop_token)> pause = {};
};

// Lists, watches from there, and resumes a stream that ended, was cut or fell silent where it
// stopped; lists again where the server no longer knows that point, or says what cannot be
// understood. Before each new attempt it pauses, for longer each time, with jitter, until an event
// is received. Follows on a thread of its own from construction to destruction, which takes
// milliseconds, and must not happen on that thread. The client outlives it.
class Watch {
 public:
  Watch(Client& client, Collection collection, WatchSink sink, WatchOptions options = {});
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace sluice::kube
