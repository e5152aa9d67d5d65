// A watched collection, held decoded in memory.
#pragma once

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

#include "kube/client.h"
#include "kube/object_key.h"
#include "kube/watch.h"

namespace sluice::kube {

ObjectKey key_of(const nlohmann::json& object);

// Keeps what `decode` makes of each object (nullopt: not kept). A watch thread of its own lists,
// watches and relists; `changed` is called on it, after the change can be read, with the old and
// the new value (either may be null). Readers on any thread get immutable values.
template <class T>
class Cache {
 public:
  using Value = std::shared_ptr<const T>;
  using Decode = std::function<std::optional<T>(const nlohmann::json&)>;
  using Changed = std::function<void(const ObjectKey&, const Value& before, const Value& after)>;

  Cache(Client& client, Collection collection, Decode decode, Changed changed)
      : client_(client),
        collection_(std::move(collection)),
        decode_(std::move(decode)),
        changed_(std::move(changed)) {}

  // Ends with the watch: nothing is told after the destructor began to return.
  void start() {
    watch_ = std::make_unique<Watch>(
        client_, collection_,
        WatchSink{[this] { listed_.clear(); },
                  [this](const nlohmann::json& object) {
                    listed_.insert(key_of(object));
                    put(object);
                  },
                  [this] { drop_unlisted(); },
                  [this](const nlohmann::json& object) { put(object); },
                  [this](const nlohmann::json& object) { drop(key_of(object)); }});
  }
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
    for (auto entry = values_.lower_bound({name_space, ""});
         entry != values_.end() && entry->first.name_space == name_space; ++entry)
      found.push_back(entry->second.value);
    return found;
  }

 private:
  struct Entry {
    Value value;
    std::string version;
  };

  void put(const nlohmann::json& object) {
    const ObjectKey key = key_of(object);
    std::optional<T> decoded = decode_(object);
    if (!decoded) return drop(key);
    Entry entry{std::make_shared<const T>(std::move(*decoded)),
                object.at("metadata").value("resourceVersion", "")};
    const Value after = entry.value;
    Value before;
    {
      const std::lock_guard lock(mutex_);
      Entry& present = values_[key];
      // A relist shows again what is known already.
      if (present.value && present.version == entry.version) return;
      before = std::exchange(present, std::move(entry)).value;
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

  void drop_unlisted() {
    std::vector<ObjectKey> gone;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [key, entry] : values_)
        if (!listed_.contains(key)) gone.push_back(key);
    }
    for (const ObjectKey& key : gone) drop(key);
    listed_.clear();
    const std::lock_guard lock(mutex_);
    synced_ = true;
  }

  Client& client_;
  const Collection collection_;
  const Decode decode_;
  const Changed changed_;
  mutable std::mutex mutex_;
  std::map<ObjectKey, Entry> values_;
  std::set<ObjectKey>
      listed_;  // of the list that is being read; touched by the watch's thread alone
  bool synced_ = false;
  std::unique_ptr<Watch> watch_;  // last: it ends before what it tells goes away
};

inline ObjectKey key_of(const nlohmann::json& object) {
  const nlohmann::json& metadata = object.at("metadata");
  return {metadata.value("namespace", ""), metadata.value("name", "")};
}

}  // namespace sluice::kube
