#include "runner/progress.h"

#include "base/clock.h"
#include "base/text.h"

namespace sluice::runner {

using nlohmann::ordered_json;

namespace {

// Names from the source and our own: a password like "postgres" shall not blot them out.
bool is_identifier(std::string_view field) {
  return field == "revision" || field == "file" || field == "archive" || field == "planDigest" ||
         field == "direction";
}

}  // namespace

std::string Progress::hidden(const std::string& text) const {
  return base::without_secrets(text, secrets_);
}

void Progress::enter(std::string stage) {
  stage_ = std::move(stage);
  say("started", ordered_json::object());
}

void Progress::say(std::string_view event, const ordered_json& fields) {
  ordered_json line = {
      {"time", base::to_rfc3339(base::now())}, {"run", run_}, {"stage", stage_}, {"event", event}};
  for (const auto& [name, value] : fields.items())
    line[name] = value.is_string() && !is_identifier(name)
                     ? ordered_json(hidden(value.get<std::string>()))
                     : value;
  out_ << line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << std::endl;
}

void Progress::revision_started(const engine::Step& step, size_t number, size_t of) {
  step_ = number;
  steps_ = of;
  say("revision_started", {{"revision", step.revision->id},
                           {"file", step.revision->file},
                           {"direction", engine::to_string(step.direction)},
                           {"step", step_},
                           {"steps", steps_}});
}

void Progress::statement_started(const engine::Step& step, size_t number, size_t of) {
  say("statement_started", {{"revision", step.revision->id},
                            {"step", step_},
                            {"steps", steps_},
                            {"statement", number},
                            {"statements", of}});
}

void Progress::statement_passed_over(const engine::Step& step, size_t number, size_t of) {
  say("statement_passed_over",
      {{"revision", step.revision->id}, {"statement", number}, {"statements", of}});
}

void Progress::batch_finished(const engine::Step& step, size_t number,
                              const engine::BatchProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_batch_ < std::chrono::seconds(5)) return;
  last_batch_ = now;
  say("batch_finished", {{"revision", step.revision->id},
                         {"statement", number},
                         {"rows", progress.met},
                         {"changed", progress.changed},
                         {"total", progress.total}});
}

void Progress::revision_finished(const engine::Step& step, std::chrono::milliseconds took) {
  ++applied_;
  say("revision_finished", {{"revision", step.revision->id},
                            {"step", step_},
                            {"steps", steps_},
                            {"milliseconds", took.count()}});
}

void Progress::revision_waits(const engine::Step& step, const std::string& blockers,
                              std::chrono::milliseconds wait) {
  say("waiting",
      {{"revision", step.revision->id}, {"blockers", blockers}, {"milliseconds", wait.count()}});
}

void Progress::server_says(const engine::Step& step, size_t number,
                           const postgres::Notice& notice) {
  say("notice", {{"revision", step.revision->id},
                 {"statement", number},
                 {"severity", notice.severity},
                 {"message", notice.message}});
}

}  // namespace sluice::runner
