// How a run's progress is shown on standard error: a bar that is drawn anew on a terminal, a line
// for each event elsewhere.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "engine/apply.h"

namespace sluice::cli {

class Progress : public engine::Observer {
 public:
  // `write`: takes the text as it is, one call at a time. `width`: of the terminal; 0: none.
  // `tick`: how often the bar's time goes on while a statement runs.
  Progress(std::function<void(const std::string&)> write, int width,
           std::chrono::milliseconds tick = std::chrono::milliseconds(500));
  // On standard error.
  Progress();

  void revision_started(const engine::Step& step, size_t number, size_t of) override;
  void statement_started(const engine::Step& step, size_t number, size_t of) override;
  void statement_passed_over(const engine::Step& step, size_t number, size_t of) override;
  void batch_finished(const engine::Step& step, size_t number,
                      const engine::BatchProgress& progress) override;
  void revision_finished(const engine::Step& step, std::chrono::milliseconds took) override;
  void revision_waits(const engine::Step& step, const std::string& blockers,
                      std::chrono::milliseconds wait) override;
  void server_says(const engine::Step& step, size_t number,
                   const postgres::Notice& notice) override;
  // The bar off the screen; harmless where there is none.
  void clear();

 private:
  void draw(const engine::Step& step, const std::string& what);
  void line(const std::string& text);
  // Under the mutex.
  void redraw();
  void wipe();
  void tick(const std::stop_token& stop);

  const std::function<void(const std::string&)> write_;
  const int width_;
  const std::chrono::milliseconds tick_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_batch_{};
  std::mutex mutex_;  // for what follows, and write_
  bool drawn_ = false;
  size_t number_ = 0;
  size_t of_ = 0;
  std::string revision_, what_;  // of the bar
  std::condition_variable_any wake_;
  std::jthread ticker_;  // from the first bar on; the last member, so that it ends first
};

}  // namespace sluice::cli
