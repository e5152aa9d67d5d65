// A watched collection, held decoded in memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "kube/client.h"
#include "kube/watch.h"

namespace sluice::kube {

// namespace/name; of what is not namespaced, /name.
struct ObjectKey {
  std::string name_space;
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
};

ObjectKey key_of(const nlohmann::json& object);

// Keeps what `decode` makes of each object (nullopt: not kept). A watch thread of its own lists,
// watches and relists; `changed` is called on it, after the change can be read, with the old and the new
// value (either may be null; on a relist for what differs in resourceVersion, and what vanished).
// Readers on any thread get immutable snapshots.
template <class T>
class Cache {
 public:
  using Value = std::shared_ptr<const T>;
  using Decode = std::function<std::optional<T>(const nlohmann::json&)>;
  using Changed = std::function<void(const ObjectKey&, const Value& before, const Value& after)>;

  Cache(Client& client, Collection collection, Decode decode, Changed changed);
  ~Cache();  // stops the watch and joins its thread

  void start();
  bool synced() const;  // the first list is complete
  Value get(const ObjectKey& key) const;
  std::vector<Value> in_namespace(const std::string& name_space) const;
  std::vector<Value> all() const;

 private:
  // (implementation below)
};

}  // namespace sluice::kube
