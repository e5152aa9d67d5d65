#include "schema/type_use.h"

#include <algorithm>
#include <vector>

namespace sluice::schema {
namespace {

bool needs_any(const Object& object, const std::vector<Ref>& types) {
  return std::ranges::any_of(
      types, [&](Ref type) { return std::ranges::binary_search(object.needs, type); });
}

}  // namespace

TypeUse use_of_type(const Catalog& catalog, const Object& type) {
  TypeUse use;
  const Object* const self = catalog.find(type.key);
  if (self == nullptr) return use;
  std::vector<Ref> types{static_cast<Ref>(self - catalog.objects.data())};
  for (bool grew = true; grew;) {
    grew = false;
    for (Ref ref = 0; ref < catalog.objects.size(); ++ref) {
      const Object& object = catalog.at(ref);
      const Kind kind = object.key.kind;
      if (kind != Kind::Composite && kind != Kind::Domain && kind != Kind::Range) continue;
      if (std::ranges::find(types, ref) != types.end() || !needs_any(object, types)) continue;
      types.push_back(ref);
      grew = true;
    }
  }
  for (const Object& object : catalog.objects) {
    if (object.key.kind == Kind::Table && details<Table>(object).of_type == type.identity) {
      use.typed_table = true;
    } else if (object.key.kind == Kind::Column || object.key.kind == Kind::MaterializedView) {
      use.stored = use.stored || needs_any(object, types);
    }
  }
  return use;
}

}  // namespace sluice::schema
