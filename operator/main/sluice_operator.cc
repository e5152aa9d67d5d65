// sluice-operator: the controller, the admission webhook, /healthz and /readyz. Wiring only.
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

#include "base/logging.h"
#include "kube/config.h"
#include "kube/transport.h"
#include "rollout/controller.h"
#include "rollout/uninstall.h"
#include "webhook/admission.h"
#include "webhook/server.h"
#include "webhook/trust.h"

namespace {

using namespace sluice;

struct Settings {
  std::string kubeconfig;
  std::string name_space;
  std::vector<std::string> namespaces;
  std::string webhook_configuration = "sluice";
  std::string log_level = "info";
  // run
  std::string service_account = "sluice-operator";
  std::string secret = "sluice-webhook";
  std::string service = "sluice-webhook";
  rollout::RunnerImage image;
  uint16_t webhook_port = 8443;
  uint16_t plain_port = 8080;
  // uninstall
  std::string deployment = "sluice-operator";
};

std::string own_user(const Settings& settings) {
  return "system:serviceaccount:" + settings.name_space + ":" + settings.service_account;
}

// The gate's answer to a write. The controller's own writes pass as they are, and so does what
// nobody would release, because its namespace is not watched.
webhook::Verdict judge(const webhook::AdmissionRequest& request, const Settings& settings) {
  webhook::Verdict verdict;
  const std::vector<std::string>& watched = settings.namespaces;
  if (request.kind != "Deployment" || !request.subresource.empty() ||
      request.user == own_user(settings) ||
      (!watched.empty() && std::ranges::find(watched, request.name_space) == watched.end()))
    return verdict;
  if (request.operation == "CREATE" && request.object != nullptr)
    verdict.patch = rollout::judge_create(*request.object);
  else if (request.operation == "UPDATE" && request.object != nullptr &&
           request.old_object != nullptr)
    verdict.patch = rollout::judge_update(*request.old_object, *request.object);
  return verdict;
}

// Calls `ensure` until it succeeds, then every few minutes, on a thread of its own.
class TrustKeeper {
 public:
  explicit TrustKeeper(webhook::Trust& trust) : trust_(trust), thread_([this] { keep(); }) {}

  ~TrustKeeper() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  bool established() const { return established_; }

 private:
  void keep() {
    std::chrono::milliseconds pause{100};
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      try {
        trust_.ensure(base::now());
        established_ = true;
        pause = std::chrono::minutes(5);
      } catch (const base::Error& error) {
        base::log(base::Level::Warn, "webhook certificate not settled",
                  {{"reason", error.reason()}, {"error", error.what()}});
        pause = std::min(std::max(pause, std::chrono::milliseconds(100)) * 2,
                         std::chrono::milliseconds(30000));
      }
      lock.lock();
      wake_.wait_for(lock, pause, [this] { return stopping_; });
    }
  }

