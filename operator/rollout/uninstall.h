// What `helm uninstall` runs before anything is taken away: everything is left as its owner wrote
// it.
#pragma once

#include <string>
#include <vector>

#include "kube/client.h"

namespace sluice::rollout {

struct Uninstall {
  std::string name_space;  // the operator's
  std::string deployment;  // the operator's
  std::string webhook_configuration;
  std::vector<std::string> namespaces;  // watched; empty: all
};

// Takes the webhook away, ends the operator and waits for that, gives every labelled Deployment its
// own `paused` back and removes the finalizers. May be repeated; throws base::Error at what fails.
void uninstall(kube::Client& client, const Uninstall& what);

}  // namespace sluice::rollout
