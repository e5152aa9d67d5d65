// A run's progress as JSON lines:
//   {"time","run","stage","event", …}
// with the events started, waiting, warning, finished of a stage, and while applying
// revision_started, statement_started, revision_finished ("revision","step","steps","statement",
// "statements") and notice ("revision","statement","severity","message").
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/apply.h"

namespace sluice::runner {

// Writes to `out`, which outlives it. One thread.
class Progress : public engine::Observer {
 public:
  Progress(std::ostream& out, std::string run) : out_(out), run_(std::move(run)) {}

  // No later line shows any of them.
  void hide(std::vector<std::string> secrets) { secrets_ = std::move(secrets); }
  std::string hidden(const std::string& text) const;

  void enter(std::string stage);
  const std::string& stage() const { return stage_; }
  void say(std::string_view event, const nlohmann::ordered_json& fields);

  // Revisions that were applied, and stay so.
  uint32_t applied() const { return applied_; }

  void revision_started(const engine::Step& step, size_t number, size_t of) override;
  void statement_started(const engine::Step& step, size_t number, size_t of) override;
  void statement_passed_over(const engine::Step& step, size_t number, size_t of) override;
  // At most every 5 s: there may be thousands.
  void batch_finished(const engine::Step& step, size_t number,
                      const engine::BatchProgress& progress) override;
  void revision_finished(const engine::Step& step, std::chrono::milliseconds took) override;
  void revision_waits(const engine::Step& step, const std::string& blockers,
                      std::chrono::milliseconds wait) override;
  void server_says(const engine::Step& step, size_t number,
                   const postgres::Notice& notice) override;

 private:
  std::ostream& out_;
  std::string run_;
  std::string stage_;
  std::vector<std::string> secrets_;
  size_t step_ = 0;
  size_t steps_ = 0;
  std::chrono::steady_clock::time_point last_batch_{};
  uint32_t applied_ = 0;
};

}  // namespace sluice::runner
