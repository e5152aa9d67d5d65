// How a database is reached.
#pragma once

#include <chrono>
#include <map>
#include <string>

namespace sluice::postgres {

// A libpq URL or keyword=value string (may be empty: libpq's PG* variables apply), and parameters
// by keyword that apply on top of it.
struct ConnectOptions {
  std::string url;
  std::map<std::string, std::string> parameters;
  std::chrono::seconds connect_timeout{10};
  std::string remedy{};  // not empty: said in place of what the failure suggests
};

// One set of libpq parameters: the URL's, overridden by `parameters`, with Sluice's defaults for
// what neither says (application_name, connect_timeout, keepalives, client_encoding). For pg_dump
// and its like, too. Throws Error{Invalid, "DatabaseUrlInvalid"}, without any of the text.
std::map<std::string, std::string> merged(const ConnectOptions& options);

// keyword='value' pairs, quoted as libpq wants them. Holds the password: not for printing.
std::string to_conninfo(const std::map<std::string, std::string>& parameters);

// host:port/dbname as user, for messages; never a secret.
std::string describe(const std::map<std::string, std::string>& parameters);

}  // namespace sluice::postgres
