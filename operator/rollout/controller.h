// Runs reconciles: from a change that the store saw, through decide, to execute.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "kube/client.h"
#include "kube/queue.h"
#include "rollout/job.h"
#include "rollout/store.h"

namespace sluice::rollout {

// Owns the watches and one worker thread for each of its two queues. The client outlives it.
class Controller {
 public:
  struct Options {
    RunnerImage image;
    std::vector<std::string> namespaces;  // empty: all
  };

  Controller(kube::Client& client, Options options);
  ~Controller();

  void start();
  bool synced() const { return store_.synced(); }
  void stop();

 private:
  void work();
  void work_unclaimed();
  void reconcile(const kube::ObjectKey& key);
  void tell_unclaimed(const kube::ObjectKey& deployment);

  kube::Client& client_;
  const Options options_;
  kube::WorkQueue objects_;
  kube::WorkQueue deployments_;  // labelled ones, looked at only for whether anybody gates them
  Store store_;
  std::vector<std::thread> workers_;
};

}  // namespace sluice::rollout
