// Privileges where owners are not compared. A schema that was loaded by another role than its owner
// has that role's own privileges in the place of the owner's, and the owner's, as far as it says
// them, beside.
#include <algorithm>

#include "schema/diff_work.h"

namespace sluice::schema {
namespace {

bool names(const std::vector<Grant>& grants, std::string_view role) {
  return std::ranges::find(grants, role, &Grant::grantee) != grants.end();
}

// What `is` comes to for an object of `owner`, when `wanted_owner` owns the wanted one.
std::vector<Grant> told(const std::vector<Grant>& was, std::vector<Grant> is,
                        const std::string& owner, const std::string& wanted_owner) {
  // The owner keeps what it has, and gets what is said of it by name.
  if (names(is, owner)) {
    std::erase_if(is, [](const Grant& grant) { return grant.grantee == kOwner; });
    for (Grant& grant : is)
      if (grant.grantee == owner) grant.grantee = kOwner;
    std::ranges::copy_if(was, std::back_inserter(is),
                         [](const Grant& grant) { return grant.grantee == kOwner; });
  }
  std::ranges::copy_if(was, std::back_inserter(is),
                       [&](const Grant& grant) { return grant.grantee == wanted_owner; });
  // Each once; with grant option is after without, and stays.
  std::ranges::sort(is);
  std::vector<Grant> answer;
  for (Grant& grant : is) {
    const bool again = !answer.empty() && answer.back().grantee == grant.grantee &&
                       answer.back().privilege == grant.privilege;
    if (again)
      answer.back() = std::move(grant);
    else
      answer.push_back(std::move(grant));
  }
  return answer;
}

bool is_to_tell(const std::vector<Grant>& was, const std::vector<Grant>& is, const Object& object,
                const Object& wanted) {
  return names(is, object.owner) || names(was, wanted.owner);
}

std::vector<ViewColumn>* columns_of(Object& object) {
  if (auto* view = std::get_if<View>(&object.details)) return &view->columns;
  if (auto* view = std::get_if<MaterializedView>(&object.details)) return &view->columns;
  return nullptr;
}

}  // namespace

std::optional<Catalog> with_privileges_of_owners(const Catalog& from, const Catalog& to) {
  std::optional<Catalog> answer;
  const auto change = [&](Ref ref) -> Object& {
    if (!answer) answer = to;
    return answer->objects[ref];
  };
  for (Ref ref = 0; ref < to.objects.size(); ++ref) {
    const Object& wanted = to.at(ref);
    if (wanted.owner.empty() || wanted.key.kind == Kind::DefaultPrivileges) continue;
    const Object* const object = from.find(wanted.key);
    if (object == nullptr || object->owner.empty() || object->owner == wanted.owner) continue;
    const auto tell = [&](const std::vector<Grant>& was, const std::vector<Grant>& is) {
      return told(was, is, object->owner, wanted.owner);
    };
    if (is_to_tell(object->grants, wanted.grants, *object, wanted))
      change(ref).grants = tell(object->grants, wanted.grants);
    const std::vector<ViewColumn>& columns = view_columns(wanted);
    for (size_t at = 0; at < columns.size(); ++at)
      for (const ViewColumn& column : view_columns(*object))
        if (column.name == columns[at].name &&
            is_to_tell(column.grants, columns[at].grants, *object, wanted))
          columns_of(change(ref))->at(at).grants = tell(column.grants, columns[at].grants);
  }
  return answer;
}

}  // namespace sluice::schema
