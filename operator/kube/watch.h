// Follows one collection at the API server for as long as it is asked to, whatever fails.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>

#include "kube/client.h"

namespace sluice::kube {

struct Collection {
  Resource resource;
  std::string name_space = {};  // empty: all, or not namespaced
  std::string label_selector = {};
};

// Called on the thread that follows. Objects come without metadata.managedFields. What a callback
// throws ends the process.
struct CollectionListener {
  std::function<void()> list_begins;  // also when a list starts over: what it listed no longer counts
  std::function<void(const nlohmann::json&)> listed;
  std::function<void()> list_ends;
  std::function<void(const nlohmann::json&)> changed;  // added or modified
  std::function<void(const nlohmann::json&)> removed;  // with its last state
};

struct WatchOptions {
  std::chrono::milliseconds least_pause{100};
  std::chrono::milliseconds most_pause{30000};
  // How a pause is spent; it ends early on a stop. Tests replace it.
  std::function<void(std::chrono::milliseconds, std::stop_token)> pause = {};
};

// Lists, watches from there, resumes a watch that ended, and lists again where the server no longer
// knows the point to resume from, or says what cannot be understood. Between attempts it pauses:
// exponentially longer, with jitter, until something is received. Returns when it is told to stop.
void follow(Client& client, const Collection& collection, const CollectionListener& listener,
            std::stop_token stop, const WatchOptions& options = {});

}  // namespace sluice::kube
