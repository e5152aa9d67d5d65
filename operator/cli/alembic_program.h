#pragma once

namespace sluice::cli {

// A program for Python: arguments are the directory and the file into which it writes what it
// found, as JSON: {"error": text} or {"dialect": …, "revisions": [{"id", "revises", "depends_on",
// "labels", "message", "created", "file", "up", "down"}]}. `up` and `down` are {"sql": text},
// {"error": text, "line": number, "asks": whether it asks a database} or, for a downgrade that
// raises NotImplementedError, null.
extern const char* const kAlembicProgram;

}  // namespace sluice::cli
