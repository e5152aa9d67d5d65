#include "postgres/tool_environment.h"

#include <libpq-fe.h>

#include <memory>
#include <new>

#include "base/error.h"

namespace sluice::postgres {

std::map<std::string, std::string> tool_environment(
    const std::map<std::string, std::string>& parameters) {
  if (const auto password = parameters.find("sslpassword");
      password != parameters.end() && !password->second.empty())
    throw base::Error(base::ErrorKind::Invalid, "Unsupported",
                      "sslpassword cannot be handed to pg_dump without showing it",
                      "use a client key that is not encrypted");
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> known(PQconndefaults(),
                                                                           &PQconninfoFree);
  if (known == nullptr) throw std::bad_alloc();
  std::map<std::string, std::string> environment;
  for (const PQconninfoOption* option = known.get(); option->keyword != nullptr; ++option) {
    const auto given = parameters.find(option->keyword);
    if (given == parameters.end() || option->envvar == nullptr || given->second.empty()) continue;
    if (given->first != "client_encoding") environment[option->envvar] = given->second;
  }
  return environment;
}

}  // namespace sluice::postgres
