// What PostgreSQL said when it refused a statement.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace sluice::postgres {

// A base::Error that keeps the parts of the server's answer. Reasons by SQLSTATE:
//   LockTimeout (55P03), Deadlock (40P01), ServerBusy (53…): Transient
//   Cancelled (57014), ConnectionLost (broken, or 57P01-57P03): Transient
//   SerializationFailure (40001): Transient
//   PermissionDenied (42501), ReadOnlyDatabase (25006), NotInTransaction (25001), StatementFailed
//   (all others): Failed
class StatementError : public base::Error {
 public:
  struct Answer {
    std::string sqlstate;  // empty: the connection broke
    std::string message;   // without the severity
    std::string detail;
    std::string hint;
    std::string context;
    uint32_t line = 0;  // 1-based, within the SQL that was sent; 0: not said
  };
  explicit StatementError(Answer answer);
  const Answer& answer() const { return answer_; }

 private:
  Answer answer_;
};

}  // namespace sluice::postgres
