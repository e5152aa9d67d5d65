#include "schema/words.h"

namespace sluice::schema {

std::string_view to_string(ConstraintType type) {
  switch (type) {
    case ConstraintType::PrimaryKey:
      return "primary key";
    case ConstraintType::Unique:
      return "unique";
    case ConstraintType::ForeignKey:
      return "foreign key";
    case ConstraintType::Check:
      return "check";
    case ConstraintType::Exclusion:
      return "exclusion";
    case ConstraintType::NotNull:
      return "not null";
  }
  return {};
}

std::string_view to_string(Persistence persistence) {
  return persistence == Persistence::Unlogged ? "unlogged" : "permanent";
}

std::string_view to_string(ReplicaIdentity identity) {
  switch (identity) {
    case ReplicaIdentity::Default:
      return "default";
    case ReplicaIdentity::Nothing:
      return "nothing";
    case ReplicaIdentity::Full:
      return "full";
    case ReplicaIdentity::Index:
      return "index";
  }
  return {};
}

std::string_view to_string(Enabled enabled) {
  switch (enabled) {
    case Enabled::Origin:
      return "origin";
    case Enabled::Disabled:
      return "disabled";
    case Enabled::Replica:
      return "replica";
    case Enabled::Always:
      return "always";
  }
  return {};
}

std::string_view to_string(FunctionKind kind) {
  switch (kind) {
    case FunctionKind::Function:
      return "function";
    case FunctionKind::Procedure:
      return "procedure";
    case FunctionKind::Aggregate:
      return "aggregate";
    case FunctionKind::Window:
      return "window";
  }
  return {};
}

std::string_view in_words(Enabled enabled) {
  switch (enabled) {
    case Enabled::Origin:
      return "enabled";
    case Enabled::Replica:
      return "enabled on replicas";
    case Enabled::Always:
      return "enabled always";
    case Enabled::Disabled:
      break;
  }
  return to_string(enabled);
}

std::string_view in_words(FunctionKind kind) {
  return kind == FunctionKind::Window ? "window function" : to_string(kind);
}

}  // namespace sluice::schema
