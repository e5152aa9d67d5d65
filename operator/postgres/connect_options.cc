#include "postgres/connect_options.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>

#include "base/error.h"

namespace sluice::postgres {
namespace {

std::string value_or(const std::map<std::string, std::string>& parameters, const std::string& key,
                     const std::string& otherwise) {
  const auto found = parameters.find(key);
  return found == parameters.end() || found->second.empty() ? otherwise : found->second;
}

// SQLAlchemy writes postgresql+psycopg2://; to libpq the driver means nothing.
std::string without_driver(const std::string& url) {
  const size_t plus = url.find('+');
  const size_t colon = url.find("://");
  const bool named = colon != std::string::npos && plus < colon && url.starts_with("postgres");
  return named ? url.substr(0, plus) + url.substr(colon) : url;
}

}  // namespace

std::map<std::string, std::string> merged(const ConnectOptions& options) {
  std::map<std::string, std::string> parameters{
      {"application_name", "sluice"},
      {"connect_timeout", std::to_string(options.connect_timeout.count())},
      {"keepalives", "1"},
      {"keepalives_idle", "30"},
      {"keepalives_interval", "10"},
      {"keepalives_count", "3"},
      {"client_encoding", "UTF8"},
  };
  if (!options.url.empty()) {
    const std::string url = without_driver(options.url);
    char* reason = nullptr;  // quotes the text, which holds the password
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
        PQconninfoParse(url.c_str(), &reason), PQconninfoFree);
    PQfreemem(reason);
    // A password with a bare @ leaves its end in the host's name.
    bool torn = false;
    for (const PQconninfoOption* option = parsed.get();
         option != nullptr && option->keyword != nullptr; ++option)
      torn = torn || (std::string_view(option->keyword) == "host" && option->val != nullptr &&
                      std::string_view(option->val).find('@') != std::string_view::npos &&
                      !std::string_view(option->val).starts_with('@'));
    if (!parsed || torn)
      throw base::Error(base::ErrorKind::Invalid, "DatabaseUrlInvalid",
                        "the database's URL is neither a libpq URL nor keyword=value pairs",
                        "write postgresql://user:password@host:5432/database, with special "
                        "characters percent-encoded");
    for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option)
      if (option->val != nullptr) parameters[option->keyword] = option->val;
  }
  for (const auto& [key, value] : options.parameters) parameters[key] = value;
  return parameters;
}

std::string to_conninfo(const std::map<std::string, std::string>& parameters) {
  std::string text;
  for (const auto& [key, value] : parameters) {
    text += key + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += "' ";
  }
  return text;
}

std::string describe(const std::map<std::string, std::string>& parameters) {
  const auto from_environment = [](const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? otherwise : value);
  };
  const std::string user = value_or(parameters, "user", from_environment("PGUSER", ""));
  const std::string host =
      value_or(parameters, "host",
               value_or(parameters, "hostaddr", from_environment("PGHOST", "local socket")));
  const std::string name =
      value_or(parameters, "dbname", from_environment("PGDATABASE", user.c_str()));
  return host + ":" + value_or(parameters, "port", from_environment("PGPORT", "5432")) + "/" +
         name + (user.empty() ? "" : " as " + user);
}

}  // namespace sluice::postgres
