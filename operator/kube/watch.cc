#include "kube/watch.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/error.h"
#include "base/logging.h"
#include "kube/path.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr size_t kLongestLine = size_t{16} << 20U;

int64_t random_up_to(int64_t most) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_int_distribution<int64_t>(0, most)(random);
}

std::string version_of(const json& object) {
  const auto metadata = object.find("metadata");
  return metadata == object.end() ? "" : metadata->value("resourceVersion", "");
}

}  // namespace

void LineDecoder::feed(std::string_view bytes, const std::function<void(std::string_view)>& line) {
  while (true) {
    const size_t end = bytes.find('\n');
    if (rest_.size() + std::min(end, bytes.size()) > kLongestLine)
      throw Error(ErrorKind::Failed, "LineTooLong", "a line of the watch is longer than 16 MiB");
    if (end == std::string_view::npos) break;
    if (rest_.empty()) {
      line(bytes.substr(0, end));
    } else {
      rest_ += bytes.substr(0, end);
      line(rest_);
      rest_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
  rest_ += bytes;
}

Watch::Watch(Client& client, Collection collection, WatchSink sink)
    : client_(client), collection_(std::move(collection)), sink_(std::move(sink)) {
  thread_ = std::thread([this] { follow(); });
}

Watch::~Watch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (cancellation_) cancellation_->cancel();
  }
  wake_.notify_all();
  thread_.join();
}

void Watch::follow() {
  while (!stopping_) {
    try {
      if (version_.empty()) list();
      stream();
      continue;  // a stream that ended in its time is followed by the next one at once
    } catch (const Error& error) {
      if (stopping_) return;
      if (error.kind() == ErrorKind::Gone) version_.clear();
      base::log(base::Level::Debug, "watch interrupted",
                {{"resource", collection_.resource.plural}, {"error", error.what()}});
    } catch (const std::exception& error) {
      version_.clear();
      base::log(base::Level::Warn, "watch failed",
                {{"resource", collection_.resource.plural}, {"error", error.what()}});
    }
    pause();
  }
}

void Watch::list() {
  sink_.list_begins();
  std::string version = client_.list(collection_.resource, collection_.name_space,
                                     collection_.label_selector, sink_.listed);
  sink_.list_ends();
  version_ = std::move(version);
}

void Watch::stream() {
  const auto cancellation = std::make_shared<Cancellation>();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    cancellation_ = cancellation;
  }
  std::string query = "?watch=true&allowWatchBookmarks=true&resourceVersion=" + escape(version_) +
                      "&timeoutSeconds=" + std::to_string(300 + random_up_to(60));
  if (!collection_.label_selector.empty())
    query += "&labelSelector=" + escape(collection_.label_selector);
  LineDecoder decoder;
  bool heard = false;
  const Response response = client_.transport().stream(
      {"GET", path(collection_.resource, {collection_.name_space, ""}) + query},
      [&](std::string_view bytes) {
        decoder.feed(bytes, [&](std::string_view line) {
          heard = true;
          take(json::parse(line));
        });
      },
      *cancellation);
  if (heard) failures_ = 0;
  if (response.status == 410) throw Error(ErrorKind::Gone, "Expired", "the version is gone");
  if (response.status != 200)
    throw Error(ErrorKind::Transient, "WatchRefused",
                "watch answered " + std::to_string(response.status));
  // A server that ends streams as soon as they begin is not asked in a busy loop.
  if (!heard) pause();
}

void Watch::take(const json& event) {
  const std::string& type = event.at("type").get_ref<const std::string&>();
  const json& object = event.at("object");
  if (type == "ERROR")
    throw Error(ErrorKind::Gone, "Expired", "watch error: " + object.value("message", ""));
  if (type == "DELETED")
    sink_.deleted(object);
  else if (type == "ADDED" || type == "MODIFIED")
    sink_.changed(object);
  if (std::string version = version_of(object); !version.empty()) version_ = std::move(version);
  failures_ = 0;
}

void Watch::pause() {
  const int64_t delay = std::min<int64_t>(100LL << std::min(failures_++, 9U), 30000);
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::milliseconds(delay + random_up_to(delay / 5)),
                 [this] { return stopping_.load(); });
}

}  // namespace sluice::kube
