#include "cli/patience.h"

#include <charconv>
#include <limits>

namespace sluice::cli {
namespace {

using std::chrono::milliseconds;

milliseconds to_ms(double seconds) { return milliseconds(static_cast<long>(seconds * 1000)); }

template <typename Number>
bool is_number(const std::string& text, double most) {
  Number number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size() && number >= 0 &&
         static_cast<double>(number) <= most;
}

CLI::Validator seconds() {
  constexpr double kMost = 1e9;
  return {[](const std::string& text) {
            return is_number<double>(text, kMost) ? std::string()
                                                  : "`" + text + "` is no number of seconds from 0";
          },
          ""};
}

CLI::Validator whole_milliseconds() {
  constexpr double kMost = std::numeric_limits<int>::max();
  return {[](const std::string& text) {
            return is_number<int64_t>(text, kMost)
                       ? std::string()
                       : "`" + text + "` is no whole number of milliseconds from 0 to 2147483647";
          },
          ""};
}

}  // namespace

milliseconds PatienceOptions::wait() const { return to_ms(wait_seconds); }

engine::ApplyOptions PatienceOptions::apply() const {
  engine::ApplyOptions options;
  options.lock_timeout = milliseconds(lock_timeout_ms);
  options.statement_timeout = milliseconds(statement_timeout_ms);
  options.lock_budget = to_ms(lock_budget_seconds);
  return options;
}

void add_wait_option(CLI::App& command, PatienceOptions& options) {
  command.add_option("--wait", options.wait_seconds, "seconds to wait for another run to end")
      ->capture_default_str()
      ->type_name("SECONDS")
      ->check(seconds());
}

void add_patience_options(CLI::App& command, PatienceOptions& options) {
  add_wait_option(command, options);
  command
      .add_option("--lock-timeout", options.lock_timeout_ms,
                  "milliseconds that a statement waits for a lock, in front of other traffic")
      ->capture_default_str()
      ->type_name("MILLISECONDS")
      ->check(whole_milliseconds());
  command
      .add_option("--lock-budget", options.lock_budget_seconds,
                  "seconds during which what met a lock is tried again")
      ->capture_default_str()
      ->type_name("SECONDS")
      ->check(seconds());
  command
      .add_option("--statement-timeout", options.statement_timeout_ms,
                  "milliseconds that a statement may take; 0: no limit")
      ->capture_default_str()
      ->type_name("MILLISECONDS")
      ->check(whole_milliseconds());
}

}  // namespace sluice::cli
