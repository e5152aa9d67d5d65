// A watched collection, held decoded in memory.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/logging.h"
#include "kube/client.h"
#include "kube/decode.h"
#include "kube/object_key.h"
#include "kube/watch.h"

namespace sluice::kube {

// Keeps what `decode` makes of each object (nullopt: not kept; if it throws, what was kept before
// stays). A watch thread of its own lists, watches and relists; `changed` is called on it, after
// the change can be read, with the old and the new value (either may be null; on a relist for what
// differs in resourceVersion, and what vanished). Readers on any thread get immutable values.
template <class T>
class Cache {
 public:
  using Value = std::shared_ptr<const T>;
  using Decode = std::function<std::optional<T>(const nlohmann::json&)>;
  using Changed = std::function<void(const ObjectKey&, const Value& before, const Value& after)>;

  // The client outlives it.
  Cache(Client& client, Collection collection, Decode decode, Changed changed,
        WatchOptions options = {})
      : client_(client),
        collection_(std::move(collection)),
        decode_(std::move(decode)),
        changed_(std::move(changed)),
        options_(std::move(options)) {}

  void start() {
    watch_ = std::make_unique<Watch>(
        client_, collection_,
        WatchSink{[this] { listed_.clear(); }, [this](const nlohmann::json& o) { list(o); },
                  [this] { end_list(); }, [this](const nlohmann::json& o) { put(key_of(o), o); },
                  [this](const nlohmann::json& o) { drop(key_of(o)); }},
        options_);
  }

  // Stops the watch and joins its thread; what was seen last stays. The destructor does it too.
  void stop() { watch_.reset(); }

  // The first list is complete.
  bool synced() const {
    const std::lock_guard lock(mutex_);
    return synced_;
  }

  Value get(const ObjectKey& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : found->second.value;
  }

  std::vector<Value> in_namespace(const std::string& name_space) const {
    std::vector<Value> found;
    const std::lock_guard lock(mutex_);
    for (auto at = values_.lower_bound({name_space, ""});
         at != values_.end() && at->first.name_space == name_space; ++at)
      found.push_back(at->second.value);
    return found;
  }

  std::vector<Value> all() const {
    std::vector<Value> found;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : values_) found.push_back(entry.value);
    return found;
  }

 private:
  struct Entry {
    Value value;
    std::string version;
  };

  void list(const nlohmann::json& object) { put(*listed_.insert(key_of(object)).first, object); }

  void put(const ObjectKey& key, const nlohmann::json& object) {
    const std::string version = metadata_text(object, "resourceVersion");
    {
      const std::lock_guard lock(mutex_);
      const auto known = values_.find(key);
      if (known != values_.end() && known->second.version == version) return;
    }
    std::optional<T> decoded;
    try {
      decoded = decode_(object);
    } catch (const std::exception& error) {
      base::log(base::Level::Error, "an object cannot be read",
                {{"resource", collection_.resource.plural},
                 {"namespace", key.name_space},
                 {"name", key.name},
                 {"error", error.what()}});
      return;
    }
    if (!decoded) return drop(key);
    const Value after = std::make_shared<const T>(std::move(*decoded));
    Value before;
    {
      const std::lock_guard lock(mutex_);
      before = std::exchange(values_[key], Entry{after, version}).value;
    }
    changed_(key, before, after);
  }

  void drop(const ObjectKey& key) {
    Value before;
    {
      const std::lock_guard lock(mutex_);
      const auto found = values_.find(key);
      if (found == values_.end()) return;
      before = found->second.value;
      values_.erase(found);
    }
    changed_(key, before, nullptr);
  }

  void end_list() {
    std::vector<ObjectKey> vanished;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [key, entry] : values_)
        if (!listed_.contains(key)) vanished.push_back(key);
    }
    listed_.clear();
    for (const ObjectKey& key : vanished) drop(key);
    const std::lock_guard lock(mutex_);
    synced_ = true;
  }

  Client& client_;
  const Collection collection_;
  const Decode decode_;
  const Changed changed_;
  const WatchOptions options_;
  mutable std::mutex mutex_;
  std::map<ObjectKey, Entry> values_;
  bool synced_ = false;
  std::set<ObjectKey> listed_;    // by the list that is being read; the watch's thread alone
  std::unique_ptr<Watch> watch_;  // last: it ends before what it uses
};

}  // namespace sluice::kube
