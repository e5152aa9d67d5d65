#include "runner/connect.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/error.h"

namespace sluice::runner {
namespace {

struct Attempt {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::optional<postgres::Session> session;
  std::exception_ptr failure;
};

std::atomic<int> connecting = 0;

void connect(Attempt& attempt, const postgres::ConnectOptions& options) {
  std::optional<postgres::Session> session;
  std::exception_ptr failure;
  try {
    session.emplace(options);
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(attempt.mutex);
  attempt.session = std::move(session);
  attempt.failure = std::move(failure);
  attempt.changed.notify_all();
}

}  // namespace

postgres::Session connect_unless_stopped(const postgres::ConnectOptions& options,
                                         const std::stop_token& stop) {
  const auto attempt = std::make_shared<Attempt>();
  ++connecting;
  std::thread([attempt, options] {
    connect(*attempt, options);
    --connecting;
  }).detach();
  std::unique_lock lock(attempt->mutex);
  if (!attempt->changed.wait(lock, stop, [&] { return attempt->session || attempt->failure; }))
    throw base::Error(base::ErrorKind::Transient, "Interrupted", "stopped while connecting");
  // The other thread is left no share in it.
  if (attempt->failure) std::rethrow_exception(std::exchange(attempt->failure, nullptr));
  return std::move(*attempt->session);
}

bool is_connecting() { return connecting > 0; }

}  // namespace sluice::runner
