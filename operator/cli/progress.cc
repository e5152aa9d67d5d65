#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "base/text.h"

namespace sluice::cli {
namespace {

using std::chrono::milliseconds;

int terminal_width() {
  winsize size{};
  if (::isatty(STDERR_FILENO) == 0 || ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return std::max<int>(size.ws_col, 40);
}

std::string to_text(milliseconds time) {
  const long tenths = time.count() / 100;
  if (time < std::chrono::minutes(1))
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
  const long seconds = time.count() / 1000;
  return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
}

std::string one_line(const std::string& sql) {
  std::string text;
  for (const char c : sql.substr(0, 300)) {
    const bool space = static_cast<unsigned char>(c) <= ' ';
    if (!space || (!text.empty() && text.back() != ' ')) text += space ? ' ' : c;
  }
  return text;
}

std::string percent(const engine::BatchProgress& progress) {
  // The estimate may be behind the truth.
  const uint64_t total = std::max(progress.total, progress.met);
  return progress.total == 0 ? "" : " (" + std::to_string(progress.met * 100 / total) + " %)";
}

}  // namespace

Progress::Progress(std::function<void(const std::string&)> write, int width, milliseconds tick)
    : write_(std::move(write)), width_(width), tick_(tick) {}

Progress::Progress()
    : Progress([](const std::string& text) { std::cerr << text << std::flush; }, terminal_width()) {
}

void Progress::revision_started(const engine::Step& step, size_t number, size_t of) {
  {
    const std::scoped_lock guard(mutex_);
    number_ = number;
    of_ = of;
  }
  if (width_ > 0) return draw(step, step.revision->message);
  line((step.synced                               ? ""
        : step.direction == engine::Direction::Up ? "upgrade "
                                                  : "downgrade ") +
       step.revision->id + " (" + std::to_string(number) + " of " + std::to_string(of) + ")" +
       (step.revision->message.empty() ? "" : " " + step.revision->message));
}

void Progress::statement_started(const engine::Step& step, size_t number, size_t of) {
  if (width_ > 0)
    draw(step, std::to_string(number) + "/" + std::to_string(of) + " " +
                   one_line(step.script.statements[number - 1].text));
}

void Progress::statement_passed_over(const engine::Step& step, size_t number, size_t of) {
  line(step.revision->id + ": statement " + std::to_string(number) + " of " + std::to_string(of) +
       " took effect in an earlier run");
}

void Progress::batch_finished(const engine::Step& step, size_t number,
                              const engine::BatchProgress& progress) {
  const std::string text = "statement " + std::to_string(number) + ": " +
                           std::to_string(progress.met) + " rows" + percent(progress) + ", " +
                           std::to_string(progress.changed) + " changed";
  if (width_ > 0) return draw(step, text);
  const auto now = std::chrono::steady_clock::now();
  if (now - last_batch_ < std::chrono::seconds(5)) return;
  last_batch_ = now;
  line(step.revision->id + ": " + text);
}

void Progress::revision_finished(const engine::Step& step, milliseconds took) {
  if (width_ == 0) return;
  line((step.synced                               ? ""
        : step.direction == engine::Direction::Up ? "up    "
                                                  : "down  ") +
       step.revision->id + "  " + to_text(took) +
       (step.revision->message.empty() ? "" : "  " + step.revision->message));
}

void Progress::revision_waits(const engine::Step& step, const std::string& blockers,
                              milliseconds wait) {
  line(step.revision->id + ": a lock was not to be had" +
       (blockers.empty() ? "" : ", blocked by " + blockers) + "; rolled back, again in " +
       std::to_string(wait.count()) + " ms");
}

void Progress::server_says(const engine::Step& step, size_t /*number*/,
                           const postgres::Notice& notice) {
  line(step.revision->id + ": " + notice.severity + ": " + notice.message);
}

void Progress::clear() {
  const std::scoped_lock guard(mutex_);
  wipe();
}

void Progress::wipe() {
  if (drawn_) write_("\r\033[K");
  drawn_ = false;
}

void Progress::draw(const engine::Step& step, const std::string& what) {
  const std::scoped_lock guard(mutex_);
  revision_ = step.revision->id;
  what_ = what;
  redraw();
  if (!ticker_.joinable())
    ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
}

void Progress::tick(const std::stop_token& stop) {
  std::unique_lock guard(mutex_);
  while (!stop.stop_requested()) {
    wake_.wait_for(guard, stop, tick_, [] { return false; });
    if (drawn_ && !stop.stop_requested()) redraw();
  }
}

// [######··········]  12/40  3f2a9c1b7d04  8.1 s  2/3 ALTER TABLE …
void Progress::redraw() {
  constexpr size_t kBar = 16;
  const size_t filled = of_ == 0 ? 0 : (number_ - 1) * kBar / of_;
  const auto took =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began_);
  const std::string text = "[" + std::string(filled, '#') + std::string(kBar - filled, '.') + "] " +
                           std::to_string(number_) + "/" + std::to_string(of_) + "  " + revision_ +
                           "  " + to_text(took) + "  " + what_;
  write_("\r\033[K" + base::truncate_utf8(text, static_cast<size_t>(width_ - 1)));
  drawn_ = true;
}

void Progress::line(const std::string& text) {
  const std::scoped_lock guard(mutex_);
  wipe();
  write_(text + "\n");
}

}  // namespace sluice::cli
