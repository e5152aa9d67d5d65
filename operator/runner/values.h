// The files in which the kubelet puts the values of Secrets, as a way to the database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "postgres/connect_options.h"
#include "runner/spec.h"

namespace sluice::runner {

struct Access {
  postgres::ConnectOptions options;
  std::string scratch_url;           // of the server for scratch databases; empty: none is named
  std::vector<std::string> secrets;  // what may be seen nowhere: the URL, passwords
};

// Line ends at the end of a value are dropped: they come from the editor or `echo`. Throws
// Error{Transient} that names the value's origin: SecretMissing, SecretEmpty, SecretInvalid; and
// what postgres::merged throws.
Access read_values(const DatabaseSpec& spec,
                   const std::optional<ValueFile>& scratch_url = std::nullopt);

}  // namespace sluice::runner