  webhook::Trust& trust_;
  std::atomic<bool> established_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

sigset_t endings() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

int run(kube::Client& client, const Settings& settings) {
  rollout::Controller controller(client, {settings.image, settings.namespaces});
  std::atomic<const TrustKeeper*> keeper{nullptr};
  webhook::ServerOptions doors;
  doors.tls_port = settings.webhook_port;
  doors.plain_port = settings.plain_port;
  webhook::Server server(
      doors,
      [&settings](const webhook::Request& request) {
        return webhook::answer_review(request, [&settings](const webhook::AdmissionRequest& write) {
          return judge(write, settings);
        });
      },
      [&](const webhook::Request& request) {
        if (request.path == "/healthz") return webhook::Reply{200, "text/plain", "ok\n"};
        if (request.path != "/readyz") return webhook::Reply{404, "text/plain", "not found\n"};
        const TrustKeeper* const trust = keeper;
        if (trust == nullptr || !trust->established())
          return webhook::Reply{503, "text/plain", "the webhook's certificate is not settled\n"};
        if (!controller.synced())
          return webhook::Reply{503, "text/plain", "lists are being read\n"};
        return webhook::Reply{200, "text/plain", "ok\n"};
      });
  server.start();
  webhook::Trust trust(webhook::stored_secret(client, settings.name_space, settings.secret),
                       webhook::stored_configuration(client, settings.webhook_configuration),
                       webhook::service_names(settings.service, settings.name_space),
                       [&server](const std::string& chain, const std::string& key) {
                         server.set_certificate(chain, key);
                       });
  TrustKeeper trust_keeper(trust);
  keeper = &trust_keeper;
  controller.start();
  base::log(base::Level::Info, "started");

  const sigset_t awaited = endings();
  int signal = 0;
  sigwait(&awaited, &signal);
  base::log(base::Level::Info, "ending");
  controller.stop();
  server.stop();
  return 0;
}

// Before the first thread and the first connection.
void prepare_process() {
  // Only the cluster's own authority is trusted; the system's would be read for each connection,
  // which takes longer than all the rest of it, and megabytes.
  setenv("SSL_CERT_FILE", "/dev/null", 1);
  setenv("SSL_CERT_DIR", "/nonexistent", 1);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  // Its threads are few and its memory is small: what a list needed for a moment goes back at once.
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 64 << 10);
  mallopt(M_TRIM_THRESHOLD, 128 << 10);
}

}  // namespace

int main(int argc, char** argv) {
  prepare_process();
  Settings settings;
  CLI::App app(
      "Sluice's operator: a database change and the application that needs it as one release");
  app.require_subcommand(1);
  const auto common = [&settings](CLI::App* command) {
    command->add_option("--kubeconfig", settings.kubeconfig, "instead of the pod's own account");
    command->add_option("--namespace", settings.name_space, "the operator's own")->required();
    command->add_option("--watch-namespaces", settings.namespaces, "comma-separated; none: all")
        ->delimiter(',');
    command->add_option("--webhook-configuration", settings.webhook_configuration,
                        "name of its MutatingWebhookConfiguration");
    command->add_option("--log-level", settings.log_level)
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  };
  CLI::App* run_command = app.add_subcommand("run", "watch SchemaMigrations and serve the webhook");
  common(run_command);
  run_command->add_option("--service-account", settings.service_account, "the operator's own");
  run_command->add_option("--secret", settings.secret, "where the webhook's certificates are kept");
  run_command->add_option("--service", settings.service,
                          "by which the API server calls the webhook");
  run_command->add_option("--runner-image", settings.image.reference, "the image of runs")
      ->required();
  run_command->add_option("--runner-image-pull-policy", settings.image.pull_policy);
  run_command->add_option("--webhook-port", settings.webhook_port);
  run_command->add_option("--plain-port", settings.plain_port, "health");
  CLI::App* uninstall_command =
      app.add_subcommand("uninstall", "leave every workload as its owner wrote it");
  common(uninstall_command);
  uninstall_command->add_option("--deployment", settings.deployment, "the operator's own");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  const std::map<std::string, base::Level> levels{{"debug", base::Level::Debug},
                                                  {"info", base::Level::Info},
                                                  {"warn", base::Level::Warn},
                                                  {"error", base::Level::Error}};
  base::start_logging(levels.at(settings.log_level));
  try {
    // Blocked before the first thread is made, so that all of them leave these to sigwait.
    const sigset_t awaited = endings();
    if (run_command->parsed()) pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
    kube::start_io_threads();
    kube::Client client(kube::make_transport(kube::load_config(
        settings.kubeconfig.empty() ? std::nullopt : std::optional(settings.kubeconfig))));
    if (run_command->parsed()) return run(client, settings);
    rollout::uninstall(client, {settings.name_space, settings.deployment,
                                settings.webhook_configuration, settings.namespaces});
    return 0;
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "cannot go on", {{"error", error.what()}});
    return 1;
  }
}
