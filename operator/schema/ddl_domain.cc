#include <algorithm>

#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"

namespace sluice::schema {
namespace {

using lint::RuleId;

class Alteration {
 public:
  Alteration(const Object& domain, const DdlContext& how) : domain_(domain), how_(how) {}

  Statement& add(const std::string& action, std::vector<Hazard> hazards = {},
                 bool additive = false) {
    if (how_.fresh) hazards.clear();
    statements_.push_back(statement(domain_, Change::Alter, phrase("ALTER", domain_) + " " + action,
                                    std::move(hazards), additive));
    return statements_.back();
  }

  void drop_constraint(const DomainConstraint& constraint) {
    add("DROP CONSTRAINT " + quoted(constraint.name));
  }

  void add_constraint(const DomainConstraint& constraint) {
    const bool at_once = constraint.validated && (how_.fresh || how_.options.offline);
    add("ADD CONSTRAINT " + quoted(constraint.name) + " " + constraint.definition +
            (at_once ? "" : " NOT VALID"),
        at_once ? checked() : std::vector<Hazard>{}, true);
    if (constraint.validated && !at_once) validate(constraint);
  }

  void validate(const DomainConstraint& constraint) {
    add("VALIDATE CONSTRAINT " + quoted(constraint.name), checked(), true).begins_group = true;
  }

  std::vector<Statement> statements() && { return std::move(statements_); }

 private:
  // ALTER DOMAIN takes SHARE on the tables, also to validate.
  std::vector<Hazard> checked() const {
    return {{RuleId::AddCheckConstraint, "tables with a column of domain " + domain_.identity +
                                             " cannot be written while their rows are checked"}};
  }

  const Object& domain_;
  const DdlContext& how_;
  std::vector<Statement> statements_;
};

const DomainConstraint* find_constraint(const Domain& domain, const std::string& name) {
  const auto at = std::ranges::find(domain.constraints, name, &DomainConstraint::name);
  return at == domain.constraints.end() ? nullptr : &*at;
}

// Whether VALIDATE is all that leads from one to the other.
bool can_stay(const DomainConstraint& was, const DomainConstraint& is) {
  return was.definition == is.definition && (is.validated || !was.validated);
}

}  // namespace

std::vector<Statement> create_domain(const Catalog&, const Object& object, const DdlContext& how) {
  const auto& domain = details<Domain>(object);
  std::string sql = phrase("CREATE", object) + " AS " + domain.type;
  if (!domain.collation.empty()) sql += " COLLATE " + domain.collation;
  if (!domain.default_value.empty()) sql += " DEFAULT " + domain.default_value;
  if (domain.not_null) sql += " NOT NULL";
  Alteration unchecked(object, how);
  for (const DomainConstraint& constraint : domain.constraints)
    if (constraint.validated) {
      sql += " CONSTRAINT " + quoted(constraint.name) + " " + constraint.definition;
    } else {
      unchecked.add_constraint(constraint);
    }
  std::vector<Statement> statements{statement(object, Change::Add, sql, {}, true)};
  for (Statement& further : std::move(unchecked).statements()) {
    further.change = Change::Add;
    statements.push_back(std::move(further));
  }
  return statements;
}

std::vector<Statement> drop_domain(const Catalog&, const Object& object, const DdlContext& how) {
  std::vector<Hazard> hazards;
  if (!how.fresh)
    hazards.push_back({RuleId::DropType, "statements that name domain " + object.identity +
                                             " in a cast or a parameter fail"});
  return {statement(object, Change::Drop, phrase("DROP", object), std::move(hazards))};
}

std::optional<std::vector<Statement>> alter_domain(const Catalog&, const Object& was,
                                                   const Catalog&, const Object& is,
                                                   const DdlContext& how) {
  const auto& old = details<Domain>(was);
  const auto& wanted = details<Domain>(is);
  if (old.type != wanted.type || old.collation != wanted.collation) return std::nullopt;
  Alteration alteration(is, how);
  for (const DomainConstraint& constraint : old.constraints) {
    const DomainConstraint* const now = find_constraint(wanted, constraint.name);
    if (now == nullptr || !can_stay(constraint, *now)) alteration.drop_constraint(constraint);
  }
  if (old.default_value != wanted.default_value) {
    if (wanted.default_value.empty()) {
      alteration.add("DROP DEFAULT");
    } else {
      alteration.add("SET DEFAULT " + wanted.default_value, {}, old.default_value.empty());
    }
  }
  if (old.not_null && !wanted.not_null) alteration.add("DROP NOT NULL");
  if (!old.not_null && wanted.not_null)
    alteration.add("SET NOT NULL",
                   {{RuleId::SetNotNull, "tables with a column of domain " + is.identity +
                                             " cannot be written while their rows are looked "
                                             "through for nulls"}});
  for (const DomainConstraint& constraint : wanted.constraints) {
    const DomainConstraint* const before = find_constraint(old, constraint.name);
    if (before == nullptr || !can_stay(*before, constraint)) {
      alteration.add_constraint(constraint);
    } else if (constraint.validated && !before->validated) {
      alteration.validate(constraint);
    }
  }
  return std::move(alteration).statements();
}

}  // namespace sluice::schema
