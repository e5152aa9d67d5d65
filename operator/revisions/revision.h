// One schema change, as its file says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::revisions {

// The inflated size that a revision file may have.
inline constexpr size_t kMaxRevisionBytes = size_t{16} << 20U;

enum class Phase { Expand, Contract };

// The SQL of one section and the line of the file (1-based) on which it begins.
struct Section {
  std::string sql;
  uint32_t line = 1;
  // For messages, where it is not the revision's: other tools put the way down into its own.
  std::string file = {};
};

struct Revision {
  std::string id;
  std::string file;                     // the name it was given under, for messages
  std::vector<std::string> revises;     // empty: a root; several: a merge
  std::vector<std::string> depends_on;  // ids, labels or prefixes, as written
  std::vector<std::string> branch_labels;
  std::string created;
  std::string message;
  Phase phase = Phase::Expand;
  bool transactional = true;
  // Not part of the graph: runs after all others, again whenever its statements have changed. Such
  // a file's header says `-- repeatable: <id>` in place of `-- revision: <id>`.
  bool repeatable = false;
  // Lines of the keys that changed the two above; 0 where the header has none.
  uint32_t phase_line = 0;
  uint32_t transaction_line = 0;
  Section up;
  std::optional<Section> down;
  // The whole file, inflated, without a byte order mark and with LF line ends: what the ledger
  // keeps.
  std::string text;
};

// Whether a directory's entry or a ConfigMap's key is a revision file: `*.sql` and `*.sql.gz`,
// unless it begins with a dot (the kubelet's own entries do).
bool is_revision_file(std::string_view name);

// Why the revision cannot be undone, and the line that says so; nullopt: it can. Either it has no
// section `-- migrate:down`, or that has a line `-- sluice:irreversible REASON`. Pure.
struct Irreversible {
  std::string why;
  uint32_t line = 1;
};
std::optional<Irreversible> irreversible(const Revision& revision);

// Reads one file; the bytes of a name that ends with `.gz` are inflated. Pure.
// Throws Error{Invalid, "RevisionInvalid"} with "file:line: what".
Revision parse_revision(std::string_view name, std::string_view bytes);

}  // namespace sluice::revisions
