// How long a command waits: for another run, and for locks.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>

#include "engine/apply.h"

namespace sluice::cli {

struct PatienceOptions {
  double wait_seconds = 60;
  double lock_budget_seconds = 300;
  uint32_t lock_timeout_ms = 2000;
  uint32_t statement_timeout_ms = 0;

  std::chrono::milliseconds wait() const;
  engine::ApplyOptions apply() const;
};

// --wait alone.
void add_wait_option(CLI::App& command, PatienceOptions& options);
// --wait, --lock-timeout, --lock-budget, --statement-timeout.
void add_patience_options(CLI::App& command, PatienceOptions& options);

}  // namespace sluice::cli
