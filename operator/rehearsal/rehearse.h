// The whole rehearsal: a copy of the database is migrated up, down and up again.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/apply.h"
#include "postgres/connect_options.h"
#include "rehearsal/meter.h"
#include "revisions/graph.h"

namespace sluice::rehearsal {

struct Request {
  postgres::ConnectOptions scratch;  // some database of the server that may be used
  // What is copied: the archive with its rows, or else the schema of the database `live`.
  std::optional<std::filesystem::path> archive;
  postgres::ConnectOptions live;
  std::string target = "head";
  engine::PlanPolicy policy;
  engine::ApplyOptions apply;
  bool keep = false;
};

struct Rehearsed {
  std::string revision;
  std::string file;
  std::string message;
  bool transactional = true;
  bool repeatable = false;
  bool reversible = false;  // it has a way down
  std::optional<Cost> up;   // absent: it was not reached
  std::optional<Cost> down;
  std::optional<Cost> again;
  // Whether the schema was after `down` what it was before `up`; absent: there was no `down`.
  std::optional<bool> restores;
  std::vector<std::string> delta;  // what was left, or missing: rehearsal/schema_delta.h
};

struct Report {
  std::string database;  // the scratch database
  bool kept = false;
  int server_version = 0;
  bool with_rows = false;
  std::string copied;  // the archive, or host:port/dbname
  std::vector<std::string> left_over;
  std::vector<std::string> warnings;
  std::vector<std::string> current;  // heads before
  std::vector<std::string> target;
  std::vector<Rehearsed> revisions;
  std::chrono::microseconds production{0};  // sum of the first `up`
  // Whether the second `up` led to the same schema as the first; absent: there was none.
  std::optional<bool> repeats;
  std::vector<std::string> repeat_delta;
  // What ended it: of the pass up, down or again.
  std::optional<base::Error> failure;
  std::string failed_pass;

  // Nothing failed, and every way down restores the schema.
  bool passed() const;
};

// Told in words what is being done.
using Narrator = std::function<void(const std::string&)>;

// Throws what is not the revisions' fault: connections, the right to create databases, the copy
// (rehearsal/copy.h), the plan (engine/plan.h), a requested stop. The scratch database is gone when
// this returns or throws, unless it was to be kept.
Report rehearse(const Request& request, const revisions::Graph& graph, const Narrator& say,
                const std::stop_token& stop);

}  // namespace sluice::rehearsal
