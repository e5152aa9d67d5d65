// Files, and a ledger in which some of them are applied.
#pragma once

#include <string>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "ledger/state.h"
#include "revisions/graph.h"
#include "sql/split.h"

namespace sluice::engine {

inline constexpr int kServer = 150004;

inline std::string file(const std::string& id, const std::string& revises, const std::string& up,
                        const std::string& header = "") {
  return "-- revision: " + id + "\n-- revises: " + revises + "\n" + header + "-- migrate:up\n" +
         up + "\n-- migrate:down\nSELECT 'down " + id + "';\n";
}

inline revisions::Graph graph(const std::vector<std::string>& files) {
  std::vector<revisions::Revision> list;
  for (size_t i = 0; i < files.size(); ++i)
    list.push_back(revisions::parse_revision(std::to_string(i) + ".sql", files[i]));
  return revisions::Graph(std::move(list));
}

// A ledger in which the first `count` files are applied.
inline ledger::State applied(const std::vector<std::string>& files, size_t count) {
  ledger::State state;
  state.exists = true;
  for (size_t i = 0; i < count; ++i)
    state.applied.push_back(
        ledger::to_row(revisions::parse_revision(std::to_string(i) + ".sql", files[i])));
  return state;
}

// Of the error that the call throws; empty when it throws none.
template <typename Call>
std::string reason(Call&& call, std::string* message = nullptr) {
  try {
    call();
    return "";
  } catch (const base::Error& error) {
    if (message != nullptr) *message = error.message();
    return error.reason();
  }
}

}  // namespace sluice::engine
