// Object::needs, from pg_depend.
#include <algorithm>
#include <optional>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

struct Edge {
  Address from, to;
  char type = 'n';
};

// Rows of catalogs that are no objects of ours are parts of something that may be: a view's rule of
// the view, an array type of its element's, an index of its constraint, a TOAST table of its table,
// an operator of a family of that family, a member of its extension …
bool makes_part(const Edge& edge) {
  if (edge.type == 'i' || edge.type == 'e') return true;
  if (edge.type != 'a') return false;
  switch (edge.from.catalog) {
    case kAccessMethodOperatorClass:
    case kAccessMethodProcClass:
      return edge.to.catalog == kOperatorFamilyClass || edge.to.catalog == kOperatorClassClass;
    case kPublicationRelationClass:
    case kPublicationNamespaceClass:
      return edge.to.catalog == kPublicationClass;
    default:
      return false;
  }
}

class Resolution {
 public:
  Resolution(const Gathering& gathering, const std::vector<Edge>& edges) : gathering_(gathering) {
    for (const Edge& edge : edges)
      if (makes_part(edge) && !known({edge.from.catalog, edge.from.object, 0}))
        wholes_.try_emplace({edge.from.catalog, edge.from.object, 0}, edge.to);
  }

  std::optional<Ref> operator()(Address address) const {
    for (int depth = 0; depth < 8; ++depth) {
      if (const auto ref = known(address)) return ref;
      address.part = 0;
      if (const auto ref = known(address)) return ref;
      const auto whole = wholes_.find(address);
      if (whole == wholes_.end()) return std::nullopt;
      address = whole->second;
    }
    return std::nullopt;
  }

 private:
  std::optional<Ref> known(const Address& address) const {
    const auto found = gathering_.refs.find(address);
    return found == gathering_.refs.end() ? std::nullopt : std::optional<Ref>(found->second);
  }

  const Gathering& gathering_;
  std::unordered_map<Address, Address, AddressHash> wholes_;
};

// Of itself, or of the relation that it belongs to, or of a relation what belongs to it.
bool goes_without_saying(const Catalog& catalog, Ref from, Ref to) {
  return from == to || catalog.at(from).owner_relation == to ||
         catalog.at(to).owner_relation == from;
}

bool is_ownership(const Catalog& catalog, Ref from, Ref to, char type) {
  return type == 'a' && catalog.at(from).key.kind == Kind::Sequence &&
         catalog.at(to).key.kind == Kind::Column;
}

}  // namespace

void read_needs(Gathering& gathering) {
  std::vector<Edge> edges;
  each_row(gathering.session,
           "SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype FROM "
           "pg_depend WHERE objid >= 16384 AND refobjid >= 16384",
           [&](Fields& row) {
             Edge edge;
             edge.from.catalog = row.oid();
             edge.from.object = row.oid();
             edge.from.part = static_cast<int>(row.number());
             edge.to.catalog = row.oid();
             edge.to.object = row.oid();
             edge.to.part = static_cast<int>(row.number());
             edge.type = row.letter();
             edges.push_back(edge);
           });
  const Resolution resolve(gathering, edges);
  Catalog& catalog = gathering.catalog;
  for (const Edge& edge : edges) {
    const std::optional<Ref> from = resolve(edge.from);
    const std::optional<Ref> to = from ? resolve(edge.to) : std::nullopt;
    if (!to || goes_without_saying(catalog, *from, *to) ||
        is_ownership(catalog, *from, *to, edge.type))
      continue;
    catalog.objects[*from].needs.push_back(*to);
  }
}

}  // namespace sluice::schema
