#include "base/error.h"

#include <utility>

namespace sluice::base {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Transient:
      return "Transient";
    case ErrorKind::Conflict:
      return "Conflict";
    case ErrorKind::Gone:
      return "Gone";
    case ErrorKind::Invalid:
      return "Invalid";
    case ErrorKind::InDoubt:
      return "InDoubt";
    case ErrorKind::Refused:
      return "Refused";
    case ErrorKind::Failed:
      return "Failed";
  }
  return "Failed";
}

Error::Error(ErrorKind kind, std::string reason, std::string message, std::string remedy)
    : kind_(kind),
      reason_(std::move(reason)),
      message_(std::move(message)),
      remedy_(std::move(remedy)),
      text_(remedy_.empty() ? message_ : message_ + "; " + remedy_) {}

}  // namespace sluice::base
