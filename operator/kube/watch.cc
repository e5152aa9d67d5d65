#include "kube/watch.h"

#include <malloc.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <random>
#include <utility>

#include "base/error.h"
#include "base/logging.h"
#include "base/text.h"
#include "kube/decode.h"
#include "kube/list.h"
#include "kube/path.h"
#include "kube/transport.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;
using std::chrono::milliseconds;

// A stream lasts five minutes and a random part of another one, so that watches do not end
// together.
constexpr int kLeastSeconds = 300;
constexpr int kSecondsOfJitter = 60;

void wait(milliseconds time, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, time, [] { return false; });
}

class Follower {
 public:
  Follower(Client& client, const Collection& collection, const WatchSink& sink,
           const WatchOptions& options, std::stop_token stop)
      : transport_(client.transport()),
        collection_(collection),
        sink_(sink),
        options_(options),
        stop_(std::move(stop)) {}

  void follow() {
    while (!stop_.stop_requested()) {
      try {
        if (version_.empty()) list();
        stream();
      } catch (const Error& error) {
        if (stop_.stop_requested()) return;
        // Only what may go on where it stopped does.
        if (error.kind() != ErrorKind::Transient) version_.clear();
        tell(error.kind() == ErrorKind::Gone ? base::Level::Debug : base::Level::Warn,
             error.reason(), error.what());
      } catch (const std::exception& error) {
        version_.clear();
        tell(base::Level::Error, "Unexpected", error.what());
      }
      pause();
    }
  }

 private:
  void list() {
    call(sink_.list_begins);
    std::string version = list_all(transport_, collection_.resource, collection_.name_space,
                                   collection_.label_selector,
                                   {[this](const json& object) { call(sink_.listed, object); },
                                    [this] { call(sink_.list_begins); }},
                                   stop_);
    call(sink_.list_ends);
    version_ = std::move(version);
    // The pages were large and are not needed again for long.
    malloc_trim(0);
  }

  void stream() {
    std::uniform_int_distribution<int> jitter(0, kSecondsOfJitter);
    std::string query = "?watch=true&allowWatchBookmarks=true&timeoutSeconds=" +
                        std::to_string(kLeastSeconds + jitter(random_)) +
                        "&resourceVersion=" + escape(version_);
    if (!collection_.label_selector.empty())
      query += "&labelSelector=" + escape(collection_.label_selector);
    LineDecoder lines;
    const StreamOutcome outcome = transport_.stream(
        {.method = "GET",
         .path_and_query = collection_path(collection_.resource, collection_.name_space) + query,
         .stop = stop_},
        [&](std::string_view bytes) {
          lines.feed(bytes, [this](std::string_view line) { take(decode_event(line)); });
        });
    if (outcome.end == StreamEnd::Refused) {
      const int status = outcome.refusal.status;
      const bool passing = status == 429 || status >= 500;
      asked_pause_ = outcome.refusal.retry_after.value_or(std::chrono::seconds(0));
      throw Error(
          status == 410 ? ErrorKind::Gone : (passing ? ErrorKind::Transient : ErrorKind::Failed),
          "WatchRefused", outcome.detail + ": " + base::truncate_utf8(outcome.refusal.body, 200));
    }
    if (outcome.end == StreamEnd::Lost || outcome.end == StreamEnd::Silent)
      tell(base::Level::Debug, outcome.end == StreamEnd::Lost ? "Lost" : "Silent", outcome.detail);
  }

  void take(const WatchEvent& event) {
    failures_ = 0;
    if (stop_.stop_requested()) return;
    if (event.type == "ERROR") {
      const json& object = event.object;
      const auto message = object.is_object() ? object.find("message") : object.end();
      throw Error(ErrorKind::Gone, "WatchError",
                  object.is_object() && message != object.end() && message->is_string()
                      ? message->get<std::string>()
                      : "the server ended the watch with an error");
    }
    const std::string version = metadata_text(event.object, "resourceVersion");
    if (version.empty())
      throw Error(ErrorKind::Failed, "BadAnswer", "an event without a resourceVersion");
    if (event.type == "ADDED" || event.type == "MODIFIED")
      call(sink_.changed, event.object);
    else if (event.type == "DELETED")
      call(sink_.deleted, event.object);
    version_ = version;
  }

  // A receiver that fails at one object must not stop all others.
  template <class Callback, class... Arguments>
  void call(const Callback& callback, const Arguments&... arguments) const {
    try {
      callback(arguments...);
    } catch (const std::exception& error) {
      tell(base::Level::Error, "ReceiverFailed", error.what());
    }
  }

  void pause() {
    const int64_t most = options_.most_pause.count();
    const int64_t least =
        std::min(options_.least_pause.count() << std::min(failures_++, 16U), most);
    std::uniform_int_distribution<int64_t> random(least, std::min(2 * least, most));
    const milliseconds time =
        std::max(milliseconds(random(random_)),
                 std::min(std::exchange(asked_pause_, milliseconds(0)), options_.most_pause));
    if (options_.pause)
      options_.pause(time, stop_);
    else
      wait(time, stop_);
  }

  void tell(base::Level level, const std::string& reason, const std::string& error) const {
    base::log(level, "watch interrupted",
              {{"resource", collection_.resource.plural},
               {"namespace", collection_.name_space},
               {"reason", reason},
               {"error", error}});
  }

  Transport& transport_;
  const Collection& collection_;
  const WatchSink& sink_;
  const WatchOptions& options_;
  const std::stop_token stop_;
  std::string version_;  // where to go on; empty: a list is due
  unsigned failures_ = 0;
  milliseconds asked_pause_{0};  // by the server
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace

Watch::Watch(Client& client, Collection collection, WatchSink sink, WatchOptions options)
    : thread_([&client, collection = std::move(collection), sink = std::move(sink),
               options = std::move(options)](std::stop_token stop) {
        Follower(client, collection, sink, options, std::move(stop)).follow();
      }) {}

Watch::~Watch() = default;

}  // namespace sluice::kube
