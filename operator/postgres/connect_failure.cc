#include "postgres/connect_failure.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string_view>

#include "base/text.h"
#include "postgres/connect_options.h"

namespace sluice::postgres {
namespace {

using base::Error;
using base::ErrorKind;

struct Cause {
  const char* reason;
  const char* remedy;
};

constexpr Cause kUnreachable{"DatabaseUnreachable",
                             "check host and port, and that the server accepts connections"};
constexpr Cause kTls{"TlsFailed", "check sslmode and sslrootcert, and the server's certificate"};
constexpr Cause kAuthentication{"AuthenticationFailed", "correct the user or the password"};
constexpr Cause kMissing{"DatabaseMissing", "create the database, or correct its name"};
constexpr Cause kPermission{"PermissionDenied", "grant the user CONNECT on the database"};
constexpr Cause kBusy{"ServerBusy", "wait, or raise max_connections"};

// Texts of libpq itself, which are English as long as no locale is set.
constexpr std::array<std::pair<std::string_view, Cause>, 11> kTexts{{
    {"no password supplied", kAuthentication},
    {"SSL", kTls},
    {"certificate", kTls},
    {"Connection refused", kUnreachable},
    {"could not translate host name", kUnreachable},
    {"timeout expired", kUnreachable},
    {"Connection timed out", kUnreachable},
    {"No such file or directory", kUnreachable},
    {"No route to host", kUnreachable},
    {"Network is unreachable", kUnreachable},
    {"server closed the connection", kUnreachable},
}};

Cause cause_of_state(std::string_view state) {
  if (state.starts_with("28")) return kAuthentication;
  if (state == "3D000") return kMissing;
  if (state == "42501") return kPermission;
  if (state.starts_with("53")) return kBusy;
  return kUnreachable;  // 57P03: it starts up or shuts down
}

// `…FATAL:  28P01: password …`, as PQERRORS_VERBOSE writes it.
std::string find_state(std::string_view text) {
  for (size_t at = text.find(":  "); at != std::string_view::npos; at = text.find(":  ", at + 1)) {
    const std::string_view state = text.substr(at + 3, 5);
    if (state.size() == 5 && text.substr(at + 8).starts_with(":") &&
        std::ranges::all_of(
            state, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }))
      return std::string(state);
  }
  return {};
}

std::string ask_for_state(const std::map<std::string, std::string>& parameters) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
      PQconnectStart(to_conninfo(parameters).c_str()), PQfinish);
  if (!connection) return {};
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  short wanted = POLLOUT;
  while (std::chrono::steady_clock::now() < until) {
    pollfd waiting{PQsocket(connection.get()), wanted, 0};
    if (poll(&waiting, 1, 100) == 0) continue;
    const PostgresPollingStatusType status = PQconnectPoll(connection.get());
    if (status != PGRES_POLLING_READING && status != PGRES_POLLING_WRITING) break;
    wanted = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
  }
  return find_state(PQerrorMessage(connection.get()));
}

std::string without(std::string text, const std::string& secret) {
  if (secret.empty()) return text;
  for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "…");
  return text;
}

}  // namespace

Error connect_failure(const std::map<std::string, std::string>& parameters,
                      const std::string& message) {
  const auto known = std::ranges::find_if(
      kTexts, [&](const auto& entry) { return message.find(entry.first) != std::string::npos; });
  // What a server says may quote any of these words; what it says has a severity.
  const bool from_server = message.find(":  ") != std::string::npos;
  const Cause cause = known != kTexts.end() && !from_server
                          ? known->second
                          : cause_of_state(ask_for_state(parameters));
  std::string text = message;
  std::ranges::replace(text, '\n', ' ');
  std::ranges::replace(text, '\t', ' ');
  const auto password = parameters.find("password");
  text = without(std::string(base::trim(text)),
                 password == parameters.end() ? std::string() : password->second);
  return {ErrorKind::Transient, cause.reason,
          "cannot connect to " + describe(parameters) + ": " + text, cause.remedy};
}

}  // namespace sluice::postgres
