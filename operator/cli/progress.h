// How a run's progress is shown on standard error: a bar that is drawn anew on a terminal, a line
// for each event elsewhere.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "engine/apply.h"

namespace sluice::cli {

class Progress : public engine::Observer {
 public:
  // `write`: takes the text as it is. `width`: of the terminal; 0: none.
  Progress(std::function<void(const std::string&)> write, int width);
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

  std::function<void(const std::string&)> write_;
  int width_;
  bool drawn_ = false;
  size_t number_ = 0;
  size_t of_ = 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_batch_{};
};

}  // namespace sluice::cli
