// The one error type of the project. Exceptions of libraries end at their adapter and become this
// one.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace sluice::base {

// What a caller may do about an error.
enum class ErrorKind {
  Transient,  // the same call may succeed later (unreachable, locked, not there yet)
  Conflict,   // somebody else changed the thing; read it again
  Gone,       // the thing, or the point in history that was asked for, exists no longer
  Invalid,    // the input is wrong; only another input helps
  InDoubt,    // the call may have taken effect; look before doing it again
  Refused,    // a policy forbids it
  Failed,     // it was tried and did not succeed
};

std::string_view to_string(ErrorKind kind);

// An error carries a stable reason in CamelCase (fit for a condition's `reason`), what happened and
// where, and what to do about it (may be empty).
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string reason, std::string message, std::string remedy = {});

  ErrorKind kind() const { return kind_; }
  const std::string& reason() const { return reason_; }
  const std::string& message() const { return message_; }
  const std::string& remedy() const { return remedy_; }
  // message, then remedy on the same line: "<message>; <remedy>".
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  ErrorKind kind_;
  std::string reason_;
  std::string message_;
  std::string remedy_;
  std::string text_;
};

}  // namespace sluice::base
