#include "postgres/errors.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

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
constexpr std::array<Class, 11> kClasses{{
    {"55P03", ErrorKind::Transient, "LockTimeout", "it can be tried again when the lock is free"},
    {"40P01", ErrorKind::Transient, "Deadlock", "it can be tried again"},
    {"57014", ErrorKind::Transient, "Cancelled", ""},
    {"57P", ErrorKind::Transient, "ConnectionLost", "it can be tried again"},
    {"08", ErrorKind::Transient, "ConnectionLost", "it can be tried again"},
    {"53", ErrorKind::Transient, "ServerBusy", "free disk, memory or connections on the server"},
    {"28", ErrorKind::Transient, "AuthenticationFailed", "correct the user or the password"},
    {"3D000", ErrorKind::Transient, "DatabaseMissing", "create the database, or correct its name"},
    {"42501", ErrorKind::Failed, "PermissionDenied", "grant the user what the statement needs"},
    {"25006", ErrorKind::Failed, "ReadOnlyDatabase", "connect to the primary"},
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

// libpq writes the labels in the client's language, and Sluice never sets a locale, so they are
// English; the severity is the server's and only its place is known.
StatementError::Answer parse_answer(std::string_view sqlstate, std::string_view text) {
  StatementError::Answer answer;
  answer.sqlstate = sqlstate;
  std::string* part = &answer.message;
  std::string ignored;
  bool first = true;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t label_end = line.find(":  ");
    const std::string_view label =
        label_end == std::string_view::npos ? "" : line.substr(0, label_end);
    if (first && !label.empty()) {
      line.remove_prefix(label_end + 3);
    } else if (label == "DETAIL" || label == "HINT" || label == "CONTEXT" || label == "QUERY") {
      part = label == "DETAIL"    ? &answer.detail
             : label == "HINT"    ? &answer.hint
             : label == "CONTEXT" ? &answer.context
                                  : &ignored;
      line.remove_prefix(label_end + 3);
    } else if (line.starts_with("LINE ") && part == &answer.message) {
      std::from_chars(line.data() + 5, line.data() + line.size(), answer.line);
      part = &ignored;
    }
    first = false;
    if (!part->empty() && !line.empty()) *part += ' ';
    *part += base::trim(line);
  }
  return answer;
}

}  // namespace sluice::postgres
