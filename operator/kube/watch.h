// Follows a collection: list, watch, resume, relist.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "kube/client.h"
#include "kube/transport.h"

namespace sluice::kube {

struct Collection {
  Resource resource;
  std::string name_space;  // empty: all
  std::string label_selector;
};

// Cuts a stream of bytes into lines, however it arrives.
class LineDecoder {
 public:
  // Calls `line` for each complete line. Throws base::Error{Failed, "LineTooLong"} past 16 MiB.
  void feed(std::string_view bytes, const std::function<void(std::string_view)>& line);

 private:
  std::string rest_;
};

// What a watch tells. Calls come one at a time.
struct WatchSink {
  std::function<void()> list_begins;
  std::function<void(const nlohmann::json&)> listed;   // one object of the list
  std::function<void()> list_ends;                     // what was not listed is gone
  std::function<void(const nlohmann::json&)> changed;  // added or modified
  std::function<void(const nlohmann::json&)> deleted;
};

// Follows the collection on a thread of its own from construction to destruction. A stream that
// ends, is cut or falls silent goes on where it stopped; one that the server calls expired begins
// with a new list. Failures are repeated after 100 ms … 30 s with jitter, the shortest again after
// any message.
class Watch {
 public:
  Watch(Client& client, Collection collection, WatchSink sink);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  void follow();
  void list();
  void stream();
  void take(const nlohmann::json& event);
  void pause();

  Client& client_;
  const Collection collection_;
  const WatchSink sink_;
  std::string version_;  // empty: a list is due
  unsigned failures_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_{false};
  std::shared_ptr<Cancellation> cancellation_;  // of the stream that runs
  std::thread thread_;
};

}  // namespace sluice::kube
