#include "postgres/errors.h"

#include <array>
#include <utility>

namespace sluice::postgres {
namespace {

using base::ErrorKind;

struct Class {
  std::string_view sqlstate;  // a prefix
  ErrorKind kind;
  const char* reason;
  const char* remedy;
};

// The first that matches. Source: appendix A of PostgreSQL's manual.
constexpr std::array<Class, 13> kClasses{{
    {"55P03", ErrorKind::Transient, "LockTimeout", "it can be tried again when the lock is free"},
    {"40P01", ErrorKind::Transient, "Deadlock", "it can be tried again"},
    {"40001", ErrorKind::Transient, "SerializationFailure", "it can be tried again"},
    {"25001", ErrorKind::Failed, "NotInTransaction",
     "add `-- transaction: none` to the header; best, give it a revision of its own"},
    {"57014", ErrorKind::Transient, "Cancelled", ""},
    {"57P", ErrorKind::Transient, "ConnectionLost", "it can be tried again"},
    {"08", ErrorKind::Transient, "ConnectionLost", "it can be tried again"},
    {"53", ErrorKind::Transient, "ServerBusy", "free disk, memory or connections on the server"},
    {"28", ErrorKind::Transient, "AuthenticationFailed", "correct the user or the password"},
    {"3D000", ErrorKind::Transient, "DatabaseMissing", "create the database, or correct its name"},
    {"42501", ErrorKind::Failed, "PermissionDenied", "grant the user what the statement needs"},
    {"25006", ErrorKind::Failed, "ReadOnlyDatabase",
     "connect to the primary; where this is it, the role or the database has "
     "default_transaction_read_only set"},
    {"", ErrorKind::Failed, "StatementFailed", ""},
}};

const Class& class_of(const std::string& sqlstate) {
  static constexpr Class kBroken{"", ErrorKind::Transient, "ConnectionLost",
                                 "it can be tried again"};
  if (sqlstate.empty()) return kBroken;
  for (const Class& entry : kClasses)
    if (sqlstate.starts_with(entry.sqlstate)) return entry;
  return kBroken;
}

std::string to_text(const StatementError::Answer& answer) {
  std::string text = answer.message;
  if (!answer.sqlstate.empty()) text += " (SQLSTATE " + answer.sqlstate + ")";
  if (!answer.detail.empty()) text += "; DETAIL: " + answer.detail;
  if (!answer.hint.empty()) text += "; HINT: " + answer.hint;
  if (!answer.context.empty()) text += "; CONTEXT: " + answer.context;
  return text;
}

}  // namespace

StatementError::StatementError(Answer answer)
    : Error(class_of(answer.sqlstate).kind, class_of(answer.sqlstate).reason, to_text(answer),
            class_of(answer.sqlstate).remedy),
      answer_(std::move(answer)) {}

}  // namespace sluice::postgres
