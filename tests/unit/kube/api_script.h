// An API server of one collection, whose lists and watches a test writes down.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "kube/client.h"
#include "kube/transport.h"
#include "kube/watch.h"
#include "tests/unit/kube/http_imposter.h"

namespace sluice::kube::testing {

inline std::string object(const std::string& name, int version) {
  return R"({"metadata":{"namespace":"n","name":")" + name + R"(","resourceVersion":")" +
         std::to_string(version) + R"("}})";
}

inline std::string event(const std::string& type, const std::string& name, int version) {
  return R"({"type":")" + type + R"(","object":)" + object(name, version) + "}\n";
}

inline std::string bookmark(int version) {
  return R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":")" +
         std::to_string(version) + "\"}}}\n";
}

inline std::string expired_event() {
  return R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}})"
         "\n";
}

inline std::string page(const std::vector<std::pair<std::string, int>>& objects, int version,
                        const std::string& next = "") {
  std::string items;
  for (const auto& [name, object_version] : objects)
    items += (items.empty() ? "" : ",") + object(name, object_version);
  return R"({"items":[)" + items + R"(],"metadata":{"resourceVersion":")" +
         std::to_string(version) + R"(","continue":")" + next + "\"}}";
}

using Step = std::function<void(const Asked&, Exchange&)>;

inline Step answer(int status, std::string body) {
  return [status, body = std::move(body)](const Asked&, Exchange& exchange) {
    exchange.respond(status, body);
  };
}
// A stream with these bytes, and how it ends.
inline Step stream(std::string bytes, void (Exchange::*ending)()) {
  return [bytes = std::move(bytes), ending](const Asked&, Exchange& exchange) {
    exchange.begin();
    if (!bytes.empty()) exchange.chunk(bytes);
    (exchange.*ending)();
  };
}

// What happened, in the order in which it did; a test waits for what it expects.
class Journal {
 public:
  void write(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    wake_.notify_all();
  }
  // The lines once there are that many; what is there after ten seconds.
  std::vector<std::string> wait_for(size_t count) const {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::seconds(10), [&] { return lines_.size() >= count; });
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable wake_;
  std::vector<std::string> lines_;
};

// The steps answer the requests one after the other; after the last, every watch is silent and
// every list fails.
class ApiScript {
 public:
  explicit ApiScript(std::vector<Step> steps, TransportOptions options = {})
      : steps_(std::move(steps)),
        server_([this](const Asked& asked, Exchange& exchange) { serve(asked, exchange); }),
        client_(make_transport(config(), options)) {}

  Client& client() { return client_; }
  Journal& requests() { return requests_; }
  Journal& pauses() { return pauses_; }

  // Pauses are written down and not spent.
  WatchOptions options() {
    return {.pause = [this](std::chrono::milliseconds time, std::stop_token) {
      pauses_.write(std::to_string(time.count()));
    }};
  }

 private:
  Config config() const {
    Config config;
    config.server = server_.url();
    return config;
  }

  static std::string parameter(const std::string& target, const std::string& name) {
    const size_t at = target.find(name + "=");
    if (at == std::string::npos) return "";
    const size_t begin = at + name.size() + 1;
    return target.substr(begin, target.find('&', begin) - begin);
  }

  void serve(const Asked& asked, Exchange& exchange) {
    const bool watches = !parameter(asked.target, "watch").empty();
    requests_.write(watches ? "watch " + parameter(asked.target, "resourceVersion")
                            : "list" + parameter(asked.target, "continue"));
    Step step;
    {
      const std::lock_guard lock(mutex_);
      if (next_ < steps_.size()) step = steps_[next_++];
    }
    if (step) return step(asked, exchange);
    if (!watches) return exchange.respond(500, "the script has ended");
    exchange.begin();
    exchange.fall_silent();
  }

  std::mutex mutex_;
  size_t next_ = 0;
  const std::vector<Step> steps_;
  Journal requests_;
  Journal pauses_;
  HttpImposter server_;
  Client client_;
};

}  // namespace sluice::kube::testing
